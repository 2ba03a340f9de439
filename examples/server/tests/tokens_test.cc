#include "tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <string>

#include "absl/status/status.h"
#include "clock.h"

namespace moyeo::server {
namespace {

constexpr UserId kAda{7};
const std::string kKey = "a key of thirty-two bytes or more";
constexpr std::int64_t kHourMs = 3'600'000;

std::string Base64(std::string_view bytes) {
  std::string text(
      sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();
  return text;
}

// A token with this header and these claims, signed with `key` as HS256 says.
std::string Signed(std::string_view header, std::string_view claims,
                   const std::string& key = kKey) {
  const std::string text = Base64(header) + "." + Base64(claims);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                              key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                text.size());
  std::string digest(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
  return text + "." + Base64(digest);
}

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kFarAhead = R"({"sub":"7","exp":4102444800})";

class TokensTest : public ::testing::Test {
 protected:
  bool Accepts(std::string_view token) const { return tokens_.Verify(token, Now()).ok(); }

  Tokens tokens_{kKey, kHourMs};
};

TEST_F(TokensTest, AnIssuedTokenSaysWhoseItIs) {
  const Timestamp now = Now();
  const auto issued = tokens_.Issue(kAda, now);
  EXPECT_GE(issued.expires, now + std::chrono::milliseconds(kHourMs));
  const auto verified = tokens_.Verify(issued.token, now);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->user, kAda);
  EXPECT_EQ(verified->expires, issued.expires);
}

TEST_F(TokensTest, UsersHave64Bits) {
  const UserId last{~std::uint64_t{0}};
  const auto verified = tokens_.Verify(tokens_.Issue(last, Now()).token, Now());
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->user, last);
}

TEST_F(TokensTest, ATokenOfSomebodyElseIsAcceptedIfTheKeyIsTheSame) {
  EXPECT_TRUE(Accepts(Signed(kHeader, kFarAhead)));
}

TEST_F(TokensTest, AnExpiredTokenIsRefused) {
  const auto issued = tokens_.Issue(kAda, Now());
  const auto before = tokens_.Verify(issued.token, issued.expires - std::chrono::milliseconds(1));
  EXPECT_TRUE(before.ok());
  EXPECT_TRUE(absl::IsUnauthenticated(tokens_.Verify(issued.token, issued.expires).status()));
  EXPECT_FALSE(Accepts(Signed(kHeader, R"({"sub":"7","exp":1700000000})")));
}

TEST_F(TokensTest, ATimeBeyondAllTimesIsNever) {
  const auto verified =
      tokens_.Verify(Signed(kHeader, R"({"sub":"7","exp":9223372036854775807})"), Now());
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_GT(verified->expires, Now() + std::chrono::years(1'000'000));
}

TEST_F(TokensTest, ATokenThatNeverExpiresIsRefused) {
  EXPECT_FALSE(Accepts(Signed(kHeader, R"({"sub":"7"})")));
  EXPECT_FALSE(Accepts(Signed(kHeader, R"({"sub":"7","exp":"4102444800"})")));
  EXPECT_FALSE(Accepts(Signed(kHeader, R"({"sub":"7","exp":null})")));
}

TEST_F(TokensTest, AnotherKeyIsRefused) {
  EXPECT_FALSE(Accepts(Signed(kHeader, kFarAhead, "another key of thirty-two bytes!!")));
}

TEST_F(TokensTest, AnotherAlgorithmIsRefused) {
  EXPECT_FALSE(Accepts(Signed(R"({"alg":"none","typ":"JWT"})", kFarAhead)));
  EXPECT_FALSE(Accepts(Signed(R"({"alg":"HS384","typ":"JWT"})", kFarAhead)));
  EXPECT_FALSE(Accepts(Signed(R"({"alg":"RS256","typ":"JWT"})", kFarAhead)));
  EXPECT_FALSE(Accepts(Signed(R"({"typ":"JWT"})", kFarAhead)));
  for (const char* name : {"none", "None", "NONE"}) {
    const std::string header = std::string(R"({"alg":")") + name + R"(","typ":"JWT"})";
    EXPECT_FALSE(Accepts(Base64(header) + "." + Base64(kFarAhead) + ".")) << name;
    EXPECT_FALSE(Accepts(Base64(header) + "." + Base64(kFarAhead))) << name;
  }
}

TEST_F(TokensTest, ASubjectThatIsNoUserIsRefused) {
  for (const char* subject : {R"("")", R"("ada")", R"("-7")", R"("07")", "7", R"("7 ")", "null",
                              R"("18446744073709551616")"}) {
    const std::string claims = std::string(R"({"exp":4102444800,"sub":)") + subject + "}";
    EXPECT_FALSE(Accepts(Signed(kHeader, claims))) << subject;
  }
  EXPECT_FALSE(Accepts(Signed(kHeader, R"({"exp":4102444800})")));
}

TEST_F(TokensTest, AnyChangedByteIsRefused) {
  const std::string token = Signed(kHeader, kFarAhead);
  ASSERT_TRUE(Accepts(token));
  // The last character has bits that no byte of the signature has.
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Accepts(changed)) << i;
  }
}

TEST_F(TokensTest, WhatIsNoTokenIsRefused) {
  for (const char* claims : {"", "7", "[]", "null", "{", "\xff", R"("exp")", R"({"exp":{}})"}) {
    EXPECT_FALSE(Accepts(Signed(kHeader, claims))) << claims;
  }
  for (const char* header : {"", "7", "[]", "{", R"({"alg":7})", R"({"alg":null,"typ":3})"}) {
    EXPECT_FALSE(Accepts(Signed(header, kFarAhead))) << header;
  }
  const std::string good = Signed(kHeader, kFarAhead);
  EXPECT_FALSE(Accepts(good + "."));
  EXPECT_FALSE(Accepts(good + ".a"));
  EXPECT_FALSE(Accepts("." + good));
  EXPECT_FALSE(Accepts(good.substr(0, good.rfind('.'))));
  for (const char* text : {"", ".", "..", "a.b.c", "abcd.abcd.abcde", "====.====.====", "Bearer",
                           "\xff\xfe.\xff.\xff"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
  EXPECT_FALSE(Accepts(std::string(Tokens::kMostTokenBytes + 1, 'a')));
}

}  // namespace
}  // namespace moyeo::server
