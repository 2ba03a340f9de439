// Tickets crowded into a few places, beside looking at all of them.

#include "society/matching_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "society/sorted.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr milliseconds kMinute{60'000};
const Timestamp kNow = Timestamp(milliseconds{1'700'000'000'000});

using Group = std::vector<TicketId>;

// A pool, and all that is in it.
class Crowd {
 public:
  explicit Crowd(std::size_t most_looked_at) : pool_(most_looked_at) {}

  User& AddUser() {
    const UserId id{users_.size() + 1};
    users_.push_back(std::make_unique<User>());
    users_.back()->id = id;
    return *users_.back();
  }
  User& At(std::size_t user) { return *users_[user]; }
  std::size_t users() const { return users_.size(); }

  TicketId Open(User& user, Ticket ticket) {
    ticket.id = TicketId{++last_};
    ticket.user = user.id;
    Insert(user.tickets, ticket.id);
    const auto [at, is_new] = open_.emplace(ticket.id, ticket);
    pool_.Add(at->second, user);
    return ticket.id;
  }

  void Close(TicketId id) {
    const auto at = open_.find(id);
    pool_.Remove(at->second);
    Remove(OwnerOf(at->second).tickets, id);
    open_.erase(at);
  }

  // Blocks, or takes it back.
  void ChangeBlock(User& user, User& other) {
    if (Contains(user.blocks, other.id)) {
      Remove(user.blocks, other.id);
      Remove(other.blocked_by, user.id);
    } else {
      Insert(user.blocks, other.id);
      Insert(other.blocked_by, user.id);
    }
    for (const User* const one : {&user, &other}) {
      for (const TicketId ticket : one->tickets) pool_.LookAgainAt(ticket);
    }
  }

  void CloseExpired(Timestamp now) {
    std::vector<TicketId> expired;
    for (const auto& [id, ticket] : open_) {
      if (ticket.expires() < now) expired.push_back(id);
    }
    for (const TicketId id : expired) Close(id);
  }

  std::vector<Group> Match(Timestamp earliest) {
    std::vector<Group> groups;
    pool_.Match(earliest, [&](const MatchedGroup& matched) {
      Group group;
      for (const Ticket* const ticket : matched.tickets) group.push_back(ticket->id);
      for (const TicketId id : group) Close(id);
      groups.push_back(group);
    });
    return groups;
  }

  // What a run would match that looks at all, and at no more than so many for each.
  std::vector<Group> Expected(Timestamp earliest, std::size_t most_looked_at) {
    std::set<TicketId> gone;
    std::vector<Group> groups;
    for (const auto& [id, first] : open_) {
      if (gone.contains(id)) continue;
      Group group = {id};
      std::size_t looked_at = 0;
      for (auto next = open_.upper_bound(id); next != open_.end(); ++next) {
        if (looked_at == most_looked_at) break;
        if (gone.contains(next->first)) continue;
        const Ticket& ticket = next->second;
        const double distance_m = spatial::DistanceFrom(first.place)(ticket.place);
        if (distance_m > first.radius_m || Shared({id, ticket.id}).empty()) continue;
        ++looked_at;
        group.push_back(ticket.id);
        if (!AreCompatible(group, earliest)) group.pop_back();
      }
      std::uint32_t least = 0;
      for (const TicketId one : group) least = std::max(least, open_.at(one).least);
      if (group.size() < least) continue;
      gone.insert(group.begin(), group.end());
      groups.push_back(group);
    }
    return groups;
  }

  const std::map<TicketId, Ticket>& open() const { return open_; }
  const MatchingPool& pool() const { return pool_; }

 private:
  User& OwnerOf(const Ticket& ticket) { return *users_[ToNumber(ticket.user) - 1]; }

  std::vector<std::string> Shared(const Group& group) const {
    std::vector<std::string> shared = open_.at(group.front()).tags;
    std::erase_if(shared, [&](const std::string& tag) {
      return std::ranges::any_of(
          group, [&](TicketId id) { return std::ranges::count(open_.at(id).tags, tag) == 0; });
    });
    return shared;
  }

  // The last one with those before, who are with each other.
  bool AreCompatible(const Group& group, Timestamp earliest) {
    Timestamp start = earliest;
    Timestamp until = kMaxTimestamp;
    std::int64_t length_ms = 0;
    std::uint32_t least = 0;
    std::uint32_t most = Limits::kMostCapacity;
    const Ticket& last = open_.at(group.back());
    for (const TicketId id : group) {
      const Ticket& ticket = open_.at(id);
      start = std::max(start, ticket.from);
      until = std::min(until, ticket.until);
      length_ms = std::max(length_ms, ticket.length_ms);
      least = std::max(least, ticket.least);
      most = std::min(most, ticket.most);
      if (id == last.id) continue;
      const double distance_m = spatial::DistanceFrom(ticket.place)(last.place);
      if (distance_m > ticket.radius_m || distance_m > last.radius_m) return false;
      const User& user = OwnerOf(ticket);
      if (ticket.user == last.user || Contains(user.blocks, last.user) ||
          Contains(user.blocked_by, last.user)) {
        return false;
      }
    }
    return start + milliseconds(length_ms) <= until && group.size() <= most && least <= most &&
           !Shared(group).empty();
  }

  MatchingPool pool_;
  std::vector<std::unique_ptr<User>> users_;
  std::map<TicketId, Ticket> open_;
  std::uint64_t last_ = 0;
};

class MatchingPoolTwins : public testing::SeededTest {
 protected:
  Ticket SomeTicket(Timestamp now, std::uint32_t greatest_least) {
    static const std::vector<std::string> kTags = {"chess", "go", "run", "tea"};
    Ticket ticket;
    // Some two kilometres from one to the next.
    ticket.place = *spatial::ToPosition({37.5 + 0.02 * static_cast<double>(random_.Below(3)), 127});
    ticket.radius_m =
        static_cast<std::uint32_t>(random_.OneIn(3) ? 1 : random_.Between(100, 6'000));
    ticket.from = now + kMinute * random_.Between(-60, 300);
    ticket.until = ticket.from + kMinute * random_.Between(90, 240);
    ticket.length_ms = (kMinute * random_.Between(30, 90)).count();
    ticket.tags = {random_.Pick(kTags)};
    const std::string& other = random_.Pick(kTags);
    if (other != ticket.tags[0]) ticket.tags.push_back(other);
    ticket.least = static_cast<std::uint32_t>(random_.Between(2, greatest_least));
    ticket.most = ticket.least + static_cast<std::uint32_t>(random_.Between(0, 2));
    return ticket;
  }
};

TEST_F(MatchingPoolTwins, ARunMatchesWhatLookingAtAllWithinTheBoundWouldMatch) {
  std::size_t matched = 0;
  std::size_t bounded = 0;
  for (std::size_t history = 0; history < testing::Scaled(40); ++history) {
    const std::size_t most_looked_at = 1 + random_.Below(8);
    const auto greatest_least = static_cast<std::uint32_t>(random_.Between(2, 5));
    Crowd crowd(most_looked_at);
    for (int i = 0; i < 40; ++i) crowd.AddUser();
    Timestamp now = kNow;
    for (int round = 0; round < 30; ++round) {
      for (std::size_t i = random_.Below(30); i > 0; --i) {
        crowd.Open(crowd.At(random_.Below(crowd.users())), SomeTicket(now, greatest_least));
      }
      for (std::size_t i = random_.Below(4); i > 0 && !crowd.open().empty(); --i) {
        const auto at = std::next(crowd.open().begin(),
                                  static_cast<std::ptrdiff_t>(random_.Below(crowd.open().size())));
        crowd.Close(at->first);
      }
      for (std::size_t i = random_.Below(3); i > 0; --i) {
        const std::size_t user = random_.Below(crowd.users());
        const std::size_t other = random_.Below(crowd.users());
        if (user != other) crowd.ChangeBlock(crowd.At(user), crowd.At(other));
      }
      if (random_.OneIn(2)) now += kMinute * random_.Between(1, 20);
      crowd.CloseExpired(now);
      const std::vector<Group> expected = crowd.Expected(now, most_looked_at);
      if (crowd.Expected(now, SIZE_MAX) != expected) ++bounded;
      ASSERT_EQ(crowd.Match(now), expected)
          << "history " << history << ", round " << round << ", bound " << most_looked_at;
      ASSERT_EQ(crowd.pool().size(), crowd.open().size());
      for (const Group& group : expected) matched += group.size();
    }
  }
  EXPECT_GT(matched, 1'000u);
  EXPECT_GT(bounded, 100u);
}

// Of two hours of chess in Seoul this evening.
Ticket Evening() {
  Ticket ticket;
  ticket.place = *spatial::ToPosition({37.5, 127});
  ticket.radius_m = 3'000;
  ticket.from = kNow;
  ticket.until = kNow + 180 * kMinute;
  ticket.length_ms = (120 * kMinute).count();
  ticket.tags = {"chess"};
  ticket.least = 2;
  ticket.most = 2;
  return ticket;
}

class MatchingPoolTest : public ::testing::Test {
 protected:
  // With so many others' tickets between that they cannot have, opens two that fit.
  void OpenTwoWithBetween(std::size_t count) {
    first_ = crowd_.Open(crowd_.AddUser(), Evening());
    User& other = crowd_.AddUser();
    Ticket tomorrow = Evening();
    tomorrow.from += 24 * 60 * kMinute;
    tomorrow.until += 24 * 60 * kMinute;
    for (std::size_t i = 0; i < count; ++i) between_ = crowd_.Open(other, tomorrow);
    last_ = crowd_.Open(crowd_.AddUser(), Evening());
  }

  Crowd crowd_{kMostTicketsLookedAt};
  TicketId first_{};
  TicketId between_{};
  TicketId last_{};
};

TEST_F(MatchingPoolTest, TheLastOneThatMayBeLookedAtIsTaken) {
  OpenTwoWithBetween(kMostTicketsLookedAt - 1);
  EXPECT_THAT(crowd_.Match(kNow), ElementsAre(Group{first_, last_}));
}

TEST_F(MatchingPoolTest, TheNextOneIsTakenWhenOneBetweenHasGone) {
  OpenTwoWithBetween(kMostTicketsLookedAt);
  EXPECT_THAT(crowd_.Match(kNow), IsEmpty());
  crowd_.Close(between_);
  EXPECT_THAT(crowd_.Match(kNow), ElementsAre(Group{first_, last_}));
}

TEST_F(MatchingPoolTest, WhoHasNoTagInCommonIsNotCounted) {
  User& other = crowd_.AddUser();
  first_ = crowd_.Open(crowd_.AddUser(), Evening());
  Ticket go = Evening();
  go.tags = {"go"};
  for (std::size_t i = 0; i < kMostTicketsLookedAt; ++i) crowd_.Open(other, go);
  last_ = crowd_.Open(crowd_.AddUser(), Evening());
  EXPECT_THAT(crowd_.Match(kNow), ElementsAre(Group{first_, last_}));
}

}  // namespace
}  // namespace moyeo::society
