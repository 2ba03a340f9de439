// Time, which is what commands say, and settings.

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

using TimeTest = TownTest;

TEST_F(TimeTest, TimeIsTheGreatestSeen) {
  EXPECT_EQ(Society().time(), kMinTimestamp);
  AdvanceTo(kNow + kHour);
  now_ = kNow;
  Do(kAda, SetVisibility{Visibility::kExact});
  EXPECT_EQ(society_.time(), kNow + kHour);
  EXPECT_EQ(events_.front().time, kNow + kHour);
}

TEST_F(TimeTest, RefusedCommandsDoNotBringTimeForward) {
  const MeetupId meetup = Host(kAda);
  now_ += 10 * kDay;
  EXPECT_EQ(Try(kAda, Block{kAda}), Reject::kOneself);
  EXPECT_EQ(society_.time(), kNow);
  now_ = kNow;
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kNone);
}

TEST_F(TimeTest, WhatIsDueCountsAsDoneForEveryCommand) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, Invite{meetup, kBob});
  now_ += 2 * kHour;
  EXPECT_EQ(Try(kBob, JoinMeetup{meetup}), Reject::kStarted);
  EXPECT_EQ(Try(kBob, AcceptInvitation{meetup}), Reject::kNotInvited);
  EXPECT_EQ(Try(kAda, WithdrawInvitation{meetup, kBob}), Reject::kNotInvited);
  now_ += 2 * kHour;
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup}), Reject::kEnded);
  now_ += 7 * kDay;
  EXPECT_EQ(Try(kAda, CancelMeetup{.meetup = meetup}), Reject::kUnknownMeetup);
}

TEST_F(TimeTest, EveryAcceptedCommandFiresWhatIsDueFirst) {
  Host(kAda);
  now_ += 2 * kHour;
  Do(kBob, SetVisibility{Visibility::kExact});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupStarted, EventKind::kMeetupUnlisted,
                                  EventKind::kVisibilityChanged));
}

TEST_F(TimeTest, AMeetupStartsEndsAndIsForgotten) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  AdvanceTo(kNow + 4 * kHour);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupStarted, EventKind::kMeetupUnlisted,
                                  EventKind::kMeetupEnded));
  EXPECT_EQ(events_[0].time, kNow + 2 * kHour);
  EXPECT_EQ(events_[2].time, kNow + 4 * kHour);
  EXPECT_TRUE(View(meetup).ended);
  AdvanceTo(kNow + 4 * kHour + 7 * kDay - kMs);
  EXPECT_THAT(Told(), IsEmpty());
  AdvanceTo(kNow + 4 * kHour + 7 * kDay);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupForgotten));
  EXPECT_THAT(AudienceOf<MeetupForgotten>().users, ElementsAre(kAda, kBob));
  EXPECT_THAT(society_.ViewMeetup(std::nullopt, meetup), IsNotFound());
  EXPECT_THAT(Ids(society_.MyMeetups(kBob, {})), IsEmpty());
  EXPECT_EQ(Host(kAda), MeetupId{2});
}

TEST_F(TimeTest, ACancelledMeetupIsKeptFromItsCancellationOn) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, CancelMeetup{.meetup = meetup});
  AdvanceTo(kNow + 7 * kDay - kMs);
  EXPECT_TRUE(View(meetup).summary.cancelled);
  AdvanceTo(kNow + 7 * kDay);
  EXPECT_THAT(Told(), ElementsAre(EventKind::kMeetupForgotten));
}

TEST_F(TimeTest, WhatIsDueIsFiredByTimeThenKindThenId) {
  CreateMeetup c = Chess();
  c.start = kNow + 2 * kHour;
  c.end = kNow + 3 * kHour;
  const MeetupId first = Host(kAda, c);
  const MeetupId second = Host(kAda, c);
  c.start = kNow + 3 * kHour;
  c.end = kNow + 4 * kHour;
  const MeetupId third = Host(kAda, c);
  c.start = kNow + 4 * kHour;
  c.end = kNow + 5 * kHour;
  const MeetupId fourth = Host(kAda, c);
  Do(kBob, JoinMeetup{fourth});
  Confirm(fourth, {kBob}, kAda);
  AdvanceTo(kNow + 3 * kHour);
  std::vector<std::pair<EventKind, MeetupId>> fired;
  for (const Event& event : events_) {
    if (const auto* e = std::get_if<MeetupStarted>(&event.body)) {
      fired.emplace_back(e->kKind, e->meetup);
    } else if (const auto* f = std::get_if<MeetupEnded>(&event.body)) {
      fired.emplace_back(f->kKind, f->meetup);
    } else if (std::holds_alternative<SeesExactlyChanged>(event.body)) {
      fired.emplace_back(EventKind::kSeesExactlyChanged, fourth);
    }
  }
  EXPECT_THAT(fired, ElementsAre(std::pair(EventKind::kMeetupStarted, first),
                                 std::pair(EventKind::kMeetupStarted, second),
                                 std::pair(EventKind::kSeesExactlyChanged, fourth),
                                 std::pair(EventKind::kSeesExactlyChanged, fourth),
                                 std::pair(EventKind::kMeetupStarted, third),
                                 std::pair(EventKind::kMeetupEnded, first),
                                 std::pair(EventKind::kMeetupEnded, second)));
}

TEST_F(TimeTest, ItIsKnownWhenSomethingIsDueNext) {
  EXPECT_EQ(society_.NextDue(), std::nullopt);
  const MeetupId meetup = Host(kAda);
  EXPECT_EQ(society_.NextDue(), kNow + 2 * kHour);
  Do(kBob, JoinMeetup{meetup});
  Confirm(meetup, {kBob}, kAda);
  EXPECT_EQ(society_.NextDue(), kNow + kHour);
  AdvanceTo(kNow + 4 * kHour);
  EXPECT_EQ(society_.NextDue(), kNow + 4 * kHour + 7 * kDay);
}

TEST_F(TimeTest, EventsAreNumberedFromOneOnWithoutGaps) {
  Host(kAda);
  EXPECT_EQ(Try(kAda, Block{kAda}), Reject::kOneself);
  AdvanceTo(kNow + 20 * kDay);
  std::uint64_t sequence = 0;
  for (const Event& event : history_) EXPECT_EQ(event.sequence, ++sequence);
  EXPECT_EQ(society_.sequence(), sequence);
}

// ---- Settings

TEST_F(TimeTest, SettingsOutOfRangeAreRefused) {
  const auto configure = [&](auto change) {
    Settings settings;
    change(settings);
    return Try(std::nullopt, Configure{settings});
  };
  const std::int64_t most = Limits::kLongestSettingMs;
  for (std::int64_t Settings::*const ms :
       {&Settings::start_from_ms, &Settings::start_before_ms, &Settings::length_from_ms,
        &Settings::end_before_ms, &Settings::retention_ms, &Settings::presence_ttl_ms}) {
    EXPECT_EQ(configure([&](Settings& s) { s.*ms = -1; }), Reject::kInvalidSettings);
    EXPECT_EQ(configure([&](Settings& s) { s.*ms = most + 1; }), Reject::kInvalidSettings);
    EXPECT_EQ(configure([&](Settings& s) { s.*ms = most; }), Reject::kNone);
  }
  EXPECT_EQ(configure([](Settings& s) { s.length_from_ms = 0; }), Reject::kInvalidSettings);
  EXPECT_EQ(configure([](Settings& s) { s.presence_ttl_ms = 0; }), Reject::kInvalidSettings);
  EXPECT_EQ(configure([](Settings& s) { s.cloak_level = -1; }), Reject::kInvalidSettings);
  EXPECT_EQ(configure([](Settings& s) { s.cloak_level = 21; }), Reject::kInvalidSettings);
  EXPECT_EQ(configure([](Settings& s) { s.cloak_level = 20; }), Reject::kNone);
  EXPECT_EQ(society_.settings().cloak_level, 20);
}

TEST_F(TimeTest, TheFourLimitsOfTimeAreSettings) {
  Do(std::nullopt, Configure{{.start_from_ms = 60'000,
                              .start_before_ms = 120'000,
                              .length_from_ms = 1'000,
                              .end_before_ms = 130'000}});
  const auto create = [&](std::int64_t start_ms, std::int64_t end_ms) {
    CreateMeetup c = Chess();
    c.start = now_ + start_ms * kMs;
    c.end = now_ + end_ms * kMs;
    return Try(kAda, c);
  };
  EXPECT_EQ(create(59'999, 70'000), Reject::kStartTooEarly);
  EXPECT_EQ(create(60'000, 60'999), Reject::kEndTooEarly);
  EXPECT_EQ(create(60'000, 61'000), Reject::kNone);
  EXPECT_EQ(create(120'000, 129'999), Reject::kStartTooLate);
  EXPECT_EQ(create(119'999, 130'000), Reject::kEndTooLate);
  EXPECT_EQ(create(119'999, 129'999), Reject::kNone);
}

TEST_F(TimeTest, AShorterRetentionForgetsAtOnce) {
  Host(kAda);
  AdvanceTo(kNow + 5 * kHour);
  Do(std::nullopt, Configure{{.retention_ms = 3'600'000}});
  EXPECT_THAT(Told(), ElementsAre(EventKind::kConfigured, EventKind::kMeetupForgotten));
}

}  // namespace
}  // namespace moyeo::society
