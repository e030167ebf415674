// For tests of decision models: small models as text, evaluated at once.
#pragma once

#include <string>
#include <vector>

#include "foundation/json.h"
#include "rule/model.h"
#include "rule/testing.h"

namespace shu::rule {

inline std::string definitions(const std::string& inside,
                               const std::string& name_space = "urn:test") {
    return "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='M' namespace='" +
           name_space + "'>" + inside + "</definitions>";
}

inline std::string literal(const std::string& text) {
    return "<literalExpression><text>" + text + "</text></literalExpression>";
}

inline std::string input(const std::string& name, const std::string& type) {
    return "<inputData id='" + name + "' name='" + name + "'><variable name='" + name +
           "' typeRef='" + type + "'/></inputData>";
}

inline std::string decision(const std::string& name, const std::string& needs,
                            const std::string& logic, const std::string& type = "") {
    std::string out = "<decision id='" + name + "' name='" + name + "'><variable name='" + name +
                      "'" + (type.empty() ? "" : " typeRef='" + type + "'") + "/>";
    if (!needs.empty())
        out += "<informationRequirement><requiredInput href='#" + needs +
               "'/></informationRequirement>";
    return out + logic + "</decision>";
}

struct Evaluated {
    std::string value;
    std::vector<Warning> warnings;
};

inline Evaluated evaluate(const std::string& xml, const std::string& name, const char* inputs,
                          const ImportReader& imports = {}) {
    const Environment environment = test_environment();
    const auto model = Model::load(xml, environment, imports);
    if (!model) return {"error: " + model.error().detail, {}};
    const ManualClock clock(0);
    Evaluation evaluation(environment, clock);
    const auto outcome = model->evaluate(evaluation, name, context_of(inputs));
    if (!outcome) return {"error: " + outcome.error().detail, {}};
    return {outcome->value.to_text(), outcome->warnings};
}

inline std::string table(const std::string& attributes, const std::string& rules,
                         const std::string& output = "") {
    return "<decisionTable " + attributes +
           "><input><inputExpression typeRef='number'><text>age</text></inputExpression></input><output name='o'>" +
           output + "</output>" + rules + "</decisionTable>";
}

inline std::string rule(const std::string& test, const std::string& output) {
    return "<rule><inputEntry><text>" + test + "</text></inputEntry><outputEntry><text>" + output +
           "</text></outputEntry></rule>";
}

inline std::string aged(const std::string& attributes, const std::string& rules,
                        const std::string& output = "") {
    return definitions(input("age", "number") +
                       decision("d", "age", table(attributes, rules, output)));
}

}  // namespace shu::rule
