// What the shape of a dataset cannot say.
#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "foundation/text.h"
#include "record/dataset.h"
#include "record/table.h"

namespace shu::record {

namespace {

// `ds_<code>_subject` has to be an Identifier, too.
constexpr std::size_t kDatasetCodeMax = 40;
constexpr std::array<std::string_view, 3> kOwnColumns = {"subject_id", "batch_id", "changed_at"};
// From this level on a field must say how it is shown to those below.
constexpr int kMaskedFromLevel = 4;

class Checker {
 public:
    Checker(const Dataset& dataset,
            const std::map<std::string, CodeTable, std::less<>>& code_tables,
            std::vector<Problem>& problems)
        : dataset_(dataset), code_tables_(code_tables), problems_(problems) {}

    void check(const std::string& pointer);

 private:
    void add(std::string pointer, std::string message, std::string remedy) {
        problems_.push_back({std::move(pointer), std::move(message), std::move(remedy)});
    }
    std::string did_you_mean_field(std::string_view word) const;
    void check_code(const std::string& pointer);
    void check_field(const Field& field, const std::string& pointer);
    void check_field_names(const Field& field, const std::string& pointer);
    void check_field_codes(const Field& field, const std::string& pointer);
    void check_field_protection(const Field& field, const std::string& pointer);
    void check_key(const std::string& pointer);
    void check_subject(const std::string& pointer);

    const Dataset& dataset_;
    const std::map<std::string, CodeTable, std::less<>>& code_tables_;
    std::vector<Problem>& problems_;
    std::set<std::string_view> codes_, names_;
};

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates,
                       std::string otherwise) {
    const auto near = text::nearest(word, candidates);
    return near.empty() ? std::move(otherwise) : "did you mean `" + std::string(near) + "`?";
}

std::string quoted(std::string_view word) {
    return "`" + std::string(word) + "`";
}

std::string Checker::did_you_mean_field(std::string_view word) const {
    std::vector<std::string_view> codes;
    for (const auto& field : dataset_.fields)
        codes.push_back(field.code);
    return suggestion(word, codes, "name one of the dataset's fields");
}

void Checker::check_code(const std::string& pointer) {
    if (dataset_.code.size() > kDatasetCodeMax)
        add(json::pointer_to(pointer, "code"), "the code " + quoted(dataset_.code) + " is too long",
            "use at most 40 characters");
    else if (!store::Identifier::parse("ds_" + dataset_.code).ok())
        add(json::pointer_to(pointer, "code"), quoted(dataset_.code) + " cannot name a table",
            "begin with a letter; then lower-case letters, digits and _");
}

void Checker::check_field_names(const Field& field, const std::string& pointer) {
    const auto at = json::pointer_to(pointer, "code");
    if (const auto identifier = store::Identifier::parse(field.code); !identifier.ok())
        add(at, quoted(field.code) + " cannot name a column", identifier.error().detail);
    if (std::find(kOwnColumns.begin(), kOwnColumns.end(), field.code) != kOwnColumns.end())
        add(at, quoted(field.code) + " is a column that every dataset has", "choose another code");
    if (!codes_.insert(field.code).second)
        add(at, "two fields have the code " + quoted(field.code), "rename or remove one");
    if (field.name.empty()) {
        add(json::pointer_to(pointer, "name"), "the field has no name", "give its Chinese name");
    } else if (!names_.insert(field.name).second) {
        add(json::pointer_to(pointer, "name"), "two fields have the name " + quoted(field.name),
            "files may use names as headings, so they must differ");
    }
}

void Checker::check_field_codes(const Field& field, const std::string& pointer) {
    const auto at = json::pointer_to(pointer, "codes");
    if (field.type != FieldType::kCode) {
        if (!field.codes.empty())
            add(at, "a field of type " + std::string(to_string(field.type)) + " has a code table",
                "write `type: code` or remove `codes`");
        return;
    }
    if (field.codes.empty()) {
        add(at, "a field of type code has no code table", "name one with `codes`");
    } else if (const auto found = code_tables_.find(field.codes); found == code_tables_.end()) {
        std::vector<std::string_view> known;
        for (const auto& [code, table] : code_tables_)
            known.push_back(code);
        add(at, "there is no code table " + quoted(field.codes),
            suggestion(field.codes, known, "add codes/" + field.codes + ".yaml"));
    } else if (found->second.values.empty()) {
        add(at, "the code table " + quoted(field.codes) + " has no values",
            "give it values, or no row can be right");
    }
}

void Checker::check_field_protection(const Field& field, const std::string& pointer) {
    const auto at = json::pointer_to(pointer, "mask");
    if (field.level < 1 || field.level > 6)
        add(json::pointer_to(pointer, "level"), "there is no level " + std::to_string(field.level),
            "use 1 to 4 (general), 5 (important) or 6 (core)");
    if (field.level >= kMaskedFromLevel && field.mask == Mask::kNone)
        add(at, "a field of level " + std::to_string(field.level) + " has no mask",
            "say how it is shown to those below its level; `mask: all` hides it");
    const bool of_text = field.mask != Mask::kNone && field.mask != Mask::kAll;
    if (of_text && field.type != FieldType::kText)
        add(at,
            "the mask " + std::string(to_string(field.mask)) + " is for texts, not for type " +
                std::string(to_string(field.type)),
            "use `mask: all`");
}

void Checker::check_field(const Field& field, const std::string& pointer) {
    check_field_names(field, pointer);
    check_field_codes(field, pointer);
    check_field_protection(field, pointer);
    if (field.length != 0 && field.type != FieldType::kText)
        add(json::pointer_to(pointer, "length"), "length is for texts only", "remove it");
    if (field.scale != 0 && field.type != FieldType::kDecimal)
        add(json::pointer_to(pointer, "scale"), "scale is for decimals only", "remove it");
    if (field.check != ContentCheck::kNone && field.type != FieldType::kText &&
        field.type != FieldType::kCode)
        add(json::pointer_to(pointer, "check"), "check is for texts and codes only",
            "remove it or write `type: text`");
    if (field.searchable && !is_text(field.type))
        add(json::pointer_to(pointer, "searchable"), "only texts, dates and codes are searched",
            "remove it");
    else if (field.searchable && !index_of(dataset_, field).ok())
        add(json::pointer_to(pointer, "searchable"),
            "the index's name ix_" + dataset_.code + "_" + field.code + " is too long",
            "shorten the code of the field or of the dataset to 55 characters in all");
    const bool of_eighteen =
        field.check == ContentCheck::kIdentityNumber || field.check == ContentCheck::kCreditCode;
    if (of_eighteen && field.length != 0 && field.length < 18)
        add(json::pointer_to(pointer, "length"), "such a number has 18 characters",
            "write `length: 18`");
}

void Checker::check_key(const std::string& pointer) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < dataset_.key.size(); ++i) {
        const auto& code = dataset_.key[i];
        const auto at = json::pointer_to(json::pointer_to(pointer, "key"), i);
        if (dataset_.field(code) == nullptr)
            add(at, "the key names no field " + quoted(code), did_you_mean_field(code));
        if (!seen.insert(code).second)
            add(at, "the key names " + quoted(code) + " twice", "remove one");
    }
    if (dataset_.key.empty())
        add(json::pointer_to(pointer, "key"), "the dataset has no key",
            "name the fields that tell rows apart");
}

void Checker::check_subject(const std::string& pointer) {
    const auto& subject = dataset_.subject;
    if (subject.kind.empty() && subject.field.empty()) return;
    const auto at = json::pointer_to(pointer, "subject");
    if (subject.kind != "person" && subject.kind != "entity")
        add(json::pointer_to(at, "kind"), "there is no kind of subject " + quoted(subject.kind),
            "use person or entity");
    const Field* field = dataset_.field(subject.field);
    if (field == nullptr) {
        add(json::pointer_to(at, "field"), "the subject names no field " + quoted(subject.field),
            did_you_mean_field(subject.field));
        return;
    }
    const auto wanted =
        subject.kind == "entity" ? ContentCheck::kCreditCode : ContentCheck::kIdentityNumber;
    if (field->check != wanted)
        add(json::pointer_to(at, "field"),
            "the subject's field " + quoted(subject.field) + " is not checked",
            "give that field `check: " + std::string(to_string(wanted)) + "`");
}

void Checker::check(const std::string& pointer) {
    check_code(pointer);
    const auto fields = json::pointer_to(pointer, "fields");
    if (dataset_.fields.empty()) add(fields, "the dataset has no fields", "give at least its key");
    for (std::size_t i = 0; i < dataset_.fields.size(); ++i)
        check_field(dataset_.fields[i], json::pointer_to(fields, i));
    check_key(pointer);
    check_subject(pointer);
}

}  // namespace

void check_dataset(const Dataset& dataset,
                   const std::map<std::string, CodeTable, std::less<>>& code_tables,
                   const std::string& pointer, std::vector<Problem>& problems) {
    Checker(dataset, code_tables, problems).check(pointer);
}

}  // namespace shu::record
