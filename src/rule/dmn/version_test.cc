// Models of every version of DMN, each in its own namespace and with its own way of naming types.
#include "rule/dmn/testing.h"

namespace shu::rule {
namespace {

struct Version {
    const char* name;
    const char* name_space;
    const char* feel;    ///< FEEL's namespace
    const char* prefix;  ///< of the types of FEEL
};

constexpr Version kVersions[] = {
    {"1.1", "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/FEEL/20140401",
     "feel:"},
    {"1.2", "http://www.omg.org/spec/DMN/20180521/MODEL/",
     "http://www.omg.org/spec/DMN/20180521/FEEL/", ""},
    {"1.3", "https://www.omg.org/spec/DMN/20191111/MODEL/",
     "https://www.omg.org/spec/DMN/20191111/FEEL/", ""},
    {"1.4", "https://www.omg.org/spec/DMN/20211108/MODEL/",
     "https://www.omg.org/spec/DMN/20211108/FEEL/", ""},
    {"1.5", "https://www.omg.org/spec/DMN/20230324/MODEL/",
     "https://www.omg.org/spec/DMN/20230324/FEEL/", ""},
};

std::string definitions_of(const Version& version, const std::string& name,
                           const std::string& inside) {
    return std::string("<?xml version='1.0' encoding='UTF-8'?><dmn:definitions xmlns:dmn='") +
           version.name_space + "' xmlns:feel='" + version.feel +
           "' xmlns:lib='urn:library' id='m' name='" + name + "' namespace='urn:" + name +
           "' typeLanguage='" + version.feel + "' expressionLanguage='" + version.feel + "'>" +
           inside + "</dmn:definitions>";
}

// Item definitions, an input, a knowledge model, a table, a context, a service.
std::string licence_model(const Version& version) {
    const std::string p = version.prefix;
    return definitions_of(
        version, "licence",
        "<dmn:import name='lib' namespace='urn:library' importType='" +
            std::string(version.name_space) +
            "'/>"
            "<dmn:itemDefinition id='t1' name='tGrade'><dmn:typeRef>" +
            p +
            "string</dmn:typeRef>"
            "<dmn:allowedValues id='u1'><dmn:text>\"A\", \"B\", \"C\"</dmn:text></dmn:allowedValues></dmn:itemDefinition>"
            "<dmn:itemDefinition id='t2' name='tFirm'>"
            "<dmn:itemComponent id='c1' name='founded'><dmn:typeRef>" +
            p +
            "date</dmn:typeRef></dmn:itemComponent>"
            "<dmn:itemComponent id='c2' name='grade'><dmn:typeRef>tGrade</dmn:typeRef></dmn:itemComponent>"
            "<dmn:itemComponent id='c3' name='fines' isCollection='true'><dmn:typeRef>" +
            p +
            "number</dmn:typeRef></dmn:itemComponent>"
            "</dmn:itemDefinition>"
            "<dmn:inputData id='firm' name='Firm'><dmn:variable id='v1' name='Firm' typeRef='tFirm'/></dmn:inputData>"
            "<dmn:businessKnowledgeModel id='age' name='age in years'><dmn:variable id='v2' name='age in years'/>"
            "<dmn:encapsulatedLogic id='e1'><dmn:formalParameter id='f1' name='since' typeRef='" +
            p +
            "date'/>"
            "<dmn:literalExpression id='l1'><dmn:text>years and months duration(since, @\"2026-11-21\").years</dmn:text></dmn:literalExpression>"
            "</dmn:encapsulatedLogic></dmn:businessKnowledgeModel>"
            "<dmn:decision id='fee' name='Fee'><dmn:variable id='v3' name='Fee' typeRef='" +
            p +
            "number'/>"
            "<dmn:informationRequirement id='r1'><dmn:requiredInput href='#firm'/></dmn:informationRequirement>"
            "<dmn:knowledgeRequirement id='r2'><dmn:requiredKnowledge href='#age'/></dmn:knowledgeRequirement>"
            "<dmn:knowledgeRequirement id='r3'><dmn:requiredKnowledge href='urn:library#twice'/></dmn:knowledgeRequirement>"
            "<dmn:context id='x1'><dmn:contextEntry id='ce1'><dmn:variable id='v4' name='years' typeRef='" +
            p +
            "number'/>"
            "<dmn:invocation id='i1'><dmn:literalExpression id='l2'><dmn:text>age in years</dmn:text></dmn:literalExpression>"
            "<dmn:binding><dmn:parameter id='p1' name='since'/><dmn:literalExpression id='l3'><dmn:text>Firm.founded</dmn:text></dmn:literalExpression></dmn:binding>"
            "</dmn:invocation></dmn:contextEntry>"
            "<dmn:contextEntry id='ce2'><dmn:literalExpression id='l4'><dmn:text>lib.twice(100) - years + sum(Firm.fines)</dmn:text></dmn:literalExpression></dmn:contextEntry>"
            "</dmn:context></dmn:decision>"
            "<dmn:decision id='route' name='Route'><dmn:variable id='v5' name='Route' typeRef='" +
            p +
            "string'/>"
            "<dmn:informationRequirement id='r4'><dmn:requiredInput href='#firm'/></dmn:informationRequirement>"
            "<dmn:informationRequirement id='r5'><dmn:requiredDecision href='#fee'/></dmn:informationRequirement>"
            "<dmn:decisionTable id='d1' hitPolicy='FIRST' outputLabel='Route'>"
            "<dmn:input id='in1'><dmn:inputExpression id='ie1' typeRef='tGrade'><dmn:text>Firm.grade</dmn:text></dmn:inputExpression></dmn:input>"
            "<dmn:input id='in2'><dmn:inputExpression id='ie2' typeRef='" +
            p +
            "number'><dmn:text>Fee</dmn:text></dmn:inputExpression></dmn:input>"
            "<dmn:output id='o1' typeRef='" +
            p +
            "string'/>"
            "<dmn:rule id='ru1'><dmn:inputEntry id='a1'><dmn:text>\"A\",\"B\"</dmn:text></dmn:inputEntry>"
            "<dmn:inputEntry id='a2'><dmn:text>&lt; 500</dmn:text></dmn:inputEntry><dmn:outputEntry id='a3'><dmn:text>\"at once\"</dmn:text></dmn:outputEntry></dmn:rule>"
            "<dmn:rule id='ru2'><dmn:inputEntry id='a4'><dmn:text>-</dmn:text></dmn:inputEntry><dmn:inputEntry id='a5'><dmn:text>-</dmn:text></dmn:inputEntry>"
            "<dmn:outputEntry id='a6'><dmn:text>\"to an officer\"</dmn:text></dmn:outputEntry></dmn:rule></dmn:decisionTable></dmn:decision>"
            "<dmn:decisionService id='s1' name='Routing'><dmn:outputDecision href='#route'/>"
            "<dmn:encapsulatedDecision href='#fee'/><dmn:inputData href='#firm'/></dmn:decisionService>");
}

std::string library_model(const Version& version) {
    return definitions_of(
        version, "library",
        "<dmn:businessKnowledgeModel id='twice' name='twice'><dmn:variable id='w' name='twice'/>"
        "<dmn:encapsulatedLogic id='g'><dmn:formalParameter id='h' name='n' typeRef='" +
            std::string(version.prefix) +
            "number'/><dmn:literalExpression id='k'><dmn:text>n * 2</dmn:text></dmn:literalExpression>"
            "</dmn:encapsulatedLogic></dmn:businessKnowledgeModel>");
}

TEST(Versions, from_1_1_to_1_5_load_without_a_problem_and_evaluate_alike) {
    const Environment environment = test_environment();
    for (const Version& own : kVersions) {
        for (const Version& imported : kVersions) {
            const ImportReader reader = [&](std::string_view name_space,
                                            std::string_view) -> Result<std::string> {
                return name_space == "urn:library" ? Result<std::string>(library_model(imported))
                                                   : not_found("no such model");
            };
            const auto model = Model::load(licence_model(own), environment, reader);
            ASSERT_TRUE(model.ok()) << own.name;
            ASSERT_TRUE(model->problems().empty())
                << own.name << ": " << to_string(model->problems()[0]);
            const ManualClock clock(0);
            Evaluation evaluation(environment, clock);
            const auto all = model->evaluate_all(
                evaluation,
                context_of(
                    R"({"Firm": {"founded": "2006-11-21", "grade": "B", "fines": [50, 25.5]}})"));
            ASSERT_TRUE(all.ok()) << own.name;
            EXPECT_EQ(all->value.to_text(), "{Fee: 255.5, Route: \"at once\"}") << own.name;
            EXPECT_TRUE(all->warnings.empty()) << own.name;
            const auto routed = model->invoke(
                evaluation, "Routing",
                context_of(R"({"Firm": {"founded": "2006-11-21", "grade": "C", "fines": [1]}})"));
            ASSERT_TRUE(routed.ok()) << own.name;
            EXPECT_EQ(routed->value.to_text(), "to an officer") << own.name;
            const auto refused = model->evaluate(
                evaluation, "Fee",
                context_of(R"({"Firm": {"founded": "2006-11-21", "grade": "Z", "fines": []}})"));
            ASSERT_TRUE(refused.ok());
            EXPECT_TRUE(refused->value.is_null()) << "grade Z is not among the allowed values";
        }
    }
}

}  // namespace
}  // namespace shu::rule
