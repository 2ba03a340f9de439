#include "address.h"

#include <gtest/gtest.h>

#include <optional>

namespace moyeo::server {
namespace {

TEST(Address, IsWrittenInOneWay) {
  EXPECT_EQ(NormalAddress("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(NormalAddress("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(NormalAddress("2001:DB8:0:0::1"), "2001:db8::1");
  EXPECT_EQ(NormalAddress("fe80::1%eth0"), "fe80::1");
  for (const char* none : {"", "10.0.0", "10.0.0.1:80", "[::1]", "localhost", "1.2.3.4 "}) {
    EXPECT_EQ(NormalAddress(none), std::nullopt) << none;
  }
}

TEST(Address, AHouseholdCountsAsOne) {
  EXPECT_EQ(CountedAs("2001:db8:1:2::1"), CountedAs("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(CountedAs("2001:db8:1:2::1"), CountedAs("2001:db8:1:3::1"));
  EXPECT_NE(CountedAs("10.0.0.1"), CountedAs("10.0.0.2"));
  EXPECT_EQ(CountedAs("::ffff:10.0.0.1"), CountedAs("10.0.0.1"));
  EXPECT_NE(CountedAs("::ffff:10.0.0.1"), CountedAs("::ffff:10.0.0.2"));
  EXPECT_EQ(CountedAs("nowhere"), "nowhere");
}

TEST(Address, OfWhatIsForwardedTheLastCounts) {
  EXPECT_EQ(ForwardedFor("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(ForwardedFor("1.2.3.4, 10.0.0.1 "), "10.0.0.1") << "the client says what it likes";
  EXPECT_EQ(ForwardedFor("1.2.3.4,2001:db8::1"), "2001:db8::1");
  for (const char* none : {"", " ", "10.0.0.1,", "10.0.0.1, unknown"}) {
    EXPECT_EQ(ForwardedFor(none), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace moyeo::server
