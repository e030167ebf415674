#include "city/demo/business.h"

#include <algorithm>

#include "city/demo/day.h"
#include "city/demo/numbers.h"

namespace shu::city::demo {
namespace {

constexpr std::size_t kEarlierKept = 64;
constexpr int kSitePercent = 6;     ///< of companies that have land of their own
constexpr int kChangePercent = 16;  ///< of firms that have ever changed
constexpr int kPenaltyPercent = 3;

/// What market supervision punishes; `industry` empty: anybody.
struct Offence {
    const char* industry;
    const char* violation;
    const char* facts;
    const char* basis;
    const char* kind;         ///< code table penalty-kind
    int fine_low, fine_high;  ///< in hundreds of yuan; 0: no fine
};

constexpr Offence kOffences[] = {
    {"F52", "进货时未查验许可证和相关证明文件",
     "当事人采购食品时未查验供货者的许可证和食品合格证明文件",
     "《中华人民共和国食品安全法》第五十三条第一款、第一百二十六条第一款第三项", "01", 0, 0},
    {"H62", "进货时未查验许可证和相关证明文件",
     "当事人采购食品原料时未查验供货者的许可证和产品合格证明文件",
     "《中华人民共和国食品安全法》第五十五条第一款、第一百二十六条第一款第三项", "01", 0, 0},
    {"F51", "销售不符合国家标准的产品", "当事人销售的一批产品经抽样检验不符合国家标准",
     "《中华人民共和国产品质量法》第三十三条、第四十九条", "04", 0, 0},
    {"", "发布虚假广告", "当事人在店堂广告中宣传的内容与实际不符",
     "《中华人民共和国广告法》第二十八条、第五十五条第一款", "03", 30, 600},
    {"", "未按规定明码标价", "当事人提供服务未在醒目位置标明价格",
     "《中华人民共和国价格法》第十三条第一款、第四十二条", "03", 5, 50},
    {"", "未按规定办理变更登记", "当事人变更登记事项后未申请变更登记，责令改正后仍未改正",
     "《中华人民共和国市场主体登记管理条例》第二十四条、第四十六条", "03", 100, 300},
};

const Offence& offence_of(const Firm& firm, Random& random) {
    for (;;) {
        const Offence& drawn = random.one_of(kOffences);
        if (*drawn.industry == '\0' || firm.industry == drawn.industry) return drawn;
    }
}

std::string money(std::int64_t yuan) {
    return std::to_string(yuan) + ".00";
}

bool is_industry(const Firm& firm) {
    return firm.industry.starts_with("C");
}

}  // namespace

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

Business::Business(const Options& options, Random& random, Tables& tables, Property& property)
    : options_(options),
      random_(random),
      details_(options.seed * 41 + 13),
      tables_(tables),
      property_(property) {}

Firm Business::any() {
    return firm(options_.seed, random_.below(firms_));
}

Registration Business::found(const Household& household, const Person& founder) {
    Registration made;
    made.firm = firm(options_.seed, firms_++);
    made.representative = founder.name;
    const Date grown{std::max(founder.birth.year + 20, 1995), 1, 1};
    made.established = day_between(random_, std::min(grown, options_.today), options_.today);
    const std::string capital = made.firm.individual ? "" : money(random_.between(1, 200) * 50'000);
    const int fate = static_cast<int>(random_.below(100));
    const std::string status = fate < 88 ? "1" : fate < 92 ? "2" : "4";
    const std::string type = made.firm.individual ? "9500" : random_.chance(60) ? "1130" : "1150";
    made.is_active = status == "1";
    made.community = household.dwelling.community;
    made.address = !made.firm.individual && details_.chance(kSitePercent)
                       ? property_.add_site(made.community, is_industry(made.firm) ? Use::kIndustry
                                                                                   : Use::kCommerce)
                       : household.address;
    const Date approved = write_changes(made, capital);
    tables_.row(Table::kEnterprise,
                {made.firm.credit_code, made.firm.name, type, founder.name, founder.id_number,
                 made.firm.industry, capital, to_string(made.established), status,
                 household.division, made.address, made.firm.scope,
                 tables_.provider_of(Table::kEnterprise).name, to_string(approved)});
    if (made.is_active) write_credit(made.firm);
    write_licence(made, status, household.division.substr(0, 6) + "000000");
    if (made.is_active && (made.firm.industry == "H62" || made.firm.industry == "F52"))
        write_permission(made);
    if (details_.chance(kPenaltyPercent)) write_penalty(made);
    remember(made);
    return made;
}

void Business::remember(const Registration& made) {
    if (earlier_.size() < kEarlierKept)
        earlier_.push_back(made);
    else
        earlier_[static_cast<std::size_t>(firms_) % kEarlierKept] = made;
}

void Business::write_credit(const Firm& made) {
    const int score = random_.between(520, 990);
    const char* grade = score >= 850 ? "A" : score >= 700 ? "B" : score >= 600 ? "C" : "D";
    tables_.row(Table::kCredit,
                {made.credit_code, made.name, grade,
                 std::to_string(score / 10) + "." + std::to_string(score % 10), "2025-03-31"});
}

void Business::write_licence(const Registration& made, const std::string& status,
                             const std::string& district) {
    static constexpr std::string_view kTitle = "营业执照";
    const auto& issuer = tables_.provider_of(Table::kEnterprise);
    const std::string type = issuer.credit_code + "001";
    const std::string& code = made.firm.credit_code;
    const std::string day = to_string(made.established);
    tables_.row(Table::kLicence,
                {licence_identifier(type, issuer.credit_code, code), kTitle, type, code,
                 made.firm.name, code, "001", issuer.name, issuer.credit_code, day, day, "",
                 status == "1"   ? "1"
                 : status == "2" ? "6"
                                 : "4",
                 district});
}

void Business::write_permission(const Registration& made) {
    const auto& authority = tables_.provider_of(Table::kEnterprise);
    const Firm& holder = made.firm;
    const std::string day = to_string(made.established);
    const std::string number =
        "沈市监食许〔" + day.substr(0, 4) + "〕" + std::to_string(firms_) + "号";
    tables_.row(Table::kPermission,
                {number, holder.name, holder.individual ? "3" : "1", holder.credit_code,
                 made.representative, "食品经营许可决定书", "1",
                 "JY1" + holder.credit_code.substr(2, 6) + std::to_string(firms_), "食品经营许可",
                 day, day, std::to_string(made.established.year + 5) + "-12-31", authority.name,
                 authority.credit_code, "0"});
}

/// Writes how the firm became what it is; the day of the last change, or of its foundation.
Date Business::write_changes(const Registration& made, const std::string& capital) {
    Date last = made.established;
    if (earlier_.empty() || !details_.chance(kChangePercent)) return last;
    const auto change = [&](const char* item, const std::string& before, const std::string& after) {
        if (before == after) return;
        last = day_between(details_, last, options_.today);
        tables_.row(
            Table::kEnterpriseChange,
            {"沈市监变登〔" + std::to_string(last.year) + "〕" + std::to_string(++changes_) + "号",
             made.firm.credit_code, item, before, after, to_string(last)});
    };
    const Registration& other = details_.one_of(earlier_);
    if (details_.chance(45)) change("02", other.address, made.address);
    if (details_.chance(35)) change("03", other.representative, made.representative);
    if (!capital.empty() && details_.chance(40))
        change("04", money(details_.between(1, 20) * 30'000), capital);
    if (details_.chance(30)) change("05", other.firm.scope, made.firm.scope);
    return last;
}

void Business::write_penalty(const Registration& made) {
    const auto& authority = tables_.provider_of(Table::kEnterprise);
    const Offence& offence = offence_of(made.firm, details_);
    const Date decided = day_between(
        details_, std::max(made.established, years_after(options_.today, -4)), options_.today);
    const std::string fine =
        offence.fine_high == 0 ? ""
                               : money(details_.between(offence.fine_low, offence.fine_high) * 100);
    const int fate = static_cast<int>(details_.below(100));
    tables_.row(
        Table::kPenalty,
        {"沈市监罚决〔" + std::to_string(decided.year) + "〕" + std::to_string(++penalties_) + "号",
         made.firm.name, made.firm.individual ? "3" : "1", made.firm.credit_code,
         made.representative, offence.violation, offence.facts, offence.basis, offence.kind, fine,
         to_string(decided), to_string(years_after(decided, 3)), authority.name,
         authority.credit_code,
         fate < 95   ? "0"
         : fate < 98 ? "2"
                     : "1"});
}

}  // namespace shu::city::demo
