#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attempts.h"
#include "connections.h"
#include "rate.h"

namespace moyeo::server {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kNow{milliseconds{1'700'000'000'000}};

TEST(Bucket, IsFilledAtItsRateUpToItsBurst) {
  const Rate rate{.per_second = 2, .burst = 3};
  Bucket bucket(rate);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.Take(kNow));
  EXPECT_FALSE(bucket.Take(kNow));
  EXPECT_FALSE(bucket.Take(kNow + milliseconds(499)));
  EXPECT_TRUE(bucket.Take(kNow + milliseconds(500)));
  EXPECT_FALSE(bucket.Take(kNow + milliseconds(500)));
  const Timestamp later = kNow + milliseconds(1'000'000);
  EXPECT_TRUE(bucket.IsFull(later));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.Take(later));
  EXPECT_FALSE(bucket.Take(later));
  EXPECT_FALSE(bucket.Take(kNow)) << "time that goes back gives nothing";
}

TEST(Counted, CountsEachNameByItself) {
  const Rate rate{.per_second = 1, .burst = 1};
  Counted<std::string> counted(rate, 10);
  EXPECT_TRUE(counted.Take("a", kNow));
  EXPECT_FALSE(counted.Take("a", kNow));
  EXPECT_TRUE(counted.Take("b", kNow));
  counted.GiveBack("a");
  counted.GiveBack("a");
  counted.GiveBack("nobody");
  EXPECT_TRUE(counted.Take("a", kNow));
  EXPECT_FALSE(counted.Take("a", kNow)) << "no more is given back than there was";
  EXPECT_TRUE(counted.Take("a", kNow + milliseconds(1'000)));
}

TEST(Counted, KeepsOnlySoManyNamesAndForgetsThoseForgiven) {
  const Rate rate{.per_second = 1, .burst = 2};
  Counted<std::string> counted(rate, 2);
  EXPECT_TRUE(counted.Take("a", kNow));
  EXPECT_TRUE(counted.Take("b", kNow));
  EXPECT_FALSE(counted.Take("c", kNow));
  EXPECT_TRUE(counted.Take("a", kNow)) << "whom it knows it goes on to count";
  EXPECT_FALSE(counted.Take("c", kNow + milliseconds(999)));
  EXPECT_TRUE(counted.Take("c", kNow + milliseconds(1'000)));
}

class AttemptsTest : public ::testing::Test {
 protected:
  bool Wrong(const std::string& account, const std::string& address) {
    return attempts_.MayLogIn(account, address, now_);
  }

  bool Right(const std::string& account, const std::string& address) {
    const bool may = attempts_.MayLogIn(account, address, now_);
    if (may) attempts_.WasRight(account, address);
    return may;
  }

  const AttemptsOptions options_{.per_name_and_address = {.per_second = 0.1, .burst = 2},
                                 .per_name = {.per_second = 0.1, .burst = 3},
                                 .per_address = {.per_second = 0.1, .burst = 4},
                                 .log_ins = {.per_second = 0.1, .burst = 6},
                                 .most_kept = 3};
  Attempts attempts_{options_};
  Timestamp now_ = kNow;
};

TEST_F(AttemptsTest, NobodyShutsOutThoseElsewhere) {
  EXPECT_TRUE(Wrong("ada", "::1"));
  EXPECT_TRUE(Wrong("ada", "::1"));
  EXPECT_FALSE(Wrong("ada", "::1"));
  EXPECT_TRUE(Right("ada", "::2"));
}

TEST_F(AttemptsTest, AnAccountIsGuessedAtFromAnywhereOnlySoOften) {
  EXPECT_TRUE(Wrong("ada", "::1"));
  EXPECT_TRUE(Wrong("ada", "::2"));
  EXPECT_TRUE(Wrong("ada", "::1"));
  EXPECT_FALSE(Wrong("ada", "::2"));
  EXPECT_TRUE(Wrong("bob", "::2")) << "what was refused counts for nothing else";
}

TEST_F(AttemptsTest, AnAddressGuessesOnlySoOften) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Wrong("ada", "::1"));
    EXPECT_TRUE(Wrong("bob", "::1"));
  }
  EXPECT_FALSE(Wrong("cyd", "::1"));
}

TEST_F(AttemptsTest, RightOnesAreNoGuessesButTheyCost) {
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(Right("ada", "::1"));
  EXPECT_FALSE(Right("ada", "::1"));
  EXPECT_TRUE(Right("ada", "::2"));
}

TEST_F(AttemptsTest, WithoutRoomNobodyNewMayTry) {
  for (const char* address : {"::1", "::2", "::3"}) EXPECT_TRUE(Wrong("ada", address));
  EXPECT_FALSE(Wrong("bob", "::4"));
  now_ += milliseconds(60'000);
  EXPECT_TRUE(Wrong("bob", "::4"));
}

TEST(Connections, OfAProxyAreCountedInAllAlone) {
  Connections connections(3, 1);
  std::vector<Connections::Slot> slots;
  for (int i = 0; i < 3; ++i) {
    auto slot = connections.EnterProxy();
    ASSERT_TRUE(slot.has_value());
    EXPECT_EQ(slot->address(), "");
    slots.push_back(*std::move(slot));
  }
  EXPECT_FALSE(connections.EnterProxy().has_value());
  EXPECT_FALSE(connections.Enter("::1").has_value());
  slots.clear();
  EXPECT_EQ(connections.size(), 0U);
}

TEST(Connections, AreCountedInAllAndByAddress) {
  Connections connections(3, 2);
  auto first = connections.Enter("::1");
  auto second = connections.Enter("::1");
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(connections.Enter("::1").has_value());
  auto third = connections.Enter("::2");
  EXPECT_TRUE(third.has_value());
  EXPECT_FALSE(connections.Enter("::3").has_value());
  EXPECT_EQ(connections.size(), 3U);
  {
    const Connections::Slot moved = *std::move(first);
    EXPECT_EQ(moved.address(), "::1");
    first.reset();
    EXPECT_EQ(connections.size(), 3U);
  }
  EXPECT_EQ(connections.size(), 2U);
  EXPECT_TRUE(connections.Enter("::1").has_value());
}

}  // namespace
}  // namespace moyeo::server
