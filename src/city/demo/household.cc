#include "city/demo/household.h"

#include <algorithm>
#include <iterator>

#include "city/demo/names.h"

namespace shu::city::demo {
namespace {

enum class Form {
    kYoungSingle,
    kOldSingle,
    kYoungCouple,
    kCouple,
    kOneChild,
    kTwoChildren,
    kSingleParent,
    kThreeGenerations
};

struct FormShare {
    Form form;
    int share;
};
// The north-east has few children and many couples whose child has left: 2.2 people a household in
// the census of 2020.
constexpr FormShare kForms[] = {{Form::kYoungSingle, 13}, {Form::kOldSingle, 12},
                                {Form::kYoungCouple, 9},  {Form::kCouple, 29},
                                {Form::kOneChild, 21},    {Form::kTwoChildren, 4},
                                {Form::kSingleParent, 4}, {Form::kThreeGenerations, 8}};

std::vector<std::string> citizens_of(const City& city) {
    std::vector<std::string> found;
    for (const DemoAccount& account : city.demo.accounts)
        if (!account.person.empty()) found.push_back(account.person);
    return found;
}

Form form_of(Random& random) {
    static const Choice choice = [] {
        Choice made;
        for (const FormShare& share : kForms)
            made.add(share.share);
        return made;
    }();
    return kForms[choice.pick(random)].form;
}

int head_age(Form form, Random& random) {
    switch (form) {
        case Form::kYoungSingle: return random.between(20, 40);
        case Form::kOldSingle: return random.between(58, 92);
        case Form::kYoungCouple: return random.between(25, 38);
        case Form::kCouple: return random.between(46, 86);
        case Form::kOneChild: return random.between(27, 60);
        case Form::kTwoChildren: return random.between(30, 52);
        case Form::kSingleParent: return random.between(30, 58);
        case Form::kThreeGenerations: return random.between(32, 55);
    }
    return 40;
}

int age_on(const Date& birth, const Date& today) {
    const bool before =
        today.month < birth.month || (today.month == birth.month && today.day < birth.day);
    return today.year - birth.year - (before ? 1 : 0);
}

/// A day of birth of someone who is `age` years old.
Date born_at(int age, const Date& today, Random& random) {
    return date_from_days(days_since_epoch(today) - age * 365 - age / 4 - random.below(364));
}

}  // namespace

Households::Households(const City& city, std::uint64_t seed, const Date& today)
    : random_(seed),
      today_(today),
      numbers_(today, citizens_of(city)),
      named_(citizens_of(city)),
      people_(city.demo.people),
      territory_(city),
      serials_(territory_.size(), 0) {
    std::reverse(named_.begin(), named_.end());
    if (people_.ethnic_groups.empty()) people_.ethnic_groups.push_back({"01", 1});
    if (people_.roads.empty()) people_.roads = {"中山路"};
    for (const Weighted& group : people_.ethnic_groups)
        groups_.add(group.weight);
}

void Households::settle(Household& household) {
    Dwelling& home = household.dwelling;
    home.community = territory_.pick(random_);
    const Community& community = territory_[home.community];
    home.road = static_cast<int>(random_.below(std::ssize(people_.roads)));
    home.door = random_.between(1, Dwelling::kDoors);
    home = dwelling_at(home, random_);
    household.division = community.code;
    household.number = community.code + digits(++serials_[home.community], 6);
    household.address = address_of(home);
}

Dwelling Households::dwelling_at(const Dwelling& door, Random& random) {
    Dwelling made = door;
    made.staircase = random.between(1, Dwelling::kStaircases);
    made.floor = random.between(1, Dwelling::kFloors);
    made.room = random.between(1, Dwelling::kRooms);
    return made;
}

std::string Households::address_of(const Dwelling& dwelling) const {
    std::string text = territory_[dwelling.community].place;
    text += people_.roads[static_cast<std::size_t>(dwelling.road)];
    text += std::to_string(dwelling.door) + "号";
    if (territory_[dwelling.community].is_village()) return text;  // a house, no flats
    text += std::to_string(dwelling.staircase) + "单元";
    text += std::to_string(dwelling.floor) + "0" + std::to_string(dwelling.room) + "室";
    return text;
}

std::string Households::ethnic_group() {
    return people_.ethnic_groups[groups_.pick(random_)].code;
}

std::string Households::education(int age) {
    if (age < 7) return "";
    if (age < 13) return "81";
    if (age < 16) return "71";
    const int draw = static_cast<int>(random_.below(100));
    if (age > 60)
        return draw < 8 ? "21" : draw < 20 ? "31" : draw < 45 ? "61" : draw < 80 ? "71" : "81";
    return draw < 5 ? "14" : draw < 30 ? "21" : draw < 50 ? "31" : draw < 75 ? "61" : "71";
}

void Households::identify(Person& person, int age) {
    person.birth = born_at(age, today_, random_);
    person.id_number = numbers_.take(person.birth, person.male);
}

Person Households::person(int age, bool male, const std::string& family, const char* relation) {
    Person made;
    made.male = male;
    made.relation = relation;
    identify(made, std::max(0, age));
    made.age = age_on(made.birth, today_);
    made.name = family + given_name(random_, male);
    made.ethnic_group = random_.chance(92) ? group_ : ethnic_group();
    made.education = education(made.age);
    made.marital_status = "10";
    // 154 is a range that no operator has.
    if (made.age >= 12 && !random_.chance(6))
        made.mobile = "154" + digits(random_.below(100'000'000), 8);
    return made;
}

Person Households::guest(int age, bool male, Random& random) {
    Person made;
    made.male = male;
    made.birth = born_at(age, today_, random);
    made.id_number = numbers_.take(made.birth, male, Pool::kGuests);
    made.age = age_on(made.birth, today_);
    made.name = surname(random);
    made.name += given_name(random, male);
    return made;
}

void Households::add_members(Household& household, std::int64_t people_max) {
    const Form form = form_of(random_);
    const bool male_head = random_.chance(form == Form::kSingleParent ? 30 : 68);
    const std::string family = surname(random_);
    group_ = ethnic_group();
    const int age = head_age(form, random_);
    auto& members = household.members;
    members.push_back(person(age, male_head, family, "02"));
    const auto add = [&](int of_age, bool male, const std::string& name, const char* relation) {
        if (static_cast<std::int64_t>(members.size()) < people_max)
            members.push_back(person(of_age, male, name, relation));
    };
    const bool couple =
        form != Form::kYoungSingle && form != Form::kOldSingle && form != Form::kSingleParent;
    const std::string other_family = surname(random_);
    if (couple) add(std::max(22, age + random_.between(-4, 3)), !male_head, other_family, "10");
    household.has_couple = members.size() > 1 && couple;
    for (std::size_t i = 0; household.has_couple && i < 2; ++i)
        members[i].marital_status = "20";
    if (form == Form::kOldSingle) members[0].marital_status = random_.chance(75) ? "30" : "40";
    if (form == Form::kSingleParent) members[0].marital_status = "40";
    const int children =
        form == Form::kTwoChildren ? 2
        : form == Form::kOneChild || form == Form::kSingleParent || form == Form::kThreeGenerations
            ? 1
            : 0;
    for (int i = 0; i < children; ++i) {
        const bool boy = random_.chance(52);
        add(std::clamp(age - random_.between(23, 33) - 3 * i, 0, 29), boy, family,
            boy ? "20" : "30");
    }
    if (form != Form::kThreeGenerations) return;
    const int parents = random_.between(1, 2);
    for (int i = 0; i < parents && static_cast<std::int64_t>(members.size()) < people_max; ++i) {
        const bool father = i == 1;
        const std::string name = father ? family : surname(random_);
        add(std::min(95, age + random_.between(23, 32)), father, name, "50");
        members.back().marital_status = parents == 2 ? "20" : "30";
    }
}

Household Households::next(std::int64_t people_max) {
    Household household;
    settle(household);
    add_members(household, people_max);
    if (!named_.empty()) {
        Person& head = household.members.front();
        head.id_number = named_.back();
        named_.pop_back();
        head.birth = parse_date(head.id_number.substr(6, 8)).value_or(head.birth);
        head.male = (head.id_number[16] - '0') % 2 == 1;
        head.age = age_on(head.birth, today_);
        household.members.resize(
            1);  // the family that was drawn does not suit the age: the citizen lives alone
        household.has_couple = false;
        head.marital_status = "10";
        head.name = surname(random_);
        head.name += given_name(random_, head.male);
    }
    const Date oldest = household.members.front().birth;
    const std::int64_t grown = days_since_epoch(oldest) + 18 * 365;
    const std::int64_t span = std::max<std::int64_t>(1, days_since_epoch(today_) - grown);
    household.registered =
        date_from_days(std::min(days_since_epoch(today_), grown + random_.below(span)));
    return household;
}

}  // namespace shu::city::demo
