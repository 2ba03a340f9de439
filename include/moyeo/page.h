// Pages of long lists.

#ifndef MOYEO_PAGE_H_
#define MOYEO_PAGE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace moyeo {
inline namespace v0 {

// Which part of a list is wanted.
struct PageRequest {
  // At most so many, from 1 to kMaxLimit.
  std::size_t limit = 50;

  // Where to go on: `next` of the page before, of the same list. Empty: from the beginning.
  std::string cursor = {};

  static constexpr std::size_t kMaxLimit = 100;
};

// A part of a list. Between pages nothing whose place in the order did not change is repeated or
// missed, whatever else comes and goes meanwhile.
//
//   moyeo::PageRequest request{.limit = 20};
//   do {
//     const auto page = society.Friends(user, request);
//     ...
//     request.cursor = page->next;
//   } while (!request.cursor.empty());
template <typename T>
struct Page {
  // May be fewer than asked for, or none, although there is more: the work of one page is bounded.
  std::vector<T> items;

  // Opaque: what it says inside may change. Empty: there is no more.
  std::string next;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_PAGE_H_
