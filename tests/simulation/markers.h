// What those who look at lists and maps have been told: which meetups each of them is to show.

#ifndef MOYEO_TESTS_SIMULATION_MARKERS_H_
#define MOYEO_TESTS_SIMULATION_MARKERS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "moyeo/event.h"
#include "moyeo/types.h"

namespace moyeo::testing {

class Markers {
 public:
  // Nullopt, or what is wrong with an event: somebody is told what they have been told already.
  std::optional<std::string> Hear(const Event& event);

  // Ascending.
  std::vector<MeetupId> Of(UserId viewer) const;

 private:
  std::optional<std::string> Put(MeetupId meetup, const Audience& audience);
  std::optional<std::string> TakeAway(MeetupId meetup, const Audience& audience);

  // From whom each meetup that is listed is hidden. All others have its marker, new users too: they
  // begin with what lists show.
  std::map<MeetupId, std::set<UserId>> hidden_from_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_MARKERS_H_
