// The places of the world around which the demo's crowd lives.

#ifndef MOYEO_EXAMPLES_DEMO_PLACES_H_
#define MOYEO_EXAMPLES_DEMO_PLACES_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/types.h"

namespace moyeo_demo {

struct Place {
  std::string name;
  std::string search_name;  // lower case, without accents: "reykjavik"
  std::string country;      // two letters
  moyeo::LatLng position = {};
  std::uint64_t population = 1;  // at least 1
};

// "Seoul, KR"
std::string Label(const Place& place);

// Reads a table of places: one a line, with the fields name, country, latitude, longitude,
// population and name for look-ups, separated by tabs. Lines that begin with '#' are comments.
//
// InvalidArgument that names the first line at fault and says why, or if there is no place at all.
absl::StatusOr<std::vector<Place>> ParsePlaces(std::istream& table);

// ParsePlaces of the file at `path`; its errors begin with the path.
absl::StatusOr<std::vector<Place>> ReadPlaces(const std::string& path);

// The most populous place called `name`, with accents or without, in any ASCII case; nullptr if
// there is none. It is one of `places`.
const Place* FindPlace(std::span<const Place> places, const std::string& name);

// At most `limit` places whose names begin with `name` or are a few letters away from it: the most
// similar first, the more populous first among equals, one of each name and country.
std::vector<const Place*> SimilarPlaces(std::span<const Place> places, const std::string& name,
                                        std::size_t limit);

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_PLACES_H_
