// What is told about rooms.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "society/page_cursor.h"
#include "society/queries.h"
#include "society/society.h"

namespace moyeo::society {
namespace {

// A room as one of its members sees it.
struct SeenRoom {
  const Meetup* meetup;
  const Member* member;
  // Of each author, whether the member never sees them, and which one is the member.
  std::vector<bool> is_hidden;
  std::optional<std::uint32_t> own;
};

absl::StatusOr<SeenRoom> FindRoom(const Machine& machine, UserId viewer_id, MeetupId id) {
  const absl::StatusOr<const User*> viewer = FindUser(machine, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<const Meetup*> meetup = FindMeetup(machine, *viewer, id);
  if (!meetup.ok()) return meetup.status();
  const Member* const member = (*meetup)->Find(viewer_id);
  if (member == nullptr) return absl::PermissionDeniedError("only members see what is in a room");

  const std::vector<UserId>& authors = (*meetup)->room.authors;
  SeenRoom room{.meetup = *meetup,
                .member = member,
                .is_hidden = std::vector<bool>(authors.size()),
                .own = std::nullopt};
  for (std::uint32_t i = 0; i < authors.size(); ++i) {
    if (authors[i] == viewer_id) room.own = i;
    room.is_hidden[i] = Machine::AreBlocked(**viewer, authors[i]);
  }
  return room;
}

}  // namespace

absl::StatusOr<RoomView> Society::ViewRoom(UserId viewer, MeetupId id) const {
  const absl::StatusOr<SeenRoom> seen = FindRoom(*machine_, viewer, id);
  if (!seen.ok()) return seen.status();
  const Room& room = seen->meetup->room;
  RoomView view{.meetup = id,
                .last = room.last(),
                .joined = seen->member->joined_after,
                .read = seen->member->read};
  for (MessageNumber number = view.read + 1; number <= view.last; ++number) {
    const MessageMark mark = room.At(number);
    if (!mark.deleted() && mark.author() != seen->own && !seen->is_hidden[mark.author()]) {
      ++view.unread;
    }
  }
  return view;
}

absl::StatusOr<Page<MessageView>> Society::Messages(UserId viewer, MeetupId id,
                                                    const MessageStore& texts,
                                                    const PageRequest& request) const {
  const absl::StatusOr<SeenRoom> seen = FindRoom(*machine_, viewer, id);
  if (!seen.ok()) return seen.status();
  const auto begin = Begin(ListKind::kMessages, request);
  if (!begin.ok()) return begin.status();

  const Room& room = seen->meetup->room;
  MessageNumber number = room.last();
  // A cursor may have been made up.
  if (*begin) number = std::min(number, std::max<MessageNumber>((*begin)->major, 1) - 1);
  PageWriter<MessageView> page(ListKind::kMessages, request);
  for (; number > seen->member->joined_after && page.MayLookAt({.major = number}); --number) {
    const MessageMark mark = room.At(number);
    if (seen->is_hidden[mark.author()]) continue;
    MessageView view;
    view.number = number;
    view.author = room.authors[mark.author()];
    view.deleted = mark.deleted();
    absl::StatusOr<StoredMessage> stored = TextOf(texts, id, number);
    if (!stored.ok()) return stored.status();
    view.time = stored->time;
    if (!view.deleted) view.text = std::move(stored->text);
    page.Show(std::move(view));
  }
  return page.Take();
}

}  // namespace moyeo::society
