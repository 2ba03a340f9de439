// Sets of users, one for each viewer who has one.

#ifndef MOYEO_PRESENCE_VIEWER_SETS_H_
#define MOYEO_PRESENCE_VIEWER_SETS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace moyeo::presence {

// Any thread may call any method at any time. A set that was handed out stays as it was.
class ViewerSets {
 public:
  // Ascending, without doubles.
  using Members = std::vector<std::uint64_t>;

  explicit ViewerSets(std::size_t max_members) : max_members_(max_members) {}

  // These two return false, and change nothing, where there would be too many members.
  bool Set(std::uint64_t viewer, Members members);
  bool Add(std::uint64_t viewer, std::uint64_t member);
  void Remove(std::uint64_t viewer, std::uint64_t member);

  // Null if it is empty.
  std::shared_ptr<const Members> Of(std::uint64_t viewer) const;

  // Rises with every change.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

  std::size_t bytes() const;

 private:
  // Exchanges one set. REQUIRES: changes_ is held
  void Replace(std::uint64_t viewer, Members members);

  const std::size_t max_members_;
  std::atomic<std::uint64_t> version_ = 0;
  std::atomic<std::size_t> viewers_ = 0;
  // Held throughout a change. A new set is made while others read: for no longer than it takes to
  // exchange the two are they kept out by mutex_, which guards sets_.
  std::mutex changes_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, std::shared_ptr<const Members>> sets_;
};

// A set, and one more. Null is nobody.
ViewerSets::Members With(std::uint64_t user, const std::shared_ptr<const ViewerSets::Members>& set);

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_VIEWER_SETS_H_
