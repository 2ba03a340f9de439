// Cursors: where in the order of a list a page ends.

#ifndef MOYEO_SOCIETY_PAGE_CURSOR_H_
#define MOYEO_SOCIETY_PAGE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/page.h"

namespace moyeo::society {

// What a cursor is of, so that one of another list is found out.
enum class ListKind : std::uint8_t {
  kUsers = 1,            // a user
  kMeetups = 2,          // a start and a meetup
  kTexts = 3,            // a number in an index of texts
  kMap = 4,              // a distance and a meetup
  kMessages = 5,         // a message
  kFoundByDistance = 6,  // a distance and a meetup
  kFoundByStart = 7,     // a start and a meetup
  kFoundByScore = 8,     // a total, the greatest first, and a meetup
};

// The last one of a page, or of what was looked at for it: the next page begins after it.
struct PageCursor {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;

  friend bool operator==(const PageCursor&, const PageCursor&) = default;
};

// As text: the kind and the two numbers in hexadecimal digits.
std::string Encode(ListKind kind, const PageCursor& cursor);

// Where `request` wants to go on; nullopt from the beginning. InvalidArgument if its limit is out
// of range or its cursor not one of such a list.
absl::StatusOr<std::optional<PageCursor>> Begin(ListKind kind, const PageRequest& request);

// Fills a page with what is offered in the order of the list.
template <typename T>
class PageWriter {
 public:
  // REQUIRES: Begin(kind, request).ok()
  PageWriter(ListKind kind, const PageRequest& request) : kind_(kind), limit_(request.limit) {
    page_.items.reserve(limit_);
  }

  // What is looked at for one page at most, shown or not.
  static constexpr std::size_t kMaxLookedAt = 1'000;

  // Whether one more may be looked at; asked before each. If not, the page goes on after the last.
  bool MayLookAt(const PageCursor& at) {
    if (page_.items.size() == limit_ || looked_at_ == kMaxLookedAt) {
      page_.next = Encode(kind_, last_);
      return false;
    }
    ++looked_at_;
    last_ = at;
    return true;
  }

  void Show(T item) { page_.items.push_back(std::move(item)); }

  // There may be more, from after `last` on.
  void GoOnAfter(const PageCursor& last) { page_.next = Encode(kind_, last); }

  Page<T> Take() { return std::move(page_); }

 private:
  const ListKind kind_;
  const std::size_t limit_;
  std::size_t looked_at_ = 0;
  PageCursor last_;
  Page<T> page_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_PAGE_CURSOR_H_
