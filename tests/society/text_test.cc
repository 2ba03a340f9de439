// Text, and where texts are found.

#include "society/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/text.h"
#include "society/gram_index.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

std::string Repeated(const std::string& text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(TextTest, OnlyUtf8IsUtf8) {
  for (const std::string text : {"", "abc", "\u00E9", "\uAC00", "\U0001F600"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string(1, '\0')));
  // A lone continuation, a cut sequence, an overlong one, a surrogate, beyond Unicode.
  for (const std::string text :
       {"\x80", "\xC3", "\xE2\x82", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\xFF"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(TextTest, LengthIsOfCodePointsInNfc) {
  EXPECT_TRUE(HasLength("", 0, 5));
  EXPECT_FALSE(HasLength("", 1, 5));
  EXPECT_TRUE(HasLength(Repeated("e\u0301", 5), 5, 5));
  EXPECT_TRUE(HasLength(Repeated("\u1112\u1161\u11AB", 5), 5, 5));
  EXPECT_FALSE(HasLength(Repeated("\u1112\u1161\u11AB", 6), 1, 5));
  EXPECT_TRUE(HasLength(Repeated("\U0001F600", 5), 5, 5));
  EXPECT_FALSE(HasLength(Repeated("\U0001F600", 6), 1, 5));
  // Of four code points one is left, which is the most there is.
  EXPECT_TRUE(HasLength(Repeated("\u03B1\u0313\u0300\u0345", 5), 5, 5));
}

TEST(TextTest, NfcComposes) {
  EXPECT_EQ(Nfc("cafe\u0301"), "caf\u00E9");
  EXPECT_EQ(Nfc("\u1112\u1161\u11AB\u1100\u1173\u11AF"), "\uD55C\uAE00");
  EXPECT_EQ(Nfc("\uAC00\u11A8"), "\uAC01");
  EXPECT_EQ(Nfc("\uD55C\uAE00 abc"), "\uD55C\uAE00 abc");
}

TEST(TextTest, FoldingMakesEqualWhatIsEqualForPeople) {
  EXPECT_EQ(Fold("ABCxyz019"), "abcxyz019");
  EXPECT_EQ(Fold("STRASSE"), Fold("Stra\u00DFe"));
  EXPECT_EQ(Fold("\uFF21\uFF22"), "ab");
  EXPECT_EQ(Fold("\u00C9"), Fold("e\u0301"));
  EXPECT_EQ(Fold("\u03B1\u0345\u0301"), Fold("\u1FB4"));
  EXPECT_EQ(Fold("\u1112\u1161\u11AB"), "\uD55C");
  EXPECT_EQ(Fold("a\u00ADb\u200B"), "ab");
}

// What is quick in text.cc is quick for texts of a few ranges: beside utf8proc, which is asked
// about all others.

std::string Encode(char32_t c) {
  std::string text;
  const auto add = [&](char32_t bits) { text.push_back(static_cast<char>(bits)); };
  if (c < 0x80) {
    add(c);
    return text;
  }
  const int tails = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::array<char32_t, 4> kLead = {0, 0xC0, 0xE0, 0xF0};
  add(kLead[static_cast<std::size_t>(tails)] | c >> (6 * tails));
  for (int i = tails - 1; i >= 0; --i) add(0x80 | (c >> (6 * i) & 0x3F));
  return text;
}

void ExpectAsUtf8proc(const std::string& text) {
  const std::optional<std::string> nfc = testing::Nfc(text);
  ASSERT_EQ(IsUtf8(text), nfc.has_value());
  if (!nfc) return;
  ASSERT_EQ(Nfc(text), *nfc);
  ASSERT_EQ(Fold(text), testing::Fold(*nfc));
  const std::size_t length = testing::CodePoints(*nfc);
  ASSERT_TRUE(HasLength(text, length, length));
  ASSERT_FALSE(HasLength(text, length + 1, length + 1));
  std::u32string decoded;
  Decode(text, decoded);
  std::string again;
  for (const char32_t c : decoded) again += Encode(c);
  ASSERT_EQ(again, text);
}

TEST(TextTest, EveryCodePointIsAsUtf8procHasIt) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    ASSERT_NO_FATAL_FAILURE(ExpectAsUtf8proc(Encode(c))) << std::hex << std::uint32_t{c};
  }
}

TEST(TextTest, ThreeBytesAreUtf8WhenUtf8procSaysSo) {
  std::string text(3, '\0');
  for (int first = 0xE0; first <= 0xEF; ++first) {
    for (int rest = 0; rest <= 0xFFFF; ++rest) {
      text = {static_cast<char>(first), static_cast<char>(rest >> 8), static_cast<char>(rest)};
      ASSERT_EQ(IsUtf8(text), testing::Nfc(text).has_value()) << first << ' ' << rest;
    }
  }
}

class TextTwinTest : public testing::SeededTest {};

TEST_F(TextTwinTest, TextsOfPlainAndOtherCharactersAreAsUtf8procHasThem) {
  // Where quick ways begin and end, and what combines with the one before.
  constexpr std::array<char32_t, 12> kFrom = {0x20,   0x41,   0xC0,   0x2F0,  0x300,  0x1100,
                                              0x1161, 0x11A8, 0x3099, 0x33F0, 0xAC00, 0xD790};
  for (std::size_t i = 0; i < testing::Scaled(100'000); ++i) {
    std::string text;
    for (std::size_t length = random_.Below(20); length > 0; --length) {
      text += Encode(random_.Pick(kFrom) + static_cast<char32_t>(random_.Below(32)));
    }
    if (random_.OneIn(8) && !text.empty()) text[random_.Below(text.size())] = '\xE1';
    ASSERT_NO_FATAL_FAILURE(ExpectAsUtf8proc(text)) << text;
  }
}

TEST_F(TextTwinTest, OneByteThatIsNotUtf8IsFoundAnywhere) {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\x80';
      EXPECT_FALSE(IsUtf8(text)) << length << ' ' << at;
    }
  }
}

class GramIndexTest : public testing::SeededTest {
 protected:
  // Few letters, so that much is found.
  std::string AnyText(std::size_t most) {
    static const std::vector<std::string> kLetters = {"a", "b", "\uAC00", "\uB098", "\U0001F600"};
    std::string text;
    for (std::size_t i = 1 + random_.Below(most); i > 0; --i) text += random_.Pick(kLetters);
    return text;
  }

  std::vector<std::uint64_t> Find(const std::string& text) const {
    std::vector<std::uint64_t> found;
    GramIndex::Matches matches = index_.Find(text);
    for (auto id = matches.NextFrom(0); id; id = matches.NextFrom(*id + 1)) {
      for (const std::string& in : documents_.at(*id)) {
        if (in.find(text) == std::string::npos) continue;
        found.push_back(*id);
        break;
      }
    }
    EXPECT_EQ(matches.stopped_at(), std::nullopt);
    return found;
  }

  std::vector<std::uint64_t> SlowFind(const std::string& text) const {
    std::vector<std::uint64_t> found;
    for (const auto& [id, texts] : documents_) {
      for (const std::string& in : texts) {
        if (in.find(text) == std::string::npos) continue;
        found.push_back(id);
        break;
      }
    }
    return found;
  }

  GramIndex index_;
  std::map<std::uint64_t, std::vector<std::string>> documents_;
};

TEST_F(GramIndexTest, FindsWhatReadingEverythingFinds) {
  for (std::size_t step = 0; step < testing::Scaled(20'000); ++step) {
    const std::uint64_t id = random_.Below(100);
    if (const auto found = documents_.find(id); found != documents_.end()) {
      index_.Remove(id, found->second);
      documents_.erase(found);
    } else {
      std::vector<std::string> texts;
      for (std::size_t i = random_.Below(3); i > 0; --i) texts.push_back(AnyText(8));
      index_.Add(id, texts);
      documents_.emplace(id, texts);
    }
    const std::string text = AnyText(5);
    ASSERT_EQ(Find(text), SlowFind(text)) << text;
  }
}

TEST_F(GramIndexTest, UpToThreeCodePointsNothingElseIsFound) {
  for (std::uint64_t id = 0; id < 500; ++id) {
    documents_[id] = {AnyText(8)};
    index_.Add(id, documents_[id]);
  }
  for (int round = 0; round < 100; ++round) {
    const std::string text = AnyText(3);
    std::vector<std::uint64_t> all;
    GramIndex::Matches matches = index_.Find(text);
    for (auto id = matches.NextFrom(0); id; id = matches.NextFrom(*id + 1)) all.push_back(*id);
    EXPECT_EQ(all, SlowFind(text));
  }
}

TEST_F(GramIndexTest, ASearchStopsAfterSoManySteps) {
  // Each has one half of what is looked for, in turn, and the last one has it all.
  const std::uint64_t count = 2 * GramIndex::kMaxSteps;
  for (std::uint64_t id = 0; id < count; ++id) {
    const std::vector<std::string> texts = {id % 2 == 0 ? "abc" : "bcd"};
    index_.Add(id, texts);
  }
  index_.Add(count, std::vector<std::string>{"abcd"});
  std::uint64_t from = 0;
  int searches = 0;
  while (true) {
    ++searches;
    GramIndex::Matches matches = index_.Find("abcd");
    const auto found = matches.NextFrom(from);
    if (found) {
      EXPECT_EQ(*found, count);
      break;
    }
    ASSERT_TRUE(matches.stopped_at().has_value());
    ASSERT_GT(*matches.stopped_at(), from);
    from = *matches.stopped_at();
  }
  EXPECT_GT(searches, 1);
}

}  // namespace
}  // namespace moyeo::society
