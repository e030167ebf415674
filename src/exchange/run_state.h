// How runs of postings stand in the database. Inside the files of postings only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/posting.h"

namespace shu::exchange {

// gateway_run.state
inline constexpr std::int64_t kRunBuilding = 0;
inline constexpr std::int64_t kRunLive = 1;
inline constexpr std::int64_t kRunDead = 2;

/// The size class of a run; runs of the highest, limits::run_levels, are joined no more.
std::int64_t level_of(std::int64_t postings);

/// 16 bytes each: key and call, little-endian.
std::string bytes_of(std::span<const Posting> postings);
std::vector<Posting> postings_of(std::string_view bytes);

/// Appends sorted postings, greater than all that the run has, in rows of limits::posting_chunk.
Result<void> insert_postings(store::Transaction& tx, std::int64_t run,
                             std::span<const Posting> postings);

}  // namespace shu::exchange
