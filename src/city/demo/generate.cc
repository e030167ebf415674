#include "city/demo.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "city/demo/business.h"
#include "city/demo/city_parts.h"
#include "city/demo/day.h"
#include "city/demo/household.h"
#include "city/demo/institutions.h"
#include "city/demo/property.h"
#include "city/demo/tables.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::city::demo {
namespace {

/// Market entities per hundred people; two of three are individual businesses.
constexpr std::int64_t kPeopleAnEnterprise = 10;
constexpr int kGuestsPercent = 14;  ///< households beside whom guests live, in towns
constexpr int kVillageGuestsPercent = 2;

class Generator {
 public:
    Generator(const City& city, const Options& options, Tables& tables)
        : options_(options),
          tables_(tables),
          random_(options.seed * 31 + 7),
          guests_(options.seed * 53 + 23),
          households_(city, options.seed, options.today),
          property_(households_, options, tables),
          business_(options, random_, tables, property_),
          institutions_(city, households_, options, tables, property_),
          parts_(city, households_, options, tables) {}

    void run(const std::function<void(std::int64_t, std::int64_t)>& progress) {
        std::int64_t told = 0;
        while (people_ < options_.people) {
            write(households_.next(options_.people - people_));
            if (progress && people_ - told >= 10'000) progress(told = people_, options_.people);
        }
        if (progress) progress(people_, options_.people);
    }

 private:
    void write(const Household& household) {
        const std::string registered = to_string(household.registered);
        tables_.row(Table::kHousehold,
                    {household.number, "1", household.members.front().id_number, household.division,
                     household.address, std::to_string(household.members.size()), registered});
        property_.add_home(household);
        for (const Person& person : household.members)
            write(household, person);
        if (household.has_couple) write_marriage(household);
        write_guests(household);
        parts_.meet(household, people_);
    }

    void write(const Household& household, const Person& person) {
        const std::string birth = to_string(person.birth);
        const std::string registered = to_string(std::max(person.birth, household.registered));
        tables_.row(Table::kPopulation,
                    {person.id_number, person.name, person.male ? "1" : "2", person.ethnic_group,
                     birth, household.division, household.address, person.education,
                     person.age < 20 ? "10" : std::string_view(person.marital_status),
                     person.mobile, "1", registered});
        tables_.row(Table::kMember,
                    {household.number, person.id_number, person.name, person.relation, registered});
        ++people_;
        institutions_.meet(household, person, people_);
        const bool may_found = person.age >= 22 && person.age <= 66;
        if (may_found && people_ / kPeopleAnEnterprise > business_.count())
            institutions_.add_clinic(business_.found(household, person), household.division);
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
        tables_.row(Table::kMarriage, {number, husband.name, husband.id_number, wife.name,
                                       wife.id_number, day, district + "000000"});
    }

    /// People registered elsewhere, who rent in the same house.
    void write_guests(const Household& household) {
        const bool in_village = households_.territory()[household.dwelling.community].is_village();
        if (!guests_.chance(in_village ? kVillageGuestsPercent : kGuestsPercent)) return;
        const std::string address =
            households_.address_of(Households::dwelling_at(household.dwelling, guests_));
        const Date from = day_between(guests_, years_after(options_.today, -6), options_.today);
        // A residence permit runs for a year and is then prolonged.
        Date until = from;
        while (until <= options_.today)
            until = years_after(until, 1);
        for (int i = guests_.between(1, 2); i > 0; --i) {
            const int draw = static_cast<int>(guests_.below(100));
            const int age = draw < 18   ? guests_.between(18, 23)
                            : draw < 90 ? guests_.between(24, 58)
                                        : guests_.between(59, 80);
            const bool male = guests_.chance(54);
            const Person guest = households_.guest(age, male, guests_);
            const char* reason = guest.age < 23   ? "03"
                                 : guest.age > 59 ? (guests_.chance(60) ? "05" : "04")
                                                  : (guests_.chance(70) ? "01" : "02");
            tables_.row(Table::kResidence, {guest.id_number, guest.name, household.division,
                                            address, reason, to_string(from), to_string(until)});
        }
    }

    void write_work(const Household& household, const Person& person) {
        if (person.age < 19) return;
        const std::string district = household.division.substr(0, 6) + "000000";
        const int retires_at = person.male ? 60 : 55;
        const Date grown{person.birth.year + 19, 7, 1};
        const std::string from =
            to_string(day_between(random_, std::min(grown, options_.today), options_.today));
        if (person.age >= retires_at) {
            tables_.row(Table::kInsurance,
                        {person.id_number, person.name, random_.chance(70) ? "110" : "150", "", "",
                         from, "4", district});
            tables_.row(Table::kEmployment,
                        {person.id_number, person.name, "5", "", "", "", from, district});
            return;
        }
        const auto practice = institutions_.practice_of(person);
        const int draw = static_cast<int>(random_.below(100));
        if (!practice && (draw >= 86 || business_.count() == 0)) {
            tables_.row(Table::kEmployment, {person.id_number, person.name, draw < 94 ? "3" : "4",
                                             "", "", "", from, district});
            tables_.row(Table::kInsurance,
                        {person.id_number, person.name, "150", "", "", from, "1", district});
            return;
        }
        const Employer employer = practice ? *practice : employer_among_firms();
        const std::string pay = std::to_string(random_.between(43, 230) * 100) + ".00";
        tables_.row(Table::kInsurance, {person.id_number, person.name, "110", employer.credit_code,
                                        pay, from, "1", district});
        tables_.row(Table::kEmployment, {person.id_number, person.name, "1", employer.credit_code,
                                         employer.name, employer.industry, from, district});
    }

    Employer employer_among_firms() {
        Firm firm = business_.any();
        return {std::move(firm.credit_code), std::move(firm.name), std::move(firm.industry)};
    }

    const Options& options_;
    Tables& tables_;
    Random random_, guests_;
    Households households_;
    Property property_;
    Business business_;
    Institutions institutions_;
    CityParts parts_;
    std::int64_t people_ = 0;
};

}  // namespace

Result<std::vector<File>> generate(
    const City& city, const Options& options,
    const std::function<void(std::int64_t, std::int64_t)>& progress) {
    if (options.people < 1 || options.people > limits::demo_people_max)
        return invalid("--people is 1 to " + std::to_string(limits::demo_people_max));
    SHU_CHECK(file::make_folder(options.folder));
    const auto tables = SHU_TRY(Tables::create(city, options.folder));
    std::make_unique<Generator>(city, options, *tables)->run(progress);
    return tables->close();
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
