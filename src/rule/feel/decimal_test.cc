// Arithmetic against a slow reference: exact whole numbers of any size, rounded half even by the
// book.
#include "rule/feel/decimal.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <random>

namespace shu::rule {
namespace {

using Big = boost::multiprecision::cpp_int;

Big ten_to(int n) {
    return boost::multiprecision::pow(Big(10), static_cast<unsigned>(n));
}

struct Exact {  // numerator / denominator * 10^exponent
    Big numerator, denominator = 1;
    int exponent = 0;
};

// Half even to 34 digits, as text "digits|exponent" without trailing zeros.
std::string reference(Exact value) {
    const bool negative = value.numerator < 0;
    Big numerator = negative ? Big(-value.numerator) : value.numerator;
    if (numerator == 0) return "0";
    numerator *= ten_to(90);
    int exponent = value.exponent - 90;
    Big digits = numerator / value.denominator;
    bool tail = numerator % value.denominator != 0;
    while (digits >= ten_to(34)) {
        int drop = static_cast<int>(digits.str().size()) - 34;
        const Big unit = ten_to(drop);
        const Big rest = digits % unit;
        digits /= unit;
        exponent += drop;
        const Big twice = rest * 2;
        if (twice > unit || (twice == unit && (tail || (digits & 1) != 0))) ++digits;
        tail = false;
    }
    while (digits % 10 == 0) {
        digits /= 10;
        ++exponent;
    }
    return (negative ? "-" : "") + digits.str() + "|" + std::to_string(exponent);
}

Big big(Uint128 value) {
    return (Big(static_cast<std::uint64_t>(value >> 64)) << 64) + static_cast<std::uint64_t>(value);
}

std::string shown(const std::optional<Decimal>& value) {
    if (!value) return "none";
    if (value->is_zero()) return "0";
    Big digits = big(value->coefficient());
    int exponent = value->exponent();
    while (digits % 10 == 0) {
        digits /= 10;
        ++exponent;
    }
    return (value->is_negative() ? "-" : "") + digits.str() + "|" + std::to_string(exponent);
}

class Numbers {
 public:
    explicit Numbers(unsigned seed) : random_(seed) {}
    Decimal next() {
        const int digits = static_cast<int>(random_() % 35);
        Uint128 coefficient = 0;
        const unsigned style = random_() % 4;
        for (int i = 0; i < digits; ++i)
            coefficient = coefficient * 10 + (style == 0   ? 9
                                              : style == 1 ? (i == 0 ? 1 : 0)
                                              : style == 2 ? 5
                                                           : random_() % 10);
        const int exponent =
            static_cast<int>(random_() % 3 == 0 ? random_() % 90 : random_() % 40) - 35;
        return *Decimal::make(random_() % 2 == 0, coefficient, exponent);
    }

 private:
    std::mt19937 random_;
};

Big signed_of(const Decimal& d) {
    return d.is_negative() ? Big(-big(d.coefficient())) : big(d.coefficient());
}

TEST(Decimal, sums_products_and_quotients_are_the_exact_ones_rounded_half_even) {
    constexpr unsigned kSeed = 20261121;
    Numbers numbers(kSeed);
    for (int i = 0; i < 60'000; ++i) {
        const Decimal a = numbers.next();
        const Decimal b = numbers.next();
        SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(i) + ": " +
                     a.to_string() + " and " + b.to_string());
        const int low = std::min(a.exponent(), b.exponent());
        const Big sum =
            signed_of(a) * ten_to(a.exponent() - low) + signed_of(b) * ten_to(b.exponent() - low);
        ASSERT_EQ(shown(add(a, b)), reference({sum, 1, low}));
        ASSERT_EQ(shown(multiply(a, b)),
                  reference({signed_of(a) * signed_of(b), 1, a.exponent() + b.exponent()}));
        if (b.is_zero()) {
            ASSERT_FALSE(divide(a, b));
        } else {
            Big numerator = signed_of(a);
            Big denominator = signed_of(b);
            if (denominator < 0) numerator = -numerator, denominator = -denominator;
            ASSERT_EQ(shown(divide(a, b)),
                      reference({numerator, denominator, a.exponent() - b.exponent()}));
        }
    }
}

TEST(Decimal, order_and_hash_agree_with_equality_however_a_number_is_written) {
    Numbers numbers(7);
    for (int i = 0; i < 20'000; ++i) {
        const Decimal a = numbers.next();
        const Decimal b = numbers.next();
        const auto difference = subtract(a, b);
        ASSERT_TRUE(difference);
        const auto order = a <=> b;
        ASSERT_EQ(order < 0, difference->is_negative()) << a.to_string() << " " << b.to_string();
        ASSERT_EQ(order == 0, difference->is_zero());
        const auto again = Decimal::parse(a.to_string());
        ASSERT_TRUE(again);
        ASSERT_EQ(*again, a);
        ASSERT_EQ(hash_of(*again), hash_of(a));
    }
}

TEST(Decimal, modulo_has_the_sign_of_the_divisor) {
    const auto mod = [](const char* a, const char* b) {
        return modulo(*Decimal::parse(a), *Decimal::parse(b))->to_string();
    };
    EXPECT_EQ(mod("12", "5"), "2");
    EXPECT_EQ(mod("-12", "5"), "3");
    EXPECT_EQ(mod("12", "-5"), "-3");
    EXPECT_EQ(mod("-12", "-5"), "-2");
    EXPECT_EQ(mod("10.1", "4.5"), "1.1");
    EXPECT_EQ(mod("-10.1", "4.5"), "3.4");
    EXPECT_EQ(mod("1e30", "7"), "1");
    EXPECT_FALSE(modulo(Decimal(1), Decimal(0)));
}

TEST(Decimal, rounds_to_a_scale_in_each_of_the_standards_modes) {
    const auto rounded = [](const char* n, int scale, Rounding mode) {
        return Decimal::parse(n)->rounded(scale, mode)->to_string();
    };
    EXPECT_EQ(rounded("2.5", 0, Rounding::kHalfEven), "2");
    EXPECT_EQ(rounded("3.5", 0, Rounding::kHalfEven), "4");
    EXPECT_EQ(rounded("-5.5", 0, Rounding::kUp), "-6");
    EXPECT_EQ(rounded("1.121", 2, Rounding::kUp), "1.13");
    EXPECT_EQ(rounded("-1.126", 2, Rounding::kDown), "-1.12");
    EXPECT_EQ(rounded("5.5", 0, Rounding::kHalfDown), "5");
    EXPECT_EQ(rounded("-5.5", 0, Rounding::kHalfUp), "-6");
    EXPECT_EQ(rounded("-1.56", 1, Rounding::kFloor), "-1.6");
    EXPECT_EQ(rounded("-1.5", 0, Rounding::kCeiling), "-1");
    EXPECT_EQ(rounded("1255", -1, Rounding::kHalfEven), "1260");
    EXPECT_EQ(rounded("1e-6000", 2, Rounding::kUp), "0.01");
}

TEST(Decimal, whole_powers_are_the_exact_ones_rounded_half_even) {
    std::mt19937 random(11);
    for (int i = 0; i < 3'000; ++i) {
        Uint128 coefficient = 1 + random() % 9;
        for (auto digit = random() % 33; digit > 0; --digit)
            coefficient = coefficient * 10 + random() % 10;
        const Decimal base =
            *Decimal::make(random() % 2 == 0, coefficient, static_cast<int>(random() % 20) - 25);
        const int exponent = static_cast<int>(random() % 130) - 60;
        const Big raised =
            boost::multiprecision::pow(signed_of(base), static_cast<unsigned>(std::abs(exponent)));
        const int shown_exponent = base.exponent() * exponent;
        const Exact exact =
            exponent >= 0 ? Exact{raised, 1, shown_exponent}
                          : Exact{(raised < 0 ? Big(-1) : Big(1)) *
                                      ten_to(static_cast<int>(raised.str().size()) + 40),
                                  raised < 0 ? Big(-raised) : raised,
                                  shown_exponent - static_cast<int>(raised.str().size()) - 40};
        ASSERT_EQ(shown(power(base, Decimal(exponent))), reference(exact))
            << "seed 11: " << base.to_string() << " ** " << exponent;
    }
}

TEST(Decimal, refuses_texts_that_are_no_numbers) {
    for (const char* text : {"", "-", ".", "1.", "1e", "1e+", "0x10", "1 ", "１", "NaN", "Infinity",
                             "1,5", "--1", "1e99999"})
        EXPECT_FALSE(Decimal::parse(text)) << text;
    EXPECT_EQ(Decimal::parse(".5")->to_string(), "0.5");
    EXPECT_EQ(Decimal::parse("-0")->to_string(), "0");
    EXPECT_EQ(Decimal::parse("12345678901234567890123456789012345")->to_string(),
              "12345678901234567890123456789012340");
    EXPECT_EQ(Decimal::parse("1234567890123456789012345678901234500000000000001")->to_string(),
              "1234567890123456789012345678901235000000000000000");
}

TEST(Decimal, overflows_to_nothing_and_underflows_to_zero) {
    const Decimal huge = *Decimal::parse("9e6144");
    EXPECT_FALSE(add(huge, huge));
    EXPECT_FALSE(multiply(huge, Decimal(10)));
    EXPECT_TRUE(multiply(*Decimal::parse("1e-6176"), *Decimal::parse("1e-10"))->is_zero());
    EXPECT_FALSE(power(Decimal(10), Decimal(10'000)));
    EXPECT_TRUE(power(Decimal(10), Decimal(-10'000))->is_zero());
    EXPECT_FALSE(power(Decimal(10), *Decimal::parse("999999999999999999")));
    EXPECT_EQ(power(Decimal(-1), *Decimal::parse("999999999999999999"))->to_string(), "-1");
}

TEST(Decimal, functions_are_right_in_all_34_digits) {
    EXPECT_EQ(square_root(Decimal(2))->to_string(), "1.414213562373095048801688724209698");
    EXPECT_EQ(exponential(Decimal(1))->to_string(), "2.718281828459045235360287471352662");
    EXPECT_EQ(natural_logarithm(Decimal(10))->to_string(), "2.302585092994045684017991454684364");
    EXPECT_EQ(power(Decimal(3), Decimal(-2))->to_string(), "0.1111111111111111111111111111111111");
    EXPECT_EQ(power(Decimal(2), *Decimal::parse("0.5"))->to_string(),
              "1.414213562373095048801688724209698");
    EXPECT_EQ(square_root(Decimal(16))->to_string(), "4");
    EXPECT_FALSE(square_root(Decimal(-1)));
    EXPECT_FALSE(natural_logarithm(Decimal(0)));
}

}  // namespace
}  // namespace shu::rule
