// Where in a document something is, for messages: "body.tags[2]".

#ifndef MOYEO_JSON_PLACE_H_
#define MOYEO_JSON_PLACE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace moyeo::json {

// `text`, of which nothing is known but that it is UTF-8, for a message.
std::string Escaped(std::string_view text);

// Adds a step inwards to the name of a place. Fields may be called anything, so that names are
// escaped, and long ones cut short.
void AppendField(std::string& place, std::string_view field);
void AppendItem(std::string& place, std::size_t index);

// InvalidArgument: "body.title: must be a string". The empty place is the whole text.
absl::Status Wrong(std::string_view place, std::string_view why);

// A place as a chain of steps, each on the stack of the function that takes it, so that names are
// put together only when something is wrong.
class Place {
 public:
  Place() = default;
  Place(const Place& within, std::string_view field) : within_(&within), field_(field) {}
  Place(const Place& within, std::size_t index) : within_(&within), index_(index), item_(true) {}

  std::string Name() const;

 private:
  const Place* within_ = nullptr;
  std::string_view field_ = {};
  std::size_t index_ = 0;
  bool item_ = false;
};

inline absl::Status Wrong(const Place& place, std::string_view why) {
  return Wrong(place.Name(), why);
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_PLACE_H_
