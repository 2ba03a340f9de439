#include "spatial/arrivals.h"

#include <algorithm>

#include "spatial/version_lock.h"

namespace moyeo::spatial {

// Told of only when the id is there: a reader does not come back for it. And a reader who meets the
// new id knows of all those before it, and so that the old one is lost: it was one too old already.
void Arrivals::Add(std::uint64_t id) {
  const std::uint64_t number = written_.load(std::memory_order_relaxed);
  std::atomic_ref(IdAt(number)).store(id, std::memory_order_release);
  written_.store(number + 1, std::memory_order_release);
}

bool Arrivals::CopySince(std::uint64_t& since, std::vector<std::uint64_t>& ids) const {
  const std::uint64_t end = written_.load(std::memory_order_acquire);
  if (end - since > remembered_) return false;
  for (std::uint64_t number = since; number < end; ++number) {
    ids.push_back(std::atomic_ref(IdAt(number)).load(std::memory_order_acquire));
  }
  const bool were_remembered = written_.load(std::memory_order_relaxed) - since <= remembered_;
  since = end;
  return were_remembered;
}

std::size_t Arrivals::bytes() const {
  const std::uint64_t written = std::min(written_.load(std::memory_order_relaxed), remembered_ + 1);
  return ids_.BytesTaken(static_cast<std::size_t>(written) * sizeof(std::uint64_t));
}

}  // namespace moyeo::spatial
