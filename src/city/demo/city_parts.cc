#include "city/demo/city_parts.h"

#include <algorithm>

#include "city/demo/day.h"
#include "city/demo/numbers.h"

namespace shu::city::demo {
namespace {

constexpr std::int64_t kPeopleAPart = 10;
constexpr int kSerialMax = 999'999;

/// How often a kind of GB/T 30428.2-2013 stands in the streets and which organisation looks after
/// it.
struct Share {
    const char* kind;
    int share;
    const char* department;
};
constexpr Share kShares[] = {{"0101", 8, "water"},
                             {"0102", 9, "water"},
                             {"0103", 10, "water"},
                             {"0106", 3, "urban-management"},
                             {"0110", 4, "real-estate"},
                             {"0113", 2, "fire-rescue"},
                             {"0118", 14, "urban-management"},
                             {"0203", 1, "transport"},
                             {"0209", 5, "public-security"},
                             {"0210", 2, "public-security"},
                             {"0301", 1, "urban-management"},
                             {"0305", 9, "urban-management"},
                             {"0402", 28, "urban-management"},
                             {"0405", 2, "urban-management"},
                             {"0407", 2, "urban-management"}};

const record::CodeTable* kinds_of(const City& city) {
    for (const auto& dataset : city.datasets) {
        if (dataset.code != "city_part") continue;
        const record::Field* kind = dataset.field("kind");
        for (const auto& table : city.code_tables)
            if (kind != nullptr && table.code == kind->codes) return &table;
    }
    return nullptr;
}

}  // namespace

CityParts::CityParts(const City& city, const Households& households, const Options& options,
                     Tables& tables)
    : territory_(households.territory()),
      tables_(tables),
      today_(options.today),
      random_(options.seed * 47 + 19) {
    const record::CodeTable* table = kinds_of(city);
    if (table == nullptr) return;
    for (const Share& share : kShares) {
        const auto value = std::find_if(table->values.begin(), table->values.end(),
                                        [&](const auto& one) { return one.code == share.kind; });
        if (value == table->values.end()) continue;
        Kind kind{value->code, value->name, tables.provider_of(Table::kCityPart), {}};
        for (const auto& organisation : city.organisations)
            if (organisation.code == share.department) kind.department = organisation;
        kinds_.push_back(std::move(kind));
        choice_.add(share.share);
    }
}

void CityParts::meet(const Household& household, std::int64_t people) {
    const std::size_t community = household.dwelling.community;
    const std::string district = household.division.substr(0, 6);
    while (!kinds_.empty() && parts_ <= people / kPeopleAPart) {
        ++parts_;
        Kind& kind = kinds_[choice_.pick(random_)];
        const int serial = ++kind.serials[district];
        if (serial > kSerialMax) continue;
        // GB/T 30428.2-2013: division (6), class (4), serial (6).
        const Point point = territory_.at(community, random_.next());
        const int state = static_cast<int>(random_.below(1'000));
        tables_.row(Table::kCityPart,
                    {district + kind.code + digits(serial, 6), kind.code, kind.name,
                     kind.department.credit_code, kind.department.name, household.division,
                     degrees(point.longitude), degrees(point.latitude),
                     state < 962   ? "1"
                     : state < 990 ? "2"
                     : state < 997 ? "3"
                                   : "4",
                     to_string(day_between(random_, years_after(today_, -1), today_))});
    }
}

}  // namespace shu::city::demo
