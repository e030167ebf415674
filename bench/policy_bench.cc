// A sweep: 28 policies over the people of a registry, from the database and back into it. Prints
// one JSON object a line: name, value, unit, settings.
//
//   policy_bench FOLDER [PEOPLE [THREADS]]     the registry is made in FOLDER once
//
// Each thread takes a part of the registry at a time: reads its columns in one snapshot, evaluates
// the policies over them with its own Evaluation, and writes who is entitled to what in one
// transaction.
#include <sys/resource.h>
#include <time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "policies.h"
#include "rule/model.h"
#include "store/database.h"

namespace {

using namespace shu;
using bench::kPolicyInputs;
using bench::policies;
using rule::Value;

constexpr std::int64_t kPart = 10'000;   // people
constexpr std::int64_t kToday = 20'778;  // 2026-11-21, in days since 1970
constexpr unsigned kSeed = 20261121;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "policy_bench: %s\n", why.c_str());
    std::exit(1);
}

void check(const Result<void>& result) {
    if (!result) fail(result.error().detail);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double thread_seconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

// One synthetic person as the columns of the table; texts point to what outlives the insert.
class People {
 public:
    std::vector<store::Value> next(std::int64_t id) {
        const std::int64_t age = pick({{18, 16}, {60, 58}, {80, 22}, {105, 4}});
        born_ = rule::to_string(rule::civil_from_days(kToday - age * 365 - below(365)));
        const bool child = age < 18;
        const std::int64_t children = child ? 0 : pick({{0, 45}, {1, 40}, {2, 13}, {4, 2}});
        youngest_ = rule::to_string(rule::civil_from_days(
            kToday -
            std::min<std::int64_t>(below(30 * 365), std::max<std::int64_t>(1, age - 18) * 365)));
        const std::int64_t household = 300 + below(3'000) + below(6'000);
        const std::int64_t disability = chance(6) ? 1 + below(4) : 0;
        const std::string_view work = child      ? "学生"
                                      : age > 60 ? "退休"
                                                 : one_of({"在职", "在职", "在职", "灵活", "失业"});
        const bool graduate = age >= 21 && age < 70 && chance(40);
        return {id,
                std::string_view(born_),
                one_of({"1", "2"}),
                one_of({"210102", "210103", "210104", "210105", "210106", "210111", "210112",
                        "210113", "210114", "210115", "210123", "210124", "210181"}),
                std::int64_t{chance(82)},
                child ? std::string_view("10") : one_of({"10", "20", "20", "20", "30", "40"}),
                graduate ? one_of({"专科", "本科", "本科", "硕士", "博士"})
                         : one_of({"小学", "初中", "高中"}),
                work,
                child ? std::int64_t{0} : below(std::min<std::int64_t>(480, (age - 17) * 12)),
                child ? std::int64_t{0} : 1'800 + below(9'000),
                household,
                children,
                children == 0 ? store::Value(nullptr) : store::Value(std::string_view(youngest_)),
                disability,
                std::int64_t{!child && chance(4)},
                one_of({"自有", "自有", "自有", "租房", "无房"}),
                graduate ? store::Value(2026 - (age - 22) - below(2)) : store::Value(nullptr),
                std::int64_t{household < 780 && chance(70)},
                std::int64_t{chance(3)}};
    }

 private:
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
    }
    bool chance(std::int64_t percent) { return below(100) < percent; }
    std::string_view one_of(std::initializer_list<std::string_view> all) {
        return all.begin()[below(static_cast<std::int64_t>(all.size()))];
    }
    // Evenly up to one of the bounds, each with its share in percent.
    std::int64_t pick(std::initializer_list<std::pair<std::int64_t, std::int64_t>> shares) {
        std::int64_t left = below(100);
        std::int64_t low = 0;
        for (const auto& [bound, share] : shares) {
            if (left < share) return low + below(std::max<std::int64_t>(1, bound - low + 1));
            left -= share;
            low = bound;
        }
        return low;
    }

    std::mt19937_64 random_{kSeed};
    std::string born_, youngest_;
};

std::int64_t count_of(store::Database& database, const store::Sql& sql) {
    const auto count =
        database.read_value<std::int64_t>([&](store::Transaction& tx) -> Result<std::int64_t> {
            const auto row = SHU_TRY(tx.row(sql));
            return row ? row->integer(0) : 0;
        });
    if (!count) fail(count.error().detail);
    return *count;
}

void make_registry(store::Database& database, std::int64_t people) {
    check(database.write([](store::Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute(
            "CREATE TABLE IF NOT EXISTS person (id BIGINT PRIMARY KEY, born TEXT NOT NULL, gender TEXT, "
            "district TEXT, resident BIGINT, marriage TEXT, education TEXT, work TEXT, insured_months "
            "BIGINT, income BIGINT, household_income BIGINT, children BIGINT, youngest_born TEXT, "
            "disability BIGINT, veteran BIGINT, housing TEXT, graduated BIGINT, minimum_living BIGINT, "
            "severely_ill BIGINT)"));
        (void)SHU_TRY(tx.execute("DROP TABLE IF EXISTS entitlement"));
        (void)SHU_TRY(tx.execute(
            "CREATE TABLE entitlement (policy BIGINT NOT NULL, person BIGINT NOT NULL, benefit TEXT "
            "NOT NULL, PRIMARY KEY (policy, person))"));
        return {};
    }));
    if (count_of(database, "SELECT count(*) FROM person") == people) return;
    check(database.write([](store::Transaction& tx) -> Result<void> {
        (void)SHU_TRY(tx.execute("DELETE FROM person"));
        return {};
    }));
    People generator;
    for (std::int64_t first = 0; first < people; first += kPart) {
        const std::int64_t end = std::min(people, first + kPart);
        check(database.write([&](store::Transaction& tx) -> Result<void> {
            store::Statement* insert = SHU_TRY(tx.prepare(
                "INSERT INTO person VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
                "$13, $14, $15, $16, $17, $18, $19)"));
            for (std::int64_t id = first; id < end; ++id)
                (void)SHU_TRY(insert->execute(generator.next(id)));
            return {};
        }));
    }
}

struct Part {
    std::vector<std::int64_t> ids;
    std::array<std::vector<Value>, std::size(kPolicyInputs)> columns;  // [0] is the day
};

// A cell of the registry as the value of its input.
Value value_of(const store::Row& row, int column) {
    if (row.is_null(column)) return {};
    const std::string_view type = kPolicyInputs[column].type;
    if (type == "number") return Value::number(rule::Decimal(row.integer(column)));
    if (type == "boolean") return Value::boolean(row.integer(column) != 0);
    if (type == "string") return Value::string(row.text(column));
    const auto date = rule::parse_civil_date(row.text(column));
    return date ? Value::date(*date) : Value();
}

Part read_part(store::Database& database, std::int64_t first) {
    Part part;
    part.columns[0].push_back(Value::date(rule::civil_from_days(kToday)));
    check(database.read([&](store::Transaction& tx) -> Result<void> {
        store::Statement* select = SHU_TRY(tx.prepare(
            "SELECT id, born, gender, district, resident, marriage, education, work, "
            "insured_months, income, household_income, children, youngest_born, disability, "
            "veteran, housing, graduated, minimum_living, severely_ill FROM person WHERE id >= $1 "
            "AND id < $2 ORDER BY id"));
        const store::Value range[] = {first, first + kPart};
        return select->each(range, [&](const store::Row& row) -> Result<void> {
            part.ids.push_back(row.integer(0));
            for (int column = 1; column < row.columns(); ++column)
                part.columns[static_cast<std::size_t>(column)].push_back(value_of(row, column));
            return {};
        });
    }));
    return part;
}

struct Match {
    std::int64_t policy, person;
    std::string benefit;
};

class Sweep {
 public:
    Sweep(store::Database& database, const rule::Environment& environment, std::int64_t people)
        : database_(database), environment_(environment), people_(people) {
        for (const bench::Policy& policy : policies()) {
            auto model = rule::Model::load(bench::dmn_of(policy), environment);
            if (!model) fail(std::string(policy.name) + ": " + model.error().detail);
            if (!model->problems().empty())
                fail(std::string(policy.name) + ": " + to_string(model->problems()[0]));
            models_.push_back(std::move(*model));
        }
    }

    void run(int threads) {
        std::vector<std::thread> workers;
        for (int i = 0; i < threads; ++i)
            workers.emplace_back([this] { work(); });
        for (std::thread& worker : workers)
            worker.join();
    }

    std::int64_t matches() const { return matches_; }
    double evaluating_seconds() const { return static_cast<double>(evaluating_us_) / 1e6; }

 private:
    void work() {
        rule::Evaluation evaluation(environment_, clock_);
        for (;;) {
            const std::int64_t first = next_.fetch_add(kPart);
            if (first >= people_) return;
            const Part part = read_part(database_, first);
            const double start = thread_seconds();
            const std::vector<Match> found = evaluate(evaluation, part);
            evaluating_us_ += static_cast<std::int64_t>((thread_seconds() - start) * 1e6);
            matches_ += static_cast<std::int64_t>(found.size());
            write(found);
        }
    }

    std::vector<Match> evaluate(rule::Evaluation& evaluation, const Part& part) const {
        std::vector<rule::InputColumn> inputs;
        for (std::size_t i = 0; i < std::size(kPolicyInputs); ++i)
            inputs.push_back({kPolicyInputs[i].name, part.columns[i]});
        std::vector<Match> found;
        for (std::size_t policy = 0; policy < models_.size(); ++policy) {
            const auto out = models_[policy].evaluate_columns(evaluation, policies()[policy].name,
                                                              part.ids.size(), inputs);
            if (!out) fail(out.error().detail);
            for (std::size_t i = 0; i < part.ids.size(); ++i)
                if (!out->values[i].is_null())
                    found.push_back({static_cast<std::int64_t>(policy) + 1, part.ids[i],
                                     out->values[i].to_text()});
        }
        return found;
    }

    void write(const std::vector<Match>& found) {
        check(database_.write([&found](store::Transaction& tx) -> Result<void> {
            store::Statement* insert = SHU_TRY(tx.prepare(
                "INSERT INTO entitlement (policy, person, benefit) VALUES ($1, $2, $3)"));
            for (const Match& match : found) {
                const store::Value row[] = {match.policy, match.person,
                                            std::string_view(match.benefit)};
                (void)SHU_TRY(insert->execute(row));
            }
            return {};
        }));
    }

    store::Database& database_;
    const rule::Environment& environment_;
    const SystemClock clock_;
    const std::int64_t people_;
    std::vector<rule::Model> models_;
    std::atomic<std::int64_t> next_{0};
    std::atomic<std::int64_t> matches_{0};
    std::atomic<std::int64_t> evaluating_us_{0};
};

// What one policy gave, against the same question in SQL.
void check_result(store::Database& database, std::int64_t matches) {
    if (count_of(database, "SELECT count(*) FROM entitlement") != matches)
        fail("not every entitlement was written");
    if (count_of(database, "SELECT count(DISTINCT policy) FROM entitlement") !=
        static_cast<std::int64_t>(policies().size()))
        fail("a policy has nobody");
    const std::int64_t ours =
        count_of(database, "SELECT count(*) FROM entitlement WHERE policy = 1");
    const std::int64_t theirs = count_of(
        database, "SELECT count(*) FROM person WHERE resident = 1 AND born <= '1946-11-21'");
    if (ours != theirs)
        fail(std::to_string(ours) + " people of 80 are entitled, SQL counts " +
             std::to_string(theirs));
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) fail("usage: policy_bench FOLDER [PEOPLE [THREADS]]");
    const std::int64_t people = count > 2 ? std::atoll(arguments[2]) : 1'000'000;
    const int threads = count > 3 ? std::atoi(arguments[3]) : 2;
    std::error_code ignored;
    std::filesystem::create_directories(arguments[1], ignored);
    const std::string path = std::string(arguments[1]) + "/registry.db";
    const auto log = Log::none();
    {
        auto database = store::open_sqlite({.path = path}, log);
        if (!database) fail(database.error().detail);
        make_registry(**database, people);
    }
    const double processor = processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    auto zones = rule::Zones::load();
    if (!zones) fail(zones.error().detail);
    const rule::Environment environment{&*zones, nullptr};
    auto database = store::open_sqlite({.path = path}, log);
    if (!database) fail(database.error().detail);
    Sweep sweep(**database, environment, people);
    sweep.run(threads);
    const double seconds = seconds_since(start);
    const double used = processor_seconds() - processor;
    check_result(**database, sweep.matches());
    std::printf(
        "{\"name\":\"sweep of %zu policies over %lld people\",\"value\":%.2f,\"unit\":\"s\","
        "\"settings\":\"%d threads, SQLite, read, evaluated and written: %lld entitlements; "
        "%.1f s of processor time in all, %.1f s of it evaluating\"}\n",
        policies().size(), static_cast<long long>(people), seconds, threads,
        static_cast<long long>(sweep.matches()), used, sweep.evaluating_seconds());
}
