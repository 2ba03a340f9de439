// What the queries of people, meetups and rooms have in common.

#ifndef MOYEO_SOCIETY_QUERIES_H_
#define MOYEO_SOCIETY_QUERIES_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/meetup.h"
#include "moyeo/types.h"
#include "society/gram_index.h"
#include "society/listing.h"
#include "society/machine.h"
#include "society/page_cursor.h"

namespace moyeo::society {

// NotFound that names the user.
absl::StatusOr<const User*> FindUser(const Machine& machine, UserId user);

// Null for nullopt; NotFound that names the user.
absl::StatusOr<const User*> FindViewer(const Machine& machine, std::optional<UserId> viewer);

// NotFound as in society.h. `viewer` may be null.
absl::StatusOr<const Meetup*> FindMeetup(const Machine& machine, const User* viewer,
                                         MeetupId meetup);

// Whether `viewer`, who may be null, never sees `user`.
inline bool IsHidden(const User* viewer, UserId user) {
  return viewer != nullptr && Machine::AreBlocked(*viewer, user);
}

// Where a meetup is in lists by start, as a cursor and back.
PageCursor CursorAt(const ListPlace& place);
ListPlace PlaceAt(const PageCursor& cursor);

MeetupSummary Summarize(const Machine& machine, const User* viewer, const Meetup& meetup);

// What is looked for, folded. InvalidArgument unless it has 1 to `most` code points and something
// to look for.
absl::StatusOr<std::string> FoldQuery(std::string_view text, std::size_t most);

// Calls `show` with the number of each document that may have `folded` in it, in order, until the
// page is full or as much has been looked at as may be.
template <typename T, typename Show>
void ForEachMatch(const GramIndex& index, const std::string& folded,
                  const std::optional<PageCursor>& begin, PageWriter<T>& page, Show show) {
  constexpr auto kLast = std::numeric_limits<std::uint64_t>::max();
  if (begin && begin->major == kLast) return;
  std::uint64_t from = begin ? begin->major + 1 : 0;
  GramIndex::Matches matches = index.Find(folded);
  while (const std::optional<std::uint64_t> match = matches.NextFrom(from)) {
    if (!page.MayLookAt({.major = *match})) return;
    show(*match);
    if (*match == kLast) return;
    from = *match + 1;
  }
  // Where it stops there is a number before: it comes further than the first one.
  if (matches.stopped_at()) page.GoOnAfter({.major = *matches.stopped_at() - 1});
}

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_QUERIES_H_
