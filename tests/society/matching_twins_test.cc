// Finding, recommending and matching among thousands, beside looking at everything.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "society/society_fixture.h"
#include "society/state.h"
#include "society/text.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;

const std::vector<std::string> kTags = {"chess", "Chess", "go",  "run", "tea",  "art",
                                        "jazz",  "산책",  "zoo", "sea", "golf", "judo"};

constexpr LatLng kMiddle{37.5, 127};

class MatchingTwins : public testing::SeededTest {
 protected:
  void Give(std::optional<UserId> actor, CommandBody body) {
    events_.clear();
    society_.Apply({.time = now_, .actor = actor, .body = std::move(body)}, events_);
  }

  void RegisterAll(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      Register user{.nickname = std::to_string(i)};
      if (random_.OneIn(2)) user.interests = SomeTags(3);
      Give(UserId{i}, user);
    }
    users_ = count;
  }

  UserId SomeUser() { return UserId{1 + random_.Below(users_)}; }

  // Different under folding.
  std::vector<std::string> SomeTags(std::size_t most) {
    std::map<std::string, std::string> tags;
    for (std::size_t i = random_.Below(most + 1); i > 0; --i) {
      const std::string& tag = random_.Pick(kTags);
      tags.emplace(Fold(tag), tag);
    }
    std::vector<std::string> some;
    for (const auto& [folded, tag] : tags) some.push_back(tag);
    return some;
  }

  // Within some ten kilometres, and more people the nearer to the middle.
  LatLng SomePlace() {
    const double spread = random_.Uniform(0, 0.1);
    return {kMiddle.lat + random_.Uniform(-spread, spread),
            kMiddle.lng + random_.Uniform(-spread, spread)};
  }

  static std::set<std::string> Folded(const std::vector<std::string>& tags) {
    std::set<std::string> folded;
    for (const std::string& tag : tags) folded.insert(Fold(tag));
    return folded;
  }

  static std::size_t Common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const std::set<std::string> other = Folded(b);
    const std::set<std::string> one = Folded(a);
    return static_cast<std::size_t>(
        std::ranges::count_if(one, [&](const std::string& tag) { return other.contains(tag); }));
  }

  Society society_;
  Timestamp now_ = kNow;
  std::size_t users_ = 0;
  std::vector<Event> events_;
};

// ---- Find and recommend

class SuitingTwins : public MatchingTwins {
 protected:
  struct Seen {
    const Meetup* meetup;
    std::optional<double> distance_m;
    std::uint32_t total = 0;  // of one that has a distance
  };

  void MakeMeetups(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      CreateMeetup meetup{.title = random_.Pick(kTags) + " " + random_.Pick(kTags) + " " +
                                   std::to_string(random_.Below(500)),
                          .start = now_ + kMinute * random_.Between(1, 7 * 24 * 60)};
      if (!random_.OneIn(20)) meetup.location = SomePlace();
      meetup.end = meetup.start + kHour;
      meetup.capacity = static_cast<std::uint32_t>(random_.Between(2, 8));
      meetup.tags = SomeTags(3);
      Give(SomeUser(), meetup);
    }
  }

  // All that `viewer` may find, in no order.
  std::vector<Seen> Everything(const User& viewer, std::optional<LatLng> from) const {
    std::vector<Seen> all;
    for (const auto& [id, meetup] : society_.state().meetups) {
      if (!meetup->listed || Contains(viewer.blocks, meetup->host) ||
          Contains(viewer.blocked_by, meetup->host)) {
        continue;
      }
      Seen seen{.meetup = meetup.get(), .distance_m = std::nullopt};
      if (from && meetup->location) {
        seen.distance_m = *DistanceMeters(*from, spatial::ToDegrees(*meetup->location));
        seen.total = TotalFor(viewer, *meetup, *seen.distance_m);
      }
      all.push_back(seen);
    }
    return all;
  }

  static bool Contains(const std::vector<UserId>& users, UserId user) {
    return std::ranges::count(users, user) > 0;
  }

  std::uint32_t TotalFor(const User& user, const Meetup& meetup, double distance_m) const {
    const std::int64_t distance = 2'000'000 / (2'000 + static_cast<std::int64_t>(distance_m));
    const std::size_t shared = std::min<std::size_t>(3, Common(meetup.tags, user.interests));
    const std::int64_t interests[] = {0, 600, 850, 1'000};
    const std::int64_t soon =
        1'000 * kDay.count() / (kDay + (meetup.start - society_.time())).count();
    const std::int64_t seats = meetup.capacity - meetup.members.size();
    std::int64_t friends = 0;
    for (const Member& member : meetup.members) friends += Contains(user.friends, member.user);
    return static_cast<std::uint32_t>(30 * distance + 40 * interests[shared] + 15 * soon +
                                      5 * (1'000 * seats / (seats + 3)) +
                                      30 * (1'000 * friends / (friends + 1)));
  }

  std::vector<MeetupId> ExpectedOf(const User& viewer, const FindQuery& query) const {
    const auto from = query.within ? std::optional(query.within->center) : std::nullopt;
    std::vector<Seen> found = Everything(viewer, from);
    std::erase_if(found, [&](const Seen& seen) {
      const Meetup& m = *seen.meetup;
      const bool is_near =
          !query.within || (seen.distance_m && *seen.distance_m <= query.within->radius_m);
      const bool has_tags = (query.any_of.empty() || Common(query.any_of, m.tags) > 0) &&
                            Common(query.all_of, m.tags) == Folded(query.all_of).size();
      const bool has_text = query.text.empty() ||
                            Fold(m.title).find(Fold(query.text)) != std::string::npos ||
                            std::ranges::any_of(m.tags, [&](const std::string& tag) {
                              return Fold(tag).find(Fold(query.text)) != std::string::npos;
                            });
      return !is_near || !has_tags || !has_text || m.start < query.from || m.start >= query.to ||
             m.capacity - m.members.size() < query.free_seats;
    });
    std::ranges::sort(found, [&](const Seen& a, const Seen& b) {
      if (query.order == FindOrder::kStart) {
        return std::tuple(a.meetup->start, b.meetup->id) <
               std::tuple(b.meetup->start, a.meetup->id);
      }
      return std::tuple(*a.distance_m, a.meetup->id) < std::tuple(*b.distance_m, b.meetup->id);
    });
    if (query.order == FindOrder::kScore) {
      if (found.size() > FindQuery::kMostRanked) found.resize(FindQuery::kMostRanked);
      std::ranges::sort(found, [](const Seen& a, const Seen& b) {
        return std::tuple(b.total, a.meetup->id) < std::tuple(a.total, b.meetup->id);
      });
    }
    std::vector<MeetupId> ids;
    for (const Seen& seen : found) ids.push_back(seen.meetup->id);
    return ids;
  }

  std::vector<MeetupId> FoundBy(UserId viewer, const FindQuery& query) {
    std::vector<MeetupId> ids;
    PageRequest request{.limit = random_.OneIn(2) ? 100u : 7u};
    do {
      const auto page = society_.Find(viewer, query, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return {};
      for (const FoundMeetup& found : page->items) {
        ids.push_back(found.meetup.meetup);
        EXPECT_EQ(found.score.has_value(), query.order == FindOrder::kScore);
      }
      request.cursor = page->next;
    } while (!request.cursor.empty());
    return ids;
  }
};

TEST_F(SuitingTwins, FindAndRecommendAgreeWithLookingAtEverything) {
  RegisterAll(300);
  for (int i = 0; i < 900; ++i) Give(SomeUser(), RequestFriend{SomeUser()});
  for (std::size_t user = 1; user <= users_; ++user) {
    const std::vector<UserId> asked = society_.state().users.at(UserId{user})->requests_received;
    for (const UserId from : asked) {
      if (random_.OneIn(2)) Give(UserId{user}, RequestFriend{from});
    }
  }
  for (int i = 0; i < 200; ++i) Give(SomeUser(), Block{SomeUser()});
  // More than a search gathers, ranks, or looks at for a page.
  MakeMeetups(6'000);
  for (int i = 0; i < 6'000; ++i) {
    Give(SomeUser(), JoinMeetup{MeetupId{1 + random_.Below(6'000)}});
  }

  // Wide ones of each order first, of which a page, a ranking and a gathering have their limits.
  for (const FindOrder order : {FindOrder::kDistance, FindOrder::kStart, FindOrder::kScore}) {
    const UserId viewer = SomeUser();
    const FindQuery query{.within = MapCircle{kMiddle, 1e5}, .order = order};
    const std::vector<Seen> all = Everything(*society_.state().users.at(viewer), kMiddle);
    const auto within =
        std::ranges::count_if(all, [](const Seen& seen) { return seen.distance_m.has_value(); });
    ASSERT_GT(within, 4'096);
    ASSERT_EQ(FoundBy(viewer, query), ExpectedOf(*society_.state().users.at(viewer), query))
        << "order " << static_cast<int>(order);
  }
  for (std::size_t i = 0; i < testing::Scaled(150); ++i) {
    const UserId viewer = SomeUser();
    const User& user = *society_.state().users.at(viewer);
    FindQuery query{.order = static_cast<FindOrder>(random_.Below(3))};
    if (query.order != FindOrder::kStart || !random_.OneIn(4)) {
      query.within = MapCircle{SomePlace(), std::pow(10, random_.Uniform(2, 5))};
    }
    if (random_.OneIn(3)) query.from = now_ + kHour * random_.Between(0, 100);
    if (random_.OneIn(3)) query.to = now_ + kHour * random_.Between(0, 180);
    if (random_.OneIn(2)) query.any_of = SomeTags(4);
    if (random_.OneIn(4)) query.all_of = SomeTags(2);
    if (random_.OneIn(4)) query.free_seats = static_cast<std::uint32_t>(random_.Below(5));
    // Of some, very many have the text; of others, few.
    if (random_.OneIn(6)) query.text = random_.Pick(kTags);
    if (random_.OneIn(6)) query.text = std::to_string(random_.Below(500));
    const std::vector<MeetupId> expected = ExpectedOf(user, query);
    ASSERT_EQ(FoundBy(viewer, query), expected) << "query " << i;

    const RecommendQuery wanted{.place = SomePlace(),
                                .radius_m = std::pow(10, random_.Uniform(2, 5)),
                                .limit = 1 + random_.Below(20)};
    std::vector<Seen> best = Everything(user, wanted.place);
    std::erase_if(best, [&](const Seen& seen) {
      return !seen.distance_m || *seen.distance_m > wanted.radius_m ||
             seen.meetup->Find(viewer) != nullptr;
    });
    std::ranges::sort(best, [](const Seen& a, const Seen& b) {
      return std::tuple(b.total, a.meetup->id) < std::tuple(a.total, b.meetup->id);
    });
    if (best.size() > wanted.limit) best.resize(wanted.limit);
    const auto recommended = society_.Recommend(viewer, wanted);
    ASSERT_THAT(recommended, IsOk());
    ASSERT_EQ(recommended->size(), best.size()) << "query " << i;
    for (std::size_t k = 0; k < best.size(); ++k) {
      ASSERT_EQ((*recommended)[k].meetup.meetup, best[k].meetup->id) << "query " << i;
      ASSERT_EQ((*recommended)[k].score.total, best[k].total) << "query " << i;
    }
  }
}

// ---- Tickets

class TicketTwins : public MatchingTwins {
 protected:
  using Group = std::vector<TicketId>;

  void OpenSome(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      CreateTicket ticket{.location = SomePlace(),
                          .radius_m = static_cast<std::uint32_t>(random_.Between(500, 9'000)),
                          .from = now_ + kMinute * random_.Between(-60, 300),
                          .length_ms = (kMinute * random_.Between(30, 180)).count(),
                          .tags = SomeTags(2)};
      ticket.until = ticket.from + kMinute * random_.Between(120, 500);
      ticket.least = static_cast<std::uint32_t>(random_.Between(2, 6));
      ticket.most = ticket.least + static_cast<std::uint32_t>(random_.Between(0, 4));
      Give(SomeUser(), ticket);
    }
  }

  const Ticket& At(TicketId id) const { return *society_.state().tickets.at(id); }

  bool AreCompatible(const Group& group) const {
    Timestamp start = now_;
    Timestamp until = kMaxTimestamp;
    std::int64_t length_ms = 0;
    std::uint32_t least = 0;
    std::uint32_t most = 255;
    std::set<std::string> shared = Folded(At(group.front()).tags);
    for (const TicketId id : group) {
      const Ticket& ticket = At(id);
      start = std::max(start, ticket.from);
      until = std::min(until, ticket.until);
      length_ms = std::max(length_ms, ticket.length_ms);
      least = std::max(least, ticket.least);
      most = std::min(most, ticket.most);
      const std::set<std::string> tags = Folded(ticket.tags);
      std::erase_if(shared, [&](const std::string& tag) { return !tags.contains(tag); });
    }
    if (start + milliseconds(length_ms) > until || shared.empty()) return false;
    if (group.size() > most || least > most) return false;
    // All before were compatible with each other.
    const Ticket& last = At(group.back());
    const User& user = *society_.state().users.at(last.user);
    for (std::size_t i = 0; i + 1 < group.size(); ++i) {
      const Ticket& ticket = At(group[i]);
      const double distance_m =
          *DistanceMeters(spatial::ToDegrees(ticket.place), spatial::ToDegrees(last.place));
      if (distance_m > ticket.radius_m || distance_m > last.radius_m) return false;
      if (ticket.user == user.id || std::ranges::count(user.blocks, ticket.user) > 0 ||
          std::ranges::count(user.blocked_by, ticket.user) > 0) {
        return false;
      }
    }
    return true;
  }

  // What a run now would match.
  std::vector<Group> Expected() const {
    std::vector<TicketId> open;
    for (const auto& [id, ticket] : society_.state().tickets) {
      if (ticket->expires() > now_) open.push_back(id);
    }
    std::ranges::sort(open);
    std::set<TicketId> gone;
    std::vector<Group> groups;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (gone.contains(open[i])) continue;
      Group group = {open[i]};
      for (std::size_t k = i + 1; k < open.size(); ++k) {
        if (gone.contains(open[k])) continue;
        group.push_back(open[k]);
        if (!AreCompatible(group)) group.pop_back();
      }
      std::uint32_t least = 0;
      for (const TicketId id : group) least = std::max(least, At(id).least);
      if (group.size() < least) continue;
      gone.insert(group.begin(), group.end());
      groups.push_back(group);
    }
    return groups;
  }

  std::vector<Group> Matched() const {
    std::map<MeetupId, Group> groups;
    for (const Event& event : events_) {
      const auto* const matched = std::get_if<TicketMatched>(&event.body);
      if (matched != nullptr) groups[matched->meetup].push_back(matched->ticket);
    }
    std::vector<Group> in_order;
    for (const auto& [meetup, group] : groups) in_order.push_back(group);
    return in_order;
  }
};

TEST_F(TicketTwins, RunsMatchWhatLookingAtAllWouldMatch) {
  RegisterAll(400);
  for (int i = 0; i < 400; ++i) Give(SomeUser(), Block{SomeUser()});
  std::size_t matched = 0;
  std::size_t left = 0;
  for (std::size_t round = 0; round < testing::Scaled(60); ++round) {
    OpenSome(random_.Below(60));
    for (std::size_t i = random_.Below(10); i > 0; --i) {
      Give(SomeUser(), Block{SomeUser()});
      const User& user = *society_.state().users.at(SomeUser());
      if (!user.blocks.empty()) Give(user.id, Unblock{random_.Pick(user.blocks)});
      if (!user.tickets.empty()) Give(user.id, WithdrawTicket{random_.Pick(user.tickets)});
    }
    now_ += kMinute * random_.Between(1, 40);
    const std::vector<Group> expected = Expected();
    const bool is_due = society_.state().matching_due.has_value();
    Give(std::nullopt, Advance{});
    if (!is_due) continue;
    ASSERT_EQ(Matched(), expected) << "round " << round;
    for (const Group& group : expected) matched += group.size();
    left += society_.state().tickets.size();
  }
  EXPECT_GT(matched, 100u);
  EXPECT_GT(left, 100u);
}

}  // namespace
}  // namespace moyeo::society
