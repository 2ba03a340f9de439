// The texts of messages, which are read while others go on.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/engine_fixture.h"

namespace moyeo::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// In memory. Calls `before_find` before messages are looked up, and may lose them.
class TextsJournal final : public JournalOver {
 public:
  TextsJournal() : JournalOver(NewMemoryJournal()) {}

  absl::StatusOr<std::vector<std::optional<JournalMessage>>> FindMessages(
      MeetupId room, std::span<const MessageNumber> numbers) const override {
    ++lookups;
    if (before_find != nullptr) std::exchange(before_find, nullptr)();
    auto found = JournalOver::FindMessages(room, numbers);
    if (found.ok() && has_lost) found->back() = std::nullopt;
    return found;
  }

  mutable std::function<void()> before_find;
  mutable int lookups = 0;
  bool has_lost = false;
};

class EngineTextsTest : public EngineTest {
 protected:
  EngineTextsTest() {
    auto journal = std::make_unique<TextsJournal>();
    journal_ = journal.get();
    auto opened = Engine::Open(std::move(journal));
    EXPECT_THAT(opened, IsOk());
    engine_ = *std::move(opened);
    Register4();
    meetup_ = Host(kAda);
    Do(kBob, JoinMeetup{meetup_});
    for (const char* const text : {"one", "two", "three"}) Do(kBob, PostMessage{meetup_, text});
  }

  // While messages are being looked up next.
  void Meanwhile(std::optional<UserId> actor, const CommandBody& body) {
    journal_->before_find = [this, actor, body] { Do(actor, body); };
  }

  std::vector<MessageView> Messages() const {
    const auto messages = engine_->Messages(kBob, meetup_);
    EXPECT_THAT(messages, IsOk());
    return messages.ok() ? messages->items : std::vector<MessageView>();
  }

  TextsJournal* journal_;
  MeetupId meetup_;
};

TEST_F(EngineTextsTest, APageLooksItsMessagesUpAtOnceWhileCommandsGoOn) {
  Meanwhile(kCy, EditProfile{.status = "out"});
  EXPECT_THAT(Messages(),
              ElementsAre(Field(&MessageView::text, "three"), Field(&MessageView::text, "two"),
                          Field(&MessageView::text, "one")));
  EXPECT_EQ(journal_->lookups, 1);
  EXPECT_EQ(engine_->ViewProfile(kBob, kCy)->status, "out");
}

TEST_F(EngineTextsTest, AnExportLooksTheMessagesOfARoomUpAtOnceWhileCommandsGoOn) {
  const MeetupId other = Host(kBob);
  Do(kBob, PostMessage{other, "four"});
  Meanwhile(kCy, EditProfile{.status = "out"});
  const auto all = engine_->Export(kBob);
  ASSERT_THAT(all, IsOk());
  ASSERT_THAT(all->messages, SizeIs(4));
  EXPECT_EQ(all->messages[0],
            (ExportedMessage{.meetup = meetup_, .number = 1, .time = kNow, .text = "one"}));
  EXPECT_EQ(all->messages[3],
            (ExportedMessage{.meetup = other, .number = 1, .time = kNow, .text = "four"}));
  EXPECT_EQ(journal_->lookups, 2);
}

TEST_F(EngineTextsTest, WhatIsDeletedMeanwhileReadsAsDeleted) {
  Meanwhile(kAda, DeleteMessage{meetup_, 2});
  const std::vector<MessageView> messages = Messages();
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[1],
            (MessageView{.number = 2, .author = kBob, .time = kNow, .text = {}, .deleted = true}));
  EXPECT_EQ(messages[2].text, "one");
  Meanwhile(kAda, DeleteMessage{meetup_, 1});
  EXPECT_THAT(engine_->Export(kBob)->messages, ElementsAre(Field(&ExportedMessage::number, 3)));
}

TEST_F(EngineTextsTest, ARoomForgottenMeanwhileIsGone) {
  now_ += 4 * kHour + std::chrono::milliseconds(engine_->settings()->retention_ms);
  Meanwhile(std::nullopt, Advance{});
  EXPECT_THAT(engine_->Messages(kBob, meetup_), IsNotFound());
}

TEST_F(EngineTextsTest, AnExportDoesWithoutARoomForgottenMeanwhile) {
  now_ += 4 * kHour + std::chrono::milliseconds(engine_->settings()->retention_ms);
  Meanwhile(std::nullopt, Advance{});
  const auto all = engine_->Export(kBob);
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(all->messages, IsEmpty());
  EXPECT_THAT(all->meetups, IsEmpty());
}

TEST_F(EngineTextsTest, AMessageThatTheJournalHasLostIsDataLoss) {
  journal_->has_lost = true;
  const auto is_lost = IsError(absl::StatusCode::kDataLoss, HasSubstr("message 1 of meetup 1"));
  EXPECT_THAT(engine_->Messages(kBob, meetup_), is_lost);
  EXPECT_THAT(engine_->Export(kBob),
              IsError(absl::StatusCode::kDataLoss, HasSubstr("message 3 of meetup 1")));
}

}  // namespace
}  // namespace moyeo::testing
