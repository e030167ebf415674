#include "rule/dmn/table_analysis.h"

#include <algorithm>
#include <bit>
#include <set>

#include "foundation/limits.h"

namespace shu::rule {
namespace {

constexpr std::size_t kFindingsMax = 50;

using Bits = std::vector<std::uint64_t>;

bool is_empty(const Bits& bits) {
    return std::all_of(bits.begin(), bits.end(), [](std::uint64_t word) { return word == 0; });
}

std::vector<std::size_t> rules_of(const Bits& bits) {
    std::vector<std::size_t> out;
    for (std::size_t word = 0; word < bits.size(); ++word)
        for (std::uint64_t left = bits[word]; left != 0; left &= left - 1)
            out.push_back(word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
    return out;
}

// Walks the parts into which the cells cut the space of inputs, column by column, taking equal
// neighbours together.
class Walk {
 public:
    Walk(const Program& program, const DecisionTable& table, const TableIndex& index)
        : program_(program), table_(table), index_(index) {
        reached_.assign(table.rules.size(), false);
    }

    std::vector<TableFinding> run() {
        Bits all((table_.rules.size() + 63) / 64, 0);
        for (std::size_t rule = 0; rule < table_.rules.size(); ++rule)
            all[rule / 64] |= std::uint64_t{1} << (rule % 64);
        visit(0, all);
        for (std::size_t rule = 0; rule < reached_.size() && !cut_; ++rule)
            if (!reached_[rule])
                add(TableFinding::Kind::kNeverFires, {rule + 1}, "no input lets the rule fire");
        if (cut_)
            add(TableFinding::Kind::kNotAnalysed, {},
                "the table is too large to look at every part of it");
        return std::move(findings_);
    }

 private:
    void add(TableFinding::Kind kind, std::vector<std::size_t> rules, std::string text) {
        if (findings_.size() < kFindingsMax)
            findings_.push_back({kind, table_.place, std::move(rules), std::move(text), {}});
    }

    void add_here(TableFinding::Kind kind, std::vector<std::size_t> rules, std::string text) {
        if (findings_.size() >= kFindingsMax) return;
        add(kind, std::move(rules), std::move(text));
        for (const std::string& condition : path_)
            if (!condition.empty()) findings_.back().where.push_back(condition);
    }

    // A gap with one condition, on a column that lists its values.
    bool is_missing_value() const {
        std::size_t told = 0, column = 0;
        for (std::size_t i = 0; i < path_.size(); ++i)
            if (!path_[i].empty()) {
                ++told;
                column = i;
            }
        return told == 1 && index_.lists_values(column, table_);
    }

    std::string here() const {
        std::string out;
        for (std::size_t i = 0; i < path_.size(); ++i) {
            if (path_[i].empty()) continue;
            if (!out.empty()) out += " and ";
            out += path_[i];
        }
        return out.empty() ? "any input" : out;
    }

    void visit(std::size_t depth, const Bits& rules) {
        if (cut_ || ++boxes_ > limits::rule_analysis_boxes_max) {
            cut_ = true;
            return;
        }
        if (is_empty(rules)) {
            const bool covered = std::any_of(table_.outputs.begin(), table_.outputs.end(),
                                             [](const auto& o) { return o.otherwise != kNoNode; });
            const bool list = table_.policy == HitPolicy::kCollect ||
                              table_.policy == HitPolicy::kRuleOrder ||
                              table_.policy == HitPolicy::kOutputOrder;
            if (!covered && !list)
                add_here(is_missing_value() ? TableFinding::Kind::kMissingValue
                                            : TableFinding::Kind::kGap,
                         {}, "no rule applies where " + here());
            return;
        }
        if (depth == index_.columns()) return leaf(rules);
        if (visit_texts(depth, rules)) return;
        const std::size_t segments = index_.segments(depth);
        for (std::size_t from = 0; from < segments;) {
            if (!index_.is_possible(depth, from, table_)) {
                ++from;
                continue;
            }
            Bits inside = index_.within(depth, from, rules);
            std::size_t to = from + 1;
            while (to < segments && index_.is_possible(depth, to, table_) &&
                   index_.within(depth, to, rules) == inside)
                ++to;
            path_.push_back(to - from == segments ? ""
                                                  : index_.describe(depth, from, to - 1, table_));
            visit(depth + 1, inside);
            path_.pop_back();
            from = to;
        }
    }

    // Free texts: each value that a cell names, then all others together. False where cells tell
    // texts apart by their order, or the column lists its values.
    bool visit_texts(std::size_t depth, const Bits& rules) {
        if (!index_.is_text(depth) || index_.lists_values(depth, table_)) return false;
        const std::size_t segments = index_.segments(depth);
        const Bits others = index_.within(depth, 0, rules);
        for (std::size_t segment = 2; segment < segments; segment += 2)
            if (index_.within(depth, segment, rules) != others) return false;
        std::vector<std::size_t> named;
        for (std::size_t segment = 1; segment < segments; segment += 2) {
            const Bits inside = index_.within(depth, segment, rules);
            if (inside == others) continue;
            named.push_back(segment);
            path_.push_back(index_.describe(depth, segment, segment, table_));
            visit(depth + 1, inside);
            path_.pop_back();
        }
        path_.push_back(named.empty() ? "" : index_.describe_others(depth, named, table_));
        visit(depth + 1, others);
        path_.pop_back();
        return true;
    }

    void leaf(const Bits& bits) {
        const auto rules = rules_of(bits);
        const bool first_only = table_.policy == HitPolicy::kFirst;
        for (std::size_t i = 0; i < rules.size(); ++i)
            if (!first_only || i == 0) reached_[rules[i]] = true;
        if (rules.size() < 2 ||
            (table_.policy != HitPolicy::kUnique && table_.policy != HitPolicy::kAny))
            return;
        for (std::size_t i = 1; i < rules.size(); ++i) {
            const std::pair<std::size_t, std::size_t> pair{rules[0], rules[i]};
            if (!told_.insert(pair).second) continue;
            const std::string both = "rules " + std::to_string(pair.first + 1) + " and " +
                                     std::to_string(pair.second + 1) + " both apply where " +
                                     here();
            if (table_.policy == HitPolicy::kUnique)
                add_here(TableFinding::Kind::kOverlap, {pair.first + 1, pair.second + 1}, both);
            else if (conflict(pair.first, pair.second))
                add_here(TableFinding::Kind::kConflict, {pair.first + 1, pair.second + 1},
                         both + ", with different outputs");
        }
    }

    // Only constants are known to differ.
    bool conflict(std::size_t a, std::size_t b) const {
        for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
            const Node& x = program_.nodes[table_.rules[a].outputs[i]];
            const Node& y = program_.nodes[table_.rules[b].outputs[i]];
            if (x.op == Op::kConstant && y.op == Op::kConstant &&
                !same(program_.constants[x.a], program_.constants[y.a]))
                return true;
        }
        return false;
    }

    const Program& program_;
    const DecisionTable& table_;
    const TableIndex& index_;
    std::vector<TableFinding> findings_;
    std::vector<std::string> path_;
    std::vector<bool> reached_;
    std::set<std::pair<std::size_t, std::size_t>> told_;
    std::size_t boxes_ = 0;
    bool cut_ = false;
};

}  // namespace

std::vector<TableFinding> analyse_table(const Program& program, const DecisionTable& table) {
    if (table.rules.empty())
        return {{TableFinding::Kind::kGap, table.place, {}, "the table has no rules", {}}};
    const auto index = TableIndex::build(program, table, 1);
    if (index == nullptr || !index->is_closed())
        return {{TableFinding::Kind::kNotAnalysed,
                 table.place,
                 {},
                 "some conditions are no comparisons with constants",
                 {}}};
    auto findings = Walk(program, table, *index).run();
    std::stable_sort(findings.begin(), findings.end(),
                     [](const TableFinding& a, const TableFinding& b) { return a.kind < b.kind; });
    return findings;
}

}  // namespace shu::rule
