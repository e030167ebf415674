// `shu demo`: a synthetic city as CSV files, one for each dataset that it knows and the city
// declares.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "city/city.h"
#include "foundation/clock.h"
#include "record/records.h"
#include "store/blob_store.h"

namespace shu::city::demo {

struct Options {
    std::int64_t people = 200'000;  ///< 1 .. limits::demo_people_max
    std::uint64_t seed = 1;
    /// Fixed, so that one seed gives one city for ever; in the past, so that nobody is born
    /// tomorrow.
    Date today{2025, 6, 30};
    std::string folder;  ///< where files are written; made if absent
};

/// One generated file.
struct File {
    std::string dataset;
    std::string organisation;  ///< the provider
    std::string path;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
};

/// Writes the files; memory does not grow with `people`. The same city, seed and number give the
/// same bytes. `progress(done, all)` counts people. Errors: Invalid for options out of range,
/// Unavailable for a disk that fails.
Result<std::vector<File>> generate(const City& city, const Options& options,
                                   const std::function<void(std::int64_t, std::int64_t)>& progress);

/// Brings the files in as anybody's data: through the collection with all its checks. The files are
/// moved into the blob store, so they have to lie on its file system. Errors: those of the
/// collection; Corrupt when a generated row was quarantined.
Result<std::vector<record::Batch>> collect(
    const std::vector<File>& files, store::BlobStore& blobs, record::Records& records,
    const std::function<void(const record::Batch&)>& progress);

/// A file of the dataset `population` for visitors to upload, with Chinese headings: 200 rows of
/// whom ten are wrong, each in its own way.
struct Sample {
    std::string text;     ///< UTF-8
    std::string gb18030;  ///< the same in GB 18030
    int rows = 0;
    int wrong = 0;
};
Result<Sample> sample(const City& city, std::uint64_t seed);

}  // namespace shu::city::demo
