// The small tables of a city folder: RFC 4180 with a fixed header, every row with the line it
// begins in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"

namespace shu::city {

struct TableRow {
    int line = 0;  ///< from 1
    std::vector<std::string> cells;
};

struct TableMistake {
    int line = 1;
    std::string message;
    std::string remedy;
};

struct Table {
    std::vector<TableRow> rows;  ///< without the header; only rows with as many cells as the header
    std::vector<TableMistake> mistakes;
};

/// Reads a whole table whose header must be `header`. Never fails: what is wrong stands in
/// `mistakes`. RFC 4180 2.
Table read_table(std::string_view text, const std::vector<std::string>& header);

}  // namespace shu::city
