// The index of a decision table: which rules a value of each input column can let fire.
//
// The cells of a column cut the values' order into segments; each segment has a bit for each rule.
// A look-up is a binary search a column and the intersection of the bits. Cells that are no
// constants stay candidates and are asked one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rule/feel/program.h"

namespace shu::rule {

class DecisionTable;

class TableIndex {
 public:
    /// Null for a table of less rules than it pays for, or whose index would be too large.
    /// Immutable.
    static std::unique_ptr<const TableIndex> build(const Program& program,
                                                   const DecisionTable& table,
                                                   std::size_t rules_min = 4);

    /// The candidates as bits by rule, in `words()` words of `out`; false if a value is of a kind
    /// that a column's index does not know.
    bool candidates(const Value* frame, const DecisionTable& table,
                    std::span<std::uint64_t> out) const;
    std::size_t words() const { return words_; }

    /// The columns, as bits, that a candidate rule must still be asked about. Columns beyond 64 are
    /// not indexed.
    std::uint64_t open_columns(std::size_t rule) const { return open_[rule]; }

    // For the analysis: the segments of each indexed column.
    bool is_closed() const;  ///< every condition is in the index
    std::size_t columns() const { return columns_.size(); }
    std::size_t segments(std::size_t column) const {
        return 2 * columns_[column].points.size() + 1;
    }
    /// The rules of a set that a segment lets fire.
    std::vector<std::uint64_t> within(std::size_t column, std::size_t segment,
                                      const std::vector<std::uint64_t>& rules) const;
    /// False for what lies between two booleans, and beside the values of an enumeration.
    bool is_possible(std::size_t column, std::size_t segment, const DecisionTable& table) const;
    /// True if the type or the input values of the column list what is allowed.
    bool lists_values(std::size_t column, const DecisionTable& table) const;
    /// True for texts, whose order between the values of the cells means nothing to people.
    bool is_text(std::size_t column) const { return columns_[column].kind == Kind::kString; }
    /// `colour is none of "red", "blue"`, of the segments of those points.
    std::string describe_others(std::size_t column, const std::vector<std::size_t>& segments,
                                const DecisionTable& table) const;
    /// "age in [18..25)".
    std::string describe(std::size_t column, std::size_t first, std::size_t last,
                         const DecisionTable& table) const;

 private:
    struct Interval {
        Value low, high;
        bool has_low = false, has_high = false, low_in = false, high_in = false;
    };
    struct Column {
        std::size_t input = 0;
        Kind kind = Kind::kNull;
        std::vector<Value> points;  // in order
        std::vector<std::uint64_t>
            bits;  // of each segment: before the first point, the point, between, ...
        // Of texts that are only compared for equality: open addressing, 1 + point or 0. What is no
        // point is then in segment 0.
        std::vector<std::uint32_t> hashed;
    };
    static constexpr std::size_t kNowhere = SIZE_MAX;
    static std::size_t segment_of(const Column& column, const Value& value);
    static void hash_points(Column& column, std::size_t words);
    static bool intervals(const Program& program, NodeId test, std::vector<Interval>& out);
    static bool interval(const Program& program, const Node& node, Interval& out);
    bool add_column(const Program& program, const DecisionTable& table, std::size_t input);

    std::size_t words_ = 0;
    std::vector<Column> columns_;
    std::vector<std::uint64_t> open_;
};

}  // namespace shu::rule
