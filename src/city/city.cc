#include "city/city.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "city/folder.h"
#include "city/rules.h"
#include "foundation/crypto/sm3.h"
#include "foundation/text.h"

namespace shu::city {
namespace {

json::object pick(const json::value& declared) {
    return declared.is_object() ? declared.get_object() : json::object();
}

/// Turns the items of a folder without mistakes into a City.
class Builder {
 public:
    explicit Builder(const Folder& folder) : folder_(folder) { city_.folder = folder.path; }

    City build() && {
        take_city();
        take_divisions();
        take_boundaries();
        take_organisations();
        for (const Item& item : folder_.all(Kind::kRole))
            city_.roles.push_back(identity::role_from(declare(item)));
        for (const Item& item : folder_.all(Kind::kPost))
            city_.posts.push_back(identity::post_from(declare(item)));
        for (const Item& item : folder_.all(Kind::kRegistry))
            city_.registries.push_back(record::registry_from(declare(item)));
        for (const Item& item : folder_.all(Kind::kCodeTable))
            take_code_table(item);
        for (const Item& item : folder_.all(Kind::kDataset))
            city_.datasets.push_back(record::dataset_from(declare(item)));
        for (const TextFile& file : folder_.texts)
            if (file.kind == Kind::kRuleModel) take_model(file);
        take_demo();
        return std::move(city_);
    }

 private:
    void declare(std::string_view kind, std::string code, std::string name, std::string body) {
        std::string digest = crypto::to_hex(crypto::sm3(body));
        city_.declarations.push_back({std::string(kind), std::move(code), std::move(name),
                                      std::move(body), std::move(digest)});
    }

    const json::value& declare(const Item& item) {
        declare(to_string(item.kind), item.code, json::Reader(*item.value).text_or("name"),
                json::canonical(*item.value));
        return *item.value;
    }

    void take_city() {
        const Item& item = *folder_.only(Kind::kCity);
        const json::Reader in(*item.value);
        city_.code = item.code;
        city_.name = in.text_or("name");
        city_.name_en = in.text_or("name_en");
        city_.title = in.text_or("title");
        city_.title_en = in.text_or("title_en");
        city_.utc_offset_minutes =
            static_cast<int>(in.integer_or("utc_offset_minutes", kChinaOffsetMinutes));
        json::object body = pick(*item.value);
        json::array& centre = body["centre"].as_array();
        city_.longitude = centre[0].to_number<double>();
        city_.latitude = centre[1].to_number<double>();
        // Declarations are hashed and so hold no fractions: millionths of a degree.
        for (json::value& degrees : centre)
            degrees = std::llround(degrees.to_number<double>() * 1e6);
        declare("city", city_.code, city_.name, json::canonical(body));
    }

    void take_divisions() {
        std::map<std::string_view, std::string_view> english;
        for (const TableRow& row : folder_.division_names.rows)
            english[row.cells[0]] = row.cells[1];
        json::array body;
        for (const TableRow& row : folder_.divisions.rows) {
            Division division{.code = row.cells[0],
                              .name = row.cells[1],
                              .parent = row.cells[2],
                              .level = row.cells[3].front() - '0',
                              .name_en = std::string(english[row.cells[0]])};
            json::object described{{"code", division.code},
                                   {"name", division.name},
                                   {"parent", division.parent},
                                   {"level", division.level}};
            if (!division.name_en.empty()) described["name_en"] = division.name_en;
            body.push_back(std::move(described));
            city_.divisions.push_back(std::move(division));
        }
        declare("divisions", city_.code, city_.name,
                json::canonical(json::object{{"divisions", std::move(body)}}));
    }

    void take_boundaries() {
        for (const TextFile& file : folder_.texts) {
            if (file.kind != Kind::kBoundary) continue;
            const std::size_t begin = file.path.rfind('/') + 1;
            const std::string stem = file.path.substr(begin, file.path.rfind('.') - begin);
            city_.boundaries[stem] = file.text;
            declare("boundary", stem, stem, file.text);
        }
    }

    /// Parents first, so that each can be declared when its parent stands.
    void take_organisations() {
        std::set<std::string> placed{""};
        std::vector<const Item*> waiting;
        for (const Item& item : folder_.all(Kind::kOrganisation))
            waiting.push_back(&item);
        while (!waiting.empty()) {
            std::vector<const Item*> later;
            for (const Item* item : waiting) {
                if (!placed.contains(json::Reader(*item->value).text_or("parent"))) {
                    later.push_back(item);
                    continue;
                }
                city_.organisations.push_back(identity::organisation_from(declare(*item)));
                placed.insert(item->code);
            }
            SHU_ASSERT(later.size() <
                       waiting.size());  // the rules allow no circle and no unknown parent
            waiting = std::move(later);
        }
    }

    void take_code_table(const Item& item) {
        const json::value table = code_table_json(folder_, item);
        declare(to_string(item.kind), item.code, json::Reader(table).text_or("name"),
                json::canonical(table));
        city_.code_tables.push_back(record::code_table_from(table));
    }

    void take_model(const TextFile& file) {
        decision::ModelDeclaration model = model_declaration(folder_, file);
        const decision::Inspection inspection =
            decision::inspect(file.text, folder_.environment(), decision::Analysis::kWithout);
        if (model.name.empty()) model.name = inspection.model->name();
        declare(to_string(Kind::kRule), model.code, model.name,
                json::canonical(decision::outline_of(model, inspection)));
        city_.models.push_back(std::move(model));
    }

    void take_demo() {
        if (const Item* accounts = folder_.only(Kind::kDemoAccounts)) {
            const json::Reader in(*accounts->value);
            city_.demo.password = in.text_or("password");
            for (const json::Reader& account : in.member("accounts")->items())
                city_.demo.accounts.push_back({account.text_or("name"),
                                               account.text_or("display_name"),
                                               account.text_or("post"), account.text_or("person")});
        }
        if (const Item* people = folder_.only(Kind::kDemoPeople)) {
            const json::Reader in(*people->value);
            DemoPeople& out = city_.demo.people;
            for (const json::Reader& district : in.member("districts")->items())
                out.districts.push_back(
                    {district.text_or("division"), district.integer_or("people", 0)});
            for (const json::Reader& group : in.member("ethnic_groups")->items())
                out.ethnic_groups.push_back({group.text_or("code"), group.integer_or("share", 0)});
            out.roads = in.texts("roads");
        }
    }

    const Folder& folder_;
    City city_;
};

Result<CheckReport> read_and_check(Folder& folder) {
    Findings findings;
    SHU_CHECK(read_folder(folder, findings));
    Rules(folder, findings).check();
    CheckReport report;
    report.findings = findings.take();
    report.files = folder.files;
    return report;
}

}  // namespace

std::int64_t CheckReport::mistakes() const {
    return std::count_if(findings.begin(), findings.end(),
                         [](const Finding& finding) { return !finding.warning; });
}

Result<CheckReport> check(const std::string& path) {
    Folder folder;
    folder.path = path;
    return read_and_check(folder);
}

Result<City> load(const std::string& path) {
    Folder folder;
    folder.path = path;
    const CheckReport report = SHU_TRY(read_and_check(folder));
    const auto first = std::find_if(report.findings.begin(), report.findings.end(),
                                    [](const Finding& finding) { return !finding.warning; });
    if (first != report.findings.end())
        return invalid(path + " has " + std::to_string(report.mistakes()) +
                       " mistakes, the first: " + to_string(*first) + "; run `shu city check " +
                       path + "`");
    return Builder(folder).build();
}

}  // namespace shu::city
