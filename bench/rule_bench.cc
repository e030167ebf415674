// How fast rules are compiled and evaluated, on one core. Prints one JSON object a line: name,
// value, unit, settings.
//
//   rule_bench [SECONDS [expression|loan|table [bench/feelin/expressions.json]]]     of processor
//   time each
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "foundation/clock.h"
#include "foundation/json.h"
#include "rule/model.h"

namespace {

using namespace shu;
using namespace shu::rule;

void print(const char* name, double value, const char* unit, const char* settings) {
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"settings\":\"%s\"}\n", name,
                value, unit, settings);
    std::fflush(stdout);
}

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "rule_bench: %s\n", why.c_str());
    std::exit(1);
}

double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Calls a second of processor time (the machine may have other work), in batches until `seconds`
/// of it are over.
template <typename Once>
double rate(double seconds, Once once) {
    const double start = processor_seconds();
    double calls = 0;
    for (;;) {
        for (int i = 0; i < 200; ++i)
            once(static_cast<std::size_t>(calls) + static_cast<std::size_t>(i));
        calls += 200;
        const double passed = processor_seconds() - start;
        if (passed >= seconds) return calls / passed;
    }
}

std::string loan_model() {
    // The shape of the standard's loan example: a score table, an affordability formula, a routing
    // table.
    return R"(<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='Loan' namespace='urn:loan'>
<inputData id='age' name='age'><variable name='age' typeRef='number'/></inputData>
<inputData id='income' name='monthly income'><variable name='monthly income' typeRef='number'/></inputData>
<inputData id='amount' name='loan amount'><variable name='loan amount' typeRef='number'/></inputData>
<inputData id='risk' name='existing risk'><variable name='existing risk' typeRef='string'/></inputData>
<businessKnowledgeModel id='pmt' name='installment'><encapsulatedLogic><formalParameter name='principal' typeRef='number'/><formalParameter name='rate' typeRef='number'/>
<formalParameter name='months' typeRef='number'/><literalExpression><text>principal * rate / 12 / (1 - (1 + rate / 12) ** -months)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id='payment' name='payment'><variable name='payment' typeRef='number'/><informationRequirement><requiredInput href='#amount'/></informationRequirement>
<knowledgeRequirement><requiredKnowledge href='#pmt'/></knowledgeRequirement><literalExpression><text>installment(loan amount, 0.0375, 360)</text></literalExpression></decision>
<decision id='score' name='score'><variable name='score' typeRef='number'/><informationRequirement><requiredInput href='#age'/></informationRequirement>
<informationRequirement><requiredInput href='#income'/></informationRequirement><decisionTable hitPolicy='COLLECT' aggregation='SUM'>
<input><inputExpression><text>age</text></inputExpression></input><input><inputExpression><text>monthly income</text></inputExpression></input><output/>
<rule><inputEntry><text>[18..25)</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>32</text></outputEntry></rule>
<rule><inputEntry><text>[25..40)</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>43</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 40</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>48</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>&lt; 3000</text></inputEntry><outputEntry><text>20</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>&gt;= 3000</text></inputEntry><outputEntry><text>45</text></outputEntry></rule></decisionTable></decision>
<decision id='routing' name='routing'><variable name='routing' typeRef='string'/><informationRequirement><requiredDecision href='#payment'/></informationRequirement>
<informationRequirement><requiredDecision href='#score'/></informationRequirement><informationRequirement><requiredInput href='#risk'/></informationRequirement>
<informationRequirement><requiredInput href='#income'/></informationRequirement><decisionTable hitPolicy='FIRST'>
<input><inputExpression><text>payment / monthly income</text></inputExpression></input><input><inputExpression><text>score</text></inputExpression></input>
<input><inputExpression><text>existing risk</text></inputExpression></input><output/>
<rule><inputEntry><text>&gt; 0.5</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"DECLINE"</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>&lt; 60</text></inputEntry><inputEntry><text>"High", "Decline"</text></inputEntry><outputEntry><text>"DECLINE"</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>"Medium"</text></inputEntry><outputEntry><text>"REFER"</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"ACCEPT"</text></outputEntry></rule></decisionTable></decision>
</definitions>)";
}

std::string large_table(int rows) {
    std::string out =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='T' namespace='urn:t'>"
        "<inputData id='code' name='code'><variable name='code' typeRef='string'/></inputData><inputData id='n' name='n'><variable name='n' typeRef='number'/></inputData>"
        "<decision id='d' name='d'><variable name='d'/><informationRequirement><requiredInput href='#code'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#n'/></informationRequirement><decisionTable hitPolicy='FIRST'>"
        "<input><inputExpression><text>code</text></inputExpression></input><input><inputExpression><text>n</text></inputExpression></input><output/>";
    for (int i = 0; i < rows; ++i)
        out += "<rule><inputEntry><text>\"item " + std::to_string(i / 4) +
               "\"</text></inputEntry><inputEntry><text>[" + std::to_string(i % 4 * 10) + ".." +
               std::to_string(i % 4 * 10 + 10) + ")</text></inputEntry><outputEntry><text>" +
               std::to_string(i) + "</text></outputEntry></rule>";
    return out + "</decisionTable></decision></definitions>";
}

Value record(std::initializer_list<ContextEntry> entries) {
    return Value::context(std::vector<ContextEntry>(entries));
}

struct Bench {
    const Environment& environment;
    Evaluation& evaluation;
    double seconds;
};

void expressions(const Bench& bench) {
    const Scope scope = {{"age", built_in_type("number")}, {"name", built_in_type("string")}};
    const Value values[] = {Value::number(Decimal(31)), Value::string("Wang Fang")};
    const char* small = "if age >= 18 and starts with(name, \"W\") then age * 1.5 + 2 else 0";
    print("parse and evaluate a small expression",
          rate(bench.seconds,
               [&](std::size_t) {
                   const auto expression = Expression::compile(small, scope, bench.environment);
                   if (!expression || !bench.evaluation.run(*expression, values))
                       fail("the small expression");
               }),
          "1/s", "if, and, comparison, function, arithmetic");
    const auto expression = Expression::compile(small, scope, bench.environment);
    if (!expression) fail(expression.error().detail);
    print("evaluate a small expression",
          rate(bench.seconds,
               [&](std::size_t) {
                   if (!bench.evaluation.run(*expression, values)) fail("the small expression");
               }),
          "1/s", "compiled");
}

/// One of bench/feelin/expressions.json, which feelin evaluates too.
struct Case {
    std::string text;
    Value context;
    Value value;
};

std::vector<Case> read_cases(const char* path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto json = json::parse(text);
    if (!json) fail(std::string(path) + ": " + json.error().detail);
    const auto all = from_json(*json);
    if (!all || !all->is_list()) fail(std::string(path) + " is no list");
    std::vector<Case> out;
    for (const Value& item : all->as_list())
        out.push_back({std::string(item.find("text")->as_string()), *item.find("context"),
                       *item.find("value")});
    return out;
}

// Text and context in, value out: what feelin's evaluate() does.
void against_feelin(const Bench& bench, const char* path) {
    const std::vector<Case> cases = read_cases(path);
    const auto evaluate = [&](const Case& one) {
        const auto expression =
            Expression::compile(one.text, scope_of(one.context), bench.environment);
        if (!expression) fail(one.text + ": " + expression.error().detail);
        const auto outcome = bench.evaluation.run(*expression, values_of(one.context));
        if (!outcome) fail(one.text + ": " + outcome.error().detail);
        return outcome->value;
    };
    for (const Case& one : cases)
        if (!same(evaluate(one), one.value)) fail(one.text + " is not " + one.value.to_text());
    print("parse and evaluate small expressions",
          rate(bench.seconds, [&](std::size_t i) { evaluate(cases[i % cases.size()]); }), "1/s",
          "text and context in, value out");
}

void loan(const Bench& bench) {
    const auto model = Model::load(loan_model(), bench.environment);
    if (!model || !model->problems().empty()) fail("the loan model");
    std::vector<Value> people;
    for (int i = 0; i < 64; ++i)
        people.push_back(
            record({{std::string_view("age"), Value::number(Decimal(18 + i))},
                    {std::string_view("monthly income"), Value::number(Decimal(1000 + 200 * i))},
                    {std::string_view("loan amount"), Value::number(Decimal(100'000 + 10'000 * i))},
                    {std::string_view("existing risk"), Value::string(i % 3 == 0   ? "High"
                                                                      : i % 3 == 1 ? "Medium"
                                                                                   : "Low")}}));
    print("loan decision: three decisions, two tables, one knowledge model",
          rate(bench.seconds,
               [&](std::size_t i) {
                   if (!model->evaluate(bench.evaluation, "routing", people[i % people.size()]))
                       fail("the loan decision");
               }),
          "1/s", "one core");
}

void table(const Bench& bench) {
    constexpr int kRows = 3'700;
    const auto model = Model::load(large_table(kRows), bench.environment);
    if (!model || !model->problems().empty()) fail("the large table");
    std::vector<Value> asked;
    for (int i = 0; i < 512; ++i)
        asked.push_back(record({{std::string_view("code"),
                                 Value::string("item " + std::to_string(i * 7919 % (kRows / 4)))},
                                {std::string_view("n"), Value::number(Decimal(i % 40))}}));
    const double tables = rate(bench.seconds, [&](std::size_t i) {
        if (!model->evaluate(bench.evaluation, "d", asked[i % asked.size()]))
            fail("the large table");
    });
    print("FIRST table of 3,700 rows", 1e6 / tables, "us", "warm, two inputs: equality and range");
}

}  // namespace

int main(int count, char** arguments) {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 2.0;
    const std::string_view wanted = count > 2 ? arguments[2] : "";
    auto zones = Zones::load();
    if (!zones) fail(zones.error().detail);
    const Environment environment{&*zones, nullptr};
    const SystemClock clock;
    Evaluation evaluation(environment, clock);
    const Bench bench{environment, evaluation, seconds};
    if (count > 3) against_feelin(bench, arguments[3]);
    if (wanted.empty() || wanted == "expression") expressions(bench);
    if (wanted.empty() || wanted == "loan") loan(bench);
    if (wanted.empty() || wanted == "table") table(bench);
}
