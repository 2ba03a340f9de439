// Searches of the map by many threads.

#ifndef MOYEO_SOCIETY_THREAD_SEARCH_H_
#define MOYEO_SOCIETY_THREAD_SEARCH_H_

#include <cstddef>

#include "spatial/search.h"

namespace moyeo::society {

// The memory of searches, one for each thread. What an unusual query took is given back.
class ThreadSearch {
 public:
  ThreadSearch() = default;
  ~ThreadSearch() { search().Trim(kBytesKept); }

  ThreadSearch(const ThreadSearch&) = delete;
  ThreadSearch& operator=(const ThreadSearch&) = delete;

  spatial::Search* operator->() { return &search(); }

 private:
  static constexpr std::size_t kBytesKept = std::size_t{1} << 20;

  static spatial::Search& search() {
    static thread_local spatial::Search search;
    return search;
  }
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_THREAD_SEARCH_H_
