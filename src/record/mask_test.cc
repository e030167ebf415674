#include <gtest/gtest.h>

#include "record/dataset.h"

namespace shu::record {
namespace {

TEST(Mask, KeepsTheEndsThatStandards123Allows) {
    EXPECT_EQ(masked(Mask::kIdentityNumber, "210199199001010014"), "210***********0014");
    EXPECT_EQ(masked(Mask::kName, "王小明"), "王*");
    EXPECT_EQ(masked(Mask::kMobile, "13812345678"), "138****5678");
    EXPECT_EQ(masked(Mask::kBankAccount, "6222020200012345678"), "622202*********5678");
    EXPECT_EQ(masked(Mask::kAll, "anything"), "***");
    EXPECT_EQ(masked(Mask::kNone, "anything"), "anything");
}

TEST(Mask, KeepsAnAddressDownToItsStreetOrWhatStandsAbove) {
    const std::pair<const char*, const char*> cases[] = {
        {"辽宁省沈阳市和平区南湖街道文化路3号", "辽宁省沈阳市和平区南湖街道***"},
        {"沈阳市和平区文化路3号阳光小区2单元", "沈阳市和平区***"},
        {"沈阳市法库县大孤家子镇东街5号", "沈阳市法库县大孤家子镇***"},
        {"康平县北四家子乡3组", "康平县北四家子乡***"},
        {"新民市东城街道1号", "新民市东城街道***"},
        {"辽宁省沈阳市", "辽宁省沈阳市"},
        {"文化路阳光小区2单元301", "***"},
        {"镇海楼3号", "***"},
        {"No. 3, Wenhua Road", "***"},
    };
    for (const auto& [address, shown] : cases)
        EXPECT_EQ(masked(Mask::kAddress, address), shown) << address;
}

TEST(Mask, HidesWhatIsTooShortOrNotOfTheExpectedForm) {
    EXPECT_EQ(masked(Mask::kIdentityNumber, "12345678"), "***");
    EXPECT_EQ(masked(Mask::kMobile, "1234567"), "***");
    EXPECT_EQ(masked(Mask::kIdentityNumber, "身份号码不详请查询"), "***");
    EXPECT_EQ(masked(Mask::kName, "王"), "*");
    EXPECT_EQ(masked(Mask::kName, "\xE7\x8E"), "*");
    EXPECT_EQ(masked(Mask::kName, "\xFFxy"), "*");
    for (const auto mask : {Mask::kIdentityNumber, Mask::kName, Mask::kMobile, Mask::kAddress,
                            Mask::kBankAccount, Mask::kAll})
        EXPECT_EQ(masked(mask, ""), "");
}

TEST(Mask, NeverShowsAWholeValueOfANumberWhateverItsLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        const std::string value(length, '7');
        for (const auto mask :
             {Mask::kIdentityNumber, Mask::kName, Mask::kMobile, Mask::kBankAccount, Mask::kAll}) {
            EXPECT_NE(masked(mask, value), value);
            EXPECT_NE(masked(mask, value).find('*'), std::string::npos);
        }
    }
}

TEST(Mask, AppendsToWhatIsThere) {
    std::string out = "name=";
    append_masked(out, Mask::kName, "欧阳修");
    EXPECT_EQ(out, "name=欧*");
}

}  // namespace
}  // namespace shu::record
