#include "erased_accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server_fixture.h"
#include "text.h"

namespace moyeo::server {
namespace {

using ::testing::ElementsAre;

class ErasedAccountsTest : public ServerFixture {
 protected:
  ErasedAccountsTest() {
    auto opened = Accounts::Open({.operations = 1, .memory_bytes = 8'192});
    EXPECT_TRUE(opened.ok()) << opened.status();
    accounts_ = *std::move(opened);
  }

  UserId Add(int number) {
    const auto user = accounts_->Add(Concat("user", number), "long enough");
    EXPECT_TRUE(user.ok()) << user.status();
    return *user;
  }

  std::vector<UserId> All() const { return accounts_->Users(UserId{0}, 10'000).value(); }

  std::unique_ptr<Accounts> accounts_;
};

TEST_F(ErasedAccountsTest, OnlyThoseOfTheErasedAreRemoved) {
  const UserId stays = Add(1);
  const UserId erased = Add(2);
  const UserId unknown = Add(3);
  Register(stays, "Ada");
  Register(erased, "Bob");
  Do(erased, Erase{});
  EXPECT_TRUE(RemoveErased(*engine_, *accounts_, now_).ok());
  EXPECT_THAT(All(), ElementsAre(stays, unknown));
  EXPECT_TRUE(absl::IsNotFound(engine_->ViewProfile(unknown, unknown).status()))
      << "nobody is registered by being asked for";
}

TEST_F(ErasedAccountsTest, AllAreLookedAtHoweverManyThereAre) {
  std::vector<UserId> stay;
  for (int i = 0; i < 2'001; ++i) {
    const UserId user = Add(i);
    Register(user, Concat("n", i));
    if (i % 1'000 == 0) {
      Do(user, Erase{});
    } else {
      stay.push_back(user);
    }
  }
  EXPECT_TRUE(RemoveErased(*engine_, *accounts_, now_).ok());
  EXPECT_EQ(All(), stay);
}

TEST_F(ErasedAccountsTest, AnEngineThatDoesNotAnswerLeavesAll) {
  const UserId user = Add(1);
  Register(user, "Ada");
  Do(user, Erase{});
  ASSERT_TRUE(engine_->Close().ok());
  EXPECT_FALSE(RemoveErased(*engine_, *accounts_, now_).ok());
  EXPECT_THAT(All(), ElementsAre(user));
}

}  // namespace
}  // namespace moyeo::server
