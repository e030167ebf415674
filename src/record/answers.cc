#include "record/answers.h"

namespace shu::record {
namespace {

using Members = std::vector<Shape::Member>;

Shape with(std::string name, Members members, Members more) {
    members.insert(members.end(), more.begin(), more.end());
    return Shape::answer(std::move(name), std::move(members));
}

/// Of a dataset, in lists and alone.
Members dataset_members() {
    return {{"code", Shape::text()},
            {"name", Shape::text()},
            {"name_en", Shape::text()},
            {"registry", Shape::text()},
            {"provider", Shape::text()},
            {"provider_name", Shape::text()},
            {"description", Shape::text()},
            {"records", Shape::integer()},
            {"level", Shape::integer(), false, "the highest of its fields"},
            {"updated_at", Shape::text().or_null()},
            {"may_collect", Shape::boolean(), false, "the caller may upload into it"},
            {"may_browse", Shape::boolean(), false, "the caller may read its records"}};
}

Shape field_answer() {
    return Shape::answer(
        "Field", {{"code", Shape::text()},
                  {"name", Shape::text()},
                  {"name_en", Shape::text()},
                  {"type", Shape::one_of({"text", "integer", "decimal", "money", "date", "instant",
                                          "boolean", "code"})},
                  {"length", Shape::integer(), false, "most characters of a text; 0: not given"},
                  {"scale", Shape::integer(), false, "digits after the point"},
                  {"required", Shape::boolean()},
                  {"check", Shape::text()},
                  {"codes", Shape::text(), false, "code table, of type code"},
                  {"level", Shape::integer()},
                  {"mask", Shape::text()},
                  {"standard", Shape::text()},
                  {"searchable", Shape::boolean(), false, "the caller may look rows up by it"}});
}

Members batch_members() {
    return {{"id", Shape::text()},
            {"dataset", Shape::text()},
            {"dataset_name", Shape::text()},
            {"dataset_name_en", Shape::text()},
            {"organisation", Shape::text()},
            {"file_name", Shape::text()},
            {"format", Shape::one_of({"csv", "tsv", "jsonl", "xlsx"})},
            {"sheet", Shape::text(), false, "of a workbook, if one was named"},
            {"encoding", Shape::text()},
            {"state", Shape::one_of({"queued", "running", "done", "failed"})},
            {"bytes", Shape::integer()},
            {"bytes_done", Shape::integer()},
            {"read", Shape::integer()},
            {"added", Shape::integer()},
            {"changed", Shape::integer()},
            {"unchanged", Shape::integer()},
            {"quarantined", Shape::integer()},
            {"error", Shape::text(), false, "why it failed"},
            {"created_at", Shape::text()},
            {"finished_at", Shape::text().or_null()}};
}

}  // namespace

Shape registry_answer() {
    return Shape::answer("Registry", {{"code", Shape::text()},
                                      {"name", Shape::text()},
                                      {"name_en", Shape::text()},
                                      {"kind", Shape::one_of({"base", "theme"})},
                                      {"description", Shape::text()},
                                      {"datasets", Shape::integer()},
                                      {"records", Shape::integer()}});
}

Shape dataset_answer() {
    return with("Dataset", dataset_members(), {{"fields", Shape::integer()}});
}

Shape dataset_detail_answer() {
    const Shape subject =
        Shape::answer("SubjectRule", {{"kind", Shape::text()}, {"field", Shape::text()}});
    return with("DatasetDetail", dataset_members(),
                {{"key", Shape::list(Shape::text())},
                 {"subject", subject.or_null()},
                 {"fields", Shape::list(field_answer())}});
}

Shape records_answer() {
    const Shape column = Shape::answer("RecordColumn", {{"code", Shape::text()},
                                                        {"name", Shape::text()},
                                                        {"name_en", Shape::text()},
                                                        {"masked", Shape::boolean()}});
    return Shape::answer("RecordPage", {{"items", Shape::list(Shape::map(Shape::any()))},
                                        {"next", Shape::text().or_null()},
                                        {"columns", Shape::list(column)}});
}

Shape code_table_answer() {
    const Shape value = Shape::answer(
        "CodeValue",
        {{"code", Shape::text()}, {"name", Shape::text()}, {"name_en", Shape::text().or_absent()}});
    return Shape::answer("CodeTable", {{"code", Shape::text()},
                                       {"name", Shape::text()},
                                       {"name_en", Shape::text().or_absent()},
                                       {"valid_from", Shape::text().or_absent()},
                                       {"values", Shape::list(value)},
                                       {"standard", Shape::text()}});
}

Shape batch_answer() {
    return Shape::answer("Batch", batch_members());
}

Shape batch_detail_answer() {
    const Shape reason = Shape::answer(
        "ReasonCount",
        {{"field", Shape::text()}, {"reason", Shape::text()}, {"count", Shape::integer()}});
    return with("BatchDetail", batch_members(), {{"reasons", Shape::list(reason)}});
}

Shape quarantined_row_answer() {
    return Shape::answer("QuarantinedRow", {{"line", Shape::integer()},
                                            {"field", Shape::text()},
                                            {"field_name", Shape::text()},
                                            {"field_name_en", Shape::text()},
                                            {"reason", Shape::text()},
                                            {"text", Shape::text()}});
}

}  // namespace shu::record
