#include "city/demo.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "city/demo/csv_file.h"
#include "city/demo/household.h"
#include "city/demo/names.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::city::demo {
namespace {

/// Market entities per hundred people; two of three are individual businesses.
constexpr std::int64_t kPeopleAnEnterprise = 10;

struct Columns {
    const char* dataset;
    std::string_view header;  ///< its first line
};
constexpr std::string_view kPopulation =
    "id_number,name,gender,ethnic_group,birth_date,registered_division,address,education,marital_status,mobile,status,registered_at";
constexpr std::string_view kHousehold =
    "household_number,kind,head_id_number,division,address,members,registered_at";
constexpr std::string_view kMember = "household_number,id_number,name,relation,joined_at";
constexpr std::string_view kMarriage =
    "certificate_number,husband_name,husband_id_number,wife_name,wife_id_number,registered_at,division";
constexpr std::string_view kEnterprise =
    "credit_code,name,type,legal_representative,representative_id_number,industry,registered_capital,established_at,status,division,address,scope,authority,approved_at";
constexpr std::string_view kCredit = "credit_code,name,grade,score,evaluated_at";
constexpr std::string_view kLicence =
    "licence_identifier,licence_name,type_code,licence_number,holder_name,holder_code,holder_code_kind,issuer,issuer_code,issued_at,valid_from,valid_until,status,division";
constexpr std::string_view kInsurance =
    "id_number,name,kind,employer_credit_code,contribution_base,from_date,status,division";
constexpr std::string_view kEmployment =
    "id_number,name,status,employer_credit_code,employer_name,industry,from_date,division";
constexpr std::string_view kPermission =
    "document_number,party_name,party_kind,party_credit_code,legal_representative,document_name,kind,certificate_number,content,decided_at,valid_from,valid_until,authority,authority_code,status";

/// What can be told of the n-th enterprise again and again without keeping it.
struct Firm {
    std::string credit_code;
    std::string name;
    std::string industry;
    std::string scope;
    bool individual = false;
};

Firm firm(std::uint64_t seed, std::int64_t serial) {
    Random random(seed ^
                  (0xF1F1F1F1ULL + static_cast<std::uint64_t>(serial) * 0x9E3779B97F4A7C15ULL));
    const Trade& business = trade(random);
    Firm made;
    made.individual = random.chance(66);
    made.credit_code = credit_code(made.individual ? "92210199" : "91210199", serial);
    made.name = "沈阳" + firm_word(random) + business.word + (made.individual ? "店" : "有限公司");
    made.industry = business.industry;
    made.scope = business.scope;
    return made;
}

class Generator {
 public:
    Generator(const City& city, const Options& options)
        : city_(city),
          options_(options),
          random_(options.seed * 31 + 7),
          households_(city, options.seed, options.today) {}

    Result<std::vector<File>> run(const std::function<void(std::int64_t, std::int64_t)>& progress) {
        SHU_CHECK(file::make_folder(options_.folder));
        SHU_CHECK(open_files());
        std::int64_t people = 0, told = 0;
        while (people < options_.people) {
            const Household household = households_.next(options_.people - people);
            write(household);
            people += static_cast<std::int64_t>(household.members.size());
            if (progress && people - told >= 10'000) progress(told = people, options_.people);
        }
        if (progress) progress(people, options_.people);
        return close_files();
    }

 private:
    Result<void> open_files() {
        for (const Columns& columns : {Columns{"population", kPopulation},
                                       {"household", kHousehold},
                                       {"household_member", kMember},
                                       {"marriage", kMarriage},
                                       {"enterprise", kEnterprise},
                                       {"credit_evaluation", kCredit},
                                       {"licence", kLicence},
                                       {"social_insurance", kInsurance},
                                       {"employment", kEmployment},
                                       {"administrative_permission", kPermission}}) {
            const auto declared =
                std::find_if(city_.datasets.begin(), city_.datasets.end(),
                             [&](const auto& d) { return d.code == columns.dataset; });
            if (declared == city_.datasets.end()) continue;
            const std::string path = options_.folder + "/" + columns.dataset + ".csv";
            files_[columns.dataset] = {declared->provider,
                                       SHU_TRY(CsvFile::create(path, columns.header))};
        }
        return {};
    }

    Result<std::vector<File>> close_files() {
        std::vector<File> made;
        for (const char* code : {"population", "household", "household_member", "marriage",
                                 "enterprise", "credit_evaluation", "licence", "social_insurance",
                                 "employment", "administrative_permission"}) {
            const auto found = files_.find(code);
            if (found == files_.end()) continue;
            CsvFile& file = *found->second.file;
            SHU_CHECK(file.close());
            made.push_back({code, found->second.provider, file.path(), file.rows(), file.bytes()});
        }
        return made;
    }

    void put(const char* dataset, std::initializer_list<std::string_view> cells) {
        if (const auto found = files_.find(std::string_view(dataset)); found != files_.end())
            found->second.file->row(cells);
    }

    void write(const Household& household) {
        const std::string registered = to_string(household.registered);
        put("household",
            {household.number, "1", household.members.front().id_number, household.division,
             household.address, std::to_string(household.members.size()), registered});
        for (const Person& person : household.members)
            write(household, person);
        if (household.has_couple) write_marriage(household);
    }

    void write(const Household& household, const Person& person) {
        const std::string birth = to_string(person.birth);
        const std::string registered = to_string(std::max(person.birth, household.registered));
        put("population",
            {person.id_number, person.name, person.male ? "1" : "2", person.ethnic_group, birth,
             household.division, household.address, person.education,
             person.age < 20 ? "10" : std::string_view(person.marital_status), person.mobile, "1",
             registered});
        put("household_member",
            {household.number, person.id_number, person.name, person.relation, registered});
        ++people_;
        const bool may_found = person.age >= 22 && person.age <= 66;
        if (may_found && people_ / kPeopleAnEnterprise > firms_) write_firm(household, person);
        write_work(household, person);
    }

    void write_marriage(const Household& household) {
        const Person& a = household.members[0];
        const Person& b = household.members[1];
        const Person& husband = a.male ? a : b;
        const Person& wife = a.male ? b : a;
        const std::int64_t ripe =
            std::max(days_since_epoch(a.birth), days_since_epoch(b.birth)) + 22 * 366;
        const std::int64_t today = days_since_epoch(options_.today);
        const std::string day =
            to_string(date_from_days(std::min(today, ripe + random_.below(8 * 365))));
        const std::string district = household.division.substr(0, 6);
        const std::string number =
            "J" + district + "-" + day.substr(0, 4) + "-" + household.number.substr(6);
        put("marriage", {number, husband.name, husband.id_number, wife.name, wife.id_number, day,
                         district + "000000"});
    }

    std::string day_between(const Date& from, const Date& until) {
        const std::int64_t first = days_since_epoch(from);
        return to_string(date_from_days(
            first + random_.below(std::max<std::int64_t>(1, days_since_epoch(until) - first))));
    }

    void write_firm(const Household& household, const Person& founder) {
        const Firm made = firm(options_.seed, firms_++);
        const Date grown{std::max(founder.birth.year + 20, 1995), 1, 1};
        const std::string established =
            day_between(grown < options_.today ? grown : options_.today, options_.today);
        const std::string capital =
            made.individual ? "" : std::to_string(random_.between(1, 200) * 50'000) + ".00";
        const int fate = static_cast<int>(random_.below(100));
        const std::string status = fate < 88 ? "1" : fate < 92 ? "2" : "4";
        const std::string district = household.division.substr(0, 6) + "000000";
        const std::string type = made.individual ? "9500" : random_.chance(60) ? "1130" : "1150";
        put("enterprise", {made.credit_code, made.name, type, founder.name, founder.id_number,
                           made.industry, capital, established, status, household.division,
                           household.address, made.scope, "沈阳市市场监督管理局", established});
        if (status == "1") write_credit(made);
        write_licence(made, established, status, district);
        if (status == "1" && (made.industry == "H62" || made.industry == "F52"))
            write_permission(made, founder, established);
    }

    void write_credit(const Firm& made) {
        const int score = random_.between(520, 990);
        const char* grade = score >= 850 ? "A" : score >= 700 ? "B" : score >= 600 ? "C" : "D";
        put("credit_evaluation",
            {made.credit_code, made.name, grade,
             std::to_string(score / 10) + "." + std::to_string(score % 10), "2025-03-31"});
    }

    void write_licence(const Firm& made, const std::string& day, const std::string& status,
                       const std::string& district) {
        static constexpr std::string_view kTitle = "营业执照";
        const auto& issuer = provider_of("enterprise");
        const std::string type = issuer.credit_code + "001";
        put("licence", {licence_identifier(type, issuer.credit_code, made.credit_code), kTitle,
                        type, made.credit_code, made.name, made.credit_code, "001", issuer.name,
                        issuer.credit_code, day, day, "",
                        status == "1"   ? "1"
                        : status == "2" ? "6"
                                        : "4",
                        district});
    }

    void write_permission(const Firm& made, const Person& founder, const std::string& day) {
        const auto& authority = provider_of("enterprise");
        const std::string number =
            "沈市监食许〔" + day.substr(0, 4) + "〕" + std::to_string(firms_) + "号";
        const std::string until = std::to_string(std::stoi(day.substr(0, 4)) + 5) + "-12-31";
        put("administrative_permission",
            {number, made.name, made.individual ? "3" : "1", made.credit_code, founder.name,
             "食品经营许可决定书", "1",
             "JY1" + made.credit_code.substr(2, 6) + std::to_string(firms_), "食品经营许可", day,
             day, until, authority.name, authority.credit_code, "0"});
    }

    void write_work(const Household& household, const Person& person) {
        if (person.age < 19) return;
        const std::string district = household.division.substr(0, 6) + "000000";
        const int retires_at = person.male ? 60 : 55;
        const Date grown{person.birth.year + 19, 7, 1};
        const std::string from =
            day_between(grown < options_.today ? grown : options_.today, options_.today);
        if (person.age >= retires_at) {
            put("social_insurance",
                {person.id_number, person.name, random_.chance(70) ? "110" : "150", "", "", from,
                 "4", district});
            put("employment", {person.id_number, person.name, "5", "", "", "", from, district});
            return;
        }
        const int draw = static_cast<int>(random_.below(100));
        if (draw >= 86 || firms_ == 0) {
            put("employment",
                {person.id_number, person.name, draw < 94 ? "3" : "4", "", "", "", from, district});
            put("social_insurance",
                {person.id_number, person.name, "150", "", "", from, "1", district});
            return;
        }
        const Firm employer = firm(options_.seed, random_.below(firms_));
        const std::string pay = std::to_string(random_.between(43, 230) * 100) + ".00";
        put("social_insurance",
            {person.id_number, person.name, "110", employer.credit_code, pay, from, "1", district});
        put("employment", {person.id_number, person.name, "1", employer.credit_code, employer.name,
                           employer.industry, from, district});
    }

    const identity::Organisation& provider_of(std::string_view dataset) {
        static const identity::Organisation nobody;
        for (const auto& declared : city_.datasets)
            if (declared.code == dataset)
                for (const auto& organisation : city_.organisations)
                    if (organisation.code == declared.provider) return organisation;
        return nobody;
    }

    struct Output {
        std::string provider;
        std::unique_ptr<CsvFile> file;
    };

    const City& city_;
    const Options& options_;
    Random random_;
    Households households_;
    std::map<std::string, Output, std::less<>> files_;
    std::int64_t people_ = 0, firms_ = 0;
};

}  // namespace

Result<std::vector<File>> generate(
    const City& city, const Options& options,
    const std::function<void(std::int64_t, std::int64_t)>& progress) {
    if (options.people < 1 || options.people > limits::demo_people_max)
        return invalid("--people is 1 to " + std::to_string(limits::demo_people_max));
    return Generator(city, options).run(progress);
}

Result<std::vector<record::Batch>> collect(
    const std::vector<File>& files, store::BlobStore& blobs, record::Records& records,
    const std::function<void(const record::Batch&)>& progress) {
    std::vector<record::Batch> done;
    for (const File& file : files) {
        record::NewBatch batch;
        batch.dataset = file.dataset;
        batch.file_name = file.dataset + ".csv";
        batch.bytes = file.bytes;
        batch.blob = SHU_TRY(blobs.adopt(file.path));
        done.push_back(SHU_TRY(records.collect_now(file.organisation, batch, progress)));
        const record::Batch& result = done.back();
        if (result.state != record::BatchState::kDone)
            return unavailable(file.dataset + ": " + result.error);
        if (result.quarantined > 0)
            return corrupt(file.dataset + ": " + std::to_string(result.quarantined) +
                           " generated rows were quarantined; see the batch");
    }
    return done;
}

}  // namespace shu::city::demo
