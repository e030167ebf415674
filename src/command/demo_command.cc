#include "command/demo_command.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "city/demo.h"
#include "foundation/file.h"

namespace shu::command {
namespace {

/// Progress for people: one line that changes on a terminal, a line every ten per cent elsewhere.
class Progress {
 public:
    Progress(std::ostream& out, std::string what)
        : out_(out), what_(std::move(what)), terminal_(::isatty(1) == 1) {}
    ~Progress() {
        if (terminal_ && shown_ >= 0) out_ << "\n";
    }
    void show(std::int64_t done, std::int64_t all) {
        const int step = all > 0 ? static_cast<int>(done * 10 / all) : 10;
        if (step == shown_) return;
        shown_ = step;
        out_ << (terminal_ ? "\r" : "") << what_ << ": " << step * 10 << " %"
             << (terminal_ ? "" : "\n") << std::flush;
    }

 private:
    std::ostream& out_;
    std::string what_;
    bool terminal_;
    int shown_ = -1;
};

Result<void> bring_in(Installation& installation, const city::City& city,
                      const DemoOptions& options, std::ostream& out) {
    const std::string folder = installation.options.data_folder + "/demo-files";
    city::demo::Options generation;
    generation.people = options.people;
    generation.seed = options.seed;
    generation.folder = folder;
    std::vector<city::demo::File> files;
    {
        Progress progress(out,
                          "generating " + std::to_string(options.people) + " synthetic people");
        files = SHU_TRY(city::demo::generate(
            city, generation,
            [&](std::int64_t done, std::int64_t all) { progress.show(done, all); }));
    }
    const auto begun = std::chrono::steady_clock::now();
    std::int64_t rows = 0;
    const auto batches = SHU_TRY(city::demo::collect(
        files, *installation.blobs, *installation.records, [](const record::Batch&) {}));
    for (const record::Batch& batch : batches) {
        rows += batch.read;
        out << "collected " << batch.dataset << ": " << batch.added << " records\n" << std::flush;
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    out << rows << " records checked and collected in " << static_cast<int>(seconds + 0.5)
        << " s\n";
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return {};
}

Result<void> write_samples(const Installation& installation, const city::City& city,
                           std::uint64_t seed) {
    const city::demo::Sample sample = SHU_TRY(city::demo::sample(city, seed));
    const std::string folder = installation.options.data_folder + "/samples";
    SHU_CHECK(file::make_folder(folder));
    SHU_CHECK(file::replace(folder + "/population.csv", sample.text));
    return file::replace(folder + "/population-gb18030.csv", sample.gb18030);
}

/// How far the demonstration of a data folder has come.
class Marker {
 public:
    explicit Marker(const std::string& folder)
        : finished_(folder + "/demo.json"), begun_(folder + "/demo-begun.json") {}

    bool is_finished() const { return file::exists(finished_); }
    bool is_begun() const { return file::exists(begun_); }

    Result<void> begin(const DemoOptions& wanted) const {
        return file::replace(begun_, text_of(wanted));
    }
    Result<void> finish(const DemoOptions& wanted) const {
        SHU_CHECK(file::replace(finished_, text_of(wanted)));
        std::error_code ignored;
        std::filesystem::remove(begun_, ignored);
        return {};
    }
    /// Other people would be added to those that are there already. Errors: Conflict.
    Result<void> check_same(const DemoOptions& wanted) const {
        constexpr std::size_t kMarkerBytesMax = 4'096;
        const std::string found = SHU_TRY(file::read(begun_, kMarkerBytesMax));
        if (found == text_of(wanted)) return {};
        return conflict(
            "an unfinished demonstration lies here: " + found.substr(0, found.size() - 1) +
            "; give the same --people and --seed to finish it, or remove the folder");
    }

 private:
    static std::string text_of(const DemoOptions& wanted) {
        return json::serialize(json::object{{"people", wanted.people}, {"seed", wanted.seed}}) +
               "\n";
    }
    std::string finished_, begun_;
};

/// Synthetic people do not belong among others. Errors: Conflict.
Result<void> check_is_free(const Marker& marker, const DemoOptions& wanted,
                           Installation& installation) {
    if (marker.is_begun()) return marker.check_same(wanted);
    const std::string city = SHU_TRY(city::applied_code(*installation.database));
    if (city.empty()) return {};
    return conflict("the data folder or the database holds the city " + city +
                    " already; a demonstration needs a folder and a database of its own");
}

}  // namespace

Result<void> demo(const InstallationOptions& options, const DemoOptions& wanted,
                  std::ostream& out) {
    const Marker marker(options.data_folder);
    if (marker.is_finished()) {
        if (!wanted.once)
            return conflict("there is a demonstration city in " + options.data_folder +
                            " already; name another --data, or leave it as it is with --once");
        out << "the demonstration city is there already: " << options.data_folder << "\n";
        return {};
    }
    const city::City declared = SHU_TRY(city::load(options.city_folder));
    InstallationOptions demo_options = options;
    demo_options.demo = true;
    const auto installation = SHU_TRY(Installation::open(demo_options, Log::none()));
    SHU_CHECK(check_is_free(marker, wanted, *installation));
    SHU_CHECK(marker.begin(wanted));
    const city::ApplyParts parts = installation->apply_parts();
    const city::Plan plan = SHU_TRY(city::plan(declared, *installation->database));
    SHU_CHECK(city::apply(declared, plan, parts));
    SHU_CHECK(city::put_demo_accounts(declared, parts));
    SHU_CHECK(installation->refresh());
    out << declared.name << ": " << plan.changes.size() << " objects applied\n" << std::flush;
    SHU_CHECK(bring_in(*installation, declared, wanted, out));
    SHU_CHECK(write_samples(*installation, declared, wanted.seed));
    const ledger::Checkpoint checkpoint = SHU_TRY(installation->ledger->sequence_now());
    out << "ledger: " << checkpoint.size << " acts under the first checkpoints\n";
    return marker.finish(wanted);
}

}  // namespace shu::command
