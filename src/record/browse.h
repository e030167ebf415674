// Reading the rows of a dataset, masked for the reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foundation/json.h"
#include "record/records.h"

namespace shu::record {

struct BrowseRequest {
    std::string q;  ///< a value of `field`, or its beginning in digits; without `field` of the
                    ///< first key field, or the number of a subject
    std::string field{};  ///< code of a field of which may_search() is true; empty: the key
    int level = 1;        ///< fields above it are masked
    std::size_t limit = limits::page_rows_default;
    std::size_t offset = 0;  ///< at most limits::browse_rows_max
};

struct BrowsePage {
    json::array items;
    bool has_more = false;
    std::string subject;  ///< of the only row, if the search found exactly one
};

/// Errors: Invalid past limits::browse_rows_max or for a field that is not searched; Denied for one
/// that the reader sees masked; the store's.
Result<BrowsePage> browse(store::Transaction& tx, const Dataset& dataset,
                          const identity::Identity& identity, const BrowseRequest& request);

/// True if a reader of `level` may look rows up by the field: it has an index and is shown clear,
/// because others could find a hidden value by trying.
bool may_search(const Field& field, int level);

/// True if a reader of `level` sees the field masked.
bool is_masked(const Field& field, int level);

}  // namespace shu::record
