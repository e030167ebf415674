// Decision tables from their XML. DMN 1.5 8.3.
#include <algorithm>

#include "rule/dmn/boxed_compiler.h"

namespace shu::rule {
namespace {

bool read_policy(const std::string& text, HitPolicy& out) {
    static constexpr std::pair<std::string_view, HitPolicy> kPolicies[] = {
        {"", HitPolicy::kUnique},      {"UNIQUE", HitPolicy::kUnique},
        {"U", HitPolicy::kUnique},     {"FIRST", HitPolicy::kFirst},
        {"F", HitPolicy::kFirst},      {"PRIORITY", HitPolicy::kPriority},
        {"P", HitPolicy::kPriority},   {"ANY", HitPolicy::kAny},
        {"A", HitPolicy::kAny},        {"COLLECT", HitPolicy::kCollect},
        {"C", HitPolicy::kCollect},    {"RULE ORDER", HitPolicy::kRuleOrder},
        {"R", HitPolicy::kRuleOrder},  {"OUTPUT ORDER", HitPolicy::kOutputOrder},
        {"O", HitPolicy::kOutputOrder}};
    for (const auto& [name, policy] : kPolicies) {
        if (name != text) continue;
        out = policy;
        return true;
    }
    return false;
}

bool read_aggregation(const std::string& text, Aggregation& out) {
    static constexpr std::pair<std::string_view, Aggregation> kAll[] = {
        {"", Aggregation::kNone},
        {"SUM", Aggregation::kSum},
        {"COUNT", Aggregation::kCount},
        {"MIN", Aggregation::kMin},
        {"MAX", Aggregation::kMax}};
    for (const auto& [name, aggregation] : kAll) {
        if (name != text) continue;
        out = aggregation;
        return true;
    }
    return false;
}

// The values of tests that are nothing but single constants: an enumeration. False for other tests.
bool list_values(const Program& program, NodeId tests, std::vector<Value>& out) {
    const Node& node = program.nodes[tests];
    if (node.op == Op::kTestList) {
        const auto all = program.children(node);
        return std::all_of(all.begin(), all.end(),
                           [&](NodeId child) { return list_values(program, child, out); });
    }
    if (node.op != Op::kTestValue || node.flags != 0 || program.nodes[node.b].op != Op::kConstant)
        return false;
    out.push_back(program.constants[program.nodes[node.b].a]);
    return true;
}

}  // namespace

NodeId BoxedCompiler::table(const pugi::xml_node& node, const std::string& place) {
    auto owned = std::make_unique<DecisionTable>();
    DecisionTable& out = *owned;
    out.place = place;
    if (!read_policy(attribute(node, "hitPolicy"), out.policy))
        return problem(place, "no hit policy is named '" + attribute(node, "hitPolicy") + "'");
    if (!read_aggregation(attribute(node, "aggregation"), out.aggregation))
        return problem(place, "no aggregation is named '" + attribute(node, "aggregation") + "'");
    const std::size_t scope = mark();
    for (const pugi::xml_node& part : node.children())
        if (local_name(part) == "input")
            table_input(part, out, place + ", input " + std::to_string(out.inputs.size() + 1));
    for (const pugi::xml_node& part : node.children())
        if (local_name(part) == "output")
            table_output(part, out, place + ", output " + std::to_string(out.outputs.size() + 1));
    for (const pugi::xml_node& part : node.children())
        if (local_name(part) == "rule")
            table_rule(part, out, place + ", rule " + std::to_string(out.rules.size() + 1));
    leave(scope);
    check_table(node, out, place);
    out.index = TableIndex::build(program_, out);
    start_source("", place);
    program_.parts.push_back(std::move(owned));
    const NodeId result = add(Op::kPart, 0, static_cast<std::uint32_t>(program_.parts.size() - 1));
    if (out.outputs.size() > 1) {
        auto type = std::make_shared<Type>();
        type->base = Type::Base::kContext;
        type->kind = Kind::kContext;
        type->name = "context";
        type->open = true;
        for (const DecisionTable::Output& output : out.outputs)
            type->fields.push_back({output.name, output.type});
        set_type(result, type);
    }
    return result;
}

void BoxedCompiler::table_input(const pugi::xml_node& node, DecisionTable& out,
                                const std::string& place) {
    DecisionTable::Input input;
    const pugi::xml_node expression_node = child(node, "inputExpression");
    input.text = text_of(child(expression_node, "text"));
    if (input.text.empty()) input.text = attribute(node, "label");
    input.expression = input.text.empty() ? problem(place, "the input expression is missing")
                                          : text(input.text, place);
    TypePointer type = type_named(attribute(expression_node, "typeRef"), place);
    input.expression = fits(input.expression, type, "the input");
    if (type == nullptr) type = type_of(input.expression);
    input.slot = declare("", type);
    const std::string allowed = text_of(child(child(node, "inputValues"), "text"));
    if (!allowed.empty() && allowed != "-") {
        const std::uint32_t outer = std::exchange(test_slot_, input.slot);
        frames_.back().locals.push_back({"?", type, input.slot});
        input.allowed = text(allowed, place + ", input values", true);
        frames_.back().locals.pop_back();
        test_slot_ = outer;
    }
    if (input.allowed == kNoNode || !list_values(program_, input.allowed, input.enumeration))
        input.enumeration.clear();
    if (type != nullptr && input.enumeration.empty())
        for (const auto& tests : type->allowed)
            if (!list_values(*tests, tests->root, input.enumeration)) input.enumeration.clear();
    out.inputs.push_back(std::move(input));
}

void BoxedCompiler::table_output(const pugi::xml_node& node, DecisionTable& out,
                                 const std::string& place) {
    DecisionTable::Output output;
    output.name = normalised_name(attribute(node, "name"));
    output.type = type_named(attribute(node, "typeRef"), place);
    const std::string values = text_of(child(child(node, "outputValues"), "text"));
    if (!values.empty() && values != "-") {
        const std::size_t before = problems_.size();
        output.values = text("[" + values + "]", place + ", output values");
        if (problems_.size() > before) {  // tests that are no enumeration give no order
            problems_.resize(before);
            output.values = kNoNode;
        }
    }
    const std::string otherwise = text_of(child(child(node, "defaultOutputEntry"), "text"));
    if (!otherwise.empty()) output.otherwise = text(otherwise, place + ", default");
    out.outputs.push_back(std::move(output));
}

void BoxedCompiler::table_rule(const pugi::xml_node& node, DecisionTable& out,
                               const std::string& place) {
    DecisionTable::Rule rule;
    for (const pugi::xml_node& cell : node.children()) {
        const std::string_view kind = local_name(cell);
        const std::string content = text_of(child(cell, "text"));
        if (kind == "inputEntry" && rule.tests.size() < out.inputs.size()) {
            const DecisionTable::Input& input = out.inputs[rule.tests.size()];
            rule.texts.push_back(content);
            if (content.empty() || content == "-") {
                rule.tests.push_back(kNoNode);
                continue;
            }
            const std::uint32_t outer = std::exchange(test_slot_, input.slot);
            frames_.back().locals.push_back({"?", type_of(input.expression), input.slot});
            rule.tests.push_back(
                text(content, place + ", input " + std::to_string(rule.tests.size() + 1), true));
            frames_.back().locals.pop_back();
            test_slot_ = outer;
        } else if (kind == "outputEntry" && rule.outputs.size() < out.outputs.size()) {
            const std::string where = place + ", output " + std::to_string(rule.outputs.size() + 1);
            rule.outputs.push_back(content.empty() || content == "-" ? null_node()
                                                                     : text(content, where));
            check_kind(rule.outputs.back(), out.outputs[rule.outputs.size() - 1].type.get(),
                       "the output", where);
        } else if (kind == "annotationEntry") {
            rule.annotation += content;
        }
    }
    out.rules.push_back(std::move(rule));
}

// A table that lacks parts still loads: the missing cells are irrelevant or null, and each is a
// problem.
void BoxedCompiler::check_table(const pugi::xml_node&, DecisionTable& out,
                                const std::string& place) {
    if (out.outputs.empty()) {
        problem(place, "the table has no output");
        out.outputs.emplace_back();
    }
    for (std::size_t i = 0; i < out.rules.size(); ++i) {
        DecisionTable::Rule& rule = out.rules[i];
        if (rule.tests.size() != out.inputs.size() || rule.outputs.size() != out.outputs.size())
            problem(place + ", rule " + std::to_string(i + 1),
                    "the rule has not as many entries as the table has columns");
        rule.tests.resize(out.inputs.size(), kNoNode);
        rule.texts.resize(out.inputs.size());
        while (rule.outputs.size() < out.outputs.size())
            rule.outputs.push_back(null_node());
    }
    const bool many = out.outputs.size() > 1;
    if (many && out.policy == HitPolicy::kCollect && out.aggregation != Aggregation::kNone &&
        out.aggregation != Aggregation::kCount)
        problem(place, "a table of several outputs cannot be aggregated");
}

}  // namespace shu::rule
