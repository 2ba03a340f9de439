// What a feed tells, as the text of a frame: most of what the server sends.

#ifndef MOYEO_EXAMPLES_SERVER_NEAR_FRAMES_H_
#define MOYEO_EXAMPLES_SERVER_NEAR_FRAMES_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/functional/function_ref.h"
#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::server {

// Whether somebody is shown to the reader as an area.
using IsArea = absl::FunctionRef<bool(UserId)>;

// The changes of a feed, which its reader calls `number`:
//
//   {"type":"near","feed":1,"time":1700000000000,
//    "enter":[["8",37.5658000,126.9751000,131.2]],"move":[["9",37.5,126.9,20.0,1]],"leave":["10"]}
//
// Of each user the id, the position in degrees, the distance in metres, and 1 if they are shown as
// an area; without lists that would be empty. `reset` adds "reset":true: what was shown before is
// to be forgotten. REQUIRES: deltas are as in FeedUpdate
std::string NearFrame(std::uint64_t number, Timestamp time, std::span<const FeedDelta> deltas,
                      bool reset, IsArea is_area);

// All that a feed shows, whatever it showed before: with "reset":true, and "enter" in any case.
std::string NearResetFrame(std::uint64_t number, Timestamp time,
                           std::span<const Neighbor> neighbors, IsArea is_area);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_NEAR_FRAMES_H_
