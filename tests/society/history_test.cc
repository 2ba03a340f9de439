// Random histories of a small town, compared with what an obvious reading of the events gives.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "society/society_fixture.h"
#include "society/text.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

constexpr std::size_t kUsers = 12;

class HistoryTest : public testing::SeededTest {
 protected:
  HistoryTest() {
    for (std::size_t i = 0; i < kUsers; ++i) town_.push_back(UserId{++last_user_});
  }

  // Sometimes one who was erased.
  UserId AnyUser() {
    return random_.OneIn(50) ? UserId{1 + random_.Below(last_user_)} : random_.Pick(town_);
  }

  // Mostly one that is kept, and rather a late one: of early ones there is not much left to do.
  MeetupId AnyMeetup() {
    if (members_.empty() || random_.OneIn(40)) return MeetupId{1 + random_.Below(200)};
    const std::size_t among =
        random_.OneIn(5) ? members_.size() : std::min<std::size_t>(members_.size(), 5);
    return std::prev(members_.end(), 1 + static_cast<std::ptrdiff_t>(random_.Below(among)))->first;
  }

  std::string AnyText() {
    static const std::vector<std::string> kTexts = {
        "chess", "Chess club",    "running", "\uB4F1\uC0B0", "\uB4F1\uC0B0 \uBAA8\uC784",
        "a",     "\u00C9t\u00E9", ""};
    return random_.Pick(kTexts);
  }

  Timestamp Ahead(std::int64_t most_minutes) {
    return now_ + kMinute * random_.Between(0, most_minutes);
  }

  CommandBody AnyBody() {
    switch (random_.Below(34)) {
      case 0:
        return Advance{};
      case 1: {
        if (!random_.OneIn(5)) return Advance{};
        Settings settings;
        settings.retention_ms = random_.Between(0, 2'000) * 60'000;
        settings.start_before_ms = random_.Between(100, 2'000) * 60'000;
        return Configure{settings};
      }
      case 2:
        return Register{.nickname = "n" + std::to_string(random_.Below(15)), .status = AnyText()};
      case 3:
        return EditProfile{.nickname = "N" + std::to_string(random_.Below(15)) + AnyText()};
      case 4:
        return SetVisibility{static_cast<Visibility>(random_.Below(3))};
      case 5:
      case 6:
        return RequestFriend{AnyUser()};
      case 7:
        return WithdrawFriendRequest{AnyUser()};
      case 8:
        return DeclineFriendRequest{AnyUser()};
      case 9:
        return EndFriendship{AnyUser()};
      case 10:
        return random_.OneIn(2) ? CommandBody(Block{AnyUser()}) : CommandBody(Unblock{AnyUser()});
      case 11:
        return Unblock{AnyUser()};
      case 12:
        return random_.OneIn(30) ? CommandBody(Erase{}) : CommandBody(Advance{});
      case 13:
      case 14: {
        const Timestamp start = Ahead(240);
        return CreateMeetup{.title = AnyText(),
                            .location = random_.OneIn(3) ? std::nullopt : std::optional(kSeoul),
                            .start = start,
                            .end = start + kMinute * random_.Between(0, 300),
                            .capacity = static_cast<std::uint32_t>(random_.Between(1, 4)),
                            .tags = {"t", AnyText()}};
      }
      case 15: {
        EditMeetup edit{.meetup = AnyMeetup()};
        if (random_.OneIn(3)) edit.title = AnyText();
        if (random_.OneIn(3)) edit.start = Ahead(200);
        if (random_.OneIn(3)) edit.end = Ahead(400);
        if (random_.OneIn(3)) edit.capacity = static_cast<std::uint32_t>(random_.Between(1, 6));
        if (random_.OneIn(3)) edit.location = std::optional<LatLng>();
        if (random_.OneIn(3)) edit.tags = std::vector<std::string>{AnyText()};
        return edit;
      }
      case 16:
        return CancelMeetup{.meetup = AnyMeetup(), .force = random_.OneIn(3)};
      case 17:
        return TransferMeetup{.meetup = AnyMeetup(), .user = AnyUser()};
      case 18:
      case 19:
      case 20:
        return JoinMeetup{AnyMeetup()};
      case 21:
        return LeaveMeetup{AnyMeetup()};
      case 22:
        return KickMember{.meetup = AnyMeetup(), .user = AnyUser()};
      case 23:
      case 24:
        return Invite{.meetup = AnyMeetup(), .user = AnyUser()};
      case 25:
        return WithdrawInvitation{.meetup = AnyMeetup(), .user = AnyUser()};
      case 26:
        return AcceptInvitation{AnyMeetup()};
      case 27:
        return DeclineInvitation{AnyMeetup()};
      case 28:
      case 29:
        return ConfirmMeetup{AnyMeetup()};
      case 30:
        return WithdrawConfirmation{AnyMeetup()};
      case 31:
        return PostMessage{.meetup = AnyMeetup(), .text = AnyText()};
      case 32:
        return DeleteMessage{.meetup = AnyMeetup(), .number = 1 + random_.Below(5)};
      default:
        return MarkRead{.meetup = AnyMeetup(), .number = 1 + random_.Below(5)};
    }
  }

  Command AnyCommand() {
    Command command{.time = now_, .body = AnyBody()};
    const bool is_of_host = std::holds_alternative<Advance>(command.body) ||
                            std::holds_alternative<Configure>(command.body);
    if (!is_of_host) command.actor = AnyUser();
    // A host asks oftener than chance would have it.
    if (random_.OneIn(2)) {
      std::visit(
          [&](const auto& c) {
            if constexpr (requires { c.meetup; }) {
              const auto view = society_.ViewMeetup(std::nullopt, c.meetup);
              if (view.ok() && view->summary.host) command.actor = view->summary.host;
            }
          },
          command.body);
    }
    // And who may confirm does, so that some meetups come about.
    if (const auto* confirm = std::get_if<ConfirmMeetup>(&command.body)) {
      const auto members = members_.find(confirm->meetup);
      if (members != members_.end() && !members->second.empty()) {
        command.actor =
            *std::next(members->second.begin(),
                       static_cast<std::ptrdiff_t>(random_.Below(members->second.size())));
      }
    }
    if (random_.OneIn(5)) command.request_id = RequestId{random_.Below(2'000)};
    return command;
  }

  // What events say: who is a member of what, what is listed, who sees and does not see whom.
  void Read(const Event& event) {
    EXPECT_EQ(event.sequence, ++sequence_);
    EXPECT_GE(event.time, last_time_);
    last_time_ = event.time;
    texts_.Take(event);
    // What one viewer is told of lists, because of a block, is not what has become of them.
    const EventKind kind = KindOf(event.body);
    const bool is_of_lists = kind == EventKind::kMeetupListed || kind == EventKind::kMeetupUnlisted;
    if (is_of_lists && !event.audience.everybody) return;
    std::visit([&](const auto& body) { ReadBody(body); }, event.body);
  }

  template <typename Body>
  void ReadBody(const Body&) {}
  void ReadBody(const UserRegistered& e) { users_.insert(e.user); }
  void ReadBody(const UserErased& e) {
    users_.erase(e.user);
    std::ranges::replace(town_, e.user, UserId{++last_user_});
    for (const auto& [meetup, members] : members_) EXPECT_FALSE(members.contains(e.user));
    EXPECT_TRUE(sees_[e.user].empty());
    EXPECT_TRUE(never_sees_[e.user].empty());
  }
  void ReadBody(const MeetupCreated& e) { members_[e.meetup] = {e.host}; }
  void ReadBody(const MemberJoined& e) {
    EXPECT_TRUE(members_[e.meetup].insert(e.user).second);
    EXPECT_EQ(members_[e.meetup].size(), e.members);
    invited_[e.meetup].erase(e.user);
  }
  void ReadBody(const MemberLeft& e) {
    EXPECT_EQ(members_[e.meetup].erase(e.user), 1u);
    EXPECT_EQ(members_[e.meetup].size(), e.members);
  }
  void ReadBody(const MemberKicked& e) {
    EXPECT_EQ(members_[e.meetup].erase(e.user), 1u);
    EXPECT_EQ(members_[e.meetup].size(), e.members);
  }
  void ReadBody(const InvitationSent& e) { EXPECT_TRUE(invited_[e.meetup].insert(e.user).second); }
  void ReadBody(const InvitationWithdrawn& e) { EXPECT_EQ(invited_[e.meetup].erase(e.user), 1u); }
  void ReadBody(const InvitationDeclined& e) { EXPECT_EQ(invited_[e.meetup].erase(e.user), 1u); }
  void ReadBody(const MeetupListed& e) {
    EXPECT_TRUE(listed_.insert(e.meetup).second);
    EXPECT_EQ(members_[e.meetup].size(), e.members);
  }
  void ReadBody(const MeetupUnlisted& e) {
    EXPECT_EQ(listed_.erase(e.meetup), 1u);
    EXPECT_EQ(members_[e.meetup].size(), e.members);
  }
  void ReadBody(const MeetupForgotten& e) {
    EXPECT_FALSE(listed_.contains(e.meetup));
    EXPECT_TRUE(invited_[e.meetup].empty());
    members_.erase(e.meetup);
  }
  void ReadBody(const SeesExactlyChanged& e) { ReadChange(sees_[e.viewer], e); }
  void ReadBody(const NeverSeesChanged& e) { ReadChange(never_sees_[e.viewer], e); }

  template <typename Change>
  static void ReadChange(std::set<UserId>& set, const Change& change) {
    EXPECT_FALSE(change.added.empty() && change.removed.empty());
    for (const UserId user : change.removed) EXPECT_EQ(set.erase(user), 1u);
    for (const UserId user : change.added) EXPECT_TRUE(set.insert(user).second);
  }

  void Compare() {
    ASSERT_EQ(society_.sequence(), sequence_);
    for (const UserId user : users_) {
      EXPECT_THAT(society_.SeesExactly(user), ::testing::ElementsAreArray(sees_[user]));
      EXPECT_THAT(society_.NeverSees(user), ::testing::ElementsAreArray(never_sees_[user]));
      EXPECT_THAT(society_.SeesExactly(user), ::testing::ElementsAreArray(SlowSees(user)));
    }
    std::set<MeetupId> listed;
    for (const auto& [id, members] : members_) {
      const auto view = society_.ViewMeetup(std::nullopt, id);
      ASSERT_THAT(view, IsOk());
      const MeetupSummary& meetup = view->summary;
      EXPECT_EQ(meetup.members, members.size());
      EXPECT_LE(meetup.members, meetup.capacity);
      const Timestamp now = society_.time();
      EXPECT_TRUE(meetup.cancelled || view->started == (meetup.start <= now));
      EXPECT_EQ(view->ended, !meetup.cancelled && meetup.end <= now);
      if (!meetup.confirmed && !meetup.cancelled && meetup.start > now &&
          members.size() < meetup.capacity) {
        listed.insert(id);
      }
      const auto shown = society_.Members(std::nullopt, id);
      ASSERT_THAT(shown, IsOk());
      std::set<UserId> users;
      for (const MemberView& member : *shown) users.insert(member.user);
      EXPECT_EQ(users, members);
    }
    EXPECT_EQ(listed_, listed);
    CompareLists();
  }

  void CompareLists() {
    const std::string needle = Fold(random_.OneIn(3) ? "\uC0B0" : "Es");
    std::set<MeetupId> with_text;
    std::set<MeetupId> with_tag;
    std::set<MeetupId> on_map;
    for (const MeetupId id : listed_) {
      const MeetupSummary meetup = society_.ViewMeetup(std::nullopt, id)->summary;
      bool has_text = Fold(meetup.title).find(needle) != std::string::npos;
      for (const std::string& tag : meetup.tags) {
        if (Fold(tag).find(needle) != std::string::npos) has_text = true;
        if (Fold(tag) == "chess") with_tag.insert(id);
      }
      if (has_text) with_text.insert(id);
      if (meetup.location) on_map.insert(id);
    }
    const PageRequest all{.limit = PageRequest::kMaxLimit};
    EXPECT_EQ(IdsOf(society_.OpenMeetups(std::nullopt, all)), listed_);
    EXPECT_EQ(IdsOf(society_.SearchMeetups(std::nullopt, needle, all)), with_text);
    EXPECT_EQ(IdsOf(society_.MeetupsWithTag(std::nullopt, "CHESS", all)), with_tag);
    EXPECT_EQ(IdsOf(society_.MeetupsOnMap(std::nullopt, MapCircle{kSeoul, 1'000}, all)), on_map);
  }

  static std::set<MeetupId> IdsOf(const absl::StatusOr<Page<MeetupSummary>>& page) {
    EXPECT_THAT(page, IsOk());
    EXPECT_EQ(page->next, "");
    std::set<MeetupId> ids;
    for (const MeetupSummary& meetup : page->items) ids.insert(meetup.meetup);
    return ids;
  }

  // Friends, and members of confirmed meetups around their time, less those blocked.
  std::set<UserId> SlowSees(UserId viewer) {
    std::set<UserId> seen;
    const auto friends = society_.Friends(viewer, {.limit = 100});
    for (const UserSummary& user : friends->items) seen.insert(user.user);
    for (const auto& [id, members] : members_) {
      const MeetupSummary meetup = society_.ViewMeetup(std::nullopt, id)->summary;
      const Timestamp now = society_.time();
      if (!members.contains(viewer) || !meetup.confirmed || meetup.cancelled) continue;
      if (now < meetup.start - kHour || now >= meetup.end) continue;
      seen.insert(members.begin(), members.end());
    }
    seen.erase(viewer);
    for (const UserId user : society_.NeverSees(viewer)) seen.erase(user);
    return seen;
  }

  Society society_;
  MemoryMessageStore texts_;
  Timestamp now_ = kNow;

  std::vector<UserId> town_;
  std::uint64_t last_user_ = 0;

  std::uint64_t sequence_ = 0;
  Timestamp last_time_ = kMinTimestamp;
  std::set<UserId> users_;
  std::map<MeetupId, std::set<UserId>> members_;
  std::map<MeetupId, std::set<UserId>> invited_;
  std::set<MeetupId> listed_;
  std::map<UserId, std::set<UserId>> sees_;
  std::map<UserId, std::set<UserId>> never_sees_;
};

TEST_F(HistoryTest, WhateverHappensTheRulesHold) {
  Society ahead;    // is told of the time before each command
  Society replica;  // is told of what was accepted alone
  std::map<Reject, int> outcomes;
  const std::size_t steps = testing::Scaled(40'000);
  for (std::size_t step = 0; step < steps; ++step) {
    if (random_.OneIn(8)) now_ += kMs * random_.Between(0, random_.OneIn(20) ? 7'200'000 : 600'000);
    const Command command = AnyCommand();
    const Reject foreseen = society_.Validate(command);
    std::vector<Event> ignored;
    ASSERT_TRUE(ahead.Apply({.time = now_, .body = Advance{}}, ignored).accepted());
    ASSERT_EQ(ahead.Validate(command), foreseen) << NameOf(KindOf(command.body));

    const bool is_looked_at = random_.OneIn(10);
    const std::uint64_t before = is_looked_at ? society_.Hash() : 0;
    std::vector<Event> events;
    const Outcome outcome = society_.Apply(command, events);
    ASSERT_EQ(outcome.reject, foreseen);
    ++outcomes[foreseen];
    if (!outcome.accepted()) {
      ASSERT_TRUE(events.empty());
      ASSERT_EQ(is_looked_at ? society_.Hash() : 0, before);
      continue;
    }
    for (const Event& event : events) Read(event);
    ASSERT_EQ(ahead.Apply(command, ignored), outcome);
    ASSERT_EQ(replica.Apply(command, ignored), outcome);
    if (is_looked_at) {
      ASSERT_EQ(replica.Hash(), society_.Hash());
      // A repeated command does not bring time forward.
      if (ahead.time() == society_.time()) {
        ASSERT_EQ(ahead.Hash(), society_.Hash());
      }
      Compare();
      ASSERT_FALSE(HasFailure()) << "at step " << step << ": " << NameOf(KindOf(command.body));
    }
  }
  // Chance has come by most rules.
  EXPECT_GE(outcomes.size(), 35u);
  EXPECT_GE(outcomes[Reject::kMeetupConfirmed], 10);
  EXPECT_GE(outcomes[Reject::kFull], 10);
}

}  // namespace
}  // namespace moyeo::society
