// Numbers of JSON as doubles, beside what strtod makes of them in the C locale.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "json/tree.h"
#include "json/writer.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

// What is read; nullopt if it is refused as too large, at its place.
std::optional<double> Read(const std::string& number) {
  const absl::StatusOr<json::Tree> tree = json::ParseTree("{\"lat\":" + number + "}", 10'000);
  if (tree.ok()) return tree->at("lat").get<double>();
  EXPECT_EQ(tree.status().message(), "lat: too large a number") << number;
  return std::nullopt;
}

// The slow twin. In the C locale, in which tests begin.
std::optional<double> ByStrtod(const std::string& number) {
  const double value = std::strtod(number.c_str(), nullptr);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string Digits(Random& random, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) {
    digits += static_cast<char>('0' + (random.OneIn(3) ? 0 : random.Below(10)));
  }
  return digits;
}

// Of any length and size: some too large, some too small, some hardly either.
std::string AnyNumber(Random& random) {
  constexpr std::array<std::size_t, 5> kLengths = {1, 2, 17, 40, 400};
  std::string number = random.OneIn(2) ? "-" : "";
  if (random.OneIn(2)) {
    number += "0";
  } else {
    number += static_cast<char>('1' + random.Below(9));
    number += Digits(random, random.Below(random.Pick(kLengths)));
  }
  // Without a fraction or an exponent it may be a whole number, which is not read as a double.
  const bool has_exponent = random.OneIn(2);
  if (!has_exponent || random.OneIn(2)) {
    number += '.';
    if (random.OneIn(3)) number += std::string(random.Below(random.Pick(kLengths)), '0');
    number += Digits(random, 1 + random.Below(random.Pick(kLengths)));
  }
  if (has_exponent) {
    constexpr std::array<std::int64_t, 5> kMost = {3, 30, 330, 800, 5'000'000'000};
    const std::int64_t most = random.Pick(kMost);
    const std::int64_t exponent = random.Between(-most, most);
    number += random.OneIn(2) ? "e" : "E";
    if (exponent >= 0 && random.OneIn(2)) number += '+';
    number += std::to_string(exponent);
  }
  return number;
}

// How doubles are told apart, 0.0 from -0.0 too.
std::optional<std::uint64_t> Bits(std::optional<double> value) {
  if (!value.has_value()) return std::nullopt;
  return std::bit_cast<std::uint64_t>(*value);
}

// In which one and a half is 1,5.
class CommaLocale {
 public:
  CommaLocale() {
    // NOLINTBEGIN(concurrency-mt-unsafe): no test here has other threads
    setenv("LOCPATH", MOYEO_LOCALES, 1);
    EXPECT_NE(std::setlocale(LC_NUMERIC, "comma"), nullptr);
    EXPECT_EQ(*std::localeconv()->decimal_point, ',');
    // NOLINTEND(concurrency-mt-unsafe)
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  ~CommaLocale() { std::setlocale(LC_NUMERIC, "C"); }
  CommaLocale(const CommaLocale&) = delete;
  CommaLocale& operator=(const CommaLocale&) = delete;
};

using NumbersTest = SeededTest;

TEST_F(NumbersTest, DoublesOfRandomNumbersHaveTheBitsOfStrtodsInTheCLocale) {
  std::size_t too_large = 0;
  std::size_t too_small = 0;
  for (std::size_t i = 0; i < 100'000; ++i) {
    const std::string number = AnyNumber(random_);
    const std::optional<double> expected = ByStrtod(number);
    ASSERT_EQ(Bits(Read(number)), Bits(expected)) << number;
    if (!expected.has_value()) ++too_large;
    if (expected == 0) ++too_small;
  }
  EXPECT_GT(too_large, 1'000u);
  EXPECT_GT(too_small, 1'000u);
}

TEST_F(NumbersTest, NumbersAreReadAndWrittenTheSameInALocaleWithADecimalCommaAsInTheCLocale) {
  std::vector<std::string> numbers = {"1.5", "-0.0", "126.9780001", "1e400", "1e-400", "1.5e3"};
  for (std::size_t i = 0; i < 10'000; ++i) numbers.push_back(AnyNumber(random_));
  std::vector<std::optional<double>> expected;
  std::vector<std::string> expected_texts;
  for (const std::string& number : numbers) {
    expected.push_back(ByStrtod(number));
    expected_texts.emplace_back();
    json::AppendDouble(expected_texts.back(), expected.back().value_or(0));
  }
  const CommaLocale comma;
  ASSERT_EQ(std::strtod("1.5", nullptr), 1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(Bits(Read(numbers[i])), Bits(expected[i])) << numbers[i];
    std::string text;
    json::AppendDouble(text, expected[i].value_or(0));
    ASSERT_EQ(text, expected_texts[i]);
  }
}

TEST_F(NumbersTest, NumbersTooSmallForADoubleAreZero) {
  for (const std::string& number :
       {std::string("1e-400"), std::string("2e-324"), std::string("1.5e-99999999999999999999"),
        "0." + std::string(400, '0') + "1", std::string(400, '9') + "e-1000"}) {
    EXPECT_EQ(Bits(Read(number)), Bits(0.0)) << number;
    EXPECT_EQ(Bits(Read("-" + number)), Bits(-0.0)) << number;
  }
}

TEST_F(NumbersTest, NumbersTooLargeForADoubleAreRefused) {
  for (const std::string& number :
       {std::string("1e400"), std::string("1.8e308"), std::string("1.5e+99999999999999999999"),
        std::string(400, '9') + ".0e-1", "0." + std::string(400, '0') + "1e1000"}) {
    EXPECT_EQ(Read(number), std::nullopt) << number;
    EXPECT_EQ(Read("-" + number), std::nullopt) << number;
  }
}

}  // namespace
}  // namespace moyeo::testing
