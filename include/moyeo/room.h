// Views of rooms and their messages.

#ifndef MOYEO_ROOM_H_
#define MOYEO_ROOM_H_

#include <cstdint>
#include <string>

#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// A room of a viewer, who is a member.
struct RoomView {
  MeetupId meetup{};
  MessageNumber last = 0;    // the latest message, shown to the viewer or not; 0 if there is none
  MessageNumber joined = 0;  // the latest when the viewer joined: they read what came after
  MessageNumber read = 0;    // how far the viewer has read

  // Messages after `read` that others have posted and nobody has deleted, without those of users
  // whom the viewer never sees.
  std::uint64_t unread = 0;

  friend bool operator==(const RoomView&, const RoomView&) = default;
};

// A message, as a member may see it.
struct MessageView {
  MessageNumber number = 0;
  UserId author{};
  Timestamp time{};
  std::string text;  // empty if deleted
  bool deleted = false;

  friend bool operator==(const MessageView&, const MessageView&) = default;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_ROOM_H_
