// What the module's tests share: a small town with a running server, officers, and client systems
// that sign. Only tests of this folder include this.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "exchange/signature.h"
#include "foundation/file.h"
#include "http/client.h"
#include "http/server.h"
#include "store/blob_store.h"
#include "store/testing.h"

namespace shu::exchange::testing {

inline constexpr Micros kStart = 1'795'253'400'000'000;  // 2026-11-21T09:30:00Z

#define SHU_ASSERT_OK(expression)                                  \
    do {                                                           \
        const auto shu_result = (expression);                      \
        ASSERT_TRUE(shu_result.ok()) << shu_result.error().detail; \
    } while (false)

struct Answer {
    int status = 0;
    std::string body;
    json::value json;
    const json::object& object() const { return json.as_object(); }
    std::string text(std::string_view name) const {
        const json::value* member = json.is_object() ? json.as_object().if_contains(name) : nullptr;
        return member && member->is_string() ? std::string(member->as_string()) : "";
    }
};

struct Credentials {
    std::string client_id;
    std::string secret;
    std::string curl;
};

/// What a signed request may be bent in.
struct SignedCall {
    std::string path = "/gateway/person";
    std::string query = {};
    std::string sent_path = {};  ///< if set: sent instead of the signed one
    std::string sent_query = {};
    std::int64_t timestamp_ms = 0;                    ///< 0: the clock's
    std::string nonce = {};                           ///< empty: a fresh one
    std::map<std::string, std::string> headers = {};  ///< sent instead of the signed ones
    std::string signed_method = "GET";
    std::string signed_context = {};  ///< signed behind the rest
};

/// A city of two departments over one database.
class Town {
 public:
    /// `folder` holds blobs, tiles and trace.
    Town(const Clock& clock, std::string folder);
    ~Town();

    void declare(
        store::Database& database);  ///< organisations, datasets and rows; once for a database
    void open(store::Database& database);
    void close();             ///< as an orderly stop does
    void start_background();  ///< sealer and ticker

    Answer call(const std::string& actor, http::Method method, const std::string& path,
                const std::string& body = "");
    Answer get(const std::string& actor, const std::string& path) {
        return call(actor, http::Method::kGet, path);
    }
    Answer post(const std::string& actor, const std::string& path, const std::string& body) {
        return call(actor, http::Method::kPost, path, body);
    }
    http::ClientRequest signed_request(const Credentials& credentials, const SignedCall& call);
    Answer send(const Credentials& credentials, const SignedCall& call);
    Answer look_up(const Credentials& credentials, const std::string& query) {
        SignedCall signed_call;
        signed_call.query = query;
        return send(credentials, signed_call);
    }

    /// Applies as housing, decides as police; the grant's id.
    std::string grant(const std::string& fields_json, const std::string& more = "",
                      const std::string& decision = "");
    Credentials collect(const std::string& grant_id);

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port != 0 ? port : server->ports().front());
    }
    int port = 0;  ///< of a server in another process; 0: the own one
    int node = 3;
    std::string trace_archive_folder;  ///< of the next open()
    std::string trace_folder() const { return folder_ + "/trace"; }

    store::Database* database = nullptr;  ///< the open one
    const Clock& clock;
    IdMaker ids;
    std::unique_ptr<store::BlobStore> blobs;
    std::unique_ptr<ledger::Ledger> ledger;
    std::unique_ptr<identity::Identity> identity;
    std::unique_ptr<record::Records> records;
    std::unique_ptr<Exchange> exchange;
    std::unique_ptr<http::Router> router;
    std::unique_ptr<http::Server> server;

 private:
    std::string folder_;
    std::unique_ptr<http::Client> client_;
    std::map<std::string, std::shared_ptr<const http::Principal>> actors_;
    void make_actors();
};

/// A test on one engine, by parameter, with an open town.
class TownTest : public ::testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        town.declare(*database);
        if (!HasFatalFailure()) town.open(*database);
    }
    void restart() {
        town.close();
        database.reopen();
        town.open(*database);
    }
    store::testing::FreshDatabase database{GetParam()};
    ManualClock clock{kStart};
    Town town{clock, database.folder()};
};

}  // namespace shu::exchange::testing
