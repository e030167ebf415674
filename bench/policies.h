// Twenty-eight benefit policies of a city as decision models: who is entitled, and to how much.
// Amounts are yuan, mostly a month. The conditions are of the kind that such policies have; they
// are no city's rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shu::bench {

struct PolicyInput {
    const char* name;
    const char* type;
};

/// What the registry knows of a person, and the day on which the policies are applied.
inline constexpr PolicyInput kPolicyInputs[] = {
    {"政策日", "date"},       {"出生日期", "date"},         {"性别", "string"},
    {"区县", "string"},       {"本市户籍", "boolean"},      {"婚姻", "string"},
    {"学历", "string"},       {"就业状态", "string"},       {"参保月数", "number"},
    {"月收入", "number"},     {"家庭人均月收入", "number"}, {"子女数", "number"},
    {"幼子出生日期", "date"}, {"残疾等级", "number"},       {"退役军人", "boolean"},
    {"住房", "string"},       {"毕业年份", "number"},       {"低保", "boolean"},
    {"重病", "boolean"},
};

/// One table. A policy without a rule for somebody gives null.
struct Policy {
    const char* name;
    const char* hit_policy;                       ///< FIRST, or COLLECT SUM
    std::vector<const char*> conditions;          ///< input expressions
    std::vector<std::vector<const char*>> rules;  ///< a test for each, then the output
};

inline const std::vector<Policy>& policies() {
    static const std::vector<Policy> all = {
        {"高龄津贴",
         "FIRST",
         {"本市户籍", "年龄"},
         {{"true", ">= 100", "500"}, {"true", "[90..100)", "200"}, {"true", "[80..90)", "100"}}},
        {"养老服务补贴",
         "FIRST",
         {"年龄", "低保", "家庭人均月收入", "残疾等级"},
         {{">= 60", "true", "-", "[1..2]", "400"},
          {">= 60", "true", "-", "-", "200"},
          {">= 70", "-", "< 1560", "-", "100"}}},
        {"失能老人护理补贴",
         "FIRST",
         {"年龄", "残疾等级", "家庭人均月收入"},
         {{">= 60", "1", "< 3000", "600"}, {">= 60", "2", "< 2000", "300"}}},
        {"困难残疾人生活补贴",
         "FIRST",
         {"残疾等级", "低保", "家庭人均月收入"},
         {{"[1..2]", "true", "-", "130"},
          {"[3..4]", "true", "-", "95"},
          {"[1..2]", "-", "< 1170", "95"}}},
        {"重度残疾人护理补贴",
         "FIRST",
         {"残疾等级", "年龄"},
         {{"1", "< 18", "180"}, {"1", "-", "150"}, {"2", "-", "110"}}},
        {"最低生活保障",
         "FIRST",
         {"本市户籍", "区县", "家庭人均月收入"},
         {{"true", "\"210102\", \"210103\", \"210104\", \"210105\", \"210106\"", "< 780",
           "780 - 家庭人均月收入"},
          {"true", "-", "< 690", "690 - 家庭人均月收入"}}},
        {"低收入家庭认定",
         "FIRST",
         {"本市户籍", "家庭人均月收入", "低保"},
         {{"true", "[780..1170)", "false", "\"低保边缘\""},
          {"true", "[1170..1560)", "false", "\"支出型困难\""}}},
        {"临时救助",
         "FIRST",
         {"重病", "家庭人均月收入", "就业状态"},
         {{"true", "< 1170", "-", "780 * 6"}, {"-", "< 600", "\"失业\"", "780 * 2"}}},
        {"医疗救助",
         "FIRST",
         {"重病", "低保", "家庭人均月收入", "年龄"},
         {{"true", "true", "-", "-", "0.75"},
          {"true", "-", "< 1170", "-", "0.65"},
          {"true", "-", "< 1560", ">= 60", "0.6"}}},
        {"育儿补贴",
         "FIRST",
         {"幼子出生日期", "子女数"},
         {{"> 政策日 - @\"P3Y\"", ">= 3", "500"},
          {"> 政策日 - @\"P3Y\"", "2", "400"},
          {"> 政策日 - @\"P3Y\"", "1", "300"}}},
        {"生育一次性补贴",
         "FIRST",
         {"幼子出生日期", "子女数", "本市户籍"},
         {{"> 政策日 - @\"P1Y\"", ">= 3", "true", "10000"},
          {"> 政策日 - @\"P1Y\"", "2", "true", "5000"}}},
        {"独生子女父母奖励",
         "FIRST",
         {"子女数", "性别", "年龄", "本市户籍"},
         {{"1", "\"1\"", ">= 60", "true", "2000"}, {"1", "\"2\"", ">= 55", "true", "2000"}}},
        {"失业保险金",
         "FIRST",
         {"就业状态", "参保月数"},
         {{"\"失业\"", ">= 120", "1720 * 24"},
          {"\"失业\"", "[60..120)", "1720 * 18"},
          {"\"失业\"", "[12..60)", "1720 * 12"}}},
        {"灵活就业社保补贴",
         "FIRST",
         {"就业状态", "性别", "年龄", "月收入"},
         {{"\"灵活\"", "\"1\"", "[50..60)", "-", "decimal(月收入 * 0.2 * 0.5, 2)"},
          {"\"灵活\"", "\"2\"", "[40..50)", "-", "decimal(月收入 * 0.2 * 0.5, 2)"}}},
        {"就业困难人员认定",
         "FIRST",
         {"就业状态", "性别", "年龄", "残疾等级", "低保"},
         {{"\"失业\"", "-", "[18..60)", "> 0", "-", "\"残疾\""},
          {"\"失业\"", "-", "[18..60)", "-", "true", "\"低保家庭\""},
          {"\"失业\"", "\"1\"", "[50..60)", "-", "-", "\"大龄\""},
          {"\"失业\"", "\"2\"", "[40..50)", "-", "-", "\"大龄\""}}},
        {"毕业生租房补贴",
         "FIRST",
         {"学历", "政策日.year - 毕业年份", "住房"},
         {{"\"博士\"", "[0..3]", "\"租房\"", "800"},
          {"\"硕士\"", "[0..3]", "\"租房\"", "600"},
          {"\"本科\"", "[0..3]", "\"租房\"", "400"}}},
        {"毕业生购房补贴",
         "FIRST",
         {"学历", "政策日.year - 毕业年份", "住房", "婚姻"},
         {{"\"博士\"", "[0..5]", "\"自有\"", "-", "70000"},
          {"\"硕士\"", "[0..5]", "\"自有\"", "-", "40000"},
          {"\"本科\"", "[0..5]", "\"自有\"", "\"20\"", "25000"},
          {"\"本科\"", "[0..5]", "\"自有\"", "-", "20000"}}},
        {"创业担保贷款贴息",
         "FIRST",
         {"年龄", "就业状态", "退役军人", "参保月数"},
         {{"[18..60]", "\"灵活\"", "true", "-", "300000 * 0.03"},
          {"[18..60]", "\"灵活\"", "-", ">= 6", "200000 * 0.03"}}},
        {"技能提升补贴",
         "FIRST",
         {"就业状态", "参保月数", "学历"},
         {{"\"在职\"", ">= 36", "\"专科\", \"本科\"", "2000"},
          {"\"在职\"", ">= 12", "\"高中\", \"专科\"", "1500"}}},
        {"公租房保障",
         "FIRST",
         {"本市户籍", "住房", "家庭人均月收入", "年龄"},
         {{"true", "\"租房\", \"无房\"", "< 2000", ">= 60", "1"},
          {"true", "\"租房\", \"无房\"", "< 2000", ">= 22", "2"}}},
        {"住房租赁补贴",
         "FIRST",
         {"住房", "家庭人均月收入", "子女数", "低保"},
         {{"\"租房\"", "-", "-", "true", "12 * 20"},
          {"\"租房\"", "< 2000", ">= 2", "-", "9 * 20 + 100"},
          {"\"租房\"", "< 2000", "-", "-", "9 * 20"}}},
        {"退役军人优待",
         "FIRST",
         {"退役军人", "年龄", "残疾等级"},
         {{"true", "-", "[1..4]", "1200"}, {"true", ">= 60", "-", "680"}, {"true", "-", "-", "0"}}},
        {"退役军人就业扶持",
         "FIRST",
         {"退役军人", "就业状态", "年龄"},
         {{"true", "\"失业\"", "< 50", "\"优先推荐\""},
          {"true", "\"灵活\"", "< 50", "\"创业培训\""}}},
        {"老年人乘车优待",
         "FIRST",
         {"年龄", "本市户籍"},
         {{">= 65", "-", "\"免费\""}, {"[60..65)", "true", "\"半价\""}}},
        {"学前教育资助",
         "FIRST",
         {"幼子出生日期", "低保", "家庭人均月收入"},
         {{"[政策日 - @\"P6Y\"..政策日 - @\"P3Y\"]", "true", "-", "300"},
          {"[政策日 - @\"P6Y\"..政策日 - @\"P3Y\"]", "-", "< 1170", "150"}}},
        {"妇女两癌筛查",
         "FIRST",
         {"性别", "年龄", "本市户籍", "参保月数"},
         {{"\"2\"", "[35..64]", "true", "-", "\"免费\""},
          {"\"2\"", "[35..64]", "-", ">= 12", "\"免费\""}}},
        {"老年人健康体检",
         "FIRST",
         {"年龄", "区县"},
         {{">= 65", "\"210102\", \"210103\"", "\"区医院\""}, {">= 65", "-", "\"社区\""}}},
        {"人才落户积分",
         "COLLECT SUM",
         {"本市户籍", "学历", "参保月数", "年龄", "住房"},
         {{"false", "\"博士\", \"硕士\"", "-", "-", "-", "60"},
          {"false", "\"本科\"", "-", "-", "-", "40"},
          {"false", "\"专科\"", "-", "-", "-", "20"},
          {"false", "-", ">= 12", "-", "-", "参保月数 / 12 * 5"},
          {"false", "-", "-", "[18..35]", "-", "20"},
          {"false", "-", "-", "-", "\"自有\"", "15"}}},
    };
    return all;
}

inline std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    return out;
}

/// The model of a policy: its table needs the age, which a decision of its own computes.
inline std::string dmn_of(const Policy& policy) {
    const std::string name = policy.name;
    const auto text = [](const char* content) { return "<text>" + escaped(content) + "</text>"; };
    const auto requirement = [](std::string_view kind, std::string_view id) {
        return "<informationRequirement><" + std::string(kind) + " href='#" + std::string(id) +
               "'/></informationRequirement>";
    };
    std::string out = "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='" +
                      name + "' namespace='urn:policy:" + name + "'>";
    for (const PolicyInput& input : kPolicyInputs)
        out += "<inputData id='" + std::string(input.name) + "' name='" + input.name +
               "'><variable name='" + input.name + "' typeRef='" + input.type + "'/></inputData>";
    out += "<decision id='年龄' name='年龄'><variable name='年龄' typeRef='number'/>" +
           requirement("requiredInput", "出生日期") + requirement("requiredInput", "政策日") +
           "<literalExpression>" + text("years and months duration(出生日期, 政策日).years") +
           "</literalExpression></decision>";
    out += "<decision id='policy' name='" + name + "'><variable name='" + name + "'/>" +
           requirement("requiredDecision", "年龄");
    for (const PolicyInput& input : kPolicyInputs)
        out += requirement("requiredInput", input.name);
    const bool sum = std::string_view(policy.hit_policy) == "COLLECT SUM";
    out += std::string("<decisionTable hitPolicy='") +
           (sum ? "COLLECT' aggregation='SUM" : policy.hit_policy) + "'>";
    for (const char* condition : policy.conditions)
        out += "<input><inputExpression>" + text(condition) + "</inputExpression></input>";
    out += "<output><defaultOutputEntry><text>null</text></defaultOutputEntry></output>";
    for (const auto& rule : policy.rules) {
        out += "<rule>";
        for (std::size_t i = 0; i + 1 < rule.size(); ++i)
            out += "<inputEntry>" + text(rule[i]) + "</inputEntry>";
        out += "<outputEntry>" + text(rule.back()) + "</outputEntry></rule>";
    }
    return out + "</decisionTable></decision></definitions>";
}

}  // namespace shu::bench
