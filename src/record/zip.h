// ZIP archives (PKWARE APPNOTE 6.3) as far as office documents use them: stored and deflated
// entries, ZIP64 sizes; no encryption, no archives in several volumes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "record/row_source.h"

namespace shu::record {

/// The directory of an archive. const members may be called concurrently.
class ZipArchive {
 public:
    struct Entry {
        std::int64_t header_offset = 0;  ///< of its local header
        std::int64_t bytes_packed = 0;
        std::int64_t bytes = 0;
        std::uint32_t crc = 0;
        std::uint16_t method = 0;
    };

    /// Reads the directory of `file`, which outlives the archive. Errors: Invalid, in Chinese, for
    /// a file that is no archive, is cut short, is encrypted or has more than
    /// limits::zip_entries_max entries; the file's.
    static Result<ZipArchive> open(const SourceFile& file);

    /// Names are compared without case, as office documents do. Null where there is none.
    const Entry* find(std::string_view name) const;

    /// The bytes of one entry, inflated as they are asked for, so that no archive however packed
    /// takes more memory than a window. One thread at a time.
    class Stream {
     public:
        ~Stream();
        Stream(const Stream&) = delete;
        Stream& operator=(const Stream&) = delete;

        /// As many as there are, at most `most`; 0 at the end. Errors: Invalid, in Chinese, past
        /// the limit given to read(), for damaged bytes or a wrong checksum; the file's.
        Result<std::size_t> next(char* to, std::size_t most);
        std::int64_t packed_done() const { return packed_done_; }  ///< bytes of the file read

     private:
        friend class ZipArchive;
        struct Inflater;
        Stream(const SourceFile& file, const Entry& entry, std::int64_t start,
               std::uint64_t bytes_max);
        Result<bool> fill();

        const SourceFile& file_;
        Entry entry_;
        std::int64_t start_;
        std::uint64_t bytes_max_;
        std::int64_t packed_done_ = 0;
        std::int64_t given_ = 0;
        std::uint32_t crc_ = 0;
        bool ended_ = false;
        std::unique_ptr<Inflater> inflater_;
    };
    Result<std::unique_ptr<Stream>> read(const Entry& entry, std::uint64_t bytes_max) const;

    /// The whole of a small entry. Errors: those of Stream; Invalid where there is none.
    Result<std::string> text(std::string_view name, std::uint64_t bytes_max) const;

 private:
    explicit ZipArchive(const SourceFile& file) : file_(&file) {}
    Result<void> read_directory(std::string_view directory, std::uint64_t entries);

    const SourceFile* file_;
    std::map<std::string, Entry, std::less<>> entries_;  // by lower-case name
};

}  // namespace shu::record
