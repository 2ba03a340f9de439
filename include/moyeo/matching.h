// Matching: the meetups that suit somebody, and people who look for the same.
//
// Find and Recommend are questions; their answers change nothing. Tickets (CreateTicket in
// command.h) are part of the durable state, and make meetups of people who did not know each other:
//
// Tickets are matched by Advance alone: by the first one that comes Settings::matching_delay_ms or
// more after a ticket was opened or has gone (was matched, withdrawn, has expired), or a block
// between two owners of tickets has ended. All who look for the same within this time so have the
// same chance, and groups are larger than they would be if the first two were sent off.
//
// Open tickets are looked at in the order in which they were opened. Each begins a group, to which
// those opened later are added, in the same order, if they are compatible with all that are in it:
//
// - they are another user's, and neither has blocked the other;
// - either place is within the radius of the other (places are the centres of cells: command.h);
// - all have at least one tag in common, under NFKC case folding;
// - there is a time, not before Settings::start_from_ms from now on, at which all of their windows
//   are open for the longest length that one of them asks for;
// - the group does not grow beyond the smallest `most`, and none wants more people than that.
//
// Of those in its radius that have a tag in common with it, a ticket looks at the first
// kMostTicketsLookedAt that were opened later, whether they are compatible or not: so that a run
// does not take for ever where very many are in one place who cannot come together.
//
// A group that then has as many as the greatest `least` becomes a meetup. Its host is whose ticket
// began it; its place is that ticket's; its tags are those that all have in common, as that ticket
// spells them, and its title is the first of them. It starts at the earliest time possible, takes
// the longest length, and has a capacity of the smallest `most`: the others are members from the
// start, and if there are seats left and it does not start at once, it is listed like any other.
// The tickets of the group are gone; what else its members look for stays open, at the same time
// too. Nobody has confirmed.
//
// A ticket whose group is too small waits, and nobody is kept for it: a later one may have them.

#ifndef MOYEO_MATCHING_H_
#define MOYEO_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "moyeo/meetup.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// How many of those opened later one ticket looks at in a run.
inline constexpr std::size_t kMostTicketsLookedAt = 1'000;

// Why a meetup may suit somebody. Each part is from 0 to 1,000 and rounded down, all divisions
// being of whole numbers, so that every machine agrees:
//
//   distance   1,000 * 2,000 / (2,000 + m), m being the whole metres to it: half of it at 2 km
//   interests  0, 600, 850 or 1,000 for none, one, two, or more tags of the meetup that are
//              interests of the user, under NFKC case folding
//   soon       1,000 * 24 h / (24 h + t), t being the time from the last accepted command until it
//              starts: half of it in a day
//   seats      1,000 * n / (n + 3), n being the free seats
//   friends    1,000 * n / (n + 1), n being the friends of the user who are members
//
// `total` is the sum of all, each times its weight in Settings.
struct Score {
  std::uint32_t total = 0;
  std::uint32_t distance = 0;
  std::uint32_t interests = 0;
  std::uint32_t soon = 0;
  std::uint32_t seats = 0;
  std::uint32_t friends = 0;

  friend bool operator==(const Score&, const Score&) = default;
};

enum class FindOrder : std::uint8_t {
  kDistance = 0,  // nearest to the centre of `within` first, ties by id
  kStart = 1,     // as in other lists: by start ascending, and id descending
  kScore = 2,     // the greatest total first, ties by id
};

// Which listed meetups are wanted.
struct FindQuery {
  // Where: at most so far away, however far that is. Nullopt: anywhere, those without a place
  // included; then `order` must be kStart.
  std::optional<MapCircle> within = std::nullopt;

  // When they start: at `from` or later, and before `to`.
  Timestamp from = kMinTimestamp;
  Timestamp to = kMaxTimestamp;

  // Tags, under NFKC case folding: at least one of `any_of`, if there are any, and all of `all_of`.
  // At most kMostTags each.
  std::vector<std::string> any_of = {};
  std::vector<std::string> all_of = {};
  static constexpr std::size_t kMostTags = 30;

  // At least so many free seats. A listed meetup has one.
  std::uint32_t free_seats = 1;

  // In the title or in a tag under NFKC case folding; empty for any.
  std::string text = {};

  // By score, only the kMostRanked nearest of those that are wanted are ranked; no others are
  // found.
  FindOrder order = FindOrder::kStart;
  static constexpr std::size_t kMostRanked = 2'000;
};

struct FoundMeetup {
  MeetupSummary meetup;                       // with its distance, if asked `within`
  std::optional<Score> score = std::nullopt;  // if ordered by it

  friend bool operator==(const FoundMeetup&, const FoundMeetup&) = default;
};

// For whom to recommend.
struct RecommendQuery {
  LatLng place = {};         // from where distances count
  double radius_m = 10'000;  // inclusive; from 0 to kMostRadiusMeters
  std::size_t limit = 10;    // the best so many, from 1 to kMaxLimit

  static constexpr double kMostRadiusMeters = 100'000;
  static constexpr std::size_t kMaxLimit = 100;
};

struct Recommendation {
  MeetupSummary meetup;  // with its distance
  Score score;
  std::vector<std::string> shared_interests;  // as the meetup spells them, in its order
  std::vector<UserId> friends;                // who are members, ascending

  friend bool operator==(const Recommendation&, const Recommendation&) = default;
};

// An open ticket, for its owner.
struct TicketView {
  TicketId ticket{};
  Timestamp created{};
  Timestamp expires{};
  LatLng location;  // as it is kept: the centre of a cell
  std::uint32_t radius_m = 0;
  Timestamp from{};
  Timestamp until{};
  std::int64_t length_ms = 0;
  std::vector<std::string> tags;
  std::uint32_t least = 0;
  std::uint32_t most = 0;

  friend bool operator==(const TicketView&, const TicketView&) = default;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_MATCHING_H_
