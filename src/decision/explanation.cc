// Why a decision came out as it did, with the ids that the editor marks and as a page of text.
#include "decision/inspection.h"

namespace shu::decision {
namespace {

using rule::Explanation;

json::array named_values(const std::vector<std::pair<std::string, rule::Value>>& all) {
    json::array out;
    for (const auto& [name, value] : all)
        out.push_back(json::object{{"name", name}, {"value", rule::to_json(value)}});
    return out;
}

json::object row_to_json(const Explanation::Table& table, const Explanation::Row& row,
                         const Places& places) {
    const std::string place = table.place + ", rule " + std::to_string(row.rule);
    json::object out{{"rule", row.rule}, {"cell", places.find(place).cell}, {"fired", row.fired}};
    if (row.failed == 0 || row.failed > table.inputs.size()) return out;
    const auto& [name, value] = table.inputs[row.failed - 1];
    out["failed"] =
        json::object{{"input", row.failed},
                     {"cell", places.find(place + ", input " + std::to_string(row.failed)).cell},
                     {"name", name},
                     {"condition", row.condition},
                     {"value", rule::to_json(value)}};
    return out;
}

json::object table_to_json(const Explanation::Table& table, const Places& places) {
    json::array rows;
    for (const Explanation::Row& row : table.rows)
        rows.push_back(row_to_json(table, row, places));
    return {{"place", table.place},
            {"cell", places.find_table(table.place).cell},
            {"hit_policy", table.hit_policy},
            {"inputs", named_values(table.inputs)},
            {"rows", std::move(rows)}};
}

/// A value as FEEL writes it: texts in quotes.
std::string shown(const rule::Value& value) {
    return value.is_string() ? "\"" + value.to_text() + "\"" : value.to_text();
}

struct Words {
    std::string_view decision, result, step, inputs, table, nothing, fired, superseded, failed_head,
        failed_middle, value, none_fired, rule_head, rule_end, is;
};

constexpr Words kChinese = {.decision = "决策：",
                            .result = "结论：",
                            .step = "依据",
                            .inputs = "用到的输入",
                            .table = "决策表，命中策略 ",
                            .nothing = "（无）",
                            .fired = "：适用",
                            .superseded = "：条件都成立，但前面已有规则命中",
                            .failed_head = "：不适用，",
                            .failed_middle = "，不满足 ",
                            .value = "结果：",
                            .none_fired = "没有规则适用",
                            .rule_head = "第 ",
                            .rule_end = " 条",
                            .is = " 为 "};

constexpr Words kEnglish = {.decision = "Decision: ",
                            .result = "Result: ",
                            .step = "Step",
                            .inputs = "Inputs used",
                            .table = "Decision table, hit policy ",
                            .nothing = "(none)",
                            .fired = ": applies",
                            .superseded = ": all its conditions hold, but an earlier rule was hit",
                            .failed_head = ": does not apply, ",
                            .failed_middle = ", which does not satisfy ",
                            .value = "Value: ",
                            .none_fired = "no rule applies",
                            .rule_head = "rule ",
                            .rule_end = "",
                            .is = " is "};

class Page {
 public:
    explicit Page(const Words& words) : words_(words) {}

    void line(std::size_t indent, const std::string& text) {
        out_.append(indent, ' ');
        out_ += text;
        out_ += '\n';
    }

    void decision(std::size_t number, const Explanation::Decision& decision) {
        line(0, "");
        line(0, std::string(words_.step) + " " + std::to_string(number) + "  " + decision.name);
        line(2, std::string(words_.inputs) +
                    (decision.inputs.empty() ? std::string(words_.nothing) : std::string()));
        for (const auto& [name, value] : decision.inputs)
            line(4, name + " = " + shown(value));
        for (const Explanation::Table& table : decision.tables)
            this->table(table);
        line(2, std::string(words_.value) + shown(decision.value));
    }

    std::string take() { return std::move(out_); }

 private:
    void table(const Explanation::Table& table) {
        line(2, std::string(words_.table) + table.hit_policy);
        bool any = false;
        for (const Explanation::Row& row : table.rows) {
            any = any || row.fired;
            line(4, std::string(row.fired ? "✓ " : "✗ ") + std::string(words_.rule_head) +
                        std::to_string(row.rule) + std::string(words_.rule_end) + fate(table, row));
        }
        if (!any) line(4, std::string(words_.none_fired));
    }

    std::string fate(const Explanation::Table& table, const Explanation::Row& row) const {
        if (row.fired) return std::string(words_.fired);
        if (row.failed == 0 || row.failed > table.inputs.size())
            return std::string(words_.superseded);
        const auto& [name, value] = table.inputs[row.failed - 1];
        return std::string(words_.failed_head) + name + std::string(words_.is) + shown(value) +
               std::string(words_.failed_middle) + row.condition;
    }

    const Words& words_;
    std::string out_;
};

}  // namespace

json::array to_json(const Explanation& explanation, const Places& places) {
    json::array out;
    for (const Explanation::Decision& decision : explanation.decisions) {
        json::array tables;
        for (const Explanation::Table& table : decision.tables)
            tables.push_back(table_to_json(table, places));
        out.push_back(
            json::object{{"decision", decision.name},
                         {"element", places.find("decision '" + decision.name + "'").element},
                         {"inputs", named_values(decision.inputs)},
                         {"value", rule::to_json(decision.value)},
                         {"tables", std::move(tables)}});
    }
    return out;
}

std::string page_of(const Explanation& explanation, std::string_view decision,
                    const rule::Value& output, Language language) {
    const Words& words = language == Language::kChinese ? kChinese : kEnglish;
    Page page(words);
    page.line(0, std::string(words.decision) + std::string(decision));
    page.line(0, std::string(words.result) + shown(output));
    std::size_t number = 0;
    for (const Explanation::Decision& step : explanation.decisions)
        page.decision(++number, step);
    return page.take();
}

}  // namespace shu::decision
