#include "record/collector.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "foundation/file.h"
#include "foundation/text.h"

namespace shu::record {

// The blob, opened for reading from any offset.
class Collector::File {
 public:
    static Result<std::unique_ptr<File>> open(const std::string& path) {
        const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (handle < 0) return file::system_error("open", path, errno);
        return std::unique_ptr<File>(new File(handle, path));
    }
    ~File() { ::close(handle_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Result<std::size_t> read_at(std::int64_t offset, char* to, std::size_t most) const {
        for (;;) {
            const auto got = ::pread(handle_, to, most, offset);
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) return file::system_error("read", path_, errno);
        }
    }
    CsvReader::Source from(std::int64_t offset) const {
        return [this, offset](char* to, std::size_t most) mutable -> Result<std::size_t> {
            const std::size_t got = SHU_TRY(read_at(offset, to, most));
            offset += static_cast<std::int64_t>(got);
            return got;
        };
    }

 private:
    File(int handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    int handle_;
    std::string path_;
};

namespace {

struct Header {
    std::vector<std::string> names;
    std::int64_t offset = 0;  // of the first row after it
    std::int64_t line = 1;
};

// Errors: Invalid with the reason for people.
Result<Header> read_header(CsvReader& reader, Decoder& decoder) {
    CsvRow row;
    const auto event = SHU_TRY(reader.next(row));
    if (event == CsvReader::Event::kEnd) return invalid("文件是空的，第一行应为表头");
    if (event == CsvReader::Event::kBadRow) return invalid("表头不对：" + std::string(row.problem));
    Header header;
    Arena arena;
    for (const auto field : row.fields) {
        std::string_view name;
        if (!decoder.decode(field, arena, name))
            return invalid("表头的编码不对，请用 UTF-8 或 GB18030");
        header.names.emplace_back(name);
    }
    header.offset = reader.offset();
    header.line = reader.line();
    return header;
}

std::string shown(std::string_view raw, Encoding encoding) {
    std::string out;
    const auto head = raw.substr(0, 4 * limits::quarantine_text_characters);
    auto converted = encoding == Encoding::kGb18030 ? text::from_gb18030(head)
                                                    : Result<std::string>(invalid(""));
    out = converted.ok() ? std::move(converted).value() : text::with_replacements(head);
    std::replace(out.begin(), out.end(), '\0', ' ');
    return std::string(text::first_characters(out, limits::quarantine_text_characters));
}

}  // namespace

void Collector::Chunk::clear() {
    rows = 0;
    quarantined.clear();
    reasons.clear();
    read = 0;
    broken.clear();
}

void Collector::Chunk::quarantine(QuarantinedRow row) {
    const auto same = [&](const ReasonCount& one) {
        return one.field == row.field && one.reason == row.reason;
    };
    auto found = std::find_if(reasons.begin(), reasons.end(), same);
    if (found == reasons.end()) found = reasons.insert(found, {row.field, row.reason, 0});
    ++found->count;
    quarantined.push_back(std::move(row));
}

Result<Batch> Collector::run(BatchId id, const Progress& progress,
                             const std::function<bool()>& goes_on) {
    auto result = attempt(id, progress, goes_on);
    if (result.ok() || at_.batch.id != id) return result;
    switch (result.error().code) {
        case Code::kUnavailable:
        case Code::kExhausted:
        case Code::kConflict: return result;
        default:
            return fail("收集无法继续：" +
                        result.error().detail);  // trying again would end the same way
    }
}

Result<Batch> Collector::attempt(BatchId id, const Progress& progress,
                                 const std::function<bool()>& goes_on) {
    SHU_CHECK(parts_.database.read([&](store::Transaction& tx) -> Result<void> {
        at_ = SHU_TRY(load_batch(tx, id));
        return {};
    }));
    if (at_.batch.state == BatchState::kDone || at_.batch.state == BatchState::kFailed)
        return at_.batch;
    const auto found = declarations_->datasets.find(at_.batch.dataset);
    if (found == declarations_->datasets.end())
        return fail("数据集 " + at_.batch.dataset + " 已不存在");
    dataset_ = found->second;
    const auto digest = crypto::digest_from_hex(at_.batch.blob);
    if (!digest.ok()) return fail("文件的摘要不对");
    auto path = parts_.blobs.path_of(*digest);
    if (!path.ok() && path.error().code == Code::kNotFound) return fail("文件已不存在，请重新上传");
    const auto file = SHU_TRY(File::open(SHU_TRY(std::move(path))));
    return collect(*file, progress, goes_on);
}

Result<Batch> Collector::collect(File& file, const Progress& progress,
                                 const std::function<bool()>& goes_on) {
    std::string prefix(limits::csv_detection_bytes, '\0');
    prefix.resize(SHU_TRY(file.read_at(0, prefix.data(), prefix.size())));
    const auto detected = detect_encoding(prefix);
    if (!detected.ok()) return fail(detected.error().detail);
    Decoder decoder(at_.batch.encoding.empty() ? *detected : encoding_from(at_.batch.encoding));
    CsvReader reader(file.from(0));
    const auto header = read_header(reader, decoder);
    if (!header.ok())
        return header.error().code == Code::kInvalid ? fail(header.error().detail) : header.error();
    const std::vector<std::string_view> names(header->names.begin(), header->names.end());
    const auto plan = RowPlan::compile(dataset_, *declarations_, names);
    if (!plan.ok()) return fail(plan.error().detail);
    plan_ = &*plan;
    if (at_.batch.bytes_done > header->offset) {
        reader = CsvReader(file.from(at_.batch.bytes_done));
        reader.resume_at(at_.batch.bytes_done, at_.next_line);
    }

    Arena arena;
    RowPlan::Work work{arena, decoder, date_of(parts_.clock.now(), kChinaOffsetMinutes),
                       parts_.identity};
    Chunk chunk;
    chunk.tuples.resize(limits::collection_chunk_rows);
    for (;;) {
        const auto ended = SHU_TRY(read_chunk(reader, work, chunk));
        StoredBatch next = at_;
        if (chunk.broken.empty()) {
            next.batch.bytes_done = reader.offset();
            next.next_line = reader.line();
        }
        next.batch.encoding = to_string(decoder.encoding());
        if (ended && next.batch.encoding.empty()) next.batch.encoding = to_string(Encoding::kUtf8);
        next.batch.state = !chunk.broken.empty() ? BatchState::kFailed
                           : ended               ? BatchState::kDone
                                                 : BatchState::kRunning;
        next.batch.error = chunk.broken;
        SHU_CHECK(commit(chunk, std::move(next)));
        chunk.clear();
        arena.clear();
        if (progress) progress(at_.batch);
        if (ended || !goes_on()) return at_.batch;
    }
}

// Reads until the chunk is full or the reader wants its memory back. True at the end of the file,
// or where it is too broken to go on.
Result<bool> Collector::read_chunk(CsvReader& reader, RowPlan::Work& work, Chunk& chunk) {
    CsvRow row;
    while (chunk.read < static_cast<std::int64_t>(limits::collection_chunk_rows)) {
        const auto event = reader.next(row);
        if (!event.ok()) {
            if (event.error().code != Code::kExhausted) return event.error();
            chunk.broken = event.error().detail;
            return true;
        }
        switch (*event) {
            case CsvReader::Event::kEnd: return true;
            case CsvReader::Event::kRelease: return false;
            case CsvReader::Event::kBadRow:
                ++chunk.read;
                chunk.quarantine({row.line, "", std::string(row.problem),
                                  shown(row.raw, work.decoder.encoding())});
                break;
            case CsvReader::Event::kRow:
                ++chunk.read;
                if (auto refusal = plan_->convert(row.fields, work, chunk.tuples[chunk.rows]))
                    chunk.quarantine({row.line, std::string(refusal->field),
                                      std::move(refusal->reason),
                                      shown(row.raw, work.decoder.encoding())});
                else
                    ++chunk.rows;
                break;
        }
    }
    return false;
}

Result<Batch> Collector::fail(std::string reason) {
    StoredBatch next = at_;
    next.batch.state = BatchState::kFailed;
    next.batch.error = std::move(reason);
    Chunk nothing;
    SHU_CHECK(commit(nothing, std::move(next)));
    return at_.batch;
}

Result<void> Collector::commit(Chunk& chunk, StoredBatch next) {
    const Micros now = parts_.clock.now();
    const bool ends =
        next.batch.state == BatchState::kDone || next.batch.state == BatchState::kFailed;
    if (ends) next.batch.finished_at = now;
    for (std::size_t i = 0; i < chunk.rows; ++i) {
        auto& tuple = chunk.tuples[i];
        tuple[tuple.size() - 2] = next.batch.id.value;
        tuple[tuple.size() - 1] = now;
    }
    StoredBatch written;
    SHU_CHECK(parts_.database.write([&](store::Transaction& tx) -> Result<void> {
        written = next;
        return write(tx, chunk, written);
    }));
    at_ = std::move(written);
    return {};
}

Result<void> Collector::write(store::Transaction& tx, Chunk& chunk, StoredBatch& next) {
    Batch& batch = next.batch;
    SHU_CHECK(upsert(tx, chunk, batch));
    batch.read += chunk.read;
    batch.quarantined += static_cast<std::int64_t>(chunk.quarantined.size());
    SHU_ASSERT(batch.read == batch.added + batch.changed + batch.unchanged + batch.quarantined);
    SHU_CHECK(insert_quarantine(tx, batch.id, chunk.quarantined));
    SHU_CHECK(add_reasons(tx, batch.id, chunk.reasons));
    SHU_CHECK(save_batch(tx, at_, next));
    const std::int64_t more = batch.added - at_.batch.added;
    if (more > 0 || batch.changed > at_.batch.changed)
        SHU_CHECK(
            tx.execute("UPDATE dataset SET records = records + $2, updated_at = $3 WHERE code = $1",
                       {std::string_view(batch.dataset), more, parts_.clock.now()}));
    if (batch.finished_at == 0) return {};
    ledger::Act act;
    act.actor = "system:collector";
    act.organisation = batch.organisation;
    act.verb = "batch.finish";
    act.object = "batch:" + batch.id.text();
    act.result = to_string(batch.state);
    act.detail = {{"dataset", batch.dataset},     {"read", batch.read},
                  {"added", batch.added},         {"changed", batch.changed},
                  {"unchanged", batch.unchanged}, {"quarantined", batch.quarantined}};
    SHU_CHECK(ledger::record(tx, parts_.ids, parts_.clock, act));
    return {};
}

// New keys are inserted. A row whose key was there, from before or from earlier in the file, is
// compared and written only if it differs; in the order of the file, so the last one stands.
Result<void> Collector::upsert(store::Transaction& tx, Chunk& chunk, Batch& counts) {
    if (chunk.rows == 0) return {};
    const std::span<const std::vector<store::Value>> tuples(chunk.tuples.data(), chunk.rows);
    auto* insert = SHU_TRY(tx.prepare(plan_->upsert().insert));
    const auto inserted = SHU_TRY(insert->execute_many(tuples));
    SHU_ASSERT(inserted.size() == tuples.size());
    std::size_t there = 0;
    for (std::size_t i = 0; i < tuples.size(); ++i) {
        if (inserted[i] != 0) continue;
        if (there == retried_.size()) retried_.emplace_back();
        retried_[there++] = tuples[i];
    }
    counts.added += static_cast<std::int64_t>(tuples.size() - there);
    if (there == 0) return {};
    std::int64_t changed = 0;
    if (plan_->upsert().has_update) {
        auto* update = SHU_TRY(tx.prepare(plan_->upsert().update));
        for (const auto one : SHU_TRY(update->execute_many({retried_.data(), there})))
            changed += one;
    }
    counts.changed += changed;
    counts.unchanged += static_cast<std::int64_t>(there) - changed;
    return {};
}

}  // namespace shu::record
