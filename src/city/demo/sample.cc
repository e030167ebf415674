// The file that visitors upload: mostly right, wrong in ten ways.
#include <iconv.h>

#include <array>

#include "city/demo.h"
#include "city/demo/csv_file.h"
#include "city/demo/household.h"

namespace shu::city::demo {
namespace {

constexpr int kRows = 200;
constexpr std::uint64_t kSampleSeed = 0x5A4D504C45ULL;
// Another division that is not assigned: an upload adds persons and never overwrites those of the
// generated city.
constexpr std::string_view kSampleDivision = "210198";

struct Row {
    std::string id_number, name, gender, ethnic_group, birth, division, address, education,
        marital_status, mobile, status, registered;
};

/// The ten mistakes, each at another row.
void spoil(std::vector<Row>& rows) {
    const auto at = [&](std::size_t index) -> Row& { return rows[index]; };
    char& check = at(11).id_number.back();
    check = check == '0' ? '1' : '0';                   // wrong check character
    at(29).id_number = at(29).id_number.substr(0, 17);  // a digit is missing
    at(47).id_number.replace(10, 4, "0230");            // 30 February
    at(63).name.clear();                                // a required value is missing
    at(81).gender = "男";                               // the name instead of the code
    at(99).ethnic_group = "77";                         // no such code
    at(117).birth = "1988-13-05";                       // no such month
    at(135).division = "990199";                        // not a division
    at(153).mobile = "12345";                           // not a mobile number
    at(171).status = "在籍";                            // not a code
}

Result<std::string> to_gb18030(std::string_view utf8) {
    const iconv_t converter = iconv_open("GB18030", "UTF-8");
    if (converter == reinterpret_cast<iconv_t>(-1))
        return unavailable("this system cannot write GB 18030");
    std::string input(utf8), output(utf8.size() * 2 + 16, '\0');
    char* in = input.data();
    char* out = output.data();
    std::size_t in_left = input.size(), out_left = output.size();
    const std::size_t converted = iconv(converter, &in, &in_left, &out, &out_left);
    iconv_close(converter);
    if (converted == static_cast<std::size_t>(-1))
        return invalid("the text cannot be written in GB 18030");
    output.resize(output.size() - out_left);
    return output;
}

}  // namespace

Result<Sample> sample(const City& city, std::uint64_t seed) {
    City without_accounts = city;
    without_accounts.demo.accounts.clear();
    Households households(without_accounts, seed ^ kSampleSeed, Options{}.today);
    std::vector<Row> rows;
    while (rows.size() < kRows) {
        const Household household = households.next(kRows - static_cast<std::int64_t>(rows.size()));
        for (const Person& person : household.members)
            rows.push_back(
                {with_identity_check(std::string(kSampleDivision) + person.id_number.substr(6, 11)),
                 person.name, person.male ? "1" : "2", person.ethnic_group, to_string(person.birth),
                 household.division, household.address, person.education, person.marital_status,
                 person.mobile, "1", to_string(std::max(person.birth, household.registered))});
    }
    spoil(rows);
    Sample made;
    append_row(made.text, {"公民身份号码", "姓名", "性别", "民族", "出生日期", "户籍所在社区(村)",
                           "住址", "学历", "婚姻状况", "移动电话", "人员状态", "登记日期"});
    for (const Row& row : rows)
        append_row(made.text, {row.id_number, row.name, row.gender, row.ethnic_group, row.birth,
                               row.division, row.address, row.education, row.marital_status,
                               row.mobile, row.status, row.registered});
    made.gb18030 = SHU_TRY(to_gb18030(made.text));
    made.rows = kRows;
    made.wrong = 10;
    return made;
}

}  // namespace shu::city::demo
