#include "rule/dmn/table_index.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <optional>

#include "foundation/limits.h"
#include "rule/dmn/table.h"

namespace shu::rule {
namespace {

constexpr std::size_t kColumnsMax = 64;

// The order of values, and of booleans: false before true.
std::optional<int> order_of(const Value& a, const Value& b) {
    if (a.is_boolean() && b.is_boolean())
        return static_cast<int>(a.as_boolean()) - static_cast<int>(b.as_boolean());
    return compare(a, b);
}

bool is_ordered(const Value& v) {
    return v.is_boolean() || v.is_number() || v.is_string() ||
           (v.kind() >= Kind::kDate && v.kind() <= Kind::kDaysDuration);
}

const Value* constant_of(const Program& program, NodeId id) {
    if (id == kNoNode) return nullptr;
    const Node& node = program.nodes[id];
    if (node.op != Op::kConstant) return nullptr;
    const Value& value = program.constants[node.a];
    return is_ordered(value) ? &value : nullptr;
}

}  // namespace

// One test as one interval; false if it is anything but a comparison with constants.
bool TableIndex::interval(const Program& program, const Node& node, Interval& out) {
    if (node.op == Op::kTestCompare) {
        const Value* value = constant_of(program, node.b);
        const Op op = static_cast<Op>(node.flags);
        if (value == nullptr || op == Op::kNotEqual) return false;
        out.has_low = op == Op::kGreater || op == Op::kGreaterEqual || op == Op::kEqual;
        out.has_high = op == Op::kLess || op == Op::kLessEqual || op == Op::kEqual;
        out.low_in = out.high_in = op != Op::kGreater && op != Op::kLess;
        if (out.has_low) out.low = *value;
        if (out.has_high) out.high = *value;
        return true;
    }
    if (node.op != Op::kTestValue || node.flags != 0) return false;
    const Node& inner = program.nodes[node.b];
    if (const Value* value = constant_of(program, node.b)) {
        out = {*value, *value, true, true, true, true};
        return true;
    }
    if (inner.op != Op::kRange) return false;
    const Value* low = constant_of(program, inner.a);
    const Value* high = constant_of(program, inner.b);
    if ((inner.a != kNoNode && low == nullptr) || (inner.b != kNoNode && high == nullptr))
        return false;
    if (low != nullptr && high != nullptr && low->kind() != high->kind()) return false;
    out.has_low = low != nullptr;
    out.has_high = high != nullptr;
    if (out.has_low) out.low = *low;
    if (out.has_high) out.high = *high;
    out.low_in = (inner.flags & 1) != 0;
    out.high_in = (inner.flags & 2) != 0;
    return out.has_low || out.has_high;
}

bool TableIndex::intervals(const Program& program, NodeId test, std::vector<Interval>& out) {
    const Node& node = program.nodes[test];
    if (node.op == Op::kTestList) {
        for (const NodeId child : program.children(node)) {
            out.emplace_back();
            if (!interval(program, program.nodes[child], out.back())) return false;
        }
        return true;
    }
    out.emplace_back();
    return interval(program, node, out.back());
}

// False if the column has no constants to search by.
bool TableIndex::add_column(const Program& program, const DecisionTable& table, std::size_t input) {
    Column column;
    column.input = input;
    std::vector<std::vector<Interval>> cells(table.rules.size());
    for (std::size_t rule = 0; rule < table.rules.size(); ++rule) {
        const NodeId test = table.rules[rule].tests[input];
        if (test == kNoNode || !intervals(program, test, cells[rule])) {
            cells[rule].clear();
            continue;
        }
        for (const Interval& cell : cells[rule]) {
            if (cell.has_low) column.points.push_back(cell.low);
            if (cell.has_high) column.points.push_back(cell.high);
        }
    }
    if (column.points.empty()) return false;
    for (const Value& listed : table.inputs[input].enumeration)
        column.points.push_back(listed);
    if (column.points[0].is_boolean()) {
        column.points.push_back(Value::boolean(false));
        column.points.push_back(Value::boolean(true));
    }
    column.kind = column.points[0].kind();
    // One kind that orders among itself: local and zoned times do not.
    for (const Value& point : column.points)
        if (point.kind() != column.kind || !order_of(point, column.points[0])) return false;
    std::sort(column.points.begin(), column.points.end(),
              [](const Value& a, const Value& b) { return order_of(a, b).value_or(0) < 0; });
    column.points.erase(std::unique(column.points.begin(), column.points.end(),
                                    [](const Value& a, const Value& b) { return same(a, b); }),
                        column.points.end());
    const std::size_t segments = 2 * column.points.size() + 1;
    if (segments * words_ > limits::rule_index_words_max) return false;
    column.bits.assign(segments * words_, 0);
    const auto place = [&](const Value& v) {
        const auto at = std::lower_bound(
            column.points.begin(), column.points.end(), v,
            [](const Value& a, const Value& b) { return order_of(a, b).value_or(0) < 0; });
        return static_cast<std::size_t>(at - column.points.begin());
    };
    for (std::size_t rule = 0; rule < table.rules.size(); ++rule) {
        const auto mark = [&](std::size_t from, std::size_t to) {
            for (std::size_t segment = from; segment <= to && segment < segments; ++segment)
                column.bits[segment * words_ + rule / 64] |= std::uint64_t{1} << (rule % 64);
        };
        if (cells[rule].empty()) {
            mark(0, segments - 1);
            continue;
        }
        for (const Interval& cell : cells[rule]) {
            const std::size_t low = cell.has_low ? 2 * place(cell.low) + (cell.low_in ? 1 : 2) : 0;
            const std::size_t high =
                cell.has_high ? 2 * place(cell.high) + (cell.high_in ? 1 : 0) : segments - 1;
            mark(low, high);
        }
        open_[rule] &= ~(std::uint64_t{1} << input);
    }
    hash_points(column, words_);
    columns_.push_back(std::move(column));
    return true;
}

std::unique_ptr<const TableIndex> TableIndex::build(const Program& program,
                                                    const DecisionTable& table,
                                                    std::size_t rules_min) {
    if (table.rules.size() < rules_min || table.inputs.empty() || table.inputs.size() > kColumnsMax)
        return nullptr;
    auto index = std::make_unique<TableIndex>();
    index->words_ = (table.rules.size() + 63) / 64;
    for (const DecisionTable::Rule& rule : table.rules) {
        std::uint64_t open = 0;
        for (std::size_t i = 0; i < rule.tests.size(); ++i)
            if (rule.tests[i] != kNoNode) open |= std::uint64_t{1} << i;
        index->open_.push_back(open);
    }
    for (std::size_t input = 0; input < table.inputs.size(); ++input)
        index->add_column(program, table, input);
    return index->columns_.empty() ? nullptr : std::move(index);
}

bool TableIndex::is_closed() const {
    return std::all_of(open_.begin(), open_.end(), [](std::uint64_t open) { return open == 0; });
}

std::vector<std::uint64_t> TableIndex::within(std::size_t column, std::size_t segment,
                                              const std::vector<std::uint64_t>& rules) const {
    std::vector<std::uint64_t> out = rules;
    const std::uint64_t* bits = columns_[column].bits.data() + segment * words_;
    for (std::size_t i = 0; i < words_; ++i)
        out[i] &= bits[i];
    return out;
}

bool TableIndex::is_possible(std::size_t column, std::size_t segment,
                             const DecisionTable& table) const {
    const Column& c = columns_[column];
    const std::vector<Value>& listed = table.inputs[c.input].enumeration;
    if (segment % 2 == 0) return c.kind != Kind::kBoolean && listed.empty();
    const Value& point = c.points[segment / 2];
    return listed.empty() || std::any_of(listed.begin(), listed.end(),
                                         [&](const Value& v) { return same(v, point); });
}

bool TableIndex::lists_values(std::size_t column, const DecisionTable& table) const {
    return !table.inputs[columns_[column].input].enumeration.empty();
}

std::string TableIndex::describe_others(std::size_t column,
                                        const std::vector<std::size_t>& segments,
                                        const DecisionTable& table) const {
    const Column& c = columns_[column];
    std::string out = table.inputs[c.input].text + " is none of ";
    for (std::size_t i = 0; i < segments.size(); ++i)
        out += (i == 0 ? "\"" : ", \"") + c.points[segments[i] / 2].to_text() + "\"";
    return out;
}

std::string TableIndex::describe(std::size_t column, std::size_t first, std::size_t last,
                                 const DecisionTable& table) const {
    const Column& c = columns_[column];
    const auto text = [&](std::size_t point) {
        const Value& v = c.points[point];
        return v.is_string() ? "\"" + v.to_text() + "\"" : v.to_text();
    };
    const std::string& name = table.inputs[c.input].text;
    if (first == last && first % 2 == 1) return name + " = " + text(first / 2);
    const bool unbounded_low = first == 0;
    const bool unbounded_high = last + 1 == segments(column);
    if (unbounded_low && unbounded_high) return name + " is anything";
    const std::string low = unbounded_low ? "" : text((first - 1) / 2);
    const std::string high = unbounded_high ? "" : text(last / 2);
    if (unbounded_low) return name + (last % 2 == 1 ? " <= " : " < ") + high;
    if (unbounded_high) return name + (first % 2 == 1 ? " >= " : " > ") + low;
    return name + " in " + (first % 2 == 1 ? "[" : "(") + low + ".." + high +
           (last % 2 == 1 ? "]" : ")");
}

namespace {

std::size_t hash_of_text(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

// The segment of a value among points in order; `order` compares a point with it, and says nothing
// when they do not compare.
template <typename Order>
std::size_t search(std::span<const Value> points, std::size_t nowhere, Order order) {
    std::size_t low = 0;
    std::size_t high = points.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        const std::optional<int> found = order(points[middle]);
        if (!found) return nowhere;
        if (*found == 0) return 2 * middle + 1;
        if (*found < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 2 * low;
}

}  // namespace

// Texts whose segments between the points are all alike can be found by their hash.
void TableIndex::hash_points(Column& column, std::size_t words) {
    constexpr std::size_t kWorthwhile = 8;
    if (column.kind != Kind::kString || column.points.size() < kWorthwhile) return;
    for (std::size_t segment = 2; segment <= 2 * column.points.size(); segment += 2)
        if (!std::equal(column.bits.begin(),
                        column.bits.begin() + static_cast<std::ptrdiff_t>(words),
                        column.bits.begin() + static_cast<std::ptrdiff_t>(segment * words)))
            return;
    column.hashed.assign(std::bit_ceil(2 * column.points.size()), 0);
    const std::size_t mask = column.hashed.size() - 1;
    for (std::size_t point = 0; point < column.points.size(); ++point) {
        std::size_t at = hash_of_text(column.points[point].as_string()) & mask;
        while (column.hashed[at] != 0)
            at = (at + 1) & mask;
        column.hashed[at] = static_cast<std::uint32_t>(point + 1);
    }
}

std::size_t TableIndex::segment_of(const Column& column, const Value& value) {
    if (value.kind() != column.kind) return kNowhere;
    if (column.kind == Kind::kNumber) {
        const Decimal& number = value.as_number();
        return search(column.points, kNowhere, [&number](const Value& point) -> std::optional<int> {
            const auto order = point.as_number() <=> number;
            return order < 0 ? -1 : order > 0 ? 1 : 0;
        });
    }
    if (column.hashed.empty())
        return search(column.points, kNowhere,
                      [&value](const Value& point) { return order_of(point, value); });
    const std::string_view text = value.as_string();
    const std::size_t mask = column.hashed.size() - 1;
    for (std::size_t at = hash_of_text(text) & mask; column.hashed[at] != 0; at = (at + 1) & mask) {
        const std::size_t point = column.hashed[at] - 1;
        if (column.points[point].as_string() == text) return 2 * point + 1;
    }
    return 0;
}

bool TableIndex::candidates(const Value* frame, const DecisionTable& table,
                            std::span<std::uint64_t> out) const {
    bool first = true;
    for (const Column& column : columns_) {
        const std::size_t segment = segment_of(column, frame[table.inputs[column.input].slot]);
        if (segment == kNowhere) return false;
        const std::uint64_t* bits = column.bits.data() + segment * words_;
        if (first)
            std::copy(bits, bits + words_, out.begin());
        else
            for (std::size_t i = 0; i < words_; ++i)
                out[i] &= bits[i];
        first = false;
    }
    return !first;
}

}  // namespace shu::rule
