// Which meetups suit somebody, and what they look for themselves: include/moyeo/matching.h.

#include "society/matching_queries.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "society/page_cursor.h"
#include "society/queries.h"
#include "society/society.h"
#include "society/text.h"
#include "society/thread_search.h"
#include "spatial/search.h"

namespace moyeo::society {
namespace {

using spatial::Hit;
using spatial::Position;

constexpr std::uint32_t kWhole = 1'000;

// The stamps of the map.
Timestamp StartOf(const Hit& hit) { return Timestamp(std::chrono::milliseconds(hit.stamp)); }

// ---- Scores

std::uint32_t DistancePart(double distance_m) {
  const auto metres = static_cast<std::uint64_t>(distance_m);
  return static_cast<std::uint32_t>(std::uint64_t{kWhole} * 2'000 / (2'000 + metres));
}

std::uint32_t InterestsPart(std::size_t shared) {
  constexpr std::uint32_t kParts[] = {0, 600, 850, kWhole};
  return kParts[std::min<std::size_t>(shared, 3)];
}

// REQUIRES: ahead_ms >= 0
std::uint32_t SoonPart(std::int64_t ahead_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  return static_cast<std::uint32_t>(kWhole * kDayMs / (kDayMs + ahead_ms));
}

constexpr std::uint32_t SeatsPart(std::uint32_t seats) { return kWhole * seats / (seats + 3); }
// One seat is the host's.
constexpr std::uint32_t kMostSeatsPart = SeatsPart(Limits::kMostCapacity - 1);

std::uint32_t FriendsPart(std::size_t friends) {
  return static_cast<std::uint32_t>(kWhole * friends / (friends + 1));
}

// Looks up users or meetups that exist, some at a time so that memory is waited for together.
template <typename Id, typename Each>
void ForEachFound(const Machine& machine, std::span<const Id> ids, Each each) {
  constexpr std::size_t kTogether = 16;
  while (!ids.empty()) {
    const std::span<const Id> some = ids.first(std::min(ids.size(), kTogether));
    machine.PrefetchScored(some);
    for (const Id id : some) each(*machine.Find(id));
    ids = ids.subspan(some.size());
  }
}

// Somebody for whom meetups are scored; or the host application, who has neither interests nor
// friends.
class Scorer {
 public:
  Scorer(const Machine& machine, const User* user)
      : weights_(machine.state().settings), now_(machine.state().time) {
    if (user == nullptr) return;
    for (const std::string& interest : user->interests) {
      const auto number = machine.listing().NumberOf(Fold(interest));
      if (!number) continue;
      interests_.push_back(*number);
      mask_ |= TagNumbers::BitOf(*number);
    }
    std::ranges::sort(interests_);
    most_interests_ = InterestsPart(interests_.size());
    ForEachFound(machine, std::span(user->friends), [&](const User& one) {
      for (const Tie& tie : one.ties) {
        if (tie.member) friends_.emplace_back(tie.meetup, one.id);
      }
    });
    std::ranges::sort(friends_);
  }

  Score Of(const Meetup& meetup, double distance_m) const {
    Score score{.distance = DistancePart(distance_m),
                .interests = InterestsPart(SharedWith(meetup)),
                .soon = SoonPart((meetup.start - now_).count()),
                .seats = SeatsPart(meetup.capacity - meetup.member_count()),
                .friends = FriendsPart(FriendsAt(meetup.id).size())};
    score.total = weights_.distance_weight * score.distance +
                  weights_.interests_weight * score.interests + weights_.soon_weight * score.soon +
                  weights_.seats_weight * score.seats + weights_.friends_weight * score.friends;
    return score;
  }

  // What no meetup at this distance or further can exceed, where no friends are.
  std::uint32_t MostBeyond(double distance_m, bool with_interests) const {
    return MostAt(distance_m, now_, with_interests);
  }

  // What no meetup at this distance that starts then can exceed, where no friends are.
  std::uint32_t MostAt(double distance_m, Timestamp start, bool with_interests) const {
    return weights_.distance_weight * DistancePart(distance_m) +
           (with_interests ? weights_.interests_weight * most_interests_ : 0) +
           weights_.soon_weight * SoonPart((start - now_).count()) +
           weights_.seats_weight * kMostSeatsPart;
  }

  // The bits of the tags that listed meetups and the user have.
  std::uint32_t mask() const { return mask_; }

  // Meetups of friends with the friend, ascending.
  using Friends = std::vector<std::pair<MeetupId, UserId>>;
  const Friends& friends() const { return friends_; }
  std::span<const Friends::value_type> FriendsAt(MeetupId meetup) const {
    const auto begin = std::ranges::lower_bound(friends_, meetup, {}, &Friends::value_type::first);
    const auto end = std::ranges::upper_bound(friends_, meetup, {}, &Friends::value_type::first);
    return {begin, end};
  }

  bool IsInterest(std::uint32_t tag) const {
    return std::binary_search(interests_.begin(), interests_.end(), tag);
  }

 private:
  std::size_t SharedWith(const Meetup& meetup) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        meetup.tag_numbers, [&](std::uint32_t tag) { return IsInterest(tag); }));
  }

  const Settings& weights_;
  const Timestamp now_;
  std::vector<std::uint32_t> interests_;  // ascending
  std::uint32_t most_interests_ = 0;      // the part of one who has them all
  std::uint32_t mask_ = 0;
  Friends friends_;
};

// ---- Find

struct Circle {
  Position center;
  double radius_m = 0;
};

absl::StatusOr<Circle> CircleOf(LatLng place, double radius_m) {
  const std::optional<Position> center = spatial::ToPosition(place);
  if (!center) return spatial::WhyInvalid(place);
  if (!std::isfinite(radius_m) || radius_m < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("radius_m ", radius_m, " is not a finite number from 0 on"));
  }
  // Of the zeros, the one without a sign: cursors compare the bits of distances.
  return Circle{*center, radius_m + 0.0};
}

// A query whose arguments are right, as it is looked for.
struct Wanted {
  std::optional<Circle> within;
  Timestamp from{};
  Timestamp to{};
  // Numbers of tags of listed meetups. Those of which there is none are left out of any_of; in
  // all_of they leave nothing to find.
  std::vector<std::uint32_t> any_of;
  std::vector<std::uint32_t> all_of;
  bool can_be = true;
  std::uint32_t free_seats = 1;
  std::string text;  // folded
  spatial::ItemFilter filter;
  // The only tag, or one of those that all must have.
  const Listing::Places* places = nullptr;
  // All that may have the text, if they are few: then there is no need to look at others.
  std::optional<std::vector<MeetupId>> with_text;

  bool AdmitsStart(Timestamp start) const { return start >= from && start < to; }

  bool Admits(const Meetup& meetup) const {
    if (!AdmitsStart(meetup.start)) return false;
    if (meetup.capacity - meetup.member_count() < free_seats) return false;
    const auto has = [&](std::uint32_t tag) {
      return std::binary_search(meetup.tag_numbers.begin(), meetup.tag_numbers.end(), tag);
    };
    if (!any_of.empty() && std::ranges::none_of(any_of, has)) return false;
    if (!std::ranges::all_of(all_of, has)) return false;
    const auto has_text = [&](const std::string& in) {
      return Fold(in).find(text) != std::string::npos;
    };
    return text.empty() || has_text(meetup.title) || std::ranges::any_of(meetup.tags, has_text);
  }
};

absl::StatusOr<std::vector<std::string>> FoldTags(const std::vector<std::string>& tags) {
  if (tags.size() > FindQuery::kMostTags) {
    return absl::InvalidArgumentError(
        absl::StrCat(tags.size(), " tags are more than ", FindQuery::kMostTags));
  }
  std::vector<std::string> folded;
  for (const std::string& tag : tags) {
    absl::StatusOr<std::string> one = FoldQuery(tag, Limits::kTagLength);
    if (!one.ok()) return one.status();
    folded.push_back(*std::move(one));
  }
  return folded;
}

// Those of whom a search of the texts tells within its bound; nullopt if there are more.
std::optional<std::vector<MeetupId>> FewWithText(const Listing& listing, const std::string& text) {
  GramIndex::Matches matches = listing.texts().Find(text);
  std::vector<MeetupId> meetups;
  for (auto number = matches.NextFrom(0); number; number = matches.NextFrom(*number + 1)) {
    meetups.push_back(Listing::FromTextNumber(*number));
  }
  if (matches.stopped_at()) return std::nullopt;
  return meetups;
}

absl::StatusOr<Wanted> WantedBy(const FindQuery& query, const Listing& listing) {
  Wanted wanted;
  wanted.from = query.from;
  wanted.to = query.to;
  wanted.free_seats = query.free_seats;
  if (query.within) {
    const absl::StatusOr<Circle> circle = CircleOf(query.within->center, query.within->radius_m);
    if (!circle.ok()) return circle.status();
    wanted.within = *circle;
  }
  const bool is_known = query.order == FindOrder::kDistance || query.order == FindOrder::kStart ||
                        query.order == FindOrder::kScore;
  if (!is_known) return absl::InvalidArgumentError("there is no such order");
  if (!query.within && query.order != FindOrder::kStart) {
    return absl::InvalidArgumentError("neither distance nor score can order without `within`");
  }
  const absl::StatusOr<std::vector<std::string>> any_of = FoldTags(query.any_of);
  if (!any_of.ok()) return any_of.status();
  const absl::StatusOr<std::vector<std::string>> all_of = FoldTags(query.all_of);
  if (!all_of.ok()) return all_of.status();
  if (!query.text.empty()) {
    absl::StatusOr<std::string> text = FoldQuery(query.text, Limits::kTitleLength);
    if (!text.ok()) return text.status();
    wanted.text = *std::move(text);
    wanted.with_text = FewWithText(listing, wanted.text);
  }

  // A stamp is a start, in milliseconds.
  if (wanted.from > kMinTimestamp) {
    wanted.filter.stamp_above = wanted.from.time_since_epoch().count() - 1;
  }
  for (const std::string& tag : *any_of) {
    const auto number = listing.NumberOf(tag);
    if (!number) continue;
    wanted.any_of.push_back(*number);
    wanted.filter.any_of |= TagNumbers::BitOf(*number);
  }
  if (!any_of->empty() && wanted.any_of.empty()) wanted.can_be = false;
  if (any_of->size() == 1) wanted.places = listing.WithTag(any_of->front());
  for (const std::string& tag : *all_of) {
    const auto number = listing.NumberOf(tag);
    if (!number) {
      wanted.can_be = false;
      continue;
    }
    wanted.all_of.push_back(*number);
    wanted.filter.all_of |= TagNumbers::BitOf(*number);
    const Listing::Places* const places = listing.WithTag(tag);
    if (wanted.places == nullptr || places->size() < wanted.places->size()) wanted.places = places;
  }
  if (wanted.places == nullptr) wanted.places = &listing.open();
  return wanted;
}

// Answers one query.
class Finding {
 public:
  Finding(const Machine& machine, const User* viewer, const Wanted& wanted,
          const PageRequest& request)
      : machine_(machine), viewer_(viewer), wanted_(wanted), request_(request) {}

  absl::StatusOr<Page<FoundMeetup>> ByDistance() const {
    const auto begin = Begin(ListKind::kFoundByDistance, request_);
    if (!begin.ok()) return begin.status();
    const Circle& circle = *wanted_.within;
    // Also of cursors that were made up, and are no distance at all.
    const bool is_beyond =
        *begin && (*begin)->major > std::bit_cast<std::uint64_t>(circle.radius_m);
    if (is_beyond || !wanted_.can_be) return Page<FoundMeetup>();
    if (wanted_.with_text) return ByDistanceOf(AdmittedWithText(), *begin);
    const double from_m = *begin ? std::bit_cast<double>((*begin)->major) : 0;
    ThreadSearch search;
    for (std::size_t nearest = 2 * (request_.limit + 1);; nearest *= 4) {
      search->FindNearest(machine_.listing().map(), circle.center, circle.radius_m, nearest,
                          wanted_.filter, from_m);
      const std::span<const Hit> hits = search->Hits();
      PrefetchLikely(hits.first(std::min(hits.size(), 2 * request_.limit)));
      PageWriter<FoundMeetup> page(ListKind::kFoundByDistance, request_);
      bool is_full = false;
      for (const Hit& hit : hits) {
        const PageCursor at{.major = std::bit_cast<std::uint64_t>(hit.distance_m), .minor = hit.id};
        if (*begin && !IsAfter(at, **begin)) continue;
        is_full = !page.MayLookAt(at);
        if (is_full) break;
        if (!wanted_.AdmitsStart(StartOf(hit))) continue;
        const Meetup& meetup = *machine_.Find(MeetupId{hit.id});
        if (Admits(meetup)) page.Show(Found(meetup, hit.distance_m));
      }
      if (is_full || hits.size() < nearest) return page.Take();
    }
  }

  absl::StatusOr<Page<FoundMeetup>> ByStart() const {
    const auto begin = Begin(ListKind::kFoundByStart, request_);
    if (!begin.ok()) return begin.status();
    if (!wanted_.can_be) return Page<FoundMeetup>();
    if (wanted_.with_text) return ByStartOf(AdmittedWithText(), *begin);
    return wanted_.within ? ByStartWithin(*begin) : ByStartAnywhere(*begin);
  }

  absl::StatusOr<Page<FoundMeetup>> ByScore() const {
    const auto begin = Begin(ListKind::kFoundByScore, request_);
    if (!begin.ok()) return begin.status();
    if (!wanted_.can_be) return Page<FoundMeetup>();

    const Scorer scorer(machine_, viewer_);
    std::vector<Ranked> ranked;
    const auto rank = [&](const Admitted& one) {
      const Score score = scorer.Of(*one.meetup, *one.distance_m);
      ranked.push_back(
          {.place = {.major = ~std::uint64_t{score.total}, .minor = ToNumber(one.meetup->id)},
           .admitted = one,
           .score = score});
    };
    if (wanted_.with_text) {
      // No more than are ranked: a search looks at fewer.
      static_assert(GramIndex::kMaxSteps <= FindQuery::kMostRanked);
      for (const Admitted& one : AdmittedWithText()) rank(one);
    } else {
      ForEachNearest(rank);
    }
    if (*begin) {
      std::erase_if(ranked, [&](const Ranked& one) { return !IsAfter(one.place, **begin); });
    }
    const auto wanted =
        FirstOf(ranked, [](const Ranked& a, const Ranked& b) { return IsAfter(b.place, a.place); });
    PageWriter<FoundMeetup> page(ListKind::kFoundByScore, request_);
    for (auto one = ranked.begin(); one != wanted && page.MayLookAt(one->place); ++one) {
      FoundMeetup found = Found(*one->admitted.meetup, one->admitted.distance_m);
      found.score = one->score;
      page.Show(std::move(found));
    }
    return page.Take();
  }

 private:
  struct Admitted {
    const Meetup* meetup;
    std::optional<double> distance_m;
  };
  struct Ranked {
    PageCursor place;  // the greatest total first
    Admitted admitted;
    Score score;
  };

  static bool IsAfter(const PageCursor& a, const PageCursor& b) {
    return a.major != b.major ? a.major > b.major : a.minor > b.minor;
  }

  bool Admits(const Meetup& meetup) const {
    return wanted_.Admits(meetup) && !IsHidden(viewer_, meetup.host);
  }

  // Puts those that a page shows first, and one more, which tells that there are more, in order at
  // the beginning, and tells where they end.
  template <typename One, typename IsBefore>
  typename std::vector<One>::iterator FirstOf(std::vector<One>& all, IsBefore is_before) const {
    const auto end =
        all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), request_.limit + 1));
    std::partial_sort(all.begin(), end, all.end(), is_before);
    return end;
  }

  // Where few have the text, in no order.
  std::vector<Admitted> AdmittedWithText() const {
    std::vector<Admitted> admitted;
    for (const MeetupId id : *wanted_.with_text) {
      const Meetup& meetup = *machine_.Find(id);
      if (!meetup.listed) continue;
      std::optional<double> distance_m;
      if (wanted_.within) {
        if (!meetup.location) continue;
        distance_m = spatial::DistanceFrom(wanted_.within->center)(*meetup.location);
        if (*distance_m > wanted_.within->radius_m) continue;
      }
      if (Admits(meetup)) admitted.push_back({.meetup = &meetup, .distance_m = distance_m});
    }
    return admitted;
  }

  // The nearest ones that are wanted, as many as are ranked.
  template <typename Each>
  void ForEachNearest(Each each) const {
    const Circle& circle = *wanted_.within;
    ThreadSearch search;
    std::size_t admitted = 0;
    std::size_t done = 0;
    for (std::size_t nearest = FindQuery::kMostRanked;; nearest *= 4) {
      search->FindNearest(machine_.listing().map(), circle.center, circle.radius_m, nearest,
                          wanted_.filter);
      const std::span<const Hit> hits = search->Hits();
      for (; done < hits.size(); ++done) {
        if (admitted == FindQuery::kMostRanked) return;
        const Hit& hit = hits[done];
        if (!wanted_.AdmitsStart(StartOf(hit))) continue;
        const Meetup& meetup = *machine_.Find(MeetupId{hit.id});
        if (!Admits(meetup)) continue;
        ++admitted;
        each(Admitted{.meetup = &meetup, .distance_m = hit.distance_m});
      }
      if (hits.size() < nearest) return;
    }
  }

  Page<FoundMeetup> ByDistanceOf(std::vector<Admitted> all,
                                 const std::optional<PageCursor>& begin) const {
    const auto place_of = [](const Admitted& one) {
      return PageCursor{.major = std::bit_cast<std::uint64_t>(*one.distance_m),
                        .minor = ToNumber(one.meetup->id)};
    };
    if (begin) {
      std::erase_if(all, [&](const Admitted& one) { return !IsAfter(place_of(one), *begin); });
    }
    const auto wanted = FirstOf(all, [&](const Admitted& a, const Admitted& b) {
      return IsAfter(place_of(b), place_of(a));
    });
    PageWriter<FoundMeetup> page(ListKind::kFoundByDistance, request_);
    for (auto one = all.begin(); one != wanted && page.MayLookAt(place_of(*one)); ++one) {
      page.Show(Found(*one->meetup, one->distance_m));
    }
    return page.Take();
  }

  Page<FoundMeetup> ByStartOf(std::vector<Admitted> all,
                              const std::optional<PageCursor>& begin) const {
    if (begin) {
      std::erase_if(all,
                    [&](const Admitted& one) { return !(PlaceAt(*begin) < PlaceOf(*one.meetup)); });
    }
    const auto wanted = FirstOf(all, [](const Admitted& a, const Admitted& b) {
      return PlaceOf(*a.meetup) < PlaceOf(*b.meetup);
    });
    PageWriter<FoundMeetup> page(ListKind::kFoundByStart, request_);
    for (auto one = all.begin(); one != wanted; ++one) {
      if (!page.MayLookAt(CursorAt(PlaceOf(*one->meetup)))) break;
      page.Show(Found(*one->meetup, one->distance_m));
    }
    return page.Take();
  }

  // All that is told of them.
  void PrefetchLikely(std::span<const Hit> hits) const {
    std::vector<MeetupId> likely;
    for (const Hit& hit : hits) {
      if (wanted_.AdmitsStart(StartOf(hit))) likely.push_back(MeetupId{hit.id});
    }
    machine_.Prefetch(likely);
  }

  FoundMeetup Found(const Meetup& meetup, std::optional<double> distance_m) const {
    FoundMeetup found{.meetup = Summarize(machine_, viewer_, meetup)};
    found.meetup.distance_m = distance_m;
    return found;
  }

  absl::StatusOr<Page<FoundMeetup>> ByStartWithin(const std::optional<PageCursor>& begin) const {
    // A search so wide that it finds more is not worth it: then a page looks at a thousand in
    // order.
    constexpr std::size_t kMostGathered = 4'096;
    const Circle& circle = *wanted_.within;
    const spatial::DistanceFrom distance(circle.center);
    ThreadSearch search;
    search->FindWithin(machine_.listing().map(), circle.center, circle.radius_m, wanted_.filter,
                       kMostGathered);
    if (search->HasGivenUp()) return ByStartAnywhere(begin);

    std::vector<Admitted> found;
    const spatial::Search::Columns& columns = search->Unmeasured();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double distance_m = distance(columns.PositionOf(i));
      if (distance_m > circle.radius_m) continue;
      const ListPlace place{.start = Timestamp(std::chrono::milliseconds(columns.stamp[i])),
                            .meetup = MeetupId{columns.id[i]}};
      if (!wanted_.AdmitsStart(place.start) || (begin && !(PlaceAt(*begin) < place))) continue;
      const Meetup& meetup = *machine_.Find(place.meetup);
      if (Admits(meetup)) found.push_back({.meetup = &meetup, .distance_m = distance_m});
    }
    return ByStartOf(std::move(found), begin);
  }

  // In the order of lists, within the circle or not.
  Page<FoundMeetup> ByStartAnywhere(const std::optional<PageCursor>& begin) const {
    PageWriter<FoundMeetup> page(ListKind::kFoundByStart, request_);
    const ListPlace first{.start = wanted_.from, .meetup = MeetupId{UINT64_MAX}};
    auto at = wanted_.places->lower_bound(first);
    if (begin && first < PlaceAt(*begin)) at = wanted_.places->upper_bound(PlaceAt(*begin));
    for (; at != wanted_.places->end() && at->start < wanted_.to; ++at) {
      if (!page.MayLookAt(CursorAt(*at))) break;
      const Meetup& meetup = *machine_.Find(at->meetup);
      std::optional<double> distance_m;
      if (wanted_.within) {
        if (!meetup.location) continue;
        distance_m = spatial::DistanceFrom(wanted_.within->center)(*meetup.location);
        if (*distance_m > wanted_.within->radius_m) continue;
      }
      if (Admits(meetup)) page.Show(Found(meetup, distance_m));
    }
    return page.Take();
  }

  const Machine& machine_;
  const User* viewer_;
  const Wanted& wanted_;
  const PageRequest& request_;
};

// ---- Recommend

// The best so far.
class Best {
 public:
  struct Candidate {
    const Meetup* meetup;
    double distance_m;
    Score score;

    friend bool operator<(const Candidate& a, const Candidate& b) {
      return a.score.total != b.score.total ? a.score.total > b.score.total
                                            : a.meetup->id < b.meetup->id;
    }
  };

  explicit Best(std::size_t limit) : limit_(limit) {}

  void Offer(const Candidate& candidate) {
    if (heap_.size() == limit_) {
      if (!(candidate < heap_.front())) return;
      std::ranges::pop_heap(heap_, std::less<>());
      heap_.pop_back();
    }
    heap_.push_back(candidate);
    std::ranges::push_heap(heap_, std::less<>());
  }

  // Whether a total can be among the best; that of one meetup, if it is told.
  bool Wants(std::uint32_t total, MeetupId meetup = MeetupId{}) const {
    if (heap_.size() < limit_) return true;
    const Candidate& worst = heap_.front();
    return total != worst.score.total ? total > worst.score.total : meetup < worst.meetup->id;
  }

  std::vector<Candidate> Take() {
    std::ranges::sort(heap_, std::less<>());
    return std::move(heap_);
  }

 private:
  const std::size_t limit_;
  std::vector<Candidate> heap_;  // the worst on top
};

bool CouldJoin(const User& user, const Meetup& meetup) {
  return meetup.Find(user.id) == nullptr && !Machine::AreBlocked(user, meetup.host) &&
         (!Contains(meetup.kicked, user.id) || Contains(meetup.invitations, user.id));
}

}  // namespace

std::vector<TicketView> TicketsOf(const Machine& machine, const User& user) {
  std::vector<TicketView> views;
  for (const TicketId id : user.tickets) {
    const Ticket& ticket = *machine.Find(id);
    views.push_back({.ticket = id,
                     .created = ticket.created,
                     .expires = ticket.expires(),
                     .location = spatial::ToDegrees(ticket.place),
                     .radius_m = ticket.radius_m,
                     .from = ticket.from,
                     .until = ticket.until,
                     .length_ms = ticket.length_ms,
                     .tags = ticket.tags,
                     .least = ticket.least,
                     .most = ticket.most});
  }
  return views;
}

absl::StatusOr<std::vector<TicketView>> Society::Tickets(UserId id) const {
  const absl::StatusOr<const User*> user = FindUser(*machine_, id);
  if (!user.ok()) return user.status();
  return TicketsOf(*machine_, **user);
}

absl::StatusOr<Page<FoundMeetup>> Society::Find(std::optional<UserId> viewer_id,
                                                const FindQuery& query,
                                                const PageRequest& request) const {
  const absl::StatusOr<const User*> viewer = FindViewer(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<Wanted> wanted = WantedBy(query, machine_->listing());
  if (!wanted.ok()) return wanted.status();
  const Finding finding(*machine_, *viewer, *wanted, request);
  switch (query.order) {
    case FindOrder::kDistance:
      return finding.ByDistance();
    case FindOrder::kStart:
      return finding.ByStart();
    case FindOrder::kScore:
      break;
  }
  return finding.ByScore();
}

absl::StatusOr<std::vector<Recommendation>> Society::Recommend(UserId id,
                                                               const RecommendQuery& query) const {
  const absl::StatusOr<const User*> found = FindUser(*machine_, id);
  if (!found.ok()) return found.status();
  const User& user = **found;
  const absl::StatusOr<Circle> circle = CircleOf(query.place, query.radius_m);
  if (!circle.ok()) return circle.status();
  if (query.radius_m > RecommendQuery::kMostRadiusMeters) {
    return absl::InvalidArgumentError(
        absl::StrCat("radius_m ", query.radius_m, " is above ", RecommendQuery::kMostRadiusMeters));
  }
  if (query.limit < 1 || query.limit > RecommendQuery::kMaxLimit) {
    return absl::InvalidArgumentError(
        absl::StrCat("limit ", query.limit, " is not from 1 to ", RecommendQuery::kMaxLimit));
  }

  const Scorer scorer(*machine_, &user);
  Best best(query.limit);
  const auto offer = [&](const Meetup& meetup, double distance_m) {
    const Score score = scorer.Of(meetup, distance_m);
    if (best.Wants(score.total, meetup.id) && CouldJoin(user, meetup)) {
      best.Offer({&meetup, distance_m, score});
    }
  };

  // Where friends go first, of which there are few.
  const spatial::DistanceFrom distance(circle->center);
  std::vector<MeetupId> of_friends;
  for (const auto& [meetup, unused] : scorer.friends()) {
    if (of_friends.empty() || of_friends.back() != meetup) of_friends.push_back(meetup);
  }
  ForEachFound(*machine_, std::span<const MeetupId>(of_friends), [&](const Meetup& meetup) {
    if (!meetup.listed || !meetup.location) return;
    const double distance_m = distance(*meetup.location);
    if (distance_m <= circle->radius_m) offer(meetup, distance_m);
  });

  // All others have no part of friends, so that those nearest come before those who could not do
  // better, however soon they start; and no more is read of those who could not do better where and
  // when they are.
  const auto search_all = [&](const spatial::ItemFilter& filter, bool with_interests) {
    constexpr std::size_t kFirstBatch = 64;
    constexpr std::size_t kTogether = 16;
    if (!best.Wants(scorer.MostBeyond(0, with_interests))) return;
    ThreadSearch search;
    std::size_t done = 0;
    for (std::size_t nearest = kFirstBatch;; nearest *= 4) {
      search->FindNearest(machine_->listing().map(), circle->center, circle->radius_m, nearest,
                          filter);
      const std::span<const Hit> hits = search->Hits();
      std::vector<MeetupId> likely;
      std::vector<double> distances_m;
      bool is_done = false;
      while (done < hits.size() && !is_done) {
        likely.clear();
        distances_m.clear();
        for (; done < hits.size() && likely.size() < kTogether; ++done) {
          const Hit& hit = hits[done];
          is_done = !best.Wants(scorer.MostBeyond(hit.distance_m, with_interests));
          if (is_done) break;
          const MeetupId meetup{hit.id};
          const std::uint32_t most = scorer.MostAt(hit.distance_m, StartOf(hit), with_interests);
          if (!best.Wants(most, meetup)) continue;
          if (!scorer.FriendsAt(meetup).empty()) continue;
          likely.push_back(meetup);
          distances_m.push_back(hit.distance_m);
        }
        std::size_t next = 0;
        ForEachFound(*machine_, std::span<const MeetupId>(likely),
                     [&](const Meetup& meetup) { offer(meetup, distances_m[next++]); });
      }
      if (is_done || hits.size() < nearest) return;
    }
  };
  if (scorer.mask() != 0) search_all({.any_of = scorer.mask()}, true);
  search_all({.none_of = scorer.mask()}, false);

  std::vector<Recommendation> recommendations;
  const std::vector<Best::Candidate> winners = best.Take();
  std::vector<MeetupId> shown;
  shown.reserve(winners.size());
  for (const Best::Candidate& candidate : winners) shown.push_back(candidate.meetup->id);
  machine_->Prefetch(shown);
  for (const Best::Candidate& candidate : winners) {
    const Meetup& meetup = *candidate.meetup;
    Recommendation recommendation;
    recommendation.meetup = Summarize(*machine_, &user, meetup);
    recommendation.score = candidate.score;
    recommendation.meetup.distance_m = candidate.distance_m;
    if (candidate.score.interests > 0) {
      for (const std::string& tag : meetup.tags) {
        const auto number = machine_->listing().NumberOf(Fold(tag));
        if (number && scorer.IsInterest(*number)) {
          recommendation.shared_interests.push_back(tag);
        }
      }
    }
    for (const auto& [unused, friend_id] : scorer.FriendsAt(meetup.id)) {
      recommendation.friends.push_back(friend_id);
    }
    recommendations.push_back(std::move(recommendation));
  }
  return recommendations;
}

}  // namespace moyeo::society
