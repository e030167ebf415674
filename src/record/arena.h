// Memory for the values of one chunk of rows: handed out piece by piece, given back all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace shu::record {

/// One thread at a time. What it hands out is valid until clear().
class Arena {
 public:
    /// Room for `bytes`, uninitialised.
    char* room(std::size_t bytes) {
        if (bytes > kBlockBytes - used_ || blocks_.empty()) next_block(bytes);
        if (bytes > kBlockBytes) return large_.back().get();
        char* at = blocks_[current_].get() + used_;
        used_ += bytes;
        return at;
    }

    std::string_view copy(std::string_view text) {
        char* at = room(text.size());
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }

    /// Keeps the blocks for the next chunk.
    void clear() {
        large_.clear();
        current_ = 0;
        used_ = 0;
    }

 private:
    static constexpr std::size_t kBlockBytes = 256 * 1024;

    void next_block(std::size_t bytes) {
        if (bytes > kBlockBytes) {
            large_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
            return;
        }
        if (!blocks_.empty()) ++current_;
        if (current_ == blocks_.size())
            blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
        used_ = 0;
    }

    std::vector<std::unique_ptr<char[]>> blocks_, large_;
    std::size_t current_ = 0;
    std::size_t used_ = 0;
};

}  // namespace shu::record
