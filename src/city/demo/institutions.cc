#include "city/demo/institutions.h"

#include <algorithm>

#include "city/demo/day.h"
#include "city/demo/numbers.h"

namespace shu::city::demo {
namespace {

constexpr std::int64_t kPeopleAPublic = 1'500;
constexpr std::int64_t kPeopleASocial = 1'200;
constexpr std::size_t kEmployersKept = 128;
constexpr int kPhysicianPercent = 1;  ///< of graduates of working age: 3 to 4 of a thousand people
constexpr int kHospitalPercent = 65;  ///< of physicians, who work in one
constexpr const char* kMedicalIndustry = "Q84";

struct Grade {
    const char* code;
    int share;
    int beds_low, beds_high;
};
constexpr Grade kGrades[] = {{"31", 12, 900, 2'000},
                             {"32", 13, 500, 900},
                             {"21", 35, 250, 500},
                             {"22", 15, 100, 250},
                             {"10", 25, 20, 99}};

const Grade& grade(Random& random) {
    int draw = static_cast<int>(random.below(100));
    for (const Grade& one : kGrades)
        if ((draw -= one.share) < 0) return one;
    return kGrades[0];
}

constexpr const char* kTopics[] = {"书法",     "摄影",     "羽毛球",       "乒乓球",
                                   "志愿服务", "餐饮行业", "物业管理行业", "机械装备行业",
                                   "软件行业", "物流行业", "老年学",       "营养学",
                                   "预防医学", "建筑学",   "档案学",       "集邮"};
constexpr const char* kServices[] = {"养老服务中心", "社会工作服务中心", "职业培训学校",
                                     "康复服务中心", "青少年体育俱乐部", "儿童发展中心"};

struct Speciality {
    const char* name;
    char category;  ///< 1 clinical, 2 dental, 3 public health, 4 traditional
};
constexpr Speciality kSpecialities[] = {
    {"内科专业", '1'},     {"外科专业", '1'},         {"妇产科专业", '1'},
    {"儿科专业", '1'},     {"眼耳鼻咽喉科专业", '1'}, {"急救医学专业", '1'},
    {"全科医学专业", '1'}, {"精神卫生专业", '1'},     {"医学影像和放射治疗专业", '1'},
    {"口腔专业", '2'},     {"公共卫生类别专业", '3'}, {"中医专业", '4'}};

/// A community's name without its committee: 文萃社区, 二台子村.
std::string short_name(std::string_view name) {
    for (const std::string_view ending :
         {"社区居民委员会", "村民委员会", "居民委员会", "居委会", "村委会"})
        if (name.size() > ending.size() && name.ends_with(ending)) {
            std::string text(name.substr(0, name.size() - ending.size()));
            if (ending.starts_with("村")) return text + "村";
            return text.ends_with("社区") ? text : text + "社区";
        }
    return std::string(name);
}

}  // namespace

struct Institutions::Kind {
    const char* ending;  ///< of its name
    int share;
    const char* sponsor;  ///< code of an organisation; empty: the district's government
    const char* funding;  ///< code table institution-funding
    const char* medical;  ///< code table medical-institution-kind; empty: no medical institution
};

const Institutions::Kind Institutions::kHospital{"医院", 5, "health", "2", "A"};
const Institutions::Kind Institutions::kSchool{"小学", 22, "", "1", ""};
const Institutions::Kind Institutions::kKinds[] = {kHospital,
                                                   kSchool,
                                                   {"卫生服务站", 18, "", "2", "B"},
                                                   {"初级中学", 13, "", "1", ""},
                                                   {"高级中学", 5, "education", "1", ""},
                                                   {"幼儿园", 22, "", "2", ""},
                                                   {"文化馆", 5, "", "1", ""},
                                                   {"社会福利院", 3, "civil-affairs", "2", ""},
                                                   {"规划设计院", 3, "natural-resources", "3", ""},
                                                   {"水文站", 2, "water", "1", ""},
                                                   {"农业技术推广站", 2, "agriculture", "1", ""}};

Institutions::Institutions(const City& city, const Households& households, const Options& options,
                           Tables& tables, Property& property)
    : territory_(households.territory()),
      tables_(tables),
      property_(property),
      today_(options.today),
      random_(options.seed * 43 + 17),
      served_(territory_.size()) {
    for (const identity::Organisation& organisation : city.organisations) {
        names_[organisation.code] = organisation.name;
        if (organisation.kind == "institution") declared_.push_back(organisation);
        if (organisation.kind == "district") districts_[organisation.division] = organisation.name;
    }
    std::reverse(declared_.begin(), declared_.end());
    for (const Kind& kind : kKinds)
        kinds_.add(kind.share);
}

void Institutions::meet(const Household& household, const Person& person, std::int64_t people) {
    if (person.age < 35 || person.age > 60) return;
    if (!declared_.empty())
        found_declared(household, person);
    else if (publics_ <= people / kPeopleAPublic)
        found_public(household, person);
    else if (socials_ <= people / kPeopleASocial)
        found_social(household, person);
}

void Institutions::found_declared(const Household& household, const Person& head) {
    const identity::Organisation organisation = declared_.back();
    declared_.pop_back();
    const auto parent = names_.find(organisation.parent);
    Public made{organisation.credit_code,
                organisation.name,
                parent == names_.end() ? organisation.name : parent->second,
                "1",
                day_between(random_, {1955, 1, 1}, {2015, 1, 1}),
                household.dwelling.community,
                {}};
    made.address = property_.add_site(made.community, Use::kPublic);
    write(made, head);
}

void Institutions::found_public(const Household& household, const Person& head) {
    const std::size_t at = household.dwelling.community;
    // A hospital first: without one there would be nowhere for the first physicians to work.
    const Kind* kind = publics_ == 0 ? &kHospital : &kKinds[kinds_.pick(random_)];
    if (*kind->medical == 'B') {
        if (served_[at]) kind = &kSchool;  // one health centre is enough for a community
        served_[at] = true;
    }
    const Community& community = territory_[at];
    Public made;
    made.credit_code = credit_code("12210199", publics_++);
    made.name = name_of(*kind, community);
    made.sponsor = sponsor_of(*kind, community);
    made.funding = kind->funding;
    made.established = day_between(random_, {1952, 1, 1}, {2015, 1, 1});
    made.community = at;
    made.address = property_.add_site(at, Use::kPublic);
    write(made, head);
    if (*kind->medical != '\0') write_medical(made, head, *kind);
}

std::string Institutions::name_of(const Kind& kind, const Community& community) {
    if (*kind.medical == 'A') return "沈阳市" + firm_word(random_) + kind.ending;
    if (*kind.medical == 'B')
        return community.district_name + short_name(community.name) +
               (community.is_village() ? "卫生室" : kind.ending);
    return community.district_name + firm_word(random_) + kind.ending;
}

std::string Institutions::sponsor_of(const Kind& kind, const Community& community) const {
    if (const auto found = names_.find(std::string_view(kind.sponsor)); found != names_.end())
        return found->second;
    if (const auto found = districts_.find(community.district); found != districts_.end())
        return found->second;
    return tables_.provider_of(Table::kPublicInstitution).name;
}

void Institutions::write(const Public& made, const Person& head) {
    tables_.row(Table::kPublicInstitution,
                {made.credit_code, made.name, made.sponsor, made.funding, head.name,
                 to_string(made.established), "1", made.address});
}

void Institutions::write_medical(const Public& made, const Person& head, const Kind& kind) {
    const bool hospital = *kind.medical == 'A';
    const bool village = territory_[made.community].is_village();
    const Grade& drawn = grade(random_);
    // The first is a large one.
    const Grade& given = medicals_++ == 0 ? kGrades[0] : drawn;
    const int years = hospital ? 15 : 5;
    const Date licensed = day_between(random_, years_after(today_, 1 - years), today_);
    tables_.row(Table::kMedicalInstitution,
                {made.credit_code, made.name,
                 hospital  ? "A"
                 : village ? "D"
                           : "B",
                 hospital ? given.code : "99",
                 hospital ? std::to_string(random_.between(given.beds_low, given.beds_high)) : "",
                 head.name, to_string(licensed), to_string(years_after(licensed, years)),
                 territory_[made.community].code, made.address});
    employ(made.credit_code, made.name, hospital);
}

void Institutions::add_clinic(const Registration& registered, const std::string& division) {
    if (!registered.is_active || registered.firm.industry != kMedicalIndustry) return;
    const Date licensed =
        day_between(random_, std::max(registered.established, years_after(today_, -4)), today_);
    tables_.row(Table::kMedicalInstitution,
                {registered.firm.credit_code, registered.firm.name, "D", "99", "",
                 registered.representative, to_string(licensed),
                 to_string(years_after(licensed, 5)), division, registered.address});
    ++medicals_;
    employ(registered.firm.credit_code, registered.firm.name, false);
}

void Institutions::employ(const std::string& credit_code, const std::string& name, bool hospital) {
    auto& employers = hospital ? hospitals_ : practices_;
    const Employer made{credit_code, name, kMedicalIndustry};
    if (employers.size() < kEmployersKept)
        employers.push_back(made);
    else
        employers[static_cast<std::size_t>(medicals_) % kEmployersKept] = made;
}

std::optional<Employer> Institutions::practice_of(const Person& person) {
    const bool graduate =
        person.education == "14" || person.education == "21" || person.education == "31";
    if (!graduate || person.age < 27 || person.age >= (person.male ? 60 : 55)) return std::nullopt;
    if (hospitals_.empty() || (physicians_ > 0 && !random_.chance(kPhysicianPercent)))
        return std::nullopt;
    const bool in_hospital = practices_.empty() || random_.chance(kHospitalPercent);
    const Employer& employer = random_.one_of(in_hospital ? hospitals_ : practices_);
    const Speciality& speciality = random_.one_of(kSpecialities);
    // Level (1, physician), category, issuing division, serial: 15 digits.
    const std::string certificate =
        std::string("1") + speciality.category + "210199" + digits(++physicians_, 7);
    const Date registered =
        day_between(random_, years_after(grown_on(person.birth, today_), 7), today_);
    tables_.row(Table::kPhysician,
                {certificate, person.id_number, person.name, employer.credit_code, employer.name,
                 speciality.name, to_string(registered)});
    return employer;
}

void Institutions::found_social(const Household& household, const Person& head) {
    const Community& community = territory_[household.dwelling.community];
    const int draw = static_cast<int>(random_.below(100));
    const char* kind = draw < 45 ? "51" : draw < 97 ? "52" : "53";
    std::string name;
    int capital = 0;
    if (draw < 45) {
        name = "沈阳市" + firm_word(random_) + random_.one_of(kTopics) + "协会";
        capital = random_.between(3, 10) * 10'000;
    } else if (draw < 97) {
        name = community.district_name + firm_word(random_) + random_.one_of(kServices);
        capital = random_.between(3, 200) * 10'000;
    } else {
        name = "沈阳市" + firm_word(random_) + "公益基金会";
        capital = random_.between(200, 800) * 10'000;
    }
    const Date grown = grown_on(head.birth, today_);
    const Date established =
        day_between(random_, std::max(years_after(grown, 4), Date{1998, 11, 1}), today_);
    tables_.row(
        Table::kSocialOrganisation,
        {credit_code(std::string(kind) + "210199", socials_++), name, kind, head.name,
         std::to_string(capital) + ".00", to_string(established), random_.chance(93) ? "1" : "4",
         household.division, property_.add_site(household.dwelling.community, Use::kPublic)});
}

}  // namespace shu::city::demo
