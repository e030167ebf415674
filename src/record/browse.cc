#include "record/browse.h"

#include "foundation/text.h"

namespace shu::record {

namespace {

using store::AssembledSql;
using store::Identifier;

json::value shown(const Field& field, const store::StoredRow& row, std::size_t column,
                  bool hidden) {
    if (row.is_null(column)) return nullptr;
    if (hidden) {
        const Mask mask =
            field.mask == Mask::kNone || !is_text(field.type) ? Mask::kAll : field.mask;
        const std::string text = is_text(field.type) ? row.text(column) : "0";
        return json::value(masked(mask, text));
    }
    switch (field.type) {
        case FieldType::kText:
        case FieldType::kDate:
        case FieldType::kCode: return json::value(row.text(column));
        case FieldType::kInteger: return row.integer(column);
        case FieldType::kDecimal:
            return json::value(text::format_decimal(row.integer(column), field.scale));
        case FieldType::kMoney: return json::value(text::format_decimal(row.integer(column), 2));
        case FieldType::kInstant: return json::value(to_rfc3339(row.integer(column)));
        case FieldType::kBoolean: return row.integer(column) != 0;
    }
    return nullptr;
}

Result<void> add_columns(AssembledSql& sql, const Dataset& dataset) {
    for (const auto& field : dataset.fields)
        sql.add(SHU_TRY(Identifier::parse(field.code))).add(", ");
    sql.add("subject_id FROM ").add(table_of(dataset));
    return {};
}

// The first text after all that begin with these digits, in any collation: 2109 gives 211. Empty
// for other texts and for nines only.
std::string end_of_beginning(std::string_view digits) {
    std::string end(digits);
    for (const char c : end)
        if (c < '0' || c > '9') return {};
    while (!end.empty() && end.back() == '9')
        end.pop_back();
    if (!end.empty()) ++end.back();
    return end;
}

struct Search {
    std::string exact, end, subject;
};

Search search_of(const Dataset& dataset, const identity::Identity& identity,
                 const BrowseRequest& request, const Field& field) {
    Search search;
    const std::string upper = text::upper(request.q);
    search.exact = is_stored_upper(field.check) ? upper : request.q;
    // Others could find a hidden number digit by digit.
    if (!is_masked(field, request.level)) search.end = end_of_beginning(search.exact);
    if (request.field.empty() && !dataset.subject.kind.empty())
        search.subject = identity.subject_id(dataset.subject.kind, upper);
    return search;
}

// Each part is answered by an index. Parameters from $3 on.
Result<void> add_search(AssembledSql& sql, const Field& field, const Search& search,
                        std::vector<store::Value>& values) {
    const Identifier column = SHU_TRY(Identifier::parse(field.code));
    const auto bind = [&](std::string_view text) {
        values.emplace_back(text);
        sql.add_parameter(static_cast<int>(values.size()));
    };
    sql.add(" WHERE (").add(column).add(" = ");
    bind(search.exact);
    if (!search.end.empty()) {
        sql.add(" OR (").add(column).add(" >= ");
        bind(search.exact);
        sql.add(" AND ").add(column).add(" < ");
        bind(search.end);
        sql.add(")");
    }
    if (!search.subject.empty()) {
        sql.add(" OR subject_id = ");
        bind(search.subject);
    }
    sql.add(")");
    return {};
}

/// The field that a request searches.
Result<const Field*> searched_field(const Dataset& dataset, const BrowseRequest& request) {
    if (request.field.empty()) {
        const Field* key = dataset.field(dataset.key.front());
        if (!is_text(key->type))
            return invalid("this dataset's key is no text; search is not possible");
        return key;
    }
    const Field* field = dataset.field(request.field);
    if (!field || !field->searchable)
        return invalid("the dataset is not searched by '" + text::with_replacements(request.field) +
                       "'; name one of its searchable fields, or none for the key");
    if (!may_search(*field, request.level))
        return denied("'" + field->code + "' is masked for you, so rows are not looked up by it");
    return field;
}

}  // namespace

bool may_search(const Field& field, int level) {
    return field.searchable && !is_masked(field, level);
}

bool is_masked(const Field& field, int level) {
    return field.level > level;
}

Result<BrowsePage> browse(store::Transaction& tx, const Dataset& dataset,
                          const identity::Identity& identity, const BrowseRequest& request) {
    if (request.offset > limits::browse_rows_max)
        return invalid("paging reaches " + std::to_string(limits::browse_rows_max) +
                       " records; search for the one you need");
    const bool searches = !request.q.empty();
    AssembledSql sql;
    sql.add("SELECT ");
    SHU_CHECK(add_columns(sql, dataset));
    std::vector<store::Value> values = {static_cast<std::int64_t>(request.limit + 1),
                                        static_cast<std::int64_t>(request.offset)};
    Search search;
    if (searches) {
        const Field* field = SHU_TRY(searched_field(dataset, request));
        search = search_of(dataset, identity, request, *field);
        SHU_CHECK(add_search(sql, *field, search, values));
    }
    sql.add(" ORDER BY ");
    for (std::size_t i = 0; i < dataset.key.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.add(SHU_TRY(Identifier::parse(dataset.key[i])));
    }
    sql.add(" LIMIT $1 OFFSET $2");
    const auto rows = SHU_TRY(tx.query(sql, values));
    BrowsePage page;
    page.has_more = rows.size() > request.limit;
    for (std::size_t i = 0; i < std::min(rows.size(), request.limit); ++i) {
        json::object item;
        for (std::size_t column = 0; column < dataset.fields.size(); ++column) {
            const Field& field = dataset.fields[column];
            item[field.code] = shown(field, rows[i], column, is_masked(field, request.level));
        }
        page.items.push_back(std::move(item));
    }
    if (searches && request.offset == 0 && rows.size() == 1)
        page.subject = rows[0].text(dataset.fields.size());
    return page;
}

}  // namespace shu::record
