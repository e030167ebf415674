#include "city/routes.h"

#include <map>
#include <memory>
#include <mutex>

namespace shu::city {
namespace {

// The datasets whose rows the overview counts; a city without them shows 0.
constexpr std::string_view kPeople = "population";
constexpr std::string_view kEnterprises = "enterprise";
// Counting millions of rows takes seconds: the overview is at most this old.
constexpr Micros kOverviewAge = 30 * kMicrosPerSecond;

using Counts = std::map<std::string, std::int64_t>;

Result<json::value> city_declaration(store::Transaction& tx) {
    const auto row = SHU_TRY(tx.row("SELECT body FROM declaration WHERE kind = 'city'"));
    if (!row) return not_found("no city has been applied to this database; run `shu city apply`");
    return json::parse(row->text(0));
}

Result<json::value> describe(const RouteParts& parts) {
    const json::value body = SHU_TRY(parts.database.read_value<json::value>(city_declaration));
    const json::Reader in(body);
    json::array centre;
    for (const json::value& degrees : body.at("centre").as_array())
        centre.push_back(static_cast<double>(degrees.as_int64()) / 1e6);
    return json::value{
        {"code", in.text_or("code")},
        {"name", in.text_or("name")},
        {"name_en", in.text_or("name_en")},
        {"title", in.text_or("title")},
        {"title_en", in.text_or("title_en")},
        {"centre", std::move(centre)},
        {"utc_offset_minutes", in.integer_or("utc_offset_minutes", kChinaOffsetMinutes)},
        {"demo", parts.demo},
        {"version", parts.version}};
}

/// Rows by 6-digit district of the dataset's first division field.
Result<Counts> by_district(store::Transaction& tx, const record::Dataset& dataset) {
    Counts counts;
    for (const record::Field& field : dataset.fields) {
        if (field.check != record::ContentCheck::kDivision) continue;
        store::AssembledSql sql;
        const store::Identifier column = SHU_TRY(store::Identifier::parse(field.code));
        sql.add("SELECT substr(")
            .add(column)
            .add(", 1, 6), count(*) FROM ")
            .add(record::table_of(dataset))
            .add(" GROUP BY substr(")
            .add(column)
            .add(", 1, 6)");
        for (const auto& row : SHU_TRY(tx.query(sql)))
            counts[row.text(0)] = row.integer(1);
        return counts;
    }
    return counts;
}

class Overview {
 public:
    explicit Overview(const RouteParts& parts) : parts_(parts) {}

    /// The figures, counted again when they are older than kOverviewAge; one caller counts, the
    /// others wait.
    Result<json::value> get() {
        const std::lock_guard lock(mutex_);
        const Micros now = parts_.clock.now();
        if (figures_.is_null() || now - counted_at_ > kOverviewAge) {
            figures_ = SHU_TRY(count());
            counted_at_ = now;
        }
        return figures_;
    }

 private:
    Result<Counts> districts_of(std::string_view code) {
        const auto declarations = parts_.records.declarations();
        const auto found = declarations->datasets.find(code);
        if (found == declarations->datasets.end()) return Counts{};
        return parts_.database.read_value<Counts>(
            [&](store::Transaction& tx) { return by_district(tx, *found->second); });
    }

    Result<json::array> districts(const Counts& people, const Counts& enterprises) {
        const auto rows = SHU_TRY(
            parts_.database.read_value<std::vector<store::StoredRow>>([](store::Transaction& tx) {
                return tx.query(
                    "SELECT code, name, name_en FROM division WHERE level = 3 ORDER BY code");
            }));
        const auto count_in = [](const Counts& counts, const std::string& code) {
            const auto found = counts.find(code);
            return found == counts.end() ? std::int64_t{0} : found->second;
        };
        json::array items;
        for (const auto& row : rows) {
            const std::string code6 = row.text(0).substr(0, 6);
            items.push_back(json::object{{"code6", code6},
                                         {"name", row.text(1)},
                                         {"name_en", row.text(2)},
                                         {"people", count_in(people, code6)},
                                         {"enterprises", count_in(enterprises, code6)}});
        }
        return items;
    }

    Result<json::value> count() {
        const auto declarations = parts_.records.declarations();
        std::int64_t records = 0, catalogue = 0, population = 0;
        for (const auto& [code, dataset] : declarations->datasets) {
            const std::int64_t rows = SHU_TRY(parts_.records.count(code));
            records += rows;
            if (!dataset->catalogue.empty()) ++catalogue;
            if (code == kPeople) population = rows;
        }
        const Counts people = SHU_TRY(districts_of(kPeople));
        const Counts enterprises = SHU_TRY(districts_of(kEnterprises));
        json::value by_district = SHU_TRY(districts(people, enterprises));
        const auto checkpoint = parts_.ledger.checkpoint();
        const ExchangeFigures exchange = parts_.exchange ? parts_.exchange() : ExchangeFigures{};
        return json::value{{"population", population},
                           {"datasets", declarations->datasets.size()},
                           {"organisations", parts_.identity.directory()->organisations().size()},
                           {"catalogue", catalogue},
                           {"records", records},
                           {"acts", checkpoint.ok() ? checkpoint->size : 0},
                           {"calls_today", exchange.calls_today},
                           {"grants", exchange.grants},
                           {"districts", std::move(by_district)}};
    }

    RouteParts parts_;
    std::mutex mutex_;
    json::value figures_;
    Micros counted_at_ = 0;
};

Result<http::Response> divisions(store::Database& database, http::Request& request) {
    const auto parent = SHU_TRY(request.query_parameter("parent")).value_or("");
    const auto rows = SHU_TRY(database.read_value<
                              std::vector<store::StoredRow>>([&](store::Transaction& tx) {
        return tx.query(
            "SELECT code, name, parent, level, name_en FROM division WHERE parent = $1 ORDER BY code",
            {parent});
    }));
    json::array items;
    for (const auto& row : rows)
        items.push_back(json::object{{"code", row.text(0)},
                                     {"name", row.text(1)},
                                     {"parent", row.text(2)},
                                     {"level", row.integer(3)},
                                     {"name_en", row.text(4)}});
    return http::Response::page(std::move(items), std::nullopt);
}

Result<http::Response> boundaries(store::Database& database) {
    const auto row =
        SHU_TRY(database.read_value<std::optional<store::StoredRow>>([](store::Transaction& tx) {
            return tx.row(
                "SELECT body FROM declaration WHERE kind = 'boundary' AND code = 'districts'");
        }));
    if (!row) return not_found("this city declares no boundaries/districts.geojson");
    return http::Response::text(row->text(0), "application/geo+json")
        .with_header("Cache-Control", "public, max-age=3600")
        .with_etag();
}

Shape city_answer() {
    return Shape::answer("City", {{"code", Shape::text()},
                                  {"name", Shape::text()},
                                  {"name_en", Shape::text()},
                                  {"title", Shape::text()},
                                  {"title_en", Shape::text()},
                                  {"centre", Shape::list(Shape::number()), false,
                                   "longitude and latitude in degrees"},
                                  {"utc_offset_minutes", Shape::integer()},
                                  {"demo", Shape::boolean()},
                                  {"version", Shape::text()}});
}

Shape overview_answer() {
    const Shape district = Shape::answer("DistrictFigures", {{"code6", Shape::text()},
                                                             {"name", Shape::text()},
                                                             {"name_en", Shape::text()},
                                                             {"people", Shape::integer()},
                                                             {"enterprises", Shape::integer()}});
    return Shape::answer("Overview", {{"population", Shape::integer()},
                                      {"datasets", Shape::integer()},
                                      {"organisations", Shape::integer()},
                                      {"catalogue", Shape::integer()},
                                      {"records", Shape::integer()},
                                      {"acts", Shape::integer()},
                                      {"calls_today", Shape::integer()},
                                      {"grants", Shape::integer()},
                                      {"districts", Shape::list(district)}});
}

Shape division_answer() {
    return Shape::answer("Division", {{"code", Shape::text()},
                                      {"name", Shape::text()},
                                      {"parent", Shape::text()},
                                      {"level", Shape::integer()},
                                      {"name_en", Shape::text()}});
}

http::Route route(std::string pattern, std::string summary, std::shared_ptr<const Shape> answer,
                  http::Handler handler) {
    http::Route made;
    made.response_shape = std::move(answer);
    made.pattern = std::move(pattern);
    made.access = http::Access::open();
    made.handler = std::move(handler);
    made.summary = std::move(summary);
    made.tag = "city";
    return made;
}

}  // namespace

void add_routes(http::Router& router, const RouteParts& parts) {
    router.add(route("/api/city", "The city: name, title, centre", http::shared(city_answer()),
                     [parts](http::Request&) -> Result<http::Response> {
                         return http::Response::json(SHU_TRY(describe(parts))).with_etag();
                     }));
    const auto overview = std::make_shared<Overview>(parts);
    router.add(route("/api/overview", "Figures of the city, at most 30 seconds old",
                     http::shared(overview_answer()),
                     [overview](http::Request&) -> Result<http::Response> {
                         return http::Response::json(SHU_TRY(overview->get()));
                     }));
    http::Route list =
        route("/api/city/divisions", "The divisions below one",
              http::page_shape("Division", division_answer()),
              [parts](http::Request& request) { return divisions(parts.database, request); });
    list.query = {{"parent", "12-digit code of the division above; empty for the city itself"}};
    router.add(std::move(list));
    router.add(route("/api/city/boundaries", "Outlines of the districts, GeoJSON", nullptr,
                     [parts](http::Request&) { return boundaries(parts.database); }));
}

}  // namespace shu::city
