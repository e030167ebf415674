#include "store/testing.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

namespace shu::store::testing {
namespace {

constexpr int kPostgresConnections = 8;

std::string postgres_conninfo() {
    const char* conninfo = std::getenv("SHU_TEST_POSTGRES");
    return conninfo != nullptr ? conninfo : "";
}

[[noreturn]] void give_up(const std::string& reason) {
    std::fprintf(stderr, "%s\n", reason.c_str());
    std::exit(1);
}

std::string make_folder() {
    std::string folder = (std::filesystem::temp_directory_path() / "shu-store.XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        give_up("no temporary folder can be made at " + folder);
    return folder;
}

}  // namespace

std::vector<std::string> engines() {
    if (postgres_conninfo().empty()) {
        give_up(
            "SHU_TEST_POSTGRES is not set, and storage is tested on both engines or not at all. Run the tests with ctest, or: "
            "tools/private-postgres start build/release/postgres, then "
            "SHU_TEST_POSTGRES=\"host=$PWD/build/release/postgres/socket user=shu dbname=shu\"");
    }
    return {"sqlite", "postgres"};
}

FreshDatabase::FreshDatabase(std::string_view engine) : engine_(engine), folder_(make_folder()) {
    static std::atomic<int> next{1};
    schema_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(next.fetch_add(1));
    open();
}

FreshDatabase::~FreshDatabase() {
    database_.reset();
    if (engine_ == "postgres") {
        AssembledSql drop;
        drop.add("DROP SCHEMA IF EXISTS ").add(*Identifier::parse(schema_)).add(" CASCADE");
        auto server = open_postgres(
            {.conninfo = postgres_conninfo(), .schema = "", .connections = 1}, Log::none());
        if (server.ok()) {
            (void)(*server)->write([&](Transaction& tx) -> Result<void> {
                (void)SHU_TRY(tx.execute(drop));
                return {};
            });
        }
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void FreshDatabase::open() {
    auto opened = engine_ == "sqlite" ? open_sqlite({.path = folder_ + "/test.db"}, Log::none())
                                      : open_postgres({.conninfo = postgres_conninfo(),
                                                       .schema = schema_,
                                                       .connections = kPostgresConnections},
                                                      Log::none());
    if (!opened.ok()) give_up("the test database cannot be opened: " + opened.error().detail);
    database_ = std::move(*opened);
}

void FreshDatabase::reopen() {
    database_.reset();
    open();
}

}  // namespace shu::store::testing
