#include "support/print.h"

#include <cstdint>
#include <limits>
#include <sstream>

namespace moyeo {
namespace {

std::string Describe(double number) {
  std::ostringstream out;
  out.precision(std::numeric_limits<double>::max_digits10);
  out << number;
  return out.str();
}

}  // namespace

std::string Describe(UserId user) { return std::to_string(static_cast<std::uint64_t>(user)); }

std::string Describe(LatLng position) {
  return "{" + Describe(position.lat) + ", " + Describe(position.lng) + "}";
}

std::string Describe(Timestamp time) {
  return std::to_string(time.time_since_epoch().count()) + " ms";
}

std::string Describe(const Neighbor& neighbor) {
  return "user " + Describe(neighbor.user) + " at " + Describe(neighbor.position) + ", " +
         Describe(neighbor.distance_m) + " m, seen " + Describe(neighbor.last_seen);
}

std::string Describe(const Presence& presence) {
  return "at " + Describe(presence.position) + ", seen " + Describe(presence.last_seen) +
         ", attributes " + std::to_string(presence.attributes);
}

std::string Describe(const NearbyQuery& query) {
  return "radius_m " + (query.radius_m ? Describe(*query.radius_m) : "none") + ", limit " +
         (query.limit ? std::to_string(*query.limit) : "none") + ", filter all_of " +
         std::to_string(query.filter.all_of) + " any_of " + std::to_string(query.filter.any_of) +
         " none_of " + std::to_string(query.filter.none_of);
}

void PrintTo(UserId user, std::ostream* out) { *out << "user " << Describe(user); }
void PrintTo(LatLng position, std::ostream* out) { *out << Describe(position); }
void PrintTo(const Neighbor& neighbor, std::ostream* out) { *out << Describe(neighbor); }
void PrintTo(const Presence& presence, std::ostream* out) { *out << Describe(presence); }

}  // namespace moyeo
