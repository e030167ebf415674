// The gateway's figure: a server over a large dataset, and a client that signs every request.
// tools/bench-gateway runs both beside nginx.
//
//   gateway_bench serve FOLDER ROWS        makes the dataset once, serves; prints "PORT CLIENT
//   SECRET" gateway_bench load PORT CONNECTIONS SECONDS RATE [CLIENT SECRET ROWS]
//                                          RATE 0: closed loop. Without a client: plain GET / (for
//                                          nginx). Prints one JSON object.
//   gateway_bench sync FOLDER              how long the disk takes to sync, at this hour; no answer
//   can be faster. Prints one JSON object.
// With a rate, latency counts from the instant at which a request was due, so that a stalled server
// is not measured kindly. Where the client itself was kept from running for over a millisecond, the
// schedule waits for it and the requests then on their way are set aside, and counted.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "exchange/exchange.h"
#include "exchange/grant.h"
#include "exchange/signature.h"
#include "foundation/file.h"
#include "http/server.h"
#include "store/blob_store.h"

namespace {

using namespace shu;

template <typename T>
T must(Result<T> result) {
    if (result.ok()) return std::move(*result);
    std::fprintf(stderr, "gateway_bench: %s\n", result.error().detail.c_str());
    std::exit(1);
}
void must(const Result<void>& result) {
    if (result.ok()) return;
    std::fprintf(stderr, "gateway_bench: %s\n", result.error().detail.c_str());
    std::exit(1);
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Processor time of this thread.
std::int64_t worked_us() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000 + time.tv_nsec / 1'000;
}

std::string key_of(std::int64_t row) {
    char key[32];
    std::snprintf(key, sizeof key, "2101%014lld", static_cast<long long>(row));
    return key;
}

// The server.

record::Dataset person() {
    record::Dataset it;
    it.code = "person";
    it.name = it.name_en = "person";
    it.registry = it.provider = "police";
    it.key = {"id_number"};
    auto add = [&](const char* code, int level, record::Mask mask) {
        record::Field field;
        field.code = field.name = field.name_en = code;
        field.level = level;
        field.mask = mask;
        it.fields.push_back(field);
    };
    add("id_number", 3, record::Mask::kIdentityNumber);
    add("name", 2, record::Mask::kName);
    add("mobile", 3, record::Mask::kMobile);
    add("district", 1, record::Mask::kNone);
    it.fields[0].required = true;
    it.fields[0].length = 18;
    it.fields[0].check = record::ContentCheck::kIdentityNumber;
    it.subject = {"person", "id_number"};
    return it;
}

void fill(store::Database& database, const identity::Identity& identity, std::int64_t rows) {
    constexpr std::int64_t kChunk = 20'000;
    for (std::int64_t first = 0; first < rows; first += kChunk)
        must(database.write([&](store::Transaction& tx) -> Result<void> {
            store::Statement* insert = SHU_TRY(tx.prepare(
                "INSERT INTO ds_person (id_number, name, mobile, district, subject_id, batch_id, changed_at) "
                "VALUES ($1, '王小明', '13812345678', '沈河区', $2, 1, 1)"));
            for (std::int64_t row = first; row < std::min(rows, first + kChunk); ++row) {
                const std::string key = key_of(row);
                const std::string subject = identity.subject_id("person", key);
                const std::vector<store::Value> values{std::string_view(key),
                                                       std::string_view(subject)};
                SHU_TRY(insert->execute(values));
            }
            return {};
        }));
}

identity::ClientSystem make_grant(store::Database& database, identity::Identity& identity,
                                  const Clock& clock, IdMaker& ids) {
    identity::ClientSystem client;
    must(database.write([&](store::Transaction& tx) -> Result<void> {
        client = SHU_TRY(identity.create_client(tx, "housing", "bench"));
        exchange::Grant grant;
        grant.id = ids.next_as<exchange::GrantId>();
        grant.application = {grant.id.value};
        grant.dataset = "person";
        grant.organisation = "housing";
        grant.provider = "police";
        grant.fields = {
            {"id_number", true}, {"name", false}, {"mobile", true}, {"district", false}};
        grant.purpose = "公租房资格核验";
        grant.basis = "住房保障条例第三条";
        grant.quota_per_day = 1'000'000'000;
        grant.from = clock.now();
        grant.until = clock.now() + 10 * kMicrosPerDay;
        grant.client_id = client.client_id;
        return insert(tx, grant);
    }));
    return client;
}

int serve(const std::string& folder, std::int64_t rows) {
    for (const char* name : {"", "/blobs", "/tiles", "/trace", "/spool"})
        must(file::make_folder(folder + name));
    const auto log = Log::open(LogLevel::kWarning);
    const SystemClock clock;
    IdMaker ids(clock, 1);
    const bool is_new = !file::exists(folder + "/bench.db");
    const auto database = must(store::open_sqlite({.path = folder + "/bench.db"}, log));
    const std::vector<store::ModuleMigrations> modules{
        ledger::Ledger::migrations(), identity::Identity::migrations(),
        record::Records::migrations(), exchange::Exchange::migrations()};
    must(store::migrate(*database, modules, clock));
    const auto blobs = must(store::BlobStore::open(folder + "/blobs"));
    const auto ledger = must(ledger::Ledger::open(
        *database, clock, crypto::Sm2Key::from_scalar(std::string(32, '\7')).value(),
        {.origin = "shu/bench", .tile_folder = folder + "/tiles"}, log));
    const auto identity = must(identity::Identity::open(
        *database, clock, ids,
        {.master_key = std::string(16, 'm'), .subject_key = std::string(32, 's')}, log));
    const auto records = must(record::Records::open({.database = *database,
                                                     .clock = clock,
                                                     .ids = ids,
                                                     .blobs = *blobs,
                                                     .identity = *identity,
                                                     .log = log}));
    if (is_new) {
        must(database->write([&](store::Transaction& tx) { return records->put(tx, person()); }));
        fill(*database, *identity, rows);
    }
    must(records->refresh());
    const identity::ClientSystem client = make_grant(*database, *identity, clock, ids);
    const auto exchange = must(exchange::Exchange::open({.database = *database,
                                                         .clock = clock,
                                                         .ids = ids,
                                                         .identity = *identity,
                                                         .records = *records,
                                                         .ledger = *ledger,
                                                         .trace_folder = folder + "/trace",
                                                         .node = 1,
                                                         .log = log}));
    http::Router router;
    exchange->add_routes(router);
    must(router.seal());
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.workers = 1;
    options.spool_folder = folder + "/spool";
    options.access_check =
        [](const http::Request&,
           const http::Access&) -> Result<std::shared_ptr<const http::Principal>> {
        return std::shared_ptr<const http::Principal>();
    };
    const auto server = must(http::Server::start(router, std::move(options), log));
    ledger->start();
    exchange->start();
    std::printf("%d %s %s\n", server->ports().front(), client.client_id.c_str(),
                client.secret.c_str());
    std::fflush(stdout);
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    int which = 0;
    sigwait(&ends, &which);
    server->stop();
    const auto statistics = exchange->statistics();
    std::fprintf(stderr, "syncs %lld answered %lld unsealed %lld\n",
                 static_cast<long long>(statistics.trace_syncs),
                 static_cast<long long>(statistics.calls_answered),
                 static_cast<long long>(statistics.trace_unsealed));
    exchange->stop();
    ledger->stop();
    return 0;
}

/// Syncs what a turn of calls writes into a preallocated file, as the trace does.
int probe_disk(const std::string& folder) {
    constexpr int kSyncs = 400;
    const std::string path = folder + "/sync.tmp", bytes(8'000, 'x');
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (descriptor < 0 || ::posix_fallocate(descriptor, 0, kSyncs * 8'000) != 0 ||
        ::fsync(descriptor) != 0)
        return (std::perror("sync.tmp"), 1);
    std::vector<std::int64_t> took;
    for (int i = 0; i < kSyncs; ++i) {
        if (::pwrite(descriptor, bytes.data(), bytes.size(), i * 8'000) < 0)
            return (std::perror("sync.tmp"), 1);
        const std::int64_t begin = now_us();
        if (::fdatasync(descriptor) != 0) return (std::perror("sync.tmp"), 1);
        took.push_back(now_us() - begin);
    }
    ::close(descriptor);
    ::unlink(path.c_str());
    std::ranges::sort(took);
    std::printf("{\"sync_p50_ms\":%.2f,\"sync_p99_ms\":%.2f}\n",
                static_cast<double>(took[kSyncs / 2]) / 1000,
                static_cast<double>(took[kSyncs * 99 / 100]) / 1000);
    return 0;
}

// The client.

struct LoadOptions {
    int port = 0;
    int connections = 0;
    double seconds = 0;
    double rate = 0;
    std::string client_id;
    std::string secret;
    std::int64_t rows = 0;
};

class Load {
 public:
    explicit Load(LoadOptions options) : options_(std::move(options)), mac_(options_.secret) {}

    void run() {
        connect_all();
        std::int64_t begin = now_us();
        last_turn_us_ = begin;
        last_worked_us_ = worked_us();
        const std::int64_t end = begin + static_cast<std::int64_t>(options_.seconds * 1e6);
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            idle_.push_back(i);
        while (now_us() < end) {
            if (options_.rate > 0) begin += own_stall();
            start_due(begin);
            poll();
        }
        report(options_.seconds);
    }

 private:
    struct Socket {
        int descriptor = -1;
        std::int64_t due_us = 0;
        bool is_set_aside = false;
        std::string received;
    };

    void connect_all() {
        epoll_ = ::epoll_create1(0);
        sockets_.resize(static_cast<std::size_t>(options_.connections));
        for (std::size_t i = 0; i < sockets_.size(); ++i) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
            if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
                std::exit((std::perror("connect"), 1));
            const int one = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
            sockets_[i].descriptor = descriptor;
        }
    }

    /// How long the client has just not been running, if that was long: time that passed without
    /// being worked.
    std::int64_t own_stall() {
        constexpr std::int64_t kStall = 1'000;
        const std::int64_t now = now_us(), worked = worked_us();
        const std::int64_t gap = now - std::exchange(last_turn_us_, now) -
                                 (worked - std::exchange(last_worked_us_, worked));
        if (gap < kStall) return 0;
        stalled_us_ += gap;
        for (Socket& socket : sockets_)
            socket.is_set_aside = true;
        return gap;
    }

    void start_due(std::int64_t begin) {
        const std::int64_t now = now_us();
        if (options_.rate <= 0) {
            for (const std::size_t i : idle_)
                send(i, now);
            idle_.clear();
            return;
        }
        while (!idle_.empty()) {
            const auto due = begin + static_cast<std::int64_t>(static_cast<double>(started_) * 1e6 /
                                                               options_.rate);
            if (due > now) return;
            send(idle_.front(), due);
            idle_.pop_front();
        }
    }

    void send(std::size_t i, std::int64_t due) {
        ++started_;
        sockets_[i].due_us = due;
        sockets_[i].is_set_aside = false;
        make_request();
        if (::write(sockets_[i].descriptor, request_.data(), request_.size()) !=
            static_cast<ssize_t>(request_.size()))
            std::exit((std::perror("write"), 1));
    }

    void make_request() {
        if (options_.client_id.empty()) {
            request_ = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            return;
        }
        const std::string query =
            "id_number=" + key_of(static_cast<std::int64_t>(
                               random_() % static_cast<std::uint64_t>(options_.rows)));
        const std::string timestamp = std::to_string(SystemClock().now() / kMicrosPerMilli);
        char nonce[32];
        std::snprintf(nonce, sizeof nonce, "%016llx", static_cast<unsigned long long>(random_()));
        text_.clear();
        must(exchange::append_signed_text(
            text_, {.method = "GET", .path = "/gateway/person", .query = query, .body = ""},
            {.client_id = options_.client_id,
             .timestamp = timestamp,
             .nonce = nonce,
             .algorithm = {},
             .signature = {}}));
        request_ = "GET /gateway/person?" + query +
                   " HTTP/1.1\r\nHost: localhost\r\nX-Client-Id: " + options_.client_id +
                   "\r\nX-Timestamp: " + timestamp + "\r\nX-Nonce: " + nonce +
                   "\r\nX-Signature: " + exchange::sign(mac_, text_) + "\r\n\r\n";
    }

    void poll() {
        epoll_event events[256];
        const int count = ::epoll_wait(epoll_, events, 256, options_.rate > 0 ? 0 : 100);
        for (int i = 0; i < count; ++i)
            receive(static_cast<std::size_t>(events[i].data.u64));
    }

    void receive(std::size_t i) {
        Socket& socket = sockets_[i];
        char bytes[16'384];
        const ssize_t got = ::read(socket.descriptor, bytes, sizeof bytes);
        if (got <= 0)
            std::exit((std::fprintf(stderr, "gateway_bench: the server closed a connection\n"), 1));
        socket.received.append(bytes, static_cast<std::size_t>(got));
        const std::size_t head = socket.received.find("\r\n\r\n");
        if (head == std::string::npos) return;
        const std::size_t length = socket.received.find("Content-Length: ");
        const std::size_t body =
            length < head ? std::strtoul(socket.received.c_str() + length + 16, nullptr, 10) : 0;
        if (socket.received.size() < head + 4 + body) return;
        ++(socket.received.compare(9, 3, "200") == 0 ? answered_ : failed_);
        socket.received.clear();
        if (socket.is_set_aside)
            ++set_aside_;
        else
            latencies_.push_back(static_cast<std::uint32_t>(now_us() - socket.due_us));
        idle_.push_back(i);
    }

    void report(double seconds) {
        std::ranges::sort(latencies_);
        auto percentile = [&](double share) {
            if (latencies_.empty()) return 0.0;
            return latencies_[static_cast<std::size_t>(
                       share * static_cast<double>(latencies_.size() - 1))] /
                   1000.0;
        };
        std::printf(
            "{\"rate\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p999_ms\":%.2f,\"failed\":%lld,\"connections\":%d,"
            "\"set_aside\":%lld,\"client_stalled_ms\":%lld}\n",
            static_cast<double>(answered_) / seconds, percentile(0.5), percentile(0.99),
            percentile(0.999), static_cast<long long>(failed_), options_.connections,
            static_cast<long long>(set_aside_), static_cast<long long>(stalled_us_ / 1'000));
    }

    LoadOptions options_;
    crypto::HmacSm3 mac_;
    std::mt19937_64 random_{std::random_device{}()};
    int epoll_ = -1;
    std::vector<Socket> sockets_;
    std::deque<std::size_t> idle_;
    std::int64_t started_ = 0, answered_ = 0, failed_ = 0, set_aside_ = 0;
    std::int64_t last_turn_us_ = 0, last_worked_us_ = 0, stalled_us_ = 0;
    std::vector<std::uint32_t> latencies_;
    std::string request_, text_;
};

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.size() == 3 && given[0] == "serve") {
        // Threads inherit the mask, so that sigwait() below gets the signal.
        sigset_t ends;
        sigemptyset(&ends);
        sigaddset(&ends, SIGTERM);
        sigprocmask(SIG_BLOCK, &ends, nullptr);
        return serve(given[1], std::atoll(given[2].c_str()));
    }
    if (given.size() == 2 && given[0] == "sync") return probe_disk(given[1]);
    if ((given.size() == 5 || given.size() == 8) && given[0] == "load") {
        LoadOptions options{.port = std::atoi(given[1].c_str()),
                            .connections = std::atoi(given[2].c_str()),
                            .seconds = std::atof(given[3].c_str()),
                            .rate = std::atof(given[4].c_str()),
                            .client_id = {},
                            .secret = {},
                            .rows = 0};
        if (given.size() == 8) {
            options.client_id = given[5];
            options.secret = given[6];
            options.rows = std::atoll(given[7].c_str());
        }
        Load(std::move(options)).run();
        return 0;
    }
    std::fprintf(
        stderr,
        "usage: gateway_bench serve FOLDER ROWS | sync FOLDER | load PORT CONNECTIONS SECONDS RATE [CLIENT SECRET ROWS]\n");
    return 2;
}
