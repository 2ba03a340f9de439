// What types.h promises, fact by fact.

#include "moyeo/types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <string>

#include "support/faults.h"
#include "support/oracle.h"
#include "support/print.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double kUnit = 1e-7;  // degrees
constexpr double kHalfGlobe = kEarthRadiusMeters * std::numbers::pi;

constexpr LatLng kSeoul{37.5665, 126.978};
constexpr LatLng kBusan{35.1796, 129.0756};
constexpr LatLng kTokyo{35.6895, 139.6917};

TEST(CanonicalTest, RoundsToWholeUnits) {
  EXPECT_EQ(Canonical({1.23456784, -2.34567891}).value(), (LatLng{1.2345678, -2.3456789}));
  EXPECT_EQ(Canonical({1.23456786, -2.34567897}).value(), (LatLng{1.2345679, -2.345679}));
}

TEST(CanonicalTest, RoundsHalvesAwayFromZero) {
  // 1/256 degree is 39062.5 units, exactly.
  EXPECT_EQ(Canonical({1.0 / 256, 1.0 / 256}).value(), (LatLng{0.0039063, 0.0039063}));
  EXPECT_EQ(Canonical({-1.0 / 256, -1.0 / 256}).value(), (LatLng{-0.0039063, -0.0039063}));
  EXPECT_EQ(Canonical({45 + 3.0 / 256, -120 - 3.0 / 256}).value(),
            (LatLng{45.0117188, -120.0117188}));
}

TEST(CanonicalTest, RoundsWhatIsBelowHalfAUnitToZero) {
  EXPECT_EQ(Canonical({4e-8, -4e-8}).value(), (LatLng{0, 0}));
  EXPECT_EQ(Canonical({6e-8, -6e-8}).value(), (LatLng{kUnit, -kUnit}));
  EXPECT_EQ(Canonical({-0.0, -0.0}).value(), (LatLng{0, 0}));
}

TEST(CanonicalTest, WritesTheMeridian180AsMinus180) {
  EXPECT_EQ(Canonical({10, 180}).value(), (LatLng{10, -180}));
  EXPECT_EQ(Canonical({10, -180}).value(), (LatLng{10, -180}));
  EXPECT_EQ(Canonical({10, 179.99999996}).value(), (LatLng{10, -180}));
  EXPECT_EQ(Canonical({10, 179.99999994}).value(), (LatLng{10, 179.9999999}));
}

TEST(CanonicalTest, KeepsWhatHasSevenDecimals) {
  for (const LatLng p : {kSeoul, kBusan, LatLng{90, 0}, LatLng{-90, 179.9999999},
                         LatLng{0.0000001, -0.0000001}, LatLng{-33.8688197, 151.2092955}}) {
    EXPECT_EQ(Canonical(p).value(), p);
  }
}

class RandomPositionsTest : public SeededTest {
 protected:
  LatLng Any() { return {random_.Uniform(-90, 90), random_.Uniform(-180, 180)}; }
};

TEST_F(RandomPositionsTest, CanonicalPositionsAreTheirOwnCanonicalPosition) {
  for (int i = 0; i < 100'000; ++i) {
    const LatLng once = Canonical(Any()).value();
    ASSERT_EQ(Canonical(once).value(), once);
  }
}

TEST_F(RandomPositionsTest, CanonicalMovesNobodyByMoreThanHalfAUnit) {
  for (int i = 0; i < 100'000; ++i) {
    const LatLng given = Any();
    const LatLng canonical = Canonical(given).value();
    ASSERT_NEAR(canonical.lat, given.lat, kUnit / 2 + 1e-13);
    ASSERT_NEAR(std::remainder(canonical.lng - given.lng, 360), 0, kUnit / 2 + 1e-13);
    // A whole number of units, in the double nearest to it.
    ASSERT_EQ(canonical.lat, std::round(canonical.lat * 1e7) / 1e7);
    ASSERT_EQ(canonical.lng, std::round(canonical.lng * 1e7) / 1e7);
  }
}

TEST(CanonicalTest, NamesTheCoordinateAtFault) {
  for (const double lat : kWrongLatitudes) EXPECT_THAT(Canonical({lat, 0}), IsWrongLatitude());
  for (const double lng : kWrongLongitudes) EXPECT_THAT(Canonical({0, lng}), IsWrongLongitude());
}

TEST(CanonicalTest, TellsANumberOutOfRangeFromWhatIsNone) {
  const std::string range(Canonical({91.5, 0}).status().message());
  const std::string number(Canonical({kNaN, 0}).status().message());
  EXPECT_THAT(range, AllOf(HasSubstr("91.5"), HasSubstr("90")));
  EXPECT_THAT(number, HasSubstr("nan"));
}

TEST(CanonicalTest, ShowsANumberThatIsJustOutOfRangeToItsLastDigit) {
  EXPECT_THAT(Canonical({90.0000001, 0}), IsInvalid("90.0000001 is"));
  EXPECT_THAT(Canonical({std::nextafter(-90, -91), 0}), IsInvalid("-90.00000000000001 is"));
  EXPECT_THAT(Canonical({0, std::nextafter(180, 181)}), IsInvalid("180.00000000000003 is"));
}

TEST(DistanceMetersTest, KnowsTheSizeOfTheGlobe) {
  EXPECT_NEAR(DistanceMeters({90, 0}, {-90, 0}).value(), 20'015'118.212, 1e-4);
  EXPECT_NEAR(DistanceMeters({90, 0}, {-90, 0}).value(), kHalfGlobe, 1e-8);
  EXPECT_NEAR(DistanceMeters({0, 0}, {0, 180}).value(), kHalfGlobe, 1e-8);
  EXPECT_NEAR(DistanceMeters({0, 0}, {0, 90}).value(), kHalfGlobe / 2, 1e-8);
  EXPECT_NEAR(DistanceMeters({0, 45}, {90, 0}).value(), kHalfGlobe / 2, 1e-8);
  EXPECT_NEAR(DistanceMeters(kSeoul, {-37.5665, -53.022}).value(), kHalfGlobe, 1e-8);
}

TEST(DistanceMetersTest, KnowsTheSizeOfAUnit) {
  const double unit = kHalfGlobe / 180 * kUnit;  // 1.1 cm
  EXPECT_NEAR(DistanceMeters({0, 0}, {0, kUnit}).value(), unit, 1e-11);
  EXPECT_NEAR(DistanceMeters({0, 0}, {-kUnit, 0}).value(), unit, 1e-11);
  EXPECT_NEAR(DistanceMeters({60, 5}, {60, 5 + kUnit}).value(), unit / 2, 1e-8);
  EXPECT_NEAR(DistanceMeters({90, 5}, {90 - kUnit, 5}).value(), unit, 1e-11);
}

TEST(DistanceMetersTest, KnowsTheWayBetweenCities) {
  // Computed to forty digits.
  EXPECT_NEAR(DistanceMeters(kSeoul, kBusan).value(), 325'111.76914839432, 1e-8);
  EXPECT_NEAR(DistanceMeters(kSeoul, kTokyo).value(), 1'152'620.0674181491, 1e-8);
  EXPECT_NEAR(DistanceMeters({40.7128, -74.006}, {51.5074, -0.1278}).value(), 5'570'230.9228272369,
              1e-8);
  EXPECT_NEAR(DistanceMeters({-33.8688, 151.2093}, {-36.8485, 174.7633}).value(),
              2'155'901.7099022851, 1e-8);
  EXPECT_NEAR(DistanceMeters({-18.1416, 178.4419}, {-13.8333, -171.7667}).value(),
              1'150'703.7829856353, 1e-8);
}

// In whole units of 1e-7 degrees, of which a double is but the nearest.
long double Exactly(double degrees) { return std::round(degrees * 1e7L) / 1e7L; }

// These bits are promised on every machine, so that all of them agree who is within a radius and
// who comes first: where the test fails, it is not the table that is wrong.
TEST(DistanceMetersTest, HasTheSameBitsOnEveryMachine) {
  struct Case {
    LatLng a;
    LatLng b;
    double meters;
  };
  static constexpr Case kCases[] = {
      // near
      {{37.5665, 126.978}, {37.5665, 126.978}, 0x0p+0},
      {{0, 0}, {0, 1e-07}, 0x1.6c5d3626d190fp-7},
      {{89.9999999, 30}, {90, 0}, 0x1.6c5d3626d191p-7},
      {{60, 5}, {60, 5.0000001}, 0x1.6c5d3626d190fp-8},
      {{37.5665, 126.978}, {37.566501, 126.978002}, 0x1.aad6c8bc829fep-3},
      {{37.5665, 126.978}, {37.5658, 126.9751}, 0x1.0b30f6a72a1f4p+8},
      {{37.5665, 126.978}, {37.56, 126.9753}, 0x1.7c785cfe2cbfbp+9},
      {{51.5074, -0.1278}, {51.4779, -0.0015}, 0x1.23d80cec0da3cp+13},
      // far
      {{37.5665, 126.978}, {35.1796, 129.0756}, 0x1.3d7df139ba2fep+18},
      {{37.5665, 126.978}, {35.6895, 139.6917}, 0x1.1966c114250dap+20},
      {{40.7128, -74.006}, {51.5074, -0.1278}, 0x1.53fadbb0f99f8p+22},
      {{-33.8688, 151.2093}, {-36.8485, 174.7633}, 0x1.072bedade13fep+21},
      {{-90, 77}, {-77.85, 166.67}, 0x1.49d6c7ab3d38p+20},
      {{-34.6037, -58.3816}, {31.2304, 121.4737}, 0x1.2bade4d477509p+24},
      {{35.2643897, 45}, {35.2643897, -45}, 0x1.deaa5b05b01e4p+22},
      // across the antimeridian
      {{-18.1416, 178.4419}, {-13.8333, -171.7667}, 0x1.18eefc871bf2p+20},
      {{12.3456789, 179.9999999}, {12.3456789, -179.9999999}, 0x1.63f0373bc127cp-6},
      {{-16.8, 179.9}, {-16.9, -179.95}, 0x1.2ff8d736a9664p+14},
      {{0, 180}, {0, -179.5}, 0x1.b25b19e6c4809p+15},
      // at the poles
      {{90, 0}, {89.9, 123.4}, 0x1.5b7c14b89d33cp+13},
      {{89.5, -120}, {89.5, 60}, 0x1.b25b19e6c4808p+16},
      {{0, 0}, {90, 45}, 0x1.31680e36422a6p+23},
      // a quarter of the globe
      {{0, 0}, {0, 90}, 0x1.31680e36422a5p+23},
      {{0, 0}, {0, 90.0000001}, 0x1.31680e3bf39f5p+23},
      // antipodal, and all but
      {{90, 0}, {-90, 0}, 0x1.31680e36422a7p+24},
      {{37.5665, 126.978}, {-37.5665, -53.022}, 0x1.31680e36422a7p+24},
      {{37.5665, 126.978}, {-37.5664999, -53.0219999}, 0x1.31680e32a046cp+24},
      {{0, 0}, {0, 179.9999999}, 0x1.31680e33697p+24},
      {{1e-07, 0}, {0, 180}, 0x1.31680e33697p+24},
      {{89.9999999, 10}, {-89.9999999, 10}, 0x1.31680e3090b59p+24},
  };
  for (const auto& [a, b, meters] : kCases) {
    SCOPED_TRACE("from " + Describe(a) + " to " + Describe(b));
    EXPECT_EQ(DistanceMeters(a, b).value(), meters);
    EXPECT_EQ(DistanceMeters(b, a).value(), meters);
    const long double truth =
        TrueDistanceMeters(Exactly(a.lat), Exactly(a.lng), Exactly(b.lat), Exactly(b.lng));
    EXPECT_LE(std::abs(meters - truth), kToleranceMeters);
  }
}

TEST(DistanceMetersTest, IsZeroOnOneSpot) {
  EXPECT_EQ(DistanceMeters(kSeoul, kSeoul).value(), 0);
  EXPECT_EQ(DistanceMeters({12, 180}, {12, -180}).value(), 0);
  EXPECT_EQ(DistanceMeters({90, 0}, {90, 123}).value(), 0);
  EXPECT_EQ(DistanceMeters({-90, -180}, {-90, 7}).value(), 0);
}

TEST(DistanceMetersTest, IsThatOfCanonicalPositions) {
  EXPECT_EQ(DistanceMeters({10.00000004, 20}, {10, 20.00000004}).value(), 0);
  EXPECT_EQ(DistanceMeters({10.00000006, 20}, {11, 20}).value(),
            DistanceMeters({10.0000001, 20}, {11, 20}).value());
}

TEST(DistanceMetersTest, CrossesTheAntimeridianTheShortWay) {
  EXPECT_NEAR(DistanceMeters({0, 179.5}, {0, -179.5}).value(), kHalfGlobe / 180, 1e-8);
}

TEST(DistanceMetersTest, NamesTheCoordinateAtFault) {
  for (const double lat : kWrongLatitudes) {
    EXPECT_THAT(DistanceMeters({lat, 0}, kSeoul), IsWrongLatitude());
    EXPECT_THAT(DistanceMeters(kSeoul, {lat, 0}), IsWrongLatitude());
  }
  for (const double lng : kWrongLongitudes) {
    EXPECT_THAT(DistanceMeters({0, lng}, kSeoul), IsWrongLongitude());
    EXPECT_THAT(DistanceMeters(kSeoul, {0, lng}), IsWrongLongitude());
  }
}

TEST(DistanceMetersTest, NamesThePositionAtFault) {
  EXPECT_THAT(DistanceMeters({91, 0}, kSeoul), IsInvalid("a: latitude 91 "));
  EXPECT_THAT(DistanceMeters(kSeoul, {0, 181}), IsInvalid("b: longitude 181 "));
}

TEST(TimestampTest, SpansTheRangeOfAJavaScriptDate) {
  EXPECT_EQ(kMaxTimestamp - Timestamp{}, std::chrono::days{100'000'000});
  EXPECT_EQ(Timestamp{} - kMinTimestamp, std::chrono::days{100'000'000});
}

}  // namespace
}  // namespace moyeo::testing
