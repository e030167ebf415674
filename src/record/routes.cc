#include <algorithm>

#include "foundation/text.h"
#include "http/problem.h"
#include "record/answers.h"
#include "record/browse.h"
#include "record/records_state.h"
#include "record/sample.h"

namespace shu::record {

namespace {

using http::Access;
using http::BodyKind;
using http::Method;
using http::Request;
using http::Response;
using identity::Actor;

std::string name_of(const Actor& actor, std::string_view organisation) {
    const auto* found =
        actor.directory == nullptr ? nullptr : actor.directory->organisation(organisation);
    return found == nullptr ? std::string(organisation) : found->name;
}

json::object field_json(const Field& field, int level) {
    return {{"code", field.code},
            {"name", field.name},
            {"name_en", field.name_en},
            {"type", to_string(field.type)},
            {"length", field.length},
            {"scale", field.scale},
            {"required", field.required},
            {"check", to_string(field.check)},
            {"codes", field.codes},
            {"level", field.level},
            {"mask", to_string(field.mask)},
            {"standard", field.standard},
            {"searchable", may_search(field, level)}};
}

struct TableState {
    std::int64_t records = 0;
    std::int64_t updated_at = 0;
};

json::object dataset_json(const Dataset& dataset, const TableState& table, const Actor& actor) {
    json::object out{
        {"code", dataset.code},
        {"name", dataset.name},
        {"name_en", dataset.name_en},
        {"registry", dataset.registry},
        {"provider", dataset.provider},
        {"provider_name", name_of(actor, dataset.provider)},
        {"description", dataset.description},
        {"fields", dataset.fields.size()},
        {"records", table.records},
        {"level", dataset.level()},
        {"updated_at", nullptr},
        {"may_collect", actor.level_for("dataset.collect", dataset.provider) >= dataset.level()},
        {"may_browse", actor.level_for("dataset.read", dataset.provider) > 0}};
    if (table.updated_at != 0) out["updated_at"] = to_rfc3339(table.updated_at);
    return out;
}

bool matches(const Dataset& dataset, std::string_view words) {
    return dataset.code.find(words) != std::string::npos ||
           dataset.name.find(words) != std::string::npos ||
           text::lower(dataset.name_en).find(text::lower(words)) != std::string::npos ||
           dataset.description.find(words) != std::string::npos;
}

std::string_view field_name(const Dataset* dataset, std::string_view code) {
    const Field* field = dataset == nullptr ? nullptr : dataset->field(code);
    return field == nullptr ? code : std::string_view(field->name);
}

std::string_view field_name_en(const Dataset* dataset, std::string_view code) {
    const Field* field = dataset == nullptr ? nullptr : dataset->field(code);
    return field == nullptr ? std::string_view() : std::string_view(field->name_en);
}

}  // namespace

/// The routes of one Records.
class RecordRoutes {
 public:
    explicit RecordRoutes(Records& records, Records::State& state)
        : records_(records), state_(state) {}

    Result<Response> list_registries(Request&) const;
    Result<Response> list_datasets(Request& request) const;
    Result<Response> show_dataset(Request& request) const;
    Result<Response> browse_records(Request& request) const;
    Result<Response> show_codes(Request& request) const;
    Result<Response> show_sample(Request& request) const;
    Result<Response> show_fields(Request& request) const;
    Result<Response> start_batch(Request& request) const;
    Result<Response> list_batches(Request& request) const;
    Result<Response> show_batch(Request& request) const;
    Result<Response> list_quarantine(Request& request) const;
    Result<Response> export_quarantine(Request& request) const;
    Result<Response> follow_batch(Request& request) const;

 private:
    using Tables = std::map<std::string, TableState, std::less<>>;
    enum class Depth { kProgress, kRows };

    Result<Tables> tables() const;
    Result<std::shared_ptr<const Dataset>> dataset(std::string_view code) const;
    Result<Batch> batch(const Request& request, Depth depth) const;
    Result<json::object> with_reasons(const Batch& batch) const;
    Result<std::vector<QuarantinedRow>> quarantine(const Request& request, const Batch& batch,
                                                   std::int64_t after, std::size_t limit) const;
    std::shared_ptr<const Dataset> dataset_or_null(std::string_view code) const;

    Records& records_;
    Records::State& state_;
};

Result<RecordRoutes::Tables> RecordRoutes::tables() const {
    return state_.parts.database.read_value<Tables>([](store::Transaction& tx) -> Result<Tables> {
        Tables out;
        for (const auto& row : SHU_TRY(tx.query("SELECT code, records, updated_at FROM dataset")))
            out[row.text(0)] = {row.integer(1), row.integer(2)};
        return out;
    });
}

std::shared_ptr<const Dataset> RecordRoutes::dataset_or_null(std::string_view code) const {
    const auto declared = state_.declarations.load();
    const auto found = declared->datasets.find(code);
    return found == declared->datasets.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const Dataset>> RecordRoutes::dataset(std::string_view code) const {
    auto found = dataset_or_null(code);
    if (found == nullptr)
        return not_found("there is no dataset `" + text::with_replacements(code) + "`");
    return found;
}

// Progress is for those who may collect into the dataset and for the organisation that brought the
// file; the rows in quarantine are whole records and need the dataset's own level.
Result<Batch> RecordRoutes::batch(const Request& request, Depth depth) const {
    const Actor& actor = identity::actor_of(request);
    auto found = SHU_TRY(records_.batch(SHU_TRY(request.id<BatchId>("id"))));
    const auto declared = dataset_or_null(found.dataset);
    const bool own = !actor.organisation.empty() && found.organisation == actor.organisation;
    if (declared == nullptr) {
        if (!own)
            return denied(
                "the batch's dataset is gone; only the organisation that brought the file may see it");
    } else if (depth == Depth::kRows || !own) {
        SHU_CHECK(actor.require("dataset.collect", declared->provider,
                                depth == Depth::kRows ? declared->level() : 1));
    }
    return found;
}

Result<Response> RecordRoutes::list_registries(Request&) const {
    const auto declared = state_.declarations.load();
    const auto rows = SHU_TRY(tables());
    json::array items;
    for (const auto& [code, registry] : declared->registries) {
        std::int64_t datasets = 0, records = 0;
        for (const auto& [name, one] : declared->datasets) {
            if (one->registry != code) continue;
            ++datasets;
            if (const auto table = rows.find(name); table != rows.end())
                records += table->second.records;
        }
        auto item = to_json(*registry).as_object();
        item["name_en"] = registry->name_en;
        item["description"] = registry->description;
        item["datasets"] = datasets;
        item["records"] = records;
        items.push_back(std::move(item));
    }
    return Response::page(std::move(items), std::nullopt);
}

Result<Response> RecordRoutes::list_datasets(Request& request) const {
    const Actor& actor = identity::actor_of(request);
    const auto words = SHU_TRY(request.query_parameter("q"));
    const auto registry = SHU_TRY(request.query_parameter("registry"));
    const auto provider = SHU_TRY(request.query_parameter("provider"));
    const auto cursor = SHU_TRY(request.query_parameter("cursor"));
    const std::size_t limit = SHU_TRY(request.page_limit());
    const auto rows = SHU_TRY(tables());
    json::array items;
    std::string last;
    for (const auto& [code, dataset] : state_.declarations.load()->datasets) {
        if (cursor && code <= *cursor) continue;
        if (registry && !registry->empty() && dataset->registry != *registry) continue;
        if (provider && !provider->empty() && dataset->provider != *provider) continue;
        if (words && !words->empty() && !matches(*dataset, *words)) continue;
        if (items.size() == limit) return Response::page(std::move(items), last);
        const auto table = rows.find(code);
        items.push_back(
            dataset_json(*dataset, table == rows.end() ? TableState{} : table->second, actor));
        last = code;
    }
    return Response::page(std::move(items), std::nullopt);
}

Result<Response> RecordRoutes::show_dataset(Request& request) const {
    const auto found = SHU_TRY(dataset(request.parameter("code")));
    const auto rows = SHU_TRY(tables());
    const auto table = rows.find(found->code);
    auto out = dataset_json(*found, table == rows.end() ? TableState{} : table->second,
                            identity::actor_of(request));
    out["key"] = json::array(found->key.begin(), found->key.end());
    out["subject"] = nullptr;
    if (!found->subject.kind.empty())
        out["subject"] =
            json::object{{"kind", found->subject.kind}, {"field", found->subject.field}};
    json::array fields;
    const int level = identity::actor_of(request).level_for("dataset.read", found->provider);
    for (const auto& field : found->fields)
        fields.push_back(field_json(field, level));
    out["fields"] = std::move(fields);
    return Response::json(out);
}

Result<Response> RecordRoutes::browse_records(Request& request) const {
    const Actor& actor = identity::actor_of(request);
    const auto found = SHU_TRY(dataset(request.parameter("code")));
    SHU_CHECK(actor.require("dataset.read", found->provider));
    BrowseRequest wanted;
    wanted.q = std::string(text::trim(SHU_TRY(request.query_parameter("q")).value_or("")));
    wanted.field = SHU_TRY(request.query_parameter("field")).value_or("");
    wanted.level = actor.level_for("dataset.read", found->provider);
    wanted.limit = SHU_TRY(request.page_limit());
    if (const auto cursor = SHU_TRY(request.query_parameter("cursor")); cursor && !cursor->empty())
        wanted.offset = static_cast<std::size_t>(
            std::min<std::int64_t>(SHU_TRY(parse_id(*cursor)), limits::browse_rows_max + 1));
    auto page = SHU_TRY(state_.parts.database.read_value<BrowsePage>(
        [&](store::Transaction& tx) { return browse(tx, *found, state_.parts.identity, wanted); }));
    // Nothing is shown before the act of reading it is kept.
    ledger::Act act = actor.act("record.browse", "dataset:" + found->code);
    act.subject = page.subject;
    act.result = "done";
    json::array clear;
    json::array columns;
    for (const auto& field : found->fields) {
        const bool hidden = is_masked(field, wanted.level);
        if (!hidden) clear.emplace_back(field.code);
        columns.push_back(json::object{{"code", field.code},
                                       {"name", field.name},
                                       {"name_en", field.name_en},
                                       {"masked", hidden}});
    }
    act.detail = {
        {"fields", std::move(clear)}, {"rows", page.items.size()}, {"searched", !wanted.q.empty()}};
    if (!wanted.q.empty() && !wanted.field.empty()) act.detail["by"] = wanted.field;
    SHU_CHECK(state_.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(ledger::record(tx, state_.parts.ids, state_.parts.clock, act));
        return {};
    }));
    json::object out{
        {"items", std::move(page.items)}, {"next", nullptr}, {"columns", std::move(columns)}};
    const std::size_t next = wanted.offset + wanted.limit;
    if (page.has_more && next <= limits::browse_rows_max) out["next"] = std::to_string(next);
    return Response::json(out);
}

Result<Response> RecordRoutes::show_codes(Request& request) const {
    const auto declared = state_.declarations.load();
    const auto found = declared->code_tables.find(request.parameter("code"));
    if (found == declared->code_tables.end())
        return not_found("there is no code table `" +
                         text::with_replacements(request.parameter("code")) + "`");
    auto out = to_json(*found->second).as_object();
    out["standard"] = found->second->standard;
    return Response::json(out).with_etag();
}

Response csv_file(std::string text, const std::string& name) {
    return Response::text(std::move(text), "text/csv; charset=utf-8")
        .with_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
}

Result<Response> RecordRoutes::show_sample(Request& request) const {
    const auto found = SHU_TRY(dataset(request.parameter("code")));
    const std::string header = SHU_TRY(request.query_parameter("header")).value_or("names");
    if (header != "names" && header != "codes") return invalid("header is names or codes");
    const auto* provider = identity::actor_of(request).directory->organisation(found->provider);
    return csv_file(sample_csv(*found, *state_.declarations.load(),
                               header == "codes" ? Heading::kCodes : Heading::kNames,
                               provider == nullptr ? "" : provider->division),
                    found->code + "-sample.csv");
}

Result<Response> RecordRoutes::show_fields(Request& request) const {
    const auto found = SHU_TRY(dataset(request.parameter("code")));
    return csv_file(field_description_csv(*found, *state_.declarations.load()),
                    found->code + "-fields.csv");
}

Result<Response> RecordRoutes::start_batch(Request& request) const {
    const Actor& actor = identity::actor_of(request);
    const auto found = SHU_TRY(dataset(request.parameter("code")));
    SHU_CHECK(actor.require("dataset.collect", found->provider, found->level()));
    NewBatch wanted;
    wanted.dataset = found->code;
    wanted.file_name = SHU_TRY(request.query_parameter("filename")).value_or("");
    wanted.format = SHU_TRY(recognise_format(wanted.file_name, request.header("content-type")));
    wanted.sheet = text::with_replacements(SHU_TRY(request.query_parameter("sheet")).value_or(""));
    if (!wanted.sheet.empty() && wanted.format != FileFormat::kXlsx)
        return invalid("sheet is for workbooks (.xlsx) only");
    if (text::characters(wanted.sheet) > limits::file_name_characters_max)
        return invalid("sheet is too long");
    wanted.bytes = request.body_bytes;
    if (request.body_file.empty() && request.body.empty())
        return invalid("send the file as the body of the request");
    wanted.blob = SHU_TRY(request.body_file.empty() ? state_.parts.blobs.put(request.body)
                                                    : state_.parts.blobs.adopt(request.body_file));
    const BatchId id = SHU_TRY(records_.start_batch(actor, wanted));
    return Response::json(SHU_TRY(with_reasons(SHU_TRY(records_.batch(id)))), 202);
}

Result<Response> RecordRoutes::list_batches(Request& request) const {
    const Actor& actor = identity::actor_of(request);
    const auto wanted = SHU_TRY(request.query_parameter("dataset")).value_or("");
    const std::size_t limit = SHU_TRY(request.page_limit());
    std::int64_t before = 0;
    if (const auto cursor = SHU_TRY(request.query_parameter("cursor")); cursor && !cursor->empty())
        before = SHU_TRY(parse_id(*cursor));
    const auto declared = state_.declarations.load();
    const auto visible = [&](const Batch& batch) {
        const auto found = declared->datasets.find(batch.dataset);
        return (!actor.organisation.empty() && batch.organisation == actor.organisation) ||
               (found != declared->datasets.end() &&
                actor.level_for("dataset.collect", found->second->provider) > 0);
    };
    json::array items;
    for (;;) {
        const auto page = SHU_TRY(
            state_.parts.database.read_value<std::vector<Batch>>([&](store::Transaction& tx) {
                return record::list_batches(tx, wanted, before, limits::page_rows_max);
            }));
        for (const auto& batch : page) {
            if (visible(batch)) {
                if (items.size() == limit)
                    return Response::page(std::move(items), std::to_string(before));
                items.push_back(batch_json(batch, *declared, nullptr));
            }
            before = batch.id.value;
        }
        if (page.size() < limits::page_rows_max)
            return Response::page(std::move(items), std::nullopt);
    }
}

Result<json::object> RecordRoutes::with_reasons(const Batch& batch) const {
    const auto reasons = SHU_TRY(state_.parts.database.read_value<std::vector<ReasonCount>>(
        [&](store::Transaction& tx) { return reasons_of(tx, batch.id); }));
    return batch_json(batch, *state_.declarations.load(), &reasons);
}

Result<Response> RecordRoutes::show_batch(Request& request) const {
    return Response::json(SHU_TRY(with_reasons(SHU_TRY(batch(request, Depth::kProgress)))));
}

// Quarantined rows are records as they came, so reading them is an act.
Result<std::vector<QuarantinedRow>> RecordRoutes::quarantine(const Request& request,
                                                             const Batch& batch, std::int64_t after,
                                                             std::size_t limit) const {
    auto rows = SHU_TRY(state_.parts.database.read_value<std::vector<QuarantinedRow>>(
        [&](store::Transaction& tx) { return quarantine_of(tx, batch.id, after, limit); }));
    ledger::Act act =
        identity::actor_of(request).act("quarantine.read", "batch:" + batch.id.text());
    act.result = "done";
    act.detail = {{"dataset", batch.dataset}, {"rows", rows.size()}};
    SHU_CHECK(state_.parts.database.write([&](store::Transaction& tx) -> Result<void> {
        SHU_CHECK(ledger::record(tx, state_.parts.ids, state_.parts.clock, act));
        return {};
    }));
    return rows;
}

Result<Response> RecordRoutes::list_quarantine(Request& request) const {
    const auto found = SHU_TRY(batch(request, Depth::kRows));
    const std::size_t limit = SHU_TRY(request.page_limit());
    std::int64_t after = 0;
    if (const auto cursor = SHU_TRY(request.query_parameter("cursor")); cursor && !cursor->empty())
        after = SHU_TRY(parse_id(*cursor));
    const auto rows = SHU_TRY(quarantine(request, found, after, limit + 1));
    const auto declared = dataset_or_null(found.dataset);
    json::array items;
    for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i)
        items.push_back(
            json::object{{"line", rows[i].line},
                         {"field", rows[i].field},
                         {"field_name", field_name(declared.get(), rows[i].field)},
                         {"field_name_en", field_name_en(declared.get(), rows[i].field)},
                         {"reason", rows[i].reason},
                         {"text", rows[i].text}});
    std::optional<std::string> next;
    if (rows.size() > limit) next = std::to_string(rows[limit - 1].line);
    return Response::page(std::move(items), next);
}

Result<Response> RecordRoutes::export_quarantine(Request& request) const {
    const auto found = SHU_TRY(batch(request, Depth::kRows));
    const auto rows = SHU_TRY(quarantine(request, found, 0, limits::quarantine_export_rows_max));
    const auto declared = dataset_or_null(found.dataset);
    std::string out = std::string(kByteOrderMark) + "line,field,reason,row\r\n";
    for (const auto& row : rows) {
        out += std::to_string(row.line) + ",";
        append_csv_cell(out, field_name(declared.get(), row.field));
        out += ',';
        append_csv_cell(out, row.reason);
        out += ',';
        append_csv_cell(out, row.text);
        out += "\r\n";
    }
    return csv_file(std::move(out), "quarantine-" + found.id.text() + ".csv");
}

Result<Response> RecordRoutes::follow_batch(Request& request) const {
    const auto found = SHU_TRY(batch(request, Depth::kProgress));
    Response response;
    response.events = [this, id = found.id](std::shared_ptr<http::EventSink> sink) {
        state_.broadcast.listen(id.value, sink);
        // Read after listening, so that the end is not missed between the two.
        const auto now = records_.batch(id);
        if (!now.ok()) return;
        if (const auto body = with_reasons(*now); body.ok())
            sink->send("batch", json::serialize(*body));
        if (now->state == BatchState::kDone || now->state == BatchState::kFailed)
            state_.broadcast.finish(id.value);
    };
    return response;
}

namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

/// Adds routes whose handlers are members of one RecordRoutes.
class RouteAdder {
 public:
    using Member = Result<Response> (RecordRoutes::*)(Request&) const;
    struct Told {
        Access access;
        std::string summary;
        Query query = {};
        std::shared_ptr<const Shape> answer = {};
        BodyKind body = BodyKind::kNone;
    };

    RouteAdder(http::Router& router, std::shared_ptr<const RecordRoutes> routes)
        : router_(router), routes_(std::move(routes)) {}

    void operator()(Method method, std::string pattern, Member member, Told told) const {
        http::Route route;
        route.method = method;
        route.pattern = std::move(pattern);
        route.access = std::move(told.access);
        route.summary = std::move(told.summary);
        route.tag = "record";
        route.body = told.body;
        route.query = std::move(told.query);
        route.response_shape = std::move(told.answer);
        route.handler = [routes = routes_, member](Request& request) {
            return ((*routes).*member)(request);
        };
        router_.add(std::move(route));
    }

 private:
    http::Router& router_;
    std::shared_ptr<const RecordRoutes> routes_;
};

using R = RecordRoutes;
constexpr auto get = Method::kGet;
constexpr std::pair<const char*, const char*> limit{"limit", "items on a page"};
constexpr std::pair<const char*, const char*> cursor{"cursor", "`next` of the page before"};

void add_dataset_routes(const RouteAdder& add) {
    const auto open = Access::signed_in();
    add(get, "/api/registries", &R::list_registries,
        {open, "Registries with the numbers of their datasets and records", Query{},
         http::page_shape("Registry", registry_answer())});
    add(get, "/api/datasets", &R::list_datasets,
        {open, "Datasets",
         Query{{"q", "words of code, name or description"},
               {"registry", "code"},
               {"provider", "organisation"},
               limit,
               cursor},
         http::page_shape("Dataset", dataset_answer())});
    add(get, "/api/datasets/{code}", &R::show_dataset,
        {open, "A dataset with its fields", Query{}, http::shared(dataset_detail_answer())});
    add(get, "/api/datasets/{code}/sample.csv", &R::show_sample,
        {open, "A file with two synthetic rows that the collection takes",
         Query{{"header", "names (default) or codes of the fields"}}});
    add(get, "/api/datasets/{code}/fields.csv", &R::show_fields,
        {open, "The description of the fields as a file"});
    add(get, "/api/datasets/{code}/records", &R::browse_records,
        {Access::permission("dataset.read"), "Records, masked above the reader's level",
         Query{{"q", "a key, the beginning of one in digits, or the number of a subject"},
               {"field", "code of a searchable field that `q` is a value of, instead of the key"},
               limit,
               cursor},
         http::shared(records_answer())});
    add(get, "/api/codes/{code}", &R::show_codes,
        {open, "A code table", Query{}, http::shared(code_table_answer())});
}

void add_batch_routes(const RouteAdder& add) {
    const auto collect = Access::permission("dataset.collect");
    const auto batch = http::shared(batch_detail_answer());
    add(Method::kPost, "/api/datasets/{code}/batches", &R::start_batch,
        {collect, "Collect a file (CSV, TSV, JSON Lines, XLSX) into a dataset",
         Query{{"filename", "as the file is called; its ending tells the format"},
               {"sheet", "of a workbook; the first that is not hidden if none is named"}},
         batch, BodyKind::kSpooled});
    add(get, "/api/batches", &R::list_batches,
        {collect, "Batches, newest first", Query{{"dataset", "code"}, limit, cursor},
         http::page_shape("Batch", batch_answer())});
    add(get, "/api/batches/{id:int}", &R::show_batch,
        {collect, "A batch with the reasons of its quarantine", Query{}, batch});
    add(get, "/api/batches/{id:int}/quarantine", &R::list_quarantine,
        {collect, "Quarantined rows in the order of the file", Query{limit, cursor},
         http::page_shape("QuarantinedRow", quarantined_row_answer())});
    add(get, "/api/batches/{id:int}/quarantine.csv", &R::export_quarantine,
        {collect, "Quarantined rows as a file"});
    add(get, "/api/batches/{id:int}/events", &R::follow_batch,
        {collect, "Progress of a batch as server-sent events"});
}

}  // namespace

void Records::add_routes(http::Router& router) {
    const RouteAdder add(router, std::make_shared<const RecordRoutes>(*this, *state_));
    add_dataset_routes(add);
    add_batch_routes(add);
}

}  // namespace shu::record
