// Open tickets, and the groups that they make: include/moyeo/matching.h has the rules.

#ifndef MOYEO_SOCIETY_MATCHING_POOL_H_
#define MOYEO_SOCIETY_MATCHING_POOL_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "moyeo/matching.h"
#include "moyeo/types.h"
#include "society/state.h"
#include "society/tag_numbers.h"
#include "spatial/item_tree.h"
#include "spatial/search.h"

namespace moyeo::society {

// Tickets that become a meetup.
struct MatchedGroup {
  std::vector<const Ticket*> tickets;  // the one that began it first
  std::vector<std::string> tags;       // those that all share, as the first one spells them
  Timestamp start{};
  Timestamp end{};
  std::uint32_t capacity = 0;
};

// Follows from the state. It remembers which group each ticket would begin, so that only those are
// looked at again of which that could have changed: where one of the group has gone, one that was
// opened since fits into it, a block has come or gone, or its time has run out. Groups are the same
// as if all were looked at every time.
//
// However many tickets there are in one place, a ticket looks at no more than `most_looked_at` of
// them: those of one place with one tag are in a list of their own, in order, so that no search
// needs to go through others. Who is beyond them comes within reach when one of them goes: then all
// tickets that have looked at so many look again, which is no more work than if all did.
class MatchingPool {
 public:
  explicit MatchingPool(std::size_t most_looked_at = kMostTicketsLookedAt)
      : most_looked_at_(most_looked_at) {}

  // `ticket` and `owner` must stay where they are. Adding: no ticket was opened later.
  void Add(const Ticket& ticket, const User& owner);
  void Remove(const Ticket& ticket);

  // A block between this ticket's owner and somebody has come or gone.
  void LookAgainAt(TicketId ticket);
  // Meetups may start sooner or later than before.
  void LookAgainAtAll();

  // Goes once through all, in order. Hands each group to `form`, which must remove its tickets.
  // No meetup may start before `earliest`.
  void Match(Timestamp earliest, const std::function<void(const MatchedGroup&)>& form);

  std::size_t size() const { return entries_.size(); }

 private:
  // What tickets ask for together.
  struct Terms {
    Timestamp start{};  // not before
    Timestamp until{};
    std::int64_t length_ms = 0;
    std::uint32_t least = 0;
    std::uint32_t most = 0;

    Terms With(const Terms& other) const;
    // The latest start.
    Timestamp latest() const { return until - std::chrono::milliseconds(length_ms); }
    // Whether so many people can have a meetup.
    bool Admit(std::size_t people) const {
      return people <= most && least <= most && start <= latest();
    }
  };

  struct Entry {
    const Ticket* ticket = nullptr;
    const User* owner = nullptr;
    spatial::Position place;
    std::uint32_t radius_m = 0;
    std::uint32_t mask = 0;  // the bits of the tags
    Terms terms;
    std::vector<std::uint32_t> tags;  // numbers, in the order of the ticket's

    // As remembered.
    std::vector<Entry*> group;      // that it would begin, without itself
    Terms group_terms;              // of the group and itself
    std::vector<Entry*> in_groups;  // those who would have it in theirs

    TicketId id() const { return ticket->id; }
  };

  // A group as far as it has come.
  struct Group {
    void Begin(Entry& first, Timestamp earliest);
    bool Admits(const Entry& candidate) const;
    void Add(Entry& entry);
    bool IsFull() const { return entries.size() == terms.most; }

    std::vector<Entry*> entries;
    std::vector<spatial::DistanceFrom> distances;  // from where each of them is
    std::vector<std::uint32_t> tags;               // that all share
    std::uint32_t mask = 0;                        // their bits
    Terms terms;
  };

  // The tickets in one place that have one tag, by id.
  struct Spot {
    struct Ticket {
      TicketId id;
      Entry* entry;
    };

    // The first one opened after `id`.
    std::vector<Ticket>::const_iterator After(TicketId id) const {
      return std::ranges::upper_bound(tickets, id, {}, &Ticket::id);
    }

    std::uint32_t tag = 0;
    std::vector<Ticket> tickets;
  };
  using SpotKey = std::tuple<std::uint32_t, std::int32_t, std::int32_t>;  // tag and place

  static SpotKey KeyOf(std::uint32_t tag, spatial::Position place) {
    return {tag, place.lat, place.lng};
  }

  // Where the next one is to be taken from, of those that a ticket looks at.
  struct Source {
    enum class Reach : std::uint8_t { kUnknown, kWithin };

    TicketId next;
    const Spot* spot;
    std::size_t at;       // of the next one, in the spot
    std::uint32_t found;  // which of the search
    Reach reach = Reach::kUnknown;

    friend bool operator>(const Source& a, const Source& b) { return a.next > b.next; }
  };

  void AddToSpot(std::uint32_t tag, Entry& entry);
  void RemoveFromSpot(std::uint32_t tag, const Entry& entry);
  // Those who may have looked at `gone`.
  void LookFurtherThan(TicketId gone);

  // Those within the radius, and perhaps some that are hardly further.
  const spatial::Search::Columns& SpotsNear(const Entry& entry, const spatial::ItemFilter& filter);
  // Fills group_, and tells up to where it has looked if it has looked at as many as it may.
  std::optional<TicketId> Grow(Entry& first, Timestamp earliest);
  MatchedGroup Describe(const Group& group) const;
  void Remember(const Group& group, Timestamp earliest);
  void ForgetGroupOf(Entry& entry);
  // Those whose group `added` would join.
  void LookAgainBecauseOf(const Entry& added, Timestamp earliest);
  bool WouldJoin(const Entry& added, Entry& first, Timestamp earliest);

  const std::size_t most_looked_at_;
  absl::flat_hash_map<TicketId, std::unique_ptr<Entry>> entries_;
  TagNumbers tags_;

  absl::flat_hash_map<SpotKey, std::uint32_t> spot_numbers_;
  std::deque<Spot> spots_;
  std::vector<std::uint32_t> free_spots_;
  // Of spots, by number. A stamp is no less than the ids there; a mask is the bit of the tag.
  spatial::ItemTree tree_;

  spatial::Search search_;  // scratch, like the two below
  std::vector<Source> sources_;
  Group group_;

  absl::btree_set<TicketId> again_;  // those to look at
  std::vector<TicketId> added_;      // since they were last matched, ascending
  absl::btree_set<std::pair<Timestamp, TicketId>> lasting_;  // by the time their groups last until
  // Those that have looked at as many as they may, and up to which; and some that would have, of
  // which that is not known.
  absl::btree_map<TicketId, TicketId> cut_off_;
  std::size_t cut_off_steps_ = 0;  // through them since the last match
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_MATCHING_POOL_H_
