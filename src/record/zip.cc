#include "record/zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "foundation/text.h"

namespace shu::record {

namespace {

constexpr std::string_view kNoArchive =
    "文件不是完整的 Excel 工作簿（.xlsx），可能没有传完或已损坏";
constexpr std::string_view kDamaged = "工作簿已损坏，请重新导出后再上传";
constexpr std::string_view kEncrypted = "工作簿是加密的，请去掉密码后再上传";

// APPNOTE 4.3: signatures and sizes of the fixed parts.
constexpr std::uint32_t kLocalSignature = 0x04034b50, kCentralSignature = 0x02014b50,
                        kEndSignature = 0x06054b50, kEnd64Signature = 0x06064b50,
                        kLocator64Signature = 0x07064b50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22, kEnd64Bytes = 56,
                      kLocator64Bytes = 20, kCommentBytesMax = 65'535;
constexpr std::uint16_t kStored = 0, kDeflated = 8, kZip64Extra = 1;
constexpr std::uint32_t kIn64 = 0xffffffff;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t out = 0;
    for (std::size_t i = size; i-- > 0;)
        out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
    return out;
}
std::uint32_t number4(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint32_t>(number(bytes, at, 4));
}
std::uint16_t number2(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(number(bytes, at, 2));
}

// Exactly `count` bytes of the file.
Result<std::string> bytes_at(const SourceFile& file, std::uint64_t offset, std::size_t count) {
    const auto size = static_cast<std::uint64_t>(file.bytes());
    if (offset > size || count > size - offset) return invalid(std::string(kNoArchive));
    std::string out(count, '\0');
    std::size_t held = 0;
    while (held < count) {
        const std::size_t got = SHU_TRY(file.read_at(static_cast<std::int64_t>(offset + held),
                                                     out.data() + held, count - held));
        if (got == 0) return invalid(std::string(kNoArchive));
        held += got;
    }
    return out;
}

struct Directory {
    std::uint64_t offset = 0, bytes = 0, entries = 0;
};

// APPNOTE 4.3.16, and 4.3.14-15 where the file is larger than its fields.
Result<Directory> find_directory(const SourceFile& file) {
    const auto size = static_cast<std::uint64_t>(file.bytes());
    const auto tail_bytes =
        static_cast<std::size_t>(std::min<std::uint64_t>(size, kEndBytes + kCommentBytesMax));
    const std::string tail = SHU_TRY(bytes_at(file, size - tail_bytes, tail_bytes));
    if (tail.size() < kEndBytes) return invalid(std::string(kNoArchive));
    for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
        if (number4(tail, at) != kEndSignature) continue;
        if (number2(tail, at + 20) != tail.size() - at - kEndBytes) continue;
        Directory found{number4(tail, at + 16), number4(tail, at + 12), number2(tail, at + 10)};
        const bool in64 = found.offset == kIn64 || found.bytes == kIn64 || found.entries == 0xffff;
        const std::uint64_t end_at = size - tail_bytes + at;
        if (!in64 || end_at < kLocator64Bytes) return found;
        const std::string locator =
            SHU_TRY(bytes_at(file, end_at - kLocator64Bytes, kLocator64Bytes));
        if (number4(locator, 0) != kLocator64Signature) return found;
        const std::string end64 = SHU_TRY(bytes_at(file, number(locator, 8, 8), kEnd64Bytes));
        if (number4(end64, 0) != kEnd64Signature) return invalid(std::string(kNoArchive));
        return Directory{number(end64, 48, 8), number(end64, 40, 8), number(end64, 32, 8)};
    }
    return invalid(std::string(kNoArchive));
}

// Takes from the ZIP64 extra field what did not fit (APPNOTE 4.5.3).
void widen(std::string_view extra, std::uint64_t& bytes, std::uint64_t& packed,
           std::uint64_t& offset) {
    while (extra.size() >= 4) {
        const std::size_t size = number2(extra, 2);
        if (size > extra.size() - 4) return;
        auto data = extra.substr(4, size);
        if (number2(extra, 0) == kZip64Extra) {
            for (auto* field : {&bytes, &packed, &offset}) {
                if (*field != kIn64 || data.size() < 8) continue;
                *field = number(data, 0, 8);
                data.remove_prefix(8);
            }
            return;
        }
        extra.remove_prefix(4 + size);
    }
}

}  // namespace

Result<ZipArchive> ZipArchive::open(const SourceFile& file) {
    const Directory directory = SHU_TRY(find_directory(file));
    if (directory.bytes > limits::zip_directory_bytes_max ||
        directory.entries > limits::zip_entries_max)
        return invalid("工作簿里的部件太多，不能采集");
    ZipArchive archive(file);
    const std::string bytes =
        SHU_TRY(bytes_at(file, directory.offset, static_cast<std::size_t>(directory.bytes)));
    SHU_CHECK(archive.read_directory(bytes, directory.entries));
    return archive;
}

// APPNOTE 4.3.12.
Result<void> ZipArchive::read_directory(std::string_view directory, std::uint64_t entries) {
    for (std::uint64_t i = 0; i < entries; ++i) {
        if (directory.size() < kCentralBytes || number4(directory, 0) != kCentralSignature)
            return invalid(std::string(kDamaged));
        const std::size_t name = number2(directory, 28), extra = number2(directory, 30),
                          comment = number2(directory, 32);
        if (directory.size() - kCentralBytes < name + extra + comment)
            return invalid(std::string(kDamaged));
        if ((number2(directory, 8) & 1U) != 0) return invalid(std::string(kEncrypted));
        std::uint64_t packed = number4(directory, 20), bytes = number4(directory, 24),
                      offset = number4(directory, 42);
        widen(directory.substr(kCentralBytes + name, extra), bytes, packed, offset);
        const auto size = static_cast<std::uint64_t>(file_->bytes());
        if (offset > size || packed > size || bytes > std::uint64_t{1} << 62)
            return invalid(std::string(kDamaged));
        std::string key = text::lower(directory.substr(kCentralBytes, name));
        std::replace(key.begin(), key.end(), '\\', '/');
        entries_.try_emplace(std::move(key), Entry{static_cast<std::int64_t>(offset),
                                                   static_cast<std::int64_t>(packed),
                                                   static_cast<std::int64_t>(bytes),
                                                   number4(directory, 16), number2(directory, 10)});
        directory.remove_prefix(kCentralBytes + name + extra + comment);
    }
    return {};
}

const ZipArchive::Entry* ZipArchive::find(std::string_view name) const {
    const auto found = entries_.find(text::lower(name));
    return found == entries_.end() ? nullptr : &found->second;
}

Result<std::unique_ptr<ZipArchive::Stream>> ZipArchive::read(const Entry& entry,
                                                             std::uint64_t bytes_max) const {
    // APPNOTE 4.3.7: name and extra field may be longer here than in the directory.
    const std::string header =
        SHU_TRY(bytes_at(*file_, static_cast<std::uint64_t>(entry.header_offset), kLocalBytes));
    if (number4(header, 0) != kLocalSignature) return invalid(std::string(kDamaged));
    if (entry.method != kStored && entry.method != kDeflated)
        return invalid("工作簿的压缩方式不常见，请用 Excel 或 WPS 重新保存");
    const std::int64_t start =
        entry.header_offset +
        static_cast<std::int64_t>(kLocalBytes + number2(header, 26) + number2(header, 28));
    return std::unique_ptr<Stream>(new Stream(*file_, entry, start, bytes_max));
}

Result<std::string> ZipArchive::text(std::string_view name, std::uint64_t bytes_max) const {
    const Entry* entry = find(name);
    if (entry == nullptr) return invalid("工作簿缺少部件 " + shu::text::with_replacements(name));
    const auto stream = SHU_TRY(read(*entry, bytes_max));
    std::string out;
    std::array<char, 16 * 1024> piece;
    for (;;) {
        const std::size_t got = SHU_TRY(stream->next(piece.data(), piece.size()));
        if (got == 0) return out;
        out.append(piece.data(), got);
    }
}

struct ZipArchive::Stream::Inflater {
    z_stream state{};
    std::array<char, 64 * 1024> input;
};

ZipArchive::Stream::Stream(const SourceFile& file, const Entry& entry, std::int64_t start,
                           std::uint64_t bytes_max)
    : file_(file),
      entry_(entry),
      start_(start),
      bytes_max_(bytes_max),
      inflater_(std::make_unique<Inflater>()) {
    SHU_ASSERT(inflateInit2(&inflater_->state, -MAX_WBITS) == Z_OK);
}

ZipArchive::Stream::~Stream() {
    inflateEnd(&inflater_->state);
}

// Reads more packed bytes; false where there are none left.
Result<bool> ZipArchive::Stream::fill() {
    z_stream& state = inflater_->state;
    const auto most = std::min<std::int64_t>(static_cast<std::int64_t>(inflater_->input.size()),
                                             entry_.bytes_packed - packed_done_);
    if (most <= 0) return false;
    const std::size_t got = SHU_TRY(file_.read_at(start_ + packed_done_, inflater_->input.data(),
                                                  static_cast<std::size_t>(most)));
    if (got == 0) return false;
    packed_done_ += static_cast<std::int64_t>(got);
    state.next_in = reinterpret_cast<Bytef*>(inflater_->input.data());
    state.avail_in = static_cast<uInt>(got);
    return true;
}

Result<std::size_t> ZipArchive::Stream::next(char* to, std::size_t most) {
    z_stream& state = inflater_->state;
    std::size_t given = 0;
    most = std::min<std::size_t>(most, 1U << 30);
    while (!ended_ && given == 0) {
        if (state.avail_in == 0 && !SHU_TRY(fill())) {
            if (entry_.method == kDeflated) return invalid(std::string(kDamaged));
            ended_ = true;
            break;
        }
        if (entry_.method == kStored) {
            given = std::min<std::size_t>(most, state.avail_in);
            std::copy_n(reinterpret_cast<const char*>(state.next_in), given, to);
            state.next_in += given;
            state.avail_in -= static_cast<uInt>(given);
            continue;
        }
        state.next_out = reinterpret_cast<Bytef*>(to);
        state.avail_out = static_cast<uInt>(most);
        const int outcome = inflate(&state, Z_NO_FLUSH);
        if (outcome == Z_STREAM_END)
            ended_ = true;
        else if (outcome != Z_OK && outcome != Z_BUF_ERROR)
            return invalid(std::string(kDamaged));
        given = most - state.avail_out;
    }
    given_ += static_cast<std::int64_t>(given);
    crc_ = static_cast<std::uint32_t>(
        crc32(crc_, reinterpret_cast<const Bytef*>(to), static_cast<uInt>(given)));
    if (static_cast<std::uint64_t>(given_) > bytes_max_)
        return invalid("工作簿解压后超过大小上限，不能采集");
    if (ended_ && given == 0 && (crc_ != entry_.crc || given_ != entry_.bytes))
        return invalid(std::string(kDamaged));
    return given;
}

}  // namespace shu::record
