// People with much in every list of theirs, in a town where others have little.

#ifndef MOYEO_BENCH_SOCIETY_BUSY_PEOPLE_H_
#define MOYEO_BENCH_SOCIETY_BUSY_PEOPLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/society/town.h"
#include "bench/support/random.h"
#include "moyeo/command.h"
#include "society/message_store.h"
#include "society/society.h"

namespace moyeo::bench {

// A thousand people, or a tenth if there are not ten thousand. Each is given a hundred friends and
// a hundred requests, hosts 55 new meetups, joins five of others and is invited to 60; the first
// meetup of each has as many members as there can be, and 60 messages in its room. It is some less
// where chance draws the same twice, and in a small town where people have too much already.
class BusyPeople {
 public:
  // Makes them of people in `society`, which was founded by `town`.
  BusyPeople(society::Society& society, Town& town, std::size_t users, std::uint64_t seed);

  // Whether there are none: in a town of very few, everybody may be in as many meetups as one can
  // be.
  bool empty() const { return people_.empty(); }

  struct Person {
    UserId user;
    MeetupId meetup;  // the one with members and messages
  };
  // REQUIRES: !empty()
  const Person& Any() { return people_[random_.Below(people_.size())]; }

  // Of the messages in those meetups.
  const society::MessageStore& texts() const { return texts_; }

 private:
  struct Hosted {
    UserId host;
    MeetupId meetup;
  };

  // The meetup that it has made, if it has.
  std::optional<MeetupId> Apply(UserId actor, CommandBody body);
  void MakeHost(UserId user);
  void Fill(const Person& person);
  void MakeKnown(UserId user);

  society::Society& society_;
  Town& town_;
  Random random_;
  std::vector<Person> people_;
  std::vector<Hosted> hosted_;
  std::vector<Event> events_;
  society::MemoryMessageStore texts_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_BUSY_PEOPLE_H_
