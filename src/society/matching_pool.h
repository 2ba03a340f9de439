// Open tickets, and the groups that they make: include/moyeo/matching.h has the rules.

#ifndef MOYEO_SOCIETY_MATCHING_POOL_H_
#define MOYEO_SOCIETY_MATCHING_POOL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
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
class MatchingPool {
 public:
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
  struct Entry {
    const Ticket* ticket = nullptr;
    const User* owner = nullptr;
    std::vector<std::uint32_t> tags;  // numbers, in the order of the ticket's
    std::uint32_t mask = 0;           // their bits
    std::vector<Entry*> group;        // that it would begin, without itself
    std::vector<Entry*> in_groups;    // those who would have it in theirs
    Timestamp lasts_until{};          // up to this earliest start the group is the same

    TicketId id() const { return ticket->id; }
  };

  // A group as far as it has come.
  struct Group {
    explicit Group(Entry& first, Timestamp earliest);

    bool Admits(const Entry& candidate) const;
    void Add(Entry& entry);
    bool IsFull() const { return entries.size() == most; }

    std::vector<Entry*> entries;
    std::vector<std::uint32_t> tags;  // that all share
    Timestamp start;
    Timestamp until;
    std::int64_t length_ms;
    std::uint32_t least;
    std::uint32_t most;
  };

  static bool AreInReach(const Ticket& a, const Ticket& b);
  Group Grow(Entry& first, Timestamp earliest);
  MatchedGroup Describe(const Group& group) const;
  void Remember(const Group& group, Timestamp earliest);
  void ForgetGroupOf(Entry& entry);
  // Those whose group `added` would join.
  void LookAgainBecauseOf(const Entry& added, Timestamp earliest);

  absl::flat_hash_map<TicketId, std::unique_ptr<Entry>> entries_;
  TagNumbers tags_;
  spatial::ItemTree tree_;  // stamps are ids, masks the bits of tags
  spatial::Search search_;
  std::vector<std::pair<TicketId, Entry*>> near_;  // scratch

  absl::btree_set<TicketId> again_;  // those to look at
  std::vector<TicketId> added_;      // since they were last matched, ascending
  absl::btree_set<std::pair<Timestamp, TicketId>> lasting_;  // by the time their groups last until
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_MATCHING_POOL_H_
