// The words that every part of moyeo shares: who, where and when.

#ifndef MOYEO_TYPES_H_
#define MOYEO_TYPES_H_

#include <chrono>
#include <cstdint>

#include "absl/status/statusor.h"
#include "moyeo/export.h"

namespace moyeo {
inline namespace v0 {

// A user, numbered by the host application. Every 64-bit value is a valid id.
enum class UserId : std::uint64_t {};

constexpr std::uint64_t ToNumber(UserId user) { return static_cast<std::uint64_t>(user); }

// A meetup and its room, numbered by moyeo from 1 on. Numbers are not given twice.
enum class MeetupId : std::uint64_t {};

constexpr std::uint64_t ToNumber(MeetupId meetup) { return static_cast<std::uint64_t>(meetup); }

// A ticket, by which a user looks for people: numbered by moyeo from 1 on. Numbers are not given
// twice.
enum class TicketId : std::uint64_t {};

constexpr std::uint64_t ToNumber(TicketId ticket) { return static_cast<std::uint64_t>(ticket); }

// A message within its room: 1, 2, 3 and so on. 0 is before the first.
using MessageNumber = std::uint64_t;

// Time, as the host gives it: UTC milliseconds since 1970. moyeo never reads a clock. A host that
// wants the present writes
//
//   using namespace std::chrono;
//   moyeo::Timestamp now = floor<milliseconds>(system_clock::now());
//
// Times from kMinTimestamp to kMaxTimestamp are valid: a hundred million days each side of 1970,
// the range of a JavaScript Date.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr Timestamp kMinTimestamp{std::chrono::milliseconds{-8'640'000'000'000'000}};
inline constexpr Timestamp kMaxTimestamp{std::chrono::milliseconds{8'640'000'000'000'000}};

// A point on the Earth in degrees, WGS 84 as phones report it. Valid when both numbers are finite,
// `lat` is in [-90, 90] and `lng` in [-180, 180].
struct LatLng {
  double lat = 0;
  double lng = 0;

  friend bool operator==(const LatLng&, const LatLng&) = default;
};

// Who sees a user: everybody where they are; strangers only a coarse cell that they are in; nobody.
enum class Visibility : std::uint8_t { kExact = 0, kCloaked = 1, kHidden = 2 };

// The radius of the sphere on which moyeo measures, in metres (the one that S2 uses).
inline constexpr double kEarthRadiusMeters = 6'371'010;

// The position that moyeo stores, searches, measures and returns for `position`: each coordinate
// rounded to a whole 1e-7 degree (about a centimetre), halves away from zero, with the meridian 180
// written as -180. Canonical positions are their own canonical position.
//
// InvalidArgument if `position` is not valid; the message says which coordinate and why.
MOYEO_EXPORT absl::StatusOr<LatLng> Canonical(LatLng position);

// The great-circle distance in metres between the canonical positions of `a` and `b`, on a sphere
// of kEarthRadiusMeters: the very number that a query reports, compares with its radius and orders
// by, on every machine. Accurate to a few nanometres, at antipodes too.
//
// InvalidArgument if either is not valid; the message says which, and why.
MOYEO_EXPORT absl::StatusOr<double> DistanceMeters(LatLng a, LatLng b);

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_TYPES_H_
