#include "rule/dmn/table.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "rule/feel/builtin.h"

namespace shu::rule {

// The rules that fired stand on top of the evaluator's stack of them: a table that a cell calls
// puts its own above and takes them away again.
struct DecisionTable::Run {
    Run(Evaluator& e, Value* values, std::uint32_t at)
        : evaluator(e), frame(values), position(at), first(e.fired.size()) {}
    ~Run() { evaluator.fired.resize(first); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    std::size_t count() const { return evaluator.fired.size() - first; }
    std::size_t fired(std::size_t i) const { return evaluator.fired[first + i]; }
    void fire(std::size_t rule) { evaluator.fired.push_back(static_cast<std::uint32_t>(rule)); }

    Evaluator& evaluator;
    Value* frame;
    std::uint32_t position;
    std::size_t first;
    Explanation::Table* explained = nullptr;
};

Value DecisionTable::evaluate(Evaluator& evaluator, Value* frame, std::uint32_t position) const {
    Run run(evaluator, frame, position);
    std::optional<Explanation::Table> explained;
    Explanation* explanation = evaluator.explanation;
    if (explanation != nullptr && !explanation->decisions.empty())
        run.explained = &explained.emplace();
    if (!read_inputs(run)) return {};
    find_rules(run);
    Value out;
    if (evaluator.stopped()) return out;
    if (run.count() == 0)
        out = defaults(run);
    else if (policy == HitPolicy::kCollect || policy == HitPolicy::kRuleOrder ||
             policy == HitPolicy::kOutputOrder)
        out = collected(run);
    else
        out = single(run);
    if (explained) {
        explained->place = place;
        static constexpr std::string_view kNames[] = {"UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
                                                      "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
        explained->hit_policy = kNames[static_cast<std::size_t>(policy)];
        explanation->decisions.back().tables.push_back(std::move(*explained));
    }
    return out;
}

bool DecisionTable::read_inputs(Run& run) const {
    for (const Input& input : inputs) {
        run.frame[input.slot] = run.evaluator.eval_node(input.expression, run.frame);
        if (run.explained != nullptr)
            run.explained->inputs.emplace_back(input.text, run.frame[input.slot]);
        if (input.allowed == kNoNode || run.frame[input.slot].is_null()) continue;
        if (run.evaluator.eval_node(input.allowed, run.frame).is_true()) continue;
        run.evaluator.warn(run.position, "input '" + input.text + "' is " +
                                             run.frame[input.slot].to_text() +
                                             ", which its input values do not allow");
        return false;
    }
    return true;
}

// The first column, from 1, whose condition does not hold; 0 if all do.
std::size_t DecisionTable::first_failed(Run& run, const Rule& rule) const {
    for (std::size_t i = 0; i < rule.tests.size(); ++i)
        if (rule.tests[i] != kNoNode &&
            !run.evaluator.eval_node(rule.tests[i], run.frame).is_true())
            return i + 1;
    return 0;
}

bool DecisionTable::passes_open_columns(Run& run, std::size_t rule) const {
    for (std::uint64_t open = index->open_columns(rule); open != 0; open &= open - 1) {
        const auto column = static_cast<std::size_t>(std::countr_zero(open));
        if (!run.evaluator.eval_node(rules[rule].tests[column], run.frame).is_true()) return false;
    }
    return true;
}

// Fires the rules of a word of bits, of which the lowest is rule `first`, whose open columns hold
// too. True when no other rule is wanted.
bool DecisionTable::take_candidates(Run& run, std::uint64_t left, std::size_t first_rule) const {
    for (; left != 0; left &= left - 1) {
        const std::size_t rule = first_rule + static_cast<std::size_t>(std::countr_zero(left));
        if (!passes_open_columns(run, rule)) continue;
        run.fire(rule);
        if (policy == HitPolicy::kFirst) return true;
    }
    return false;
}

// False if the index does not know the kinds of these values.
bool DecisionTable::find_indexed(Run& run) const {
    if (index->words() == 1) {
        std::uint64_t rules_of_word = 0;
        if (!index->candidates(run.frame, *this, {&rules_of_word, 1})) return false;
        take_candidates(run, rules_of_word, 0);
        return true;
    }
    std::vector<std::uint64_t>& bits = run.evaluator.table_bits;
    bits.resize(index->words());
    if (!index->candidates(run.frame, *this, bits)) return false;
    // Asking an open column may evaluate another table, which uses the same bits.
    std::vector<std::uint64_t> own = std::exchange(bits, {});
    for (std::size_t word = 0; word < own.size() && !run.evaluator.stopped(); ++word)
        if (take_candidates(run, own[word], word * 64)) break;
    bits = std::move(own);
    return true;
}

void DecisionTable::find_rules(Run& run) const {
    if (index != nullptr && run.explained == nullptr && find_indexed(run)) return;
    for (std::size_t i = 0; i < rules.size() && !run.evaluator.stopped(); ++i) {
        const std::size_t failed = first_failed(run, rules[i]);
        const bool superseded = policy == HitPolicy::kFirst && run.count() != 0;
        if (failed == 0 && !superseded) run.fire(i);
        if (run.explained != nullptr)
            run.explained->rows.push_back({i + 1, failed == 0 && !superseded, failed,
                                           failed == 0 ? "" : rules[i].texts[failed - 1]});
        else if (policy == HitPolicy::kFirst && failed == 0)
            return;
    }
}

Value DecisionTable::output_entry(Run& run, std::size_t rule, std::size_t output) const {
    return run.evaluator.fitted(run.evaluator.eval_node(rules[rule].outputs[output], run.frame),
                                outputs[output].type.get(), {"the output of rule", {}, rule + 1},
                                run.position);
}

Value DecisionTable::output_of(Run& run, std::size_t rule) const {
    if (outputs.size() == 1) return output_entry(run, rule, 0);
    std::vector<ContextEntry> entries;
    entries.reserve(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i)
        entries.emplace_back(std::string_view(outputs[i].name), output_entry(run, rule, i));
    return Value::context(std::move(entries));
}

Value DecisionTable::defaults(Run& run) const {
    const bool any = std::any_of(outputs.begin(), outputs.end(),
                                 [](const Output& o) { return o.otherwise != kNoNode; });
    if (!any) {
        if (policy == HitPolicy::kCollect && aggregation == Aggregation::kCount)
            return Value::number(Decimal());
        if (policy == HitPolicy::kRuleOrder || policy == HitPolicy::kOutputOrder ||
            (policy == HitPolicy::kCollect && aggregation == Aggregation::kNone))
            return Value::list({});
        return run.evaluator.fail(run.position, "no rule applies, and there is no default output");
    }
    const auto entry = [&](const Output& output) {
        return output.otherwise == kNoNode ? Value()
                                           : run.evaluator.eval_node(output.otherwise, run.frame);
    };
    if (outputs.size() == 1) return entry(outputs[0]);
    std::vector<ContextEntry> entries;
    for (const Output& output : outputs)
        entries.emplace_back(std::string_view(output.name), entry(output));
    return Value::context(std::move(entries));
}

// The rules that fired, those with outputs listed first in the output values first. DMN 1.5 8.2.10.
std::vector<std::size_t> DecisionTable::by_priority(Run& run) const {
    std::vector<Value> orders;
    for (const Output& output : outputs)
        orders.push_back(output.values == kNoNode
                             ? Value::list({})
                             : run.evaluator.eval_node(output.values, run.frame));
    std::vector<std::pair<std::vector<std::size_t>, std::size_t>> ranked;
    for (std::size_t fired = 0; fired < run.count(); ++fired) {
        const std::size_t rule = run.fired(fired);
        std::vector<std::size_t> rank;
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const Value value = run.evaluator.eval_node(rules[rule].outputs[i], run.frame);
            std::size_t place_in_order = 0;
            if (orders[i].is_list()) {
                const auto order = orders[i].as_list();
                while (place_in_order < order.size() && !same(order[place_in_order], value))
                    ++place_in_order;
            }
            rank.push_back(place_in_order);
        }
        ranked.emplace_back(std::move(rank), rule);
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::size_t> out;
    for (const auto& [rank, rule] : ranked)
        out.push_back(rule);
    return out;
}

Value DecisionTable::single(Run& run) const {
    if (policy == HitPolicy::kPriority) return output_of(run, by_priority(run).front());
    const auto both = [&run](std::size_t other) {
        return "rules " + std::to_string(run.fired(0) + 1) + " and " + std::to_string(other + 1) +
               " both apply";
    };
    if (policy == HitPolicy::kUnique && run.count() > 1)
        return run.evaluator.fail(run.position,
                                  both(run.fired(1)) + ", but the hit policy is UNIQUE");
    Value out = output_of(run, run.fired(0));
    if (policy != HitPolicy::kAny) return out;
    for (std::size_t i = 0; i < run.count(); ++i) {
        const std::size_t rule = run.fired(i);
        if (same(output_of(run, rule), out)) continue;
        return run.evaluator.fail(
            run.position, both(rule) + " with different outputs, but the hit policy is ANY");
    }
    return out;
}

Value DecisionTable::collected(Run& run) const {
    if (policy == HitPolicy::kCollect && aggregation == Aggregation::kSum && outputs.size() == 1)
        return summed(run);
    std::vector<Value> values;
    if (policy == HitPolicy::kOutputOrder) {
        for (const std::size_t rule : by_priority(run))
            values.push_back(output_of(run, rule));
    } else {
        values.reserve(run.count());
        for (std::size_t i = 0; i < run.count(); ++i)
            values.push_back(output_of(run, run.fired(i)));
    }
    if (policy == HitPolicy::kCollect && aggregation != Aggregation::kNone)
        return aggregated(run, std::move(values));
    return run.evaluator.make_list(std::move(values), run.position);
}

// The sum of numbers needs no list; what is not as simple goes the way of the others.
Value DecisionTable::summed(Run& run) const {
    const Evaluator::Frame values(run.evaluator, run.count());
    std::optional<Decimal> sum = Decimal();
    for (std::size_t i = 0; i < run.count(); ++i) {
        Value& value = values.values[i];
        value = output_entry(run, run.fired(i), 0);
        if (sum) sum = value.is_number() ? add(*sum, value.as_number()) : std::nullopt;
    }
    if (sum) return Value::number(*sum);
    return aggregated(run, {values.values, values.values + run.count()});
}

Value DecisionTable::aggregated(Run& run, std::vector<Value> values) const {
    if (aggregation == Aggregation::kCount)
        return Value::number(Decimal(static_cast<std::int64_t>(values.size())));
    static constexpr std::string_view kNames[] = {"", "sum", "count", "min", "max"};
    const std::string_view name = kNames[static_cast<std::size_t>(aggregation)];
    for (const std::uint32_t id : builtins_starting(name)) {
        if (builtin(id).name != name) continue;
        Value list[] = {run.evaluator.make_list(std::move(values), run.position)};
        return call_builtin(run.evaluator, builtin(id), list, {}, run.position);
    }
    return {};
}

}  // namespace shu::rule
