#include "exchange/credential.h"

#include <algorithm>

#include "exchange/signature.h"
#include "foundation/text.h"

namespace shu::exchange {
namespace {

using record::FieldType;

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
}

std::string written(const record::Field& field, const store::StoredRow& row, std::size_t column) {
    switch (field.type) {
        case FieldType::kText:
        case FieldType::kCode:
        case FieldType::kDate: return row.text(column);
        case FieldType::kInteger: return std::to_string(row.integer(column));
        case FieldType::kDecimal: return text::format_decimal(row.integer(column), field.scale);
        case FieldType::kMoney: return text::format_decimal(row.integer(column), 2);
        case FieldType::kInstant: return to_rfc3339(row.integer(column));
        case FieldType::kBoolean: return row.integer(column) != 0 ? "true" : "false";
    }
    return {};
}

std::string sorted_query(const ExampleKey& key) {
    std::vector<std::string> pieces;
    for (const auto& [name, value] : key.fields)
        pieces.push_back(name + "=" + text::percent_encode(value));
    std::ranges::sort(pieces);
    return text::join(pieces, "&");
}

}  // namespace

Result<ExampleKey> example_key(store::Transaction& tx, const record::Dataset& dataset,
                               const RowFilter& rows) {
    store::AssembledSql sql;
    sql.add("SELECT ");
    for (const std::string& code : dataset.key)
        sql.add(SHU_TRY(store::Identifier::parse(code))).add(", ");
    sql.add("subject_id FROM ").add(record::table_of(dataset));
    BoundValue filter;
    std::vector<store::Value> values;
    if (const record::Field* field = dataset.field(rows.field)) {
        SHU_CHECK(bind(field->type, field->scale, rows.value, filter));
        sql.add(" WHERE ")
            .add(SHU_TRY(store::Identifier::parse(field->code)))
            .add(" = ")
            .add_parameter(1);
        values.push_back(filter.value());
    }
    sql.add(" LIMIT 1");
    const auto found = SHU_TRY(tx.query(sql, values));
    ExampleKey key;
    if (found.empty()) return key;
    for (std::size_t i = 0; i < dataset.key.size(); ++i)
        if (const record::Field* field = dataset.field(dataset.key[i]))
            key.fields.emplace_back(field->code, written(*field, found.front(), i));
    key.subject = found.front().text(dataset.key.size());
    return key;
}

Result<std::string> curl_line(const CurlTarget& target, const ExampleKey& key) {
    if (target.host.empty() || target.host.size() > 260 ||
        !std::ranges::all_of(target.host, is_host_character))
        return invalid("the Host header is not a host name with a port");
    const std::string path = "/gateway/" + target.dataset;
    const std::string query = sorted_query(key);
    // Every piece is of characters that mean nothing to a shell between single quotes.
    return "t=$(date +%s)000; n=$(openssl rand -hex 16); s=$(printf 'GET\\n%s\\n%s\\n%s\\n%s\\n%s\\n%s' '" +
           path + "' '" + query + "' " + std::string(kEmptyBodyHash) + " " + target.client_id +
           " \"$t\" \"$n\" | openssl dgst -sm3 -mac HMAC -macopt key:" + target.secret +
           " -binary | openssl base64 -A); curl -sS '" + target.scheme + "://" + target.host +
           path + "?" + query + "' -H 'X-Client-Id: " + target.client_id +
           "' -H \"X-Timestamp: $t\" -H \"X-Nonce: $n\" -H 'X-Sign-Alg: HMAC-SM3' -H \"X-Signature: $s\"";
}

}  // namespace shu::exchange
