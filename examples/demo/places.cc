#include "places.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <numeric>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace moyeo_demo {
namespace {

absl::StatusOr<Place> ParsePlace(const std::string& line) {
  // Names are printed as they are, and a terminal obeys control characters.
  const bool has_control = std::any_of(line.begin(), line.end(), [](char c) {
    return c != '\t' && std::iscntrl(static_cast<unsigned char>(c)) != 0;
  });
  if (has_control) return absl::InvalidArgumentError("it contains a control character");

  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  if (fields.size() != 6) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", fields.size(), " fields separated by tabs, not 6"));
  }
  Place place{.name = fields[0], .search_name = fields[5], .country = fields[1]};
  if (place.name.empty()) return absl::InvalidArgumentError("the name is empty");
  if (!absl::SimpleAtod(fields[2], &place.position.lat)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the latitude '", fields[2], "' is not a number"));
  }
  if (!absl::SimpleAtod(fields[3], &place.position.lng)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the longitude '", fields[3], "' is not a number"));
  }
  if (const auto canonical = moyeo::Canonical(place.position); !canonical.ok()) {
    return canonical.status();
  }
  if (!absl::SimpleAtoi(fields[4], &place.population) || place.population == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the population '", fields[4], "' is not a whole number from 1"));
  }
  return place;
}

// How many letters must be inserted, removed or replaced to turn `a` into `b`.
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Label(const Place& place) { return absl::StrCat(place.name, ", ", place.country); }

absl::StatusOr<std::vector<Place>> ParsePlaces(std::istream& table) {
  std::vector<Place> places;
  std::size_t line_number = 0;
  for (std::string line; std::getline(table, line);) {
    ++line_number;
    if (absl::StartsWith(line, "#")) continue;
    absl::StatusOr<Place> place = ParsePlace(line);
    if (!place.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line_number, ": ", place.status().message()));
    }
    places.push_back(*std::move(place));
  }
  if (table.bad()) return absl::DataLossError(absl::StrCat("unreadable after line ", line_number));
  if (places.empty()) return absl::InvalidArgumentError("there is no place in it");
  return places;
}

absl::StatusOr<std::vector<Place>> ReadPlaces(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  absl::StatusOr<std::vector<Place>> places = ParsePlaces(file);
  if (places.ok()) return places;
  return absl::Status(places.status().code(), absl::StrCat(path, ": ", places.status().message()));
}

const Place* FindPlace(std::span<const Place> places, const std::string& name) {
  const Place* found = nullptr;
  for (const Place& place : places) {
    if (!absl::EqualsIgnoreCase(place.name, name) &&
        !absl::EqualsIgnoreCase(place.search_name, name)) {
      continue;
    }
    if (found == nullptr || place.population > found->population) found = &place;
  }
  return found;
}

std::vector<const Place*> SimilarPlaces(std::span<const Place> places, const std::string& name,
                                        std::size_t limit) {
  const std::string wanted = absl::AsciiStrToLower(name);
  const std::size_t most_edits = 1 + wanted.size() / 4;

  std::vector<std::pair<std::size_t, const Place*>> similar;
  for (const Place& place : places) {
    // Whoever typed only the beginning of a name comes as near as with a letter wrong.
    const std::size_t edits = !wanted.empty() && absl::StartsWith(place.search_name, wanted)
                                  ? 1
                                  : EditDistance(wanted, place.search_name);
    if (edits <= most_edits) similar.emplace_back(edits, &place);
  }
  std::stable_sort(similar.begin(), similar.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second->population > b.second->population;
  });

  std::vector<const Place*> result;
  std::set<std::string> labels;
  for (const auto& [edits, place] : similar) {
    if (result.size() == limit) break;
    if (labels.insert(Label(*place)).second) result.push_back(place);
  }
  return result;
}

}  // namespace moyeo_demo
