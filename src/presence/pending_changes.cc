#include "presence/pending_changes.h"

#include <optional>

namespace moyeo::presence {
namespace {

// Two changes of one user, the second after the first, as one; nullopt if together they are none.
std::optional<Change> Sum(const Change& first, const Change& second) {
  const bool was_shown = first.kind != Change::Kind::kEnter;
  const bool is_shown = second.kind != Change::Kind::kLeave;
  if (!was_shown && !is_shown) return std::nullopt;
  if (was_shown && is_shown && first.before == second.after) return std::nullopt;
  Change sum = second;
  sum.before = first.before;
  sum.kind = !is_shown    ? Change::Kind::kLeave
             : !was_shown ? Change::Kind::kEnter
                          : Change::Kind::kMove;
  return sum;
}

}  // namespace

void PendingChanges::Add(const Difference& difference) {
  Add(difference.leaves());
  Add(difference.enters());
  Add(difference.moves());
}

void PendingChanges::Add(std::span<const Change> later) {
  if (later.empty()) return;
  std::vector<Change> sum;
  sum.reserve(changes_.size() + later.size());
  auto first = changes_.begin();
  for (const Change& second : later) {
    for (; first != changes_.end() && first->id < second.id; ++first) sum.push_back(*first);
    if (first == changes_.end() || first->id != second.id) {
      sum.push_back(second);
      continue;
    }
    if (const std::optional<Change> both = Sum(*first, second)) sum.push_back(*both);
    ++first;
  }
  sum.insert(sum.end(), first, changes_.end());
  changes_.swap(sum);
}

}  // namespace moyeo::presence
