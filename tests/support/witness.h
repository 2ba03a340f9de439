// Whether what was answered beside several writers can be true.

#ifndef MOYEO_TESTS_SUPPORT_WITNESS_H_
#define MOYEO_TESTS_SUPPORT_WITNESS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "moyeo/presence.h"
#include "support/chronicle.h"

namespace moyeo::testing {

// A call of a PresenceIndex that changes nothing.
struct Question {
  enum class Kind { kNearby, kNearbyUser, kCountWithin, kFind, kSize };

  Kind kind = Kind::kNearby;
  LatLng center = {};      // kNearby, kCountWithin
  std::size_t user = 0;    // kNearbyUser, kFind: the number in the chronicle
  NearbyQuery query = {};  // the radius and the filter are those of kCountWithin too
  Timestamp now = {};
  Chronicle::Moment before;  // done before the call
  Chronicle::Moment after;   // begun before its end
};

struct Answer {
  std::span<const Neighbor> neighbors = {};  // kNearby, kNearbyUser
  bool is_found = true;                      // kNearbyUser, kFind
  Presence presence = {};                    // kFind
  std::size_t count = 0;                     // kCountWithin, kSize
};

// How much of each kind was checked.
struct WitnessTally {
  std::size_t answers_in_full = 0;  // to queries without a limit
  std::size_t answers_of_nearest = 0;
  std::size_t answers_of_enough = 0;  // of these: as many stayed put as were asked for
  std::size_t counts = 0;
  std::size_t finds = 0;
  std::size_t sizes = 0;
  std::size_t neighbors = 0;       // were where and when the answer says
  std::size_t neighbors_owed = 0;  // of these: had to be in the answer
  std::size_t removals = 0;

  WitnessTally& operator+=(const WitnessTally& other);
};

// Judges the answers that one thread got, in its order, when all threads have joined.
//
// Each is compared with all that can have been true of each user during the call:
//
// - Nobody is twice in an answer. Whoever is in it was there, seen then, with a mask that the
//   filter admits, at the distance told; in no later answer to this thread are they as they were
//   before that. The order is that of distance and id.
// - Whoever met a query without a limit in all that can have been true of them is in the answer.
// - Of a query with a limit nobody who stayed put is left out but for the nearest `limit`. So
//   there are as many as the limit where so many stayed put within the radius.
// - A count is between those who surely and those who possibly were within; so is the size.
// - Find and NearbyUser know the user if they surely were there, and not if they surely were not.
class Witness {
 public:
  explicit Witness(const Chronicle& chronicle);

  // nullopt if `answer` can be true; otherwise why it cannot, in words.
  std::optional<std::string> Judge(const Question& question, const Answer& answer);

  // What the calls of Remove of users of one writer told.
  std::optional<std::string> JudgeRemovals(std::size_t writer);

  const WitnessTally& tally() const { return tally_; }

 private:
  enum class Truth { kNo, kMaybe, kYes };

  // Finds out what can have been true of `user`.
  void Recall(std::size_t user, const Question& question);

  // Of the user recalled, and of one of the entries that can have been true of them.
  Truth Meets(std::size_t user, const Question& question, LatLng center) const;
  Truth Meets(std::size_t user, std::size_t number, const Question& question, LatLng center) const;

  // The earliest entry that `user` can have been found by, no earlier than in an answer before;
  // `matches` takes one that can have been true. Keeps it for later answers.
  template <typename Matches>
  bool Advance(std::size_t user, Matches matches);

  std::string Wrong(const Question& question, const std::string& what) const;
  std::string WrongAbout(std::size_t user, const Question& question, const std::string& what);

  std::optional<std::string> JudgeNearby(const Question& question, LatLng center,
                                         std::optional<std::size_t> asking,
                                         std::span<const Neighbor> answer);
  std::optional<std::string> JudgeNearbyUser(const Question& question, const Answer& answer);
  std::optional<std::string> JudgeFind(const Question& question, const Answer& answer);
  std::optional<std::string> JudgeCount(const Question& question, std::size_t count);

  const Chronicle& chronicle_;
  WitnessTally tally_;
  std::vector<std::size_t> progress_;  // by user: the entry of their latest answer
  std::vector<std::size_t> answered_;  // by user: the last answer that they were in
  std::size_t answers_ = 0;

  // Of the user who was recalled last.
  std::vector<std::size_t> possible_;  // entries that can have been true
  bool may_be_absent_ = false;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_WITNESS_H_
