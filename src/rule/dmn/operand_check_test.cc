// Mistakes of types are reported when a model is loaded, each with its cell; what may be right is
// not.
#include "rule/dmn/testing.h"

namespace shu::rule {
namespace {

std::vector<std::string> problems_of(const std::string& xml) {
    const auto model = Model::load(xml, test_environment());
    EXPECT_TRUE(model.ok());
    std::vector<std::string> out;
    if (model)
        for (const Warning& problem : model->problems())
            out.push_back(to_string(problem));
    return out;
}

std::string of_person(const std::string& logic, const std::string& type = "") {
    return definitions(
        "<itemDefinition name='tPerson'><itemComponent name='name'><typeRef>string</typeRef></itemComponent>"
        "<itemComponent name='born'><typeRef>date</typeRef></itemComponent>"
        "<itemComponent name='income'><typeRef>number</typeRef></itemComponent></itemDefinition>" +
        input("p", "tPerson") + decision("d", "p", logic, type));
}

using Texts = std::vector<std::string>;

TEST(OperandChecks, name_operator_and_kinds_with_their_place) {
    const std::pair<const char*, const char*> mistakes[] = {
        {"p.income + p.name", "line 1, column 10: '+' has no result for a number and a string"},
        {"p.born - p.income", "line 1, column 8: '-' has no result for a date and a number"},
        {"p.born &lt; \"2000-01-01\"",
         "line 1, column 8: '<' does not compare a date with a string"},
        {"p.name = 5", "line 1, column 8: '=' does not compare a string with a number"},
        {"if p.income then 1 else 2", "line 1, column 3: the condition is a number, not a boolean"},
        {"p.income &gt; 3 and p.name",
         "line 1, column 14: an operand of 'and' is a string, not a boolean"},
        {"p.income between 1 and \"9\"",
         "line 1, column 10: 'between' does not compare a number with a string"},
        {"p.income in [\"a\"..\"c\"]",
         "line 1, column 13: a number is tested here, against a string"},
        {"substring(p.income, 2)",
         "line 1, column 1: substring() has no form for (a number, a number)"},
        {"1 +\n (p.born * 2)", "line 2, column 10: '*' has no result for a date and a number"},
    };
    for (const auto& [text, problem] : mistakes)
        EXPECT_EQ(problems_of(of_person(literal(text))),
                  Texts{std::string("decision 'd': ") + problem})
            << text;
}

TEST(OperandChecks, name_the_cell_of_a_table) {
    const std::string cells =
        "<decisionTable><input><inputExpression><text>p.income</text></inputExpression></input>"
        "<input><inputExpression><text>p.name</text></inputExpression></input><output typeRef='number'/>"
        "<rule><inputEntry><text>\"high\"</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "<rule><inputEntry><text>[1..5]</text></inputEntry><inputEntry><text>\"a\", &lt; 7</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>"
        "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>\"b\"</text></inputEntry><outputEntry><text>\"3\"</text></outputEntry></rule>"
        "</decisionTable>";
    EXPECT_EQ(
        problems_of(of_person(cells)),
        (Texts{
            "decision 'd', rule 1, input 1: line 1, column 1: a number is tested here, against a string",
            "decision 'd', rule 2, input 2: line 1, column 6: '<' does not compare a string with a number",
            "decision 'd', rule 3, output 1: line 1, column 1: the output is a string, not a number"}));
}

TEST(OperandChecks, name_a_value_that_its_decision_does_not_declare) {
    EXPECT_EQ(problems_of(of_person(literal("p.name + \"!\""), "number")),
              Texts{"decision 'd': line 1, column 8: the value is a string, not a number"});
    EXPECT_EQ(problems_of(of_person(literal("p.born"), "date and time")), Texts{})
        << "a date becomes a date and time";
}

TEST(OperandChecks, let_pass_what_may_be_right) {
    for (const char* text : {
             "p.born + @\"P1Y\" &gt; @\"2000-01-01\"",
             "(p.born - @\"2000-01-01\") / @\"P1D\" + 1",
             "@\"P1D\" * 3 = 3 * @\"P1D\"",
             "p.born &lt; @\"2000-01-01T00:00:00\"",
             "p.income = null or p.name != null",
             "(if p.income &gt; 1 then 1 else \"x\") = \"x\"",
             "sum(@\"P1D\", @\"P2D\") &gt; @\"P1D\"",
             "abs(@\"-P1D\") = @\"P1D\"",
             "[1, \"a\"][2] = \"a\"",
             "append([1], \"a\")[2] = \"a\"",
             "(5[item &gt; 3])[1] = 5 and count(5[item &gt; 3]) = 1",
             "context put({a: 1}, \"a\", \"x\").a = \"x\"",
             "string join(p.name, \",\") = p.name",
             "count(p.income) + max(1, 2) = 3",
             "for i in 1..3 return i * 2",
             "{a: p.income, b: a + 1}.b &gt; 2",
         })
        EXPECT_EQ(problems_of(of_person(literal(text))), Texts{}) << text;
}

}  // namespace
}  // namespace shu::rule
