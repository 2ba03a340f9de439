// A society, a few people, and verbs for what they do.

#ifndef MOYEO_TESTS_SOCIETY_SOCIETY_FIXTURE_H_
#define MOYEO_TESTS_SOCIETY_SOCIETY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/reject.h"
#include "society/message_store.h"
#include "society/society.h"
#include "support/status.h"

namespace moyeo {
inline namespace v0 {

inline void PrintTo(Reject reject, std::ostream* out) { *out << NameOf(reject); }
inline void PrintTo(UserId user, std::ostream* out) { *out << "user " << ToNumber(user); }
inline void PrintTo(MeetupId meetup, std::ostream* out) { *out << "meetup " << ToNumber(meetup); }
inline void PrintTo(EventKind kind, std::ostream* out) { *out << NameOf(kind); }

}  // namespace v0
}  // namespace moyeo

namespace moyeo::society {

using ::moyeo::testing::IsError;
using ::moyeo::testing::IsInvalid;
using ::moyeo::testing::IsNotFound;
using ::moyeo::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

inline constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
inline constexpr std::chrono::milliseconds kMs{1};
inline constexpr std::chrono::milliseconds kMinute{60'000};
inline constexpr std::chrono::milliseconds kHour{3'600'000};
inline constexpr std::chrono::milliseconds kDay{86'400'000};

inline constexpr UserId kAda{1};
inline constexpr UserId kBob{2};
inline constexpr UserId kCy{3};
inline constexpr UserId kDee{4};
inline constexpr UserId kEve{5};
inline constexpr UserId kNobody{99};
inline constexpr MeetupId kNoMeetup{99'999};

inline constexpr LatLng kSeoul{37.5665, 126.978};
inline constexpr LatLng kBusan{35.1796, 129.0756};

// Neither UTF-8 nor anything else.
inline const std::string kNotUtf8 = "\xC3\x28";

// So many times a letter of two bytes.
inline std::string Letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "\u00E9";
  return text;
}

// So many different tags.
inline std::vector<std::string> Tags(std::size_t count) {
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < count; ++i) tags.push_back("tag" + std::to_string(i));
  return tags;
}

class SocietyTest : public ::testing::Test {
 protected:
  // Applies a command now; kNone if it was accepted. Whatever is refused was to be foreseen,
  // changes nothing and tells nothing.
  Reject Try(std::optional<UserId> actor, CommandBody body,
             std::optional<RequestId> request_id = std::nullopt) {
    return Give({.time = now_, .actor = actor, .request_id = request_id, .body = std::move(body)})
        .reject;
  }

  Outcome Give(const Command& command) {
    events_.clear();
    const std::uint64_t before = is_hashed_ ? society_.Hash() : 0;
    const Reject foreseen = society_.Validate(command);
    const Outcome outcome = society_.Apply(command, events_);
    EXPECT_EQ(foreseen, outcome.reject);
    if (!outcome.accepted()) {
      EXPECT_EQ(is_hashed_ ? society_.Hash() : 0, before);
      EXPECT_THAT(events_, IsEmpty());
    }
    for (const Event& event : events_) texts_.Take(event);
    history_.insert(history_.end(), events_.begin(), events_.end());
    return outcome;
  }

  // The same without fail.
  Outcome Do(std::optional<UserId> actor, CommandBody body) {
    const Outcome outcome = Give({.time = now_, .actor = actor, .body = std::move(body)});
    EXPECT_EQ(outcome.reject, Reject::kNone);
    return outcome;
  }

  void Register5() {
    Do(kAda, Register{.nickname = "Ada"});
    Do(kBob, Register{.nickname = "Bob"});
    Do(kCy, Register{.nickname = "Cy"});
    Do(kDee, Register{.nickname = "Dee"});
    Do(kEve, Register{.nickname = "Eve"});
  }

  // Users with ids from `first` on.
  void RegisterCrowd(std::uint64_t first, std::size_t count) {
    for (std::uint64_t id = first; id < first + count; ++id) {
      Do(UserId{id}, Register{.nickname = "user" + std::to_string(id)});
    }
  }

  // A meetup in two hours, for two hours.
  CreateMeetup Chess(std::uint32_t capacity = 4) const {
    return {.title = "Chess",
            .location = kSeoul,
            .start = now_ + 2 * kHour,
            .end = now_ + 4 * kHour,
            .capacity = capacity};
  }

  MeetupId Host(UserId host, const CreateMeetup& meetup) {
    return Do(host, meetup).meetup.value_or(MeetupId{});
  }
  MeetupId Host(UserId host, std::uint32_t capacity = 4) { return Host(host, Chess(capacity)); }

  void Befriend(UserId a, UserId b) {
    Do(a, RequestFriend{b});
    Do(b, RequestFriend{a});
  }

  // All members but the host confirm, then the host.
  void Confirm(MeetupId meetup, const std::vector<UserId>& others, UserId host) {
    for (const UserId user : others) Do(user, ConfirmMeetup{meetup});
    Do(host, ConfirmMeetup{meetup});
  }

  void AdvanceTo(Timestamp time) {
    now_ = time;
    Do(std::nullopt, Advance{});
  }

  // The kinds of the events of the last command.
  std::vector<EventKind> Told() const {
    std::vector<EventKind> kinds;
    for (const Event& event : events_) kinds.push_back(KindOf(event.body));
    return kinds;
  }

  // The events of one kind of the last command.
  template <typename Body>
  std::vector<Body> ToldOf() const {
    std::vector<Body> bodies;
    for (const Event& event : events_) {
      if (const auto* body = std::get_if<Body>(&event.body)) bodies.push_back(*body);
    }
    return bodies;
  }

  // Whom the only event of a kind of the last command concerns.
  template <typename Body>
  Audience AudienceOf() const {
    const Event* found = nullptr;
    for (const Event& event : events_) {
      if (!std::holds_alternative<Body>(event.body)) continue;
      EXPECT_EQ(found, nullptr);
      found = &event;
    }
    EXPECT_NE(found, nullptr);
    return found == nullptr ? Audience() : found->audience;
  }

  // Whom the events of a kind of the last command concern.
  template <typename Body>
  std::vector<Audience> AudiencesOf() const {
    std::vector<Audience> audiences;
    for (const Event& event : events_) {
      if (std::holds_alternative<Body>(event.body)) audiences.push_back(event.audience);
    }
    return audiences;
  }

  std::vector<UserId> MembersOf(MeetupId meetup) const {
    std::vector<UserId> users;
    const auto members = society_.Members(std::nullopt, meetup);
    EXPECT_THAT(members, IsOk());
    if (!members.ok()) return users;
    for (const MemberView& member : *members) users.push_back(member.user);
    return users;
  }

  MeetupView View(MeetupId meetup, std::optional<UserId> viewer = std::nullopt) const {
    const auto view = society_.ViewMeetup(viewer, meetup);
    EXPECT_THAT(view, IsOk());
    return view.ok() ? *view : MeetupView();
  }

  template <typename T>
  static std::vector<T> Items(const absl::StatusOr<Page<T>>& page) {
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->items : std::vector<T>();
  }

  static std::vector<MeetupId> Ids(const absl::StatusOr<Page<MeetupSummary>>& page) {
    std::vector<MeetupId> ids;
    for (const MeetupSummary& item : Items(page)) ids.push_back(item.meetup);
    return ids;
  }

  static std::vector<UserId> Ids(const absl::StatusOr<Page<UserSummary>>& page) {
    std::vector<UserId> ids;
    for (const UserSummary& item : Items(page)) ids.push_back(item.user);
    return ids;
  }

  Society society_;
  MemoryMessageStore texts_;
  Timestamp now_ = kNow;
  std::vector<Event> events_;   // of the last command
  std::vector<Event> history_;  // of all
  bool is_hashed_ = true;       // whether Give looks at the whole state; not where it is large
};

// Five people.
class TownTest : public SocietyTest {
 protected:
  TownTest() { Register5(); }
};

}  // namespace moyeo::society

#endif  // MOYEO_TESTS_SOCIETY_SOCIETY_FIXTURE_H_
