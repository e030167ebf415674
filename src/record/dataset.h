// Dataset declarations: the fields of a registry's table, with their standards, code tables, levels
// and masks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/clock.h"
#include "foundation/result.h"
#include "foundation/shape.h"
#include "store/sql.h"

namespace shu::record {

enum class FieldType {
    kText,
    kInteger,
    kDecimal,  ///< BIGINT scaled by 10^scale
    kMoney,    ///< BIGINT fen; written in yuan with two digits
    kDate,     ///< TEXT YYYY-MM-DD
    kInstant,  ///< BIGINT microseconds UTC
    kBoolean,  ///< BIGINT 0 or 1
    kCode,     ///< TEXT, a value of the code table `codes`
};

/// Checks of content beyond the type (standards.md 1).
enum class ContentCheck { kNone, kIdentityNumber, kCreditCode, kMobile, kPostcode, kDivision };

/// How a value is shown to those who may know that it exists but not what it is.
enum class Mask { kNone, kIdentityNumber, kName, kMobile, kAddress, kBankAccount, kAll };

/// The names that city folders and answers use: `identity_number`, `text`, ... An unknown name
/// reads as the first of the enumeration; the shape refuses it earlier.
std::string_view to_string(FieldType type);
std::string_view to_string(ContentCheck check);  ///< empty for kNone
std::string_view to_string(Mask mask);           ///< empty for kNone
FieldType field_type_from(std::string_view name);
ContentCheck content_check_from(std::string_view name);
Mask mask_from(std::string_view name);

/// True for the types that are stored as TEXT.
bool is_text(FieldType type);

struct Field {
    std::string code;  ///< column name, an Identifier
    std::string name;  ///< 公民身份号码
    std::string name_en;
    FieldType type = FieldType::kText;
    int length = 0;  ///< most characters of a text; 0: 4,000
    int scale = 0;   ///< digits after the point of a decimal
    bool required = false;
    ContentCheck check = ContentCheck::kNone;
    std::string codes;  ///< code table
    int level = 1;      ///< 1..4 general, 5 important, 6 core (standards.md 2.3)
    Mask mask = Mask::kNone;
    std::string standard;     ///< e.g. `GB 11643-1999`
    bool searchable = false;  ///< the table has an index on it, and officers look rows up by it
};

/// Whom a row is about.
struct SubjectRule {
    std::string kind;  ///< "person" or "entity"; empty: nobody
    std::string field;
};

struct Dataset {
    std::string code;  ///< table ds_<code>
    std::string name;
    std::string name_en;
    std::string registry;
    std::string provider;  ///< organisation code
    std::string description;
    std::vector<std::string> key;
    SubjectRule subject;
    std::vector<Field> fields;
    json::object catalogue;  ///< read by module exchange

    const Field* field(std::string_view code) const;
    int level() const;  ///< highest of the fields
};

/// A family of datasets: the population registry, the legal entities, ...
struct Registry {
    std::string code;
    std::string name;
    std::string name_en;
    std::string kind;  ///< base or theme
    std::string description;
};

struct CodeValue {
    std::string code;
    std::string name;
    std::string name_en;  ///< empty where the city gives none

    bool operator==(const CodeValue&) const = default;
};

struct CodeTable {
    std::string code;
    std::string name;
    std::string name_en;
    std::string standard;  ///< `GB/T 2261.1-2003`
    std::string valid_from;
    std::vector<CodeValue> values;  ///< in order
};

Shape dataset_shape();
Shape code_table_shape();
Dataset dataset_from(const json::value& v);  ///< of a value that passed the shape
CodeTable code_table_from(const json::value& v);
Shape registry_shape();
Registry registry_from(const json::value& v);

/// What the *_from functions read back: equal declarations give equal JSON.
json::value to_json(const Dataset& dataset);
json::value to_json(const CodeTable& table);
json::value to_json(const Registry& registry);

/// What the shape cannot say: key fields exist, code tables exist, identifiers are valid, level
/// against mask ... `pointer` is where the dataset stands in its document.
void check_dataset(const Dataset& dataset,
                   const std::map<std::string, CodeTable, std::less<>>& code_tables,
                   const std::string& pointer, std::vector<Problem>& problems);

/// The value as `mask` shows it: identity number 210***********0014, name 王*, mobile 138****5678,
/// address down to the street.
std::string masked(Mask mask, std::string_view value);
/// Appends the masked value; no allocation but `out`'s growth. For the gateway's hot path.
void append_masked(std::string& out, Mask mask, std::string_view value);

/// Checks one written value (already trimmed) against the rule. Lower-case letters of identity
/// numbers and credit codes are accepted; they are stored upper (normalised()). Errors: Invalid
/// with the reason for people, in Chinese and short: the quarantine shows it.
/// standards.md 1.1, 1.2, 1.3.
Result<void> check_content(ContentCheck check, std::string_view value);
/// The same, and a date of birth after `today` is refused.
Result<void> check_content(ContentCheck check, std::string_view value, const Date& today);
/// True if the stored form of a checked value differs from the written one by upper case.
bool is_stored_upper(ContentCheck check);

}  // namespace shu::record
