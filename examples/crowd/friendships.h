// Who becomes whose friend.

#ifndef MOYEO_EXAMPLES_CROWD_FRIENDSHIPS_H_
#define MOYEO_EXAMPLES_CROWD_FRIENDSHIPS_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace moyeo_crowd {

// People, numbered from 0 as they arrive, and the friendships between each and the next that are
// still to be made: only ever between two who are there, however many more were to come.
class Friendships {
 public:
  // The next one is there; to be befriended with the one before, if there is one, if
  // `with_the_one_before`.
  void Arrive(bool with_the_one_before);

  // The two of the earliest friendship to be made, which is then taken to be made; nullopt if there
  // is none.
  std::optional<std::pair<std::size_t, std::size_t>> Take();

 private:
  std::size_t arrived_ = 0;
  std::deque<std::pair<std::size_t, std::size_t>> to_make_;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_FRIENDSHIPS_H_
