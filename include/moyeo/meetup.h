// Views of meetups, and what lists of them ask for.

#ifndef MOYEO_MEETUP_H_
#define MOYEO_MEETUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// A meetup in a list.
struct MeetupSummary {
  MeetupId meetup{};
  std::optional<UserId> host = std::nullopt;  // nullopt where the viewer never sees them
  std::string title;
  std::string image_url;
  std::string place_name;
  std::optional<LatLng> location = std::nullopt;  // canonical
  Timestamp start{};
  Timestamp end{};
  std::uint32_t capacity = 0;
  std::uint32_t members = 0;
  std::vector<std::string> tags;
  bool listed = false;
  bool confirmed = false;
  bool cancelled = false;
  std::optional<double> distance_m = std::nullopt;  // on a map: from its centre

  friend bool operator==(const MeetupSummary&, const MeetupSummary&) = default;
};

// A meetup, as a viewer may see it.
struct MeetupView {
  MeetupSummary summary;
  std::string content;
  std::string bring;
  Timestamp created{};
  bool started = false;
  bool ended = false;

  // What the viewer is to it.
  bool is_host = false;
  bool is_member = false;
  bool has_confirmed = false;
  bool is_invited = false;
  bool was_kicked = false;

  friend bool operator==(const MeetupView&, const MeetupView&) = default;
};

struct MemberView {
  UserId user{};
  std::string nickname;
  bool host = false;
  bool confirmed = false;  // they have; the meetup may not be
  Timestamp joined{};

  friend bool operator==(const MemberView&, const MemberView&) = default;
};

// All places within `radius_m` of `center`, inclusive; finite, not negative.
struct MapCircle {
  LatLng center;
  double radius_m = 0;
};

// All places from `south` to `north` and eastward from `west` to `east`, inclusive; as positions,
// with south <= north. West of 180 to east of it is west > east; -180 to 180 is all round, and west
// == east a meridian.
struct MapBox {
  double south = 0;
  double west = 0;
  double north = 0;
  double east = 0;
};

using MapArea = std::variant<MapCircle, MapBox>;

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_MEETUP_H_
