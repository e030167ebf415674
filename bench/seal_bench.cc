// What sealing and indexing one gateway call costs: CPU of the whole process (the sealer's thread,
// the database's writer, the ledger), which repeats on a busy machine where wall time does not.
// SQLite.
//
//   seal_bench FOLDER [CALLS [SUBJECTS]]    FOLDER is emptied. Prints one JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <random>
#include <string>

#include "exchange/exchange.h"
#include "exchange/sealer.h"
#include "foundation/file.h"

namespace {

using namespace shu;

template <typename T>
T must(Result<T> result) {
    if (result.ok()) return std::move(*result);
    std::fprintf(stderr, "seal_bench: %s\n", result.error().detail.c_str());
    std::exit(1);
}
void must(const Result<void>& result) {
    if (result.ok()) return;
    std::fprintf(stderr, "seal_bench: %s\n", result.error().detail.c_str());
    std::exit(1);
}

double cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

/// A record as the gateway writes it for an answered look-up.
std::string record(std::int64_t call, std::int64_t at, std::uint64_t subject, std::uint64_t nonce) {
    char numbers[3][32];
    std::snprintf(numbers[0], 32, "%016llx",
                  static_cast<unsigned long long>(subject * 0x9E3779B97F4A7C15u));
    std::snprintf(numbers[1], 32, "%016llx", static_cast<unsigned long long>(nonce));
    return "{\"call\":\"" + std::to_string(call) + "\",\"at\":" + std::to_string(at) +
           R"(,"client":"HcT7mVnkqYw2Rb4pXs9d","organisation":"housing","dataset":"person","grant":"375183746047643648",)"
           R"("purpose":"公租房资格核验","basis":"住房保障条例第三条","fields":["id_number","name","mobile","district"],"subject":")" +
           numbers[0] + R"(","rows":1,"status":200,"outcome":"answered","duration_us":)" +
           std::to_string(nonce % 900) + R"(,"peer":"127.0.0.1","nonce":")" + numbers[1] +
           "\",\"timestamp\":" + std::to_string(at / 1000) + "}";
}

exchange::TracePosition write_trace(const exchange::TraceOptions& trace, const Clock& clock,
                                    IdMaker& ids, std::int64_t calls, std::uint64_t subjects) {
    std::mt19937_64 random{1};
    std::promise<void> done;
    std::int64_t left = calls;
    exchange::TraceWriter writer(
        trace, clock,
        [&](std::unique_ptr<exchange::TraceBatch> batch, const Result<void>& written) {
            must(written);
            left -= batch->count;
            if (left == 0) done.set_value();
        },
        Log::open(LogLevel::kWarning));
    for (std::int64_t made = 0; made < calls;) {
        auto batch = std::make_unique<exchange::TraceBatch>();
        for (; batch->count < 2'000 && made < calls; ++made, ++batch->count)
            exchange::append_trace_record(
                batch->records, record(ids.next(), clock.now(), random() % subjects, random()));
        writer.submit(std::move(batch));
    }
    done.get_future().wait();
    return writer.durable();
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: seal_bench FOLDER [CALLS [SUBJECTS]]\n");
        return 2;
    }
    const std::string folder = arguments[1];
    const std::int64_t calls = count > 2 ? std::atoll(arguments[2]) : 200'000;
    const auto subjects =
        static_cast<std::uint64_t>(count > 3 ? std::atoll(arguments[3]) : 2'000'000);
    std::filesystem::remove_all(folder);
    for (const char* name : {"", "/tiles", "/trace"})
        must(file::make_folder(folder + name));
    const auto log = Log::open(LogLevel::kWarning);
    const SystemClock clock;
    IdMaker ids(clock, 1);
    const auto database = must(store::open_sqlite({.path = folder + "/bench.db"}, log));
    const std::vector<store::ModuleMigrations> modules{ledger::Ledger::migrations(),
                                                       exchange::Exchange::migrations()};
    must(store::migrate(*database, modules, clock));
    const auto ledger = must(ledger::Ledger::open(
        *database, clock, crypto::Sm2Key::from_scalar(std::string(32, '\7')).value(),
        {.origin = "shu/bench", .tile_folder = folder + "/tiles"}, log));
    exchange::TraceOptions trace;
    trace.folder = folder + "/trace";
    trace.node = 1;
    const exchange::TracePosition end = write_trace(trace, clock, ids, calls, subjects);
    const auto sealer = must(exchange::Sealer::open(
        {.database = *database, .clock = clock, .ids = ids, .trace = trace, .log = log}));
    ledger->start();
    const double before = cpu_us();
    std::int64_t longest_us = 0, steps = 0;
    for (bool seals = true, merges = true; seals || merges; ++steps) {
        const auto begin = std::chrono::steady_clock::now();
        if (merges && (!seals || steps % 4 == 0))
            merges = must(sealer->merge()) || seals;
        else
            seals = must(sealer->advance(end));
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - begin);
        longest_us = std::max<std::int64_t>(longest_us, took.count());
    }
    const double used = cpu_us() - before;
    ledger->stop();
    std::printf(
        "{\"name\":\"seal\",\"cpu_us_per_call\":%.2f,\"calls\":%lld,\"subjects\":%llu,\"steps\":%lld,\"longest_step_us\":%lld}\n",
        used / static_cast<double>(calls), static_cast<long long>(calls),
        static_cast<unsigned long long>(subjects), static_cast<long long>(steps),
        static_cast<long long>(longest_us));
    return 0;
}
