// Named limits of this module.
#pragma once

#include "foundation/limits.h"

namespace shu::limits {

inline constexpr std::size_t decision_type_depth_max =
    20;  ///< of item definitions, as pages show them
inline constexpr std::size_t decision_input_bytes_max = 256 * kKiB;  ///< of one evaluation, as JSON
inline constexpr std::size_t decision_output_bytes_max =
    1 * kMiB;                                                     ///< of one recorded case, as JSON
inline constexpr std::size_t decision_note_bytes_max = 4 * kKiB;  ///< of a note or basis
inline constexpr std::size_t decision_versions_max = 10'000;      ///< of one model
inline constexpr std::size_t decision_models_kept = 200;     ///< compiled models held in memory
inline constexpr std::size_t decision_tries_kept = 40;       ///< of texts that are tried
inline constexpr std::size_t decision_heads_kept = 20'000;   ///< namespaces and imports of texts
inline constexpr std::size_t decision_counts_kept = 10'000;  ///< findings of texts, for lists
inline constexpr std::size_t decision_evaluators_kept = 64;  ///< memories of evaluations held
inline constexpr std::int64_t replay_cases_max = 1'000'000;  ///< of one what-if run
inline constexpr std::int64_t replay_cases_default = 100'000;
inline constexpr std::int64_t replay_chunk_cases = 200;  ///< of one transaction
inline constexpr std::int64_t replays_waiting_max = 100;
inline constexpr std::int64_t decision_keep_days_max = 36'500;  ///< of recorded cases
inline constexpr std::int64_t expired_cases_chunk = 1'000;      ///< deleted in one transaction
inline constexpr std::int64_t expiry_round_minutes = 30;
inline constexpr std::size_t decision_examples_max = 10'000;  ///< of one model in a city folder

}  // namespace shu::limits
