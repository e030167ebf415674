#include "record/row_plan.h"

#include <algorithm>

#include "foundation/text.h"

namespace shu::record {

namespace {

constexpr std::size_t kTextCharactersDefault = 4'000;
constexpr std::size_t kSmallCodeTable = 8;
constexpr std::string_view kRowField;

std::string quoted_list(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) {
        if (!out.empty()) out += "、";
        out += "“" + text::with_replacements(text::first_characters(name, 40)) + "”";
    }
    return out;
}

// What is written in the first bytes of most values decides that they need no trimming.
std::string_view trimmed(std::string_view text) {
    if (text.empty()) return text;
    const auto first = static_cast<unsigned char>(text.front()),
               last = static_cast<unsigned char>(text.back());
    if (first > ' ' && first != 0xE3 && last > ' ' && last != 0x80) return text;
    return text::trim(text);
}

bool is_canonical_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U})
        if (text[i] < '0' || text[i] > '9') return false;
    const auto digits = [&](std::size_t at, std::size_t count) {
        int value = 0;
        for (std::size_t i = at; i < at + count; ++i)
            value = value * 10 + (text[i] - '0');
        return value;
    };
    return is_valid(Date{digits(0, 4), digits(5, 2), digits(8, 2)});
}

std::optional<bool> truth_of(std::string_view text) {
    for (const std::string_view yes : {"1", "是", "true", "TRUE", "True", "Y", "y"})
        if (text == yes) return true;
    for (const std::string_view no : {"0", "否", "false", "FALSE", "False", "N", "n"})
        if (text == no) return false;
    return std::nullopt;
}

bool has_lower(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::optional<std::string> whole(Result<std::int64_t> number, std::string_view reason,
                                 store::Value& value) {
    if (!number.ok()) return std::string(reason);
    value = *number;
    return std::nullopt;
}

std::optional<std::string> convert_date(std::string_view text, Arena& arena, store::Value& value) {
    if (is_canonical_date(text)) {
        value = text;
        return std::nullopt;
    }
    const auto date = parse_date(text);
    if (!date.ok()) return "日期不存在或格式不对（如 2026-01-31）";
    value = arena.copy(to_string(*date));
    return std::nullopt;
}

}  // namespace

bool RowPlan::CodeSet::contains(std::string_view code) const {
    if (!lookup.empty()) return lookup.contains(code);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Result<RowPlan> RowPlan::compile(std::shared_ptr<const Dataset> dataset,
                                 const Declarations& declarations,
                                 std::span<const std::string> header, Headings kind) {
    RowPlan plan;
    plan.dataset_ = std::move(dataset);
    SHU_CHECK(plan.match(header, kind));
    std::vector<std::string> names;
    for (auto& column : plan.columns_) {
        const Field& field = *column.field;
        const auto& key = plan.dataset_->key;
        names.push_back(field.code);
        column.required =
            field.required || std::find(key.begin(), key.end(), field.code) != key.end();
        column.is_subject =
            !plan.dataset_->subject.kind.empty() && plan.dataset_->subject.field == field.code;
        column.is_upper = is_stored_upper(field.check);
        column.characters_max =
            field.length > 0 ? static_cast<std::size_t>(field.length) : kTextCharactersDefault;
        if (field.type != FieldType::kCode) continue;
        const auto table = declarations.code_tables.find(field.codes);
        if (table == declarations.code_tables.end())
            return invalid("代码表 " + field.codes + " 不存在");
        auto codes = std::make_shared<CodeSet>();
        for (const CodeValue& value : table->second->values)
            codes->codes.push_back(value.code);
        if (codes->codes.size() > kSmallCodeTable)
            codes->lookup.insert(codes->codes.begin(), codes->codes.end());
        column.codes = std::move(codes);
    }
    plan.upsert_ = SHU_TRY(upsert_sql(*plan.dataset_, names));
    return plan;
}

Result<void> RowPlan::match(std::span<const std::string> header, Headings kind) {
    std::vector<std::string> unknown, twice, missing;
    for (const std::string_view heading : header) {
        const auto name = text::trim(heading);
        const Field* found = nullptr;
        for (const auto& field : dataset_->fields)
            if (field.code == name || field.name == name) found = &field;
        if (found == nullptr)
            unknown.emplace_back(name);
        else if (std::any_of(columns_.begin(), columns_.end(),
                             [&](const Column& c) { return c.field == found; }))
            twice.emplace_back(name);
        else
            columns_.emplace_back().field = found;
    }
    for (const auto& field : dataset_->fields) {
        const bool needed = field.required ||
                            std::find(dataset_->key.begin(), dataset_->key.end(), field.code) !=
                                dataset_->key.end() ||
                            field.code == dataset_->subject.field;
        const bool there = std::any_of(columns_.begin(), columns_.end(),
                                       [&](const Column& c) { return c.field == &field; });
        if (needed && !there) missing.push_back(field.name);
    }
    const std::string thing = kind == Headings::kColumns ? "列" : "成员";
    std::string detail;
    if (!unknown.empty()) detail += "；没有这样的" + thing + "：" + quoted_list(unknown);
    if (!twice.empty()) detail += "；" + thing + "重复：" + quoted_list(twice);
    if (!missing.empty()) detail += "；缺少必需的" + thing + "：" + quoted_list(missing);
    if (detail.empty()) return {};
    if (kind == Headings::kMembers) return invalid(detail.substr(std::string_view("；").size()));
    const bool one_column =
        header.size() == 1 && header[0].find_first_of(";\t|") != std::string_view::npos;
    if (one_column) detail += "；列之间应以英文逗号分隔";
    return invalid("表头不对：" + detail.substr(std::string_view("；").size()));
}

std::optional<std::string> RowPlan::convert_text(const Column& column, std::string_view text,
                                                 Work& work, store::Value& value) const {
    const Field& field = *column.field;
    // A text has at most as many characters as bytes, so most need no counting.
    if (text.size() > column.characters_max && text::characters(text) > column.characters_max)
        return "超过 " + std::to_string(column.characters_max) + " 个字";
    if (field.check != ContentCheck::kNone)
        if (auto checked = check_content(field.check, text, work.today); !checked.ok())
            return std::move(checked).error().detail;
    if (column.is_upper && has_lower(text)) text = work.arena.copy(text::upper(text));
    value = text;
    return std::nullopt;
}

std::optional<std::string> RowPlan::convert_field(const Column& column, std::string_view bytes,
                                                  Work& work, store::Value& value) const {
    std::string_view text;
    if (!work.decoder.decode(trimmed(bytes), work.arena, text))
        return work.decoder.encoding() == Encoding::kGb18030 ? "不是正确的 GB18030 编码"
                                                             : "不是正确的 UTF-8 编码";
    if (work.decoder.encoding() == Encoding::kGb18030) text = trimmed(text);
    if (text.empty()) {
        value = nullptr;
        if (column.required) return "必填项为空";
        return std::nullopt;
    }
    switch (column.field->type) {
        case FieldType::kText: return convert_text(column, text, work, value);
        case FieldType::kInteger: return whole(text::parse_integer(text), "应为整数", value);
        case FieldType::kDecimal:
            if (!whole(text::parse_decimal(text, column.field->scale), "", value))
                return std::nullopt;
            return "应为数字，小数最多 " + std::to_string(column.field->scale) + " 位";
        case FieldType::kMoney:
            return whole(text::parse_decimal(text, 2), "应为金额（元），小数最多两位", value);
        case FieldType::kDate: return convert_date(text, work.arena, value);
        case FieldType::kInstant:
            return whole(parse_instant(text, kChinaOffsetMinutes),
                         "时间不存在或格式不对（如 2026-01-31 08:30:00）", value);
        case FieldType::kBoolean: {
            const auto truth = truth_of(text);
            if (!truth) return "应为 1 或 0（是或否）";
            value = static_cast<std::int64_t>(*truth);
            return std::nullopt;
        }
        case FieldType::kCode:
            if (!column.codes->contains(text)) return "不在代码表 " + column.field->codes + " 中";
            return convert_text(column, text, work, value);
    }
    return std::nullopt;
}

std::optional<Refusal> RowPlan::convert(std::span<const std::string_view> row, Work& work,
                                        std::vector<store::Value>& values) const {
    if (row.size() != columns_.size())
        return Refusal{kRowField, "应有 " + std::to_string(columns_.size()) + " 列，实有 " +
                                      std::to_string(row.size()) + " 列"};
    values.resize(parameters());
    values[columns_.size()] = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Column& column = columns_[i];
        if (auto reason = convert_field(column, row[i], work, values[i]))
            return Refusal{column.field->code, std::move(*reason)};
        if (!column.is_subject) continue;
        if (const auto* text = std::get_if<std::string_view>(&values[i]))
            values[columns_.size()] =
                work.arena.copy(work.identity.subject_id(dataset_->subject.kind, *text));
    }
    return std::nullopt;
}

}  // namespace shu::record
