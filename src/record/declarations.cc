#include "record/declarations.h"

#include "record/table.h"

namespace shu::record {

namespace {

using store::Transaction;

// Other nodes, and this one after the commit, see by the number that their snapshot is old.
Result<void> count_version(Transaction& tx) {
    SHU_CHECK(tx.execute("UPDATE record_version SET version = version + 1 WHERE id = 1"));
    return {};
}

// The declaration as stored, or nothing.
Result<std::optional<Dataset>> stored_dataset(Transaction& tx, std::string_view code) {
    const auto row = SHU_TRY(tx.row("SELECT body FROM dataset WHERE code = $1", {code}));
    if (!row) return std::optional<Dataset>();
    return std::optional(dataset_from(SHU_TRY(json::parse(row->text(0)))));
}

Result<std::map<std::string, CodeTable, std::less<>>> stored_code_tables(Transaction& tx) {
    std::map<std::string, CodeTable, std::less<>> out;
    for (const auto& row : SHU_TRY(tx.query("SELECT code, body FROM code_table ORDER BY code")))
        out.emplace(row.text(0), code_table_from(SHU_TRY(json::parse(row.text(1)))));
    return out;
}

}  // namespace

Result<std::int64_t> declarations_version(Transaction& tx) {
    const auto row = SHU_TRY(tx.row("SELECT version FROM record_version WHERE id = 1"));
    if (!row) return corrupt("table record_version is empty");
    return row->integer(0);
}

Result<Declarations> load_declarations(Transaction& tx) {
    Declarations out;
    out.version = SHU_TRY(declarations_version(tx));
    for (const auto& row : SHU_TRY(tx.query("SELECT code, body FROM registry ORDER BY code")))
        out.registries.emplace(row.text(0), std::make_shared<Registry>(
                                                registry_from(SHU_TRY(json::parse(row.text(1))))));
    for (const auto& row : SHU_TRY(tx.query("SELECT code, body FROM code_table ORDER BY code")))
        out.code_tables.emplace(
            row.text(0),
            std::make_shared<CodeTable>(code_table_from(SHU_TRY(json::parse(row.text(1))))));
    for (const auto& row : SHU_TRY(tx.query("SELECT code, body FROM dataset ORDER BY code")))
        out.datasets.emplace(row.text(0), std::make_shared<Dataset>(
                                              dataset_from(SHU_TRY(json::parse(row.text(1))))));
    return out;
}

Result<void> Records::put(Transaction& tx, const Dataset& dataset) {
    std::vector<Problem> problems;
    check_dataset(dataset, SHU_TRY(stored_code_tables(tx)), "", problems);
    if (!problems.empty())
        return invalid("dataset `" + dataset.code + "` " + problems[0].pointer + ": " +
                       problems[0].message + "; " + problems[0].remedy);
    const auto present = SHU_TRY(stored_dataset(tx, dataset.code));
    if (present)
        SHU_CHECK(alter_table(tx, *present, dataset));
    else
        SHU_CHECK(create_table(tx, dataset));
    const std::string body = json::serialize(to_json(dataset));
    SHU_CHECK(
        tx.execute("INSERT INTO dataset (code, body, records) VALUES ($1, $2, 0) "
                   "ON CONFLICT (code) DO UPDATE SET body = excluded.body",
                   {std::string_view(dataset.code), std::string_view(body)}));
    return count_version(tx);
}

Result<void> Records::put(Transaction& tx, const CodeTable& table) {
    const std::string body = json::serialize(to_json(table));
    SHU_CHECK(tx.execute(
        "INSERT INTO code_table (code, body) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        {std::string_view(table.code), std::string_view(body)}));
    return count_version(tx);
}

Result<void> Records::put(Transaction& tx, const Registry& registry) {
    const std::string body = json::serialize(to_json(registry));
    SHU_CHECK(tx.execute(
        "INSERT INTO registry (code, body) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        {std::string_view(registry.code), std::string_view(body)}));
    return count_version(tx);
}

Result<void> Records::remove_dataset(Transaction& tx, std::string_view code) {
    const auto present = SHU_TRY(stored_dataset(tx, code));
    if (!present) return not_found("there is no dataset `" + std::string(code) + "`");
    if (SHU_TRY(has_rows(tx, *present)))
        return conflict("dataset `" + std::string(code) +
                        "` holds records; it can only be removed when it is empty");
    SHU_CHECK(drop_table(tx, *present));
    SHU_CHECK(tx.execute("DELETE FROM dataset WHERE code = $1", {code}));
    return count_version(tx);
}

Result<void> Records::remove_code_table(Transaction& tx, std::string_view code) {
    const auto declared = SHU_TRY(load_declarations(tx));
    for (const auto& [name, dataset] : declared.datasets)
        for (const auto& field : dataset->fields)
            if (field.codes == code)
                return conflict("field `" + field.code + "` of dataset `" + name +
                                "` uses the code table `" + std::string(code) + "`");
    if (SHU_TRY(tx.execute("DELETE FROM code_table WHERE code = $1", {code})) == 0)
        return not_found("there is no code table `" + std::string(code) + "`");
    return count_version(tx);
}

Result<void> Records::remove_registry(Transaction& tx, std::string_view code) {
    const auto declared = SHU_TRY(load_declarations(tx));
    for (const auto& [name, dataset] : declared.datasets)
        if (dataset->registry == code)
            return conflict("dataset `" + name + "` belongs to the registry `" + std::string(code) +
                            "`");
    if (SHU_TRY(tx.execute("DELETE FROM registry WHERE code = $1", {code})) == 0)
        return not_found("there is no registry `" + std::string(code) + "`");
    return count_version(tx);
}

}  // namespace shu::record
