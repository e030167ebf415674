// For tests of this module: small models as text.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "rule/feel.h"

namespace shu::decision {

inline rule::Environment test_environment() {
    static const rule::Zones zones = [] {
        auto loaded = rule::Zones::load();
        if (!loaded.ok()) ADD_FAILURE() << loaded.error().detail;
        return loaded.ok() ? std::move(*loaded) : rule::Zones();
    }();
    return {&zones, nullptr};
}

/// A subsidy by age: `under` the age the first amount, from it on the second.
inline std::string subsidy_model(const std::string& first_amount = "100",
                                 const std::string& second_test = "&gt;= 60") {
    return R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="高龄津贴" namespace="urn:test:subsidy">
  <itemDefinition id="t1" name="户籍"><typeRef>string</typeRef><allowedValues><text>"本市", "外地"</text></allowedValues></itemDefinition>
  <inputData id="i1" name="年龄"><variable name="年龄" typeRef="number"/></inputData>
  <inputData id="i2" name="户籍地"><variable name="户籍地" typeRef="户籍"/></inputData>
  <decision id="d1" name="标准"><question>每月多少元？</question><variable name="标准" typeRef="number"/>
    <informationRequirement><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="c1"><inputExpression id="e1" typeRef="number"><text>年龄</text></inputExpression></input>
      <output id="o1" name="标准" typeRef="number"/>
      <rule id="r1"><inputEntry id="r1i1"><text>&lt; 60</text></inputEntry><outputEntry id="r1o1"><text>)" +
           first_amount + R"(</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="r2i1"><text>)" +
           second_test +
           R"(</text></inputEntry><outputEntry id="r2o1"><text>300</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="d2" name="津贴"><variable name="津贴" typeRef="number"/>
    <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
    <informationRequirement><requiredInput href="#i2"/></informationRequirement>
    <literalExpression id="l2"><text>if 户籍地 = "本市" then 标准 else 0</text></literalExpression>
  </decision>
</definitions>
)";
}

}  // namespace shu::decision
