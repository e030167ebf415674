#include "record/table.h"

#include <algorithm>

#include "record/records.h"

namespace shu::record {

namespace {

using store::AssembledSql;
using store::Identifier;

bool is_key(const Dataset& dataset, std::string_view code) {
    return std::find(dataset.key.begin(), dataset.key.end(), code) != dataset.key.end();
}

Result<void> add_column(AssembledSql& sql, const Dataset& dataset, const Field& field) {
    sql.add(SHU_TRY(Identifier::parse(field.code)));
    if (is_text(field.type))
        sql.add(" TEXT");
    else
        sql.add(" BIGINT");
    if (is_key(dataset, field.code)) sql.add(" NOT NULL");
    return {};
}

Result<void> add_list(AssembledSql& sql, const std::vector<std::string>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.add(SHU_TRY(Identifier::parse(columns[i])));
    }
    return {};
}

// A date or a code is a text already; nothing else changes its type without changing its values.
bool keeps_values(const Field& present, const Field& next) {
    return present.type == next.type || (next.type == FieldType::kText && is_text(present.type));
}

int characters_max(const Field& field) {
    constexpr int kTextCharactersDefault = 4'000;
    return field.length == 0 ? kTextCharactersDefault : field.length;
}

Result<void> create_index(store::Transaction& tx, const Dataset& dataset, const Field& field) {
    AssembledSql sql;
    sql.add("CREATE INDEX ").add(SHU_TRY(index_of(dataset, field))).add(" ON ");
    sql.add(table_of(dataset)).add(" (").add(SHU_TRY(Identifier::parse(field.code))).add(")");
    SHU_CHECK(tx.execute(sql));
    return {};
}

/// The indexes that `next` has and `present` has not, and the other way round.
Result<void> alter_indexes(store::Transaction& tx, const Dataset& present, const Dataset& next) {
    for (const auto& field : next.fields) {
        const Field* before = present.field(field.code);
        const bool was_searchable = before != nullptr && before->searchable;
        if (field.searchable && !was_searchable) SHU_CHECK(create_index(tx, next, field));
        if (field.searchable || !was_searchable) continue;
        AssembledSql sql;
        sql.add("DROP INDEX ").add(SHU_TRY(index_of(next, field)));
        SHU_CHECK(tx.execute(sql));
    }
    return {};
}

std::vector<std::string> losses(const Dataset& present, const Dataset& next) {
    std::vector<std::string> out;
    if (present.key != next.key) out.emplace_back("the key changes");
    if (present.subject.kind != next.subject.kind || present.subject.field != next.subject.field)
        out.emplace_back("the subject changes");
    for (const auto& field : present.fields) {
        const Field* after = next.field(field.code);
        if (after == nullptr)
            out.push_back("field `" + field.code + "` is removed");
        else if (!keeps_values(field, *after))
            out.push_back("field `" + field.code + "` changes from " +
                          std::string(to_string(field.type)) + " to " +
                          std::string(to_string(after->type)));
        else if (field.scale != after->scale)
            out.push_back("field `" + field.code + "` changes its scale");
        else if (field.type == FieldType::kText && characters_max(*after) < characters_max(field))
            out.push_back("field `" + field.code + "` becomes shorter");
    }
    return out;
}

}  // namespace

Identifier table_of(const Dataset& dataset) {
    auto name = Identifier::parse("ds_" + dataset.code);
    SHU_ASSERT(name.ok());  // check_dataset() has seen to it
    return std::move(name).value();
}

Result<Identifier> index_of(const Dataset& dataset, const Field& field) {
    return Identifier::parse("ix_" + dataset.code + "_" + field.code);
}

Result<void> create_table(store::Transaction& tx, const Dataset& dataset) {
    const Identifier table = SHU_TRY(Identifier::parse("ds_" + dataset.code));
    AssembledSql sql;
    sql.add("CREATE TABLE ").add(table).add(" (");
    for (const auto& field : dataset.fields) {
        SHU_CHECK(add_column(sql, dataset, field));
        sql.add(", ");
    }
    sql.add("subject_id TEXT, batch_id BIGINT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (");
    SHU_CHECK(add_list(sql, dataset.key));
    sql.add("))");
    SHU_CHECK(tx.execute(sql));
    for (const auto& field : dataset.fields)
        if (field.searchable) SHU_CHECK(create_index(tx, dataset, field));
    if (dataset.subject.kind.empty()) return {};
    AssembledSql index;
    index.add("CREATE INDEX ").add(SHU_TRY(Identifier::parse("ds_" + dataset.code + "_subject")));
    index.add(" ON ").add(table).add(" (subject_id)");
    SHU_CHECK(tx.execute(index));
    return {};
}

Result<void> drop_table(store::Transaction& tx, const Dataset& dataset) {
    AssembledSql sql;
    sql.add("DROP TABLE ").add(table_of(dataset));
    SHU_CHECK(tx.execute(sql));
    return {};
}

Result<bool> has_rows(store::Transaction& tx, const Dataset& dataset) {
    AssembledSql sql;
    sql.add("SELECT 1 FROM ").add(table_of(dataset)).add(" LIMIT 1");
    return SHU_TRY(tx.row(sql)).has_value();
}

Result<void> alter_table(store::Transaction& tx, const Dataset& present, const Dataset& next) {
    const auto lost = losses(present, next);
    if (!lost.empty()) {
        if (SHU_TRY(has_rows(tx, present))) {
            std::string detail =
                "dataset `" + present.code + "` holds records, and this change would lose data: ";
            for (std::size_t i = 0; i < lost.size(); ++i)
                detail += (i > 0 ? ", " : "") + lost[i];
            return conflict(detail + ". Declare a new dataset, or keep the field and add another");
        }
        SHU_CHECK(drop_table(tx, present));
        return create_table(tx, next);
    }
    for (const auto& field : next.fields) {
        if (present.field(field.code) != nullptr) continue;
        AssembledSql sql;
        sql.add("ALTER TABLE ").add(table_of(next)).add(" ADD COLUMN ");
        SHU_CHECK(add_column(sql, next, field));
        SHU_CHECK(tx.execute(sql));
    }
    return alter_indexes(tx, present, next);
}

namespace {

// $n of the columns of one kind: those of the key, or the others.
Result<bool> add_comparisons(AssembledSql& sql, const Dataset& dataset,
                             const std::vector<std::string>& columns, bool of_key) {
    bool first = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (is_key(dataset, columns[i]) != of_key) continue;
        if (!first) sql.add(of_key ? store::Literal(" AND ") : store::Literal(" OR "));
        first = false;
        sql.add(SHU_TRY(Identifier::parse(columns[i])));
        sql.add(of_key ? store::Literal(" = ") : store::Literal(" IS DISTINCT FROM "))
            .add_parameter(static_cast<int>(i) + 1);
    }
    return !first;
}

Result<void> add_update(UpsertSql& out, const Dataset& dataset,
                        const std::vector<std::string>& columns) {
    const int count = static_cast<int>(columns.size()) + 3;
    out.update.add("UPDATE ").add(table_of(dataset)).add(" SET ");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (is_key(dataset, columns[i])) continue;
        out.update.add(SHU_TRY(Identifier::parse(columns[i])))
            .add(" = ")
            .add_parameter(static_cast<int>(i) + 1)
            .add(", ");
    }
    out.update.add("subject_id = ")
        .add_parameter(count - 2)
        .add(", batch_id = ")
        .add_parameter(count - 1);
    out.update.add(", changed_at = ").add_parameter(count).add(" WHERE ");
    SHU_CHECK(add_comparisons(out.update, dataset, columns, true));
    out.update.add(" AND (");
    out.has_update = SHU_TRY(add_comparisons(out.update, dataset, columns, false));
    out.update.add(")");
    return {};
}

}  // namespace

Result<UpsertSql> upsert_sql(const Dataset& dataset, const std::vector<std::string>& columns) {
    const Identifier table = SHU_TRY(Identifier::parse("ds_" + dataset.code));
    UpsertSql out;
    const int count = static_cast<int>(columns.size()) + 3;
    out.insert.add("INSERT INTO ").add(table).add(" (");
    SHU_CHECK(add_list(out.insert, columns));
    out.insert.add(", subject_id, batch_id, changed_at) VALUES (");
    for (int i = 1; i <= count; ++i) {
        if (i > 1) out.insert.add(", ");
        out.insert.add_parameter(i);
    }
    out.insert.add(") ON CONFLICT (");
    SHU_CHECK(add_list(out.insert, dataset.key));
    out.insert.add(") DO NOTHING");

    SHU_CHECK(add_update(out, dataset, columns));
    return out;
}

}  // namespace shu::record
