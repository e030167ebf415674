#include "rule/model.h"

#include <map>
#include <random>

#include "foundation/json.h"
#include "rule/dmn/testing.h"

namespace shu::rule {
namespace {

TEST(Tables, obey_their_hit_policy) {
    const std::string rules =
        rule("&lt; 18", "\"minor\"") + rule("[10..60)", "\"worker\"") + rule("-", "\"person\"");
    const std::string values =
        "<outputValues><text>\"person\", \"worker\", \"minor\"</text></outputValues>";
    const char* young = R"({"age": 15})";
    EXPECT_EQ(evaluate(aged("hitPolicy='FIRST'", rules), "d", young).value, "minor");
    EXPECT_EQ(evaluate(aged("hitPolicy='RULE ORDER'", rules), "d", young).value,
              "[\"minor\", \"worker\", \"person\"]");
    EXPECT_EQ(evaluate(aged("hitPolicy='PRIORITY'", rules, values), "d", young).value, "person");
    EXPECT_EQ(evaluate(aged("hitPolicy='OUTPUT ORDER'", rules, values), "d", young).value,
              "[\"person\", \"worker\", \"minor\"]");
    EXPECT_EQ(evaluate(aged("hitPolicy='COLLECT' aggregation='COUNT'", rules), "d", young).value,
              "3");
    const Evaluated unique = evaluate(aged("", rules), "d", young);
    EXPECT_EQ(unique.value, "null");
    ASSERT_EQ(unique.warnings.size(), 1U);
    EXPECT_NE(unique.warnings[0].reason.find("rules 1 and 2 both apply"), std::string::npos);
    EXPECT_EQ(unique.warnings[0].place, "decision 'd'");
    EXPECT_EQ(evaluate(aged("hitPolicy='ANY'", rules), "d", young).value, "null");
    EXPECT_EQ(
        evaluate(aged("hitPolicy='ANY'", rule("&gt; 1", "1") + rule("&gt; 2", "1")), "d", young)
            .value,
        "1");
    const std::string amounts = rule("&gt; 1", "10") + rule("&gt; 2", "20") + rule("&gt; 99", "40");
    EXPECT_EQ(evaluate(aged("hitPolicy='COLLECT' aggregation='SUM'", amounts), "d", young).value,
              "30");
    EXPECT_EQ(evaluate(aged("hitPolicy='COLLECT' aggregation='MAX'", amounts), "d", young).value,
              "20");
    EXPECT_EQ(evaluate(aged("hitPolicy='COLLECT' aggregation='MIN'", amounts), "d", young).value,
              "10");
    EXPECT_EQ(evaluate(aged("hitPolicy='COLLECT'", amounts), "d", R"({"age": 0})").value, "[]");
}

TEST(Tables, give_the_same_answer_with_the_index_as_rule_by_rule) {
    constexpr unsigned kSeed = 5;
    std::mt19937 random(kSeed);
    const Environment environment = test_environment();
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const auto number = [&] { return std::to_string(static_cast<int>(random() % 12) - 2); };
    const auto cell = [&]() -> std::string {
        switch (random() % 9) {
            case 0: return "-";
            case 1: return number();
            case 2: return "&lt; " + number();
            case 3: return "&gt;= " + number();
            case 4: return "[" + number() + ".." + number() + ")";
            case 5: return "(" + number() + ".." + number() + "]";
            case 6: return number() + ", " + number() + ", &gt; " + number();
            case 7: return "not(" + number() + ")";
            default: return "even(?)";
        }
    };
    for (int round = 0; round < 60; ++round) {
        std::string rules;
        for (unsigned i = 0; i < 4 + random() % 90; ++i)
            rules += rule(cell(), std::to_string(i));
        const auto model = Model::load(
            aged(round % 2 == 0 ? "hitPolicy='RULE ORDER'" : "hitPolicy='FIRST'", rules),
            environment);
        ASSERT_TRUE(model.ok() && model->problems().empty());
        for (const char* age :
             {"-3", "0", "1", "2.5", "5", "9", "10", "99", "null", "\"text\"", "[1]"}) {
            const Value inputs = context_of(("{\"age\": " + std::string(age) + "}").c_str());
            Explanation slow;
            const auto indexed = model->evaluate(evaluation, "d", inputs);
            const auto direct = model->evaluate(evaluation, "d", inputs, &slow);
            ASSERT_EQ(indexed->value.to_text(), direct->value.to_text())
                << "seed " << kSeed << " round " << round << " age " << age;
        }
    }
}

TEST(Tables, without_a_rule_that_applies_give_the_default_or_say_so) {
    const Evaluated none = evaluate(aged("", rule("&gt; 100", "1")), "d", R"({"age": 5})");
    EXPECT_EQ(none.value, "null");
    ASSERT_FALSE(none.warnings.empty());
    EXPECT_EQ(evaluate(aged("", rule("&gt; 100", "1"),
                            "<defaultOutputEntry><text>7</text></defaultOutputEntry>"),
                       "d", R"({"age": 5})")
                  .value,
              "7");
}

TEST(Models, report_every_mistake_with_its_cell_and_still_work_elsewhere) {
    const std::string xml = definitions(
        input("age", "number") + input("wrong", "nonsense") +
        decision("good", "age", literal("age + 1")) +
        decision("bad", "age", table("", rule("&lt; ", "1") + rule("&gt; 3", "unknown thing"))) +
        decision("lost", "nowhere", literal("1")));
    const auto model = Model::load(xml, test_environment());
    ASSERT_TRUE(model.ok());
    ASSERT_EQ(model->problems().size(), 4U);
    EXPECT_EQ(to_string(model->problems()[0]),
              "inputData 'wrong': line 1, column 1: no type is named 'nonsense'");
    EXPECT_EQ(model->problems()[1].place, "decision 'bad', rule 1, input 1");
    EXPECT_EQ(
        to_string(model->problems()[2]),
        "decision 'bad', rule 2, output 1: line 1, column 1: nothing here is named 'unknown thing'");
    EXPECT_EQ(model->problems()[3].reason, "it requires #nowhere, which does not exist");
    EXPECT_EQ(evaluate(xml, "good", R"({"age": 41})").value, "42");
    EXPECT_EQ(evaluate(xml, "bad", R"({"age": 41})").value, "null");
    EXPECT_EQ(evaluate(xml, "absent", "{}").value, "error: the model has no decision 'absent'");
}

TEST(Models, whose_requirements_go_round_are_reported_and_end) {
    const std::string xml = definitions(
        "<decision id='a' name='a'><informationRequirement><requiredDecision href='#b'/></informationRequirement>" +
        literal("b") + "</decision>" +
        "<decision id='b' name='b'><informationRequirement><requiredDecision href='#a'/></informationRequirement>" +
        literal("a") + "</decision>");
    const auto model = Model::load(xml, test_environment());
    ASSERT_TRUE(model.ok());
    ASSERT_FALSE(model->problems().empty());
    EXPECT_NE(model->problems()[0].reason.find("requirements go round"), std::string::npos);
    EXPECT_EQ(evaluate(xml, "a", "{}").value, "null");
}

TEST(Models, from_outside_cannot_harm) {
    EXPECT_TRUE(
        evaluate("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "d", "{}")
            .value.starts_with("error: a model must not have"));
    EXPECT_TRUE(
        evaluate("<definitions>", "d", "{}").value.starts_with("error: no well-formed XML"));
    EXPECT_TRUE(evaluate("<other/>", "d", "{}").value.starts_with("error: the root element"));
    EXPECT_TRUE(evaluate("", "d", "{}").value.starts_with("error: "));
    std::string deep;
    for (int i = 0; i < 5'000; ++i)
        deep += "<context><contextEntry>";
    for (int i = 0; i < 5'000; ++i)
        deep += "</contextEntry></context>";
    EXPECT_TRUE(evaluate(definitions(decision("d", "", deep)), "d", "{}").value.find("deep") !=
                std::string::npos);
    EXPECT_EQ(
        evaluate(
            definitions(decision(
                "d", "",
                "<context><contextEntry><variable name='f'/>" +
                    literal(
                        "function(x) external {java: {class: \"java.lang.Math\", method signature: \"abs(int)\"}}") +
                    "</contextEntry><contextEntry>" + literal("f(-1)") +
                    "</contextEntry></context>")),
            "d", "{}")
            .warnings.at(0)
            .reason,
        "the external function java.lang.Math.abs(int) is refused: this program runs no foreign code");
}

TEST(Types, constrain_convert_and_name_what_does_not_fit) {
    const std::string types =
        "<itemDefinition name='tGrade'><typeRef>string</typeRef><allowedValues><text>\"A\", \"B\"</text></allowedValues></itemDefinition>"
        "<itemDefinition name='tPerson'><itemComponent name='birth date'><typeRef>date</typeRef></itemComponent>"
        "<itemComponent name='grades' isCollection='true'><typeRef>tGrade</typeRef></itemComponent></itemDefinition>";
    const std::string xml =
        definitions(types + input("person", "tPerson") +
                    decision("year", "person", literal("person.birth date.year"), "number") +
                    decision("grades", "person", literal("count(person.grades)"), "string"));
    const char* good = R"({"person": {"birth date": "1990-05-06", "grades": ["A", "B"]}})";
    EXPECT_EQ(evaluate(xml, "year", good).value, "1990");
    EXPECT_EQ(evaluate(xml, "grades", good).value, "null") << "a number is no string";
    const Evaluated refused =
        evaluate(xml, "year", R"({"person": {"birth date": "1990-05-06", "grades": ["A", "X"]}})");
    EXPECT_EQ(refused.value, "null");
    ASSERT_FALSE(refused.warnings.empty());
    EXPECT_NE(refused.warnings[0].reason.find("which type tPerson does not allow"),
              std::string::npos);
    EXPECT_EQ(
        evaluate(xml, "year", R"({"person": {"birth date": "tomorrow", "grades": []}})").value,
        "null");
    EXPECT_EQ(evaluate(xml, "year", "{}").warnings.at(0).reason, "input 'person' is not given");
}

TEST(Imports, give_knowledge_and_types_under_their_name) {
    const std::string library = definitions(
        "<itemDefinition name='tSum'><typeRef>number</typeRef></itemDefinition>"
        "<businessKnowledgeModel id='double' name='double it'><encapsulatedLogic><formalParameter name='n' typeRef='tSum'/>" +
            literal("n * 2") + "</encapsulatedLogic></businessKnowledgeModel>",
        "urn:library");
    const std::string xml = definitions(
        "<import name='lib' namespace='urn:library' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>" +
        input("x", "lib.tSum") +
        "<decision id='d' name='d'><informationRequirement><requiredInput href='#x'/></informationRequirement>"
        "<knowledgeRequirement><requiredKnowledge href='urn:library#double'/></knowledgeRequirement>" +
        literal("lib.double it(x)") + "</decision>");
    const ImportReader reader = [&](std::string_view name_space,
                                    std::string_view) -> Result<std::string> {
        return name_space == "urn:library" ? Result<std::string>(library)
                                           : not_found("no such model");
    };
    EXPECT_EQ(evaluate(xml, "d", R"({"x": 21})", reader).value, "42");
    EXPECT_EQ(evaluate(xml, "d", R"({"x": 21})").value, "null");
}

constexpr const char* kModelImport =
    "' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>";

std::string import_of(const std::string& name) {
    return "<import name='" + name + "' namespace='urn:" + name + kModelImport;
}

/// Reads the model `urn:NAME` from the texts by name.
ImportReader reader_of(const std::map<std::string, std::string>& texts) {
    return [&texts](std::string_view name_space, std::string_view) -> Result<std::string> {
        const auto found = texts.find(std::string(name_space.substr(4)));
        if (found == texts.end()) return not_found("nobody has " + std::string(name_space));
        return found->second;
    };
}

TEST(Imports, that_go_round_are_refused_at_the_import) {
    const std::map<std::string, std::string> texts{
        {"a", definitions(import_of("b"), "urn:a")},
        {"b", definitions(import_of("c"), "urn:b")},
        {"c", definitions(import_of("a"), "urn:c")},
        {"self", definitions(import_of("self"), "urn:self")}};
    const auto model = Model::load(texts.at("a"), test_environment(), reader_of(texts));
    ASSERT_TRUE(model.ok());
    ASSERT_EQ(model->problems().size(), 1U);
    EXPECT_EQ(model->problems()[0].place, "import 'b'");
    EXPECT_TRUE(model->problems()[0].reason.starts_with(
        "imports go round: urn:a imports urn:b imports urn:c imports urn:a;"));
    EXPECT_EQ(model->imports(), (std::vector<std::string>{"urn:b", "urn:c", "urn:a"}));
    EXPECT_EQ(
        Model::load(texts.at("self"), test_environment(), reader_of(texts))->problems().size(), 1U);
}

TEST(Imports, of_one_model_by_two_give_its_types_to_both) {
    const std::string type =
        "<itemDefinition name='tAge'><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>";
    const std::map<std::string, std::string> texts{
        {"types", definitions(type, "urn:types")},
        {"next",
         definitions(
             import_of("types") +
                 "<itemDefinition name='tNext'><typeRef>types.tAge</typeRef></itemDefinition>",
             "urn:next")}};
    const std::string xml =
        definitions(import_of("types") + import_of("next") + input("x", "next.tNext") +
                    decision("d", "x", literal("x + 1")));
    EXPECT_EQ(evaluate(xml, "d", R"({"x": 40})", reader_of(texts)).value, "41");
    EXPECT_EQ(evaluate(xml, "d", R"({"x": 151})", reader_of(texts)).value, "null");
}

TEST(Imports, tell_what_is_wrong_inside_them_at_the_import) {
    const std::map<std::string, std::string> texts{
        {"lib", definitions("<decision id='bad' name='bad'>" + literal("1 + nobody") +
                                "</decision>" + "<decision id='late' name='late'>" +
                                literal("number(\"x\")") + "</decision>",
                            "urn:lib")}};
    const std::string xml = definitions(
        import_of("lib") +
        "<decision id='d' name='d'><informationRequirement><requiredDecision href='urn:lib#late'/></informationRequirement>" +
        literal("lib.late") + "</decision>");
    const auto model = Model::load(xml, test_environment(), reader_of(texts));
    ASSERT_TRUE(model.ok());
    ASSERT_EQ(model->problems().size(), 1U);
    EXPECT_EQ(model->problems()[0].place, "import 'lib', decision 'bad'");
    const ManualClock clock(0);
    Evaluation evaluation(test_environment(), clock);
    const auto outcome = model->evaluate(evaluation, "d", Value::context({}));
    ASSERT_TRUE(outcome.ok());
    ASSERT_FALSE(outcome->warnings.empty());
    EXPECT_EQ(outcome->warnings[0].place, "import 'lib', decision 'late'");
}

TEST(Services, are_functions_of_their_inputs) {
    const std::string xml = definitions(
        input("x", "number") + decision("half", "x", literal("x / 2")) +
        "<decisionService id='s' name='halve'><outputDecision href='#half'/><inputData href='#x'/></decisionService>"
        "<decision id='use' name='use'><knowledgeRequirement><requiredKnowledge href='#s'/></knowledgeRequirement>" +
        literal("halve(10) + halve(x: 4)") + "</decision>");
    EXPECT_EQ(evaluate(xml, "use", "{}").value, "7");
    const Environment environment = test_environment();
    const auto model = Model::load(xml, environment);
    ASSERT_TRUE(model.ok());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    EXPECT_EQ(model->invoke(evaluation, "halve", context_of(R"({"x": 3})"))->value.to_text(),
              "1.5");
    EXPECT_FALSE(model->invoke(evaluation, "absent", context_of("{}")).ok());
}

std::vector<std::string> findings(const std::string& xml) {
    const auto model = Model::load(xml, test_environment());
    EXPECT_TRUE(model.ok() && model->problems().empty());
    std::vector<std::string> out;
    for (const TableFinding& finding : model->analyse())
        out.push_back(finding.text);
    return out;
}

TEST(Analysis, finds_gaps_overlaps_conflicts_and_rules_that_never_fire) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(findings(aged("", rule("&lt; 18", "1") + rule("&gt;= 18", "2"))), Texts{});
    EXPECT_EQ(findings(aged("", rule("&lt; 18", "1") + rule("&gt; 18", "2"))),
              Texts{"no rule applies where age = 18"});
    EXPECT_EQ(
        findings(aged("", rule("&lt;= 18", "1") + rule("[18..60)", "2") + rule("&gt;= 65", "3"))),
        (Texts{"rules 1 and 2 both apply where age = 18",
               "no rule applies where age in [60..65)"}));
    EXPECT_EQ(findings(aged("hitPolicy='ANY'", rule("-", "1") + rule("5", "2") + rule("6", "1"))),
              Texts{"rules 1 and 2 both apply where age = 5, with different outputs"});
    EXPECT_EQ(findings(aged("hitPolicy='FIRST'",
                            rule("&gt; 3", "1") + rule("[5..9]", "2") + rule("-", "3"))),
              Texts{"no input lets the rule fire"});
    EXPECT_EQ(findings(aged("hitPolicy='COLLECT'", rule("even(?)", "1"))),
              Texts{"some conditions are no comparisons with constants"});
}

TEST(Analysis, knows_the_values_of_an_enumeration) {
    const std::string xml = definitions(
        "<itemDefinition name='tColour'><typeRef>string</typeRef><allowedValues><text>\"red\", \"green\", \"blue\"</text></allowedValues></itemDefinition>" +
        input("colour", "tColour") +
        decision(
            "d", "colour",
            "<decisionTable><input><inputExpression typeRef='tColour'><text>colour</text></inputExpression></input><output/>" +
                rule("\"red\"", "1") + rule("\"green\"", "2") + "</decisionTable>"));
    EXPECT_EQ(findings(xml), std::vector<std::string>{"no rule applies where colour = \"blue\""});
}

TEST(Analysis, takes_all_texts_together_that_no_cell_names) {
    const auto named = [](const std::string& rules) {
        return definitions(
            input("kind", "string") +
            decision(
                "d", "kind",
                "<decisionTable><input><inputExpression typeRef='string'><text>kind</text></inputExpression></input><output/>" +
                    rules + "</decisionTable>"));
    };
    using Texts = std::vector<std::string>;
    EXPECT_EQ(findings(named(rule("\"b\"", "1") + rule("\"a\", \"c\"", "2"))),
              Texts{"no rule applies where kind is none of \"a\", \"b\", \"c\""});
    EXPECT_EQ(findings(named(rule("\"b\"", "1") + rule("-", "2"))),
              Texts{"rules 1 and 2 both apply where kind = \"b\""});
    EXPECT_EQ(findings(named(rule("&lt; \"m\"", "1") + rule("&gt; \"m\"", "2"))),
              Texts{"no rule applies where kind = \"m\""});
}

TEST(Explanations, tell_inputs_rows_and_the_first_condition_that_failed) {
    const Environment environment = test_environment();
    const auto model = Model::load(
        aged("", rule("&lt; 18", "\"minor\"") + rule("&gt;= 18", "\"adult\"")), environment);
    ASSERT_TRUE(model.ok());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    Explanation explanation;
    ASSERT_TRUE(model->evaluate(evaluation, "d", context_of(R"({"age": 20})"), &explanation).ok());
    EXPECT_EQ(
        json::serialize(to_json(explanation)),
        R"([{"decision":"d","inputs":[{"name":"age","value":20}],"value":"adult","tables":[{"place":"decision 'd'","hitPolicy":"UNIQUE",)"
        R"("inputs":[{"name":"age","value":20}],"rows":[{"rule":1,"fired":false,"failedInput":1,"condition":"< 18"},{"rule":2,"fired":true}]}]}])");
}

TEST(Explanations, of_a_service_tell_its_decisions) {
    const Environment environment = test_environment();
    const auto model = Model::load(
        definitions(
            input("x", "number") + decision("half", "x", literal("x / 2")) +
            "<decision id='quarter' name='quarter'><informationRequirement><requiredDecision href='#half'/></informationRequirement>" +
            literal("half / 2") + "</decision>" +
            "<decisionService id='s' name='divide'><outputDecision href='#quarter'/><encapsulatedDecision href='#half'/>"
            "<inputData href='#x'/></decisionService>"
            "<decision id='use' name='use'><knowledgeRequirement><requiredKnowledge href='#s'/></knowledgeRequirement>" +
            literal("divide(8) + divide(4)") + "</decision>"),
        environment);
    ASSERT_TRUE(model.ok() && model->problems().empty());
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const auto told = [](const Explanation& explanation) {
        std::string out;
        for (const Explanation::Decision& one : explanation.decisions)
            out += one.name + "=" + one.value.to_text() + " ";
        return out;
    };
    Explanation of_service;
    ASSERT_TRUE(model->invoke(evaluation, "divide", context_of(R"({"x": 12})"), &of_service).ok());
    EXPECT_EQ(told(of_service), "half=6 quarter=3 ");
    Explanation of_decision;
    ASSERT_TRUE(model->evaluate(evaluation, "use", context_of("{}"), &of_decision).ok());
    EXPECT_EQ(told(of_decision), "half=4 quarter=2 half=2 quarter=1 use=3 ");
    Explanation of_all;
    ASSERT_TRUE(model->evaluate_all(evaluation, context_of(R"({"x": 2})"), &of_all).ok());
    EXPECT_EQ(told(of_all), "half=1 quarter=0.5 half=4 quarter=2 half=2 quarter=1 use=3 ");
}

}  // namespace
}  // namespace shu::rule
