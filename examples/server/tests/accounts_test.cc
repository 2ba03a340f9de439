#include "accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace moyeo::server {
namespace {

// As cheap as a hash may be.
const AccountsOptions kCheap{.operations = 1, .memory_bytes = 8'192};

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() { Open(kCheap); }

  void Open(const AccountsOptions& options) {
    auto opened = Accounts::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    accounts_ = *std::move(opened);
  }

  std::unique_ptr<Accounts> accounts_;
};

TEST_F(AccountsTest, WhoHasSignedUpCanLogIn) {
  const auto ada = accounts_->Add("ada", "long enough");
  ASSERT_TRUE(ada.ok()) << ada.status();
  EXPECT_EQ(accounts_->Check("ada", "long enough").value(), *ada);
  EXPECT_EQ(accounts_->Check("ADA", "long enough").value(), *ada);
}

TEST_F(AccountsTest, AWrongPasswordAndAnUnknownNameAreTheSame) {
  ASSERT_TRUE(accounts_->Add("ada", "long enough").ok());
  const absl::Status wrong = accounts_->Check("ada", "long enougH").status();
  const absl::Status unknown = accounts_->Check("bob", "long enough").status();
  EXPECT_TRUE(absl::IsUnauthenticated(wrong));
  EXPECT_EQ(wrong, unknown);
  EXPECT_EQ(wrong, accounts_->Check("", "").status());
  EXPECT_EQ(wrong, accounts_->Check("ada", std::string(10'000, 'x')).status());
}

TEST_F(AccountsTest, ANameIsTakenOnce) {
  ASSERT_TRUE(accounts_->Add("ada", "long enough").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(accounts_->Add("Ada", "another one").status()));
}

TEST_F(AccountsTest, NamesAndPasswordsAreBounded) {
  EXPECT_TRUE(accounts_->Add("abc", "12345678").ok());
  EXPECT_TRUE(accounts_->Add(std::string(32, 'a'), std::string(256, 'x')).ok());
  const auto refused = [&](const std::string& name, const std::string& password) {
    return absl::IsInvalidArgument(accounts_->Add(name, password).status());
  };
  EXPECT_TRUE(refused("ab", "12345678"));
  EXPECT_TRUE(refused(std::string(33, 'a'), "12345678"));
  EXPECT_TRUE(refused("a b", "12345678"));
  EXPECT_TRUE(refused("다현다현", "12345678"));
  EXPECT_TRUE(refused("abcd", "1234567"));
  EXPECT_TRUE(refused("abcd", std::string(257, 'x')));
}

TEST_F(AccountsTest, ARemovedAccountIsGoneAndItsNumberIsNotGivenAgain) {
  const UserId ada = accounts_->Add("ada", "long enough").value();
  ASSERT_TRUE(accounts_->Remove(ada).ok());
  EXPECT_FALSE(accounts_->Check("ada", "long enough").ok());
  EXPECT_NE(accounts_->Add("ada", "long enough").value(), ada);
  EXPECT_TRUE(accounts_->Remove(UserId{99}).ok());
}

TEST_F(AccountsTest, TheyLastAndNoPasswordIsInTheFile) {
  const std::string path = ::testing::TempDir() + "/accounts_test.sqlite";
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path + ending);
  AccountsOptions options = kCheap;
  options.path = path;
  Open(options);
  const UserId ada = accounts_->Add("ada", "a password to look for").value();
  accounts_.reset();
  Open(options);
  EXPECT_EQ(accounts_->Check("ada", "a password to look for").value(), ada);
  accounts_.reset();
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(bytes, ::testing::HasSubstr("$argon2id$"));
  EXPECT_THAT(bytes, ::testing::Not(::testing::HasSubstr("to look for")));
  std::filesystem::remove(path);
}

TEST(Accounts, AFileThatCannotBeIsAnError) {
  AccountsOptions options = kCheap;
  options.path = "/nowhere/accounts.sqlite";
  EXPECT_TRUE(absl::IsUnavailable(Accounts::Open(options).status()));
}

}  // namespace
}  // namespace moyeo::server
