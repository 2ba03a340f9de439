// A town whose people meet: the commands that make it, and those of an evening there.

#ifndef MOYEO_BENCH_SOCIETY_TOWN_H_
#define MOYEO_BENCH_SOCIETY_TOWN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/support/crowd.h"
#include "bench/support/random.h"
#include "moyeo/command.h"

namespace moyeo::bench {

// The same arguments and the same calls give the same commands.
class Town {
 public:
  Town(std::size_t users, std::size_t meetups, std::uint64_t seed);

  // Everybody registers, in random order of ids; the meetups are created by different hosts around
  // the places of the world, some days ahead; and each gets some members. All of it is accepted,
  // but for a few who join twice.
  std::vector<Command> Founding();

  // `count` commands, of which most are accepted: of a hundred some 32 are messages, 12 read marks,
  // 16 joins and leaves, 20 about friends, 8 about profiles, and 4 each are new meetups,
  // confirmations and invitations.
  std::vector<Command> Evening(std::size_t count);

  // `count` messages, one after the other in rooms drawn at random, each by a member. All of them
  // are accepted as long as nobody has left: before any Evening.
  std::vector<Command> Chatter(std::size_t count);

  // `count` commands that are all accepted, in whatever order, before any Evening: of a hundred 70
  // are messages, 25 about profiles and 5 new meetups.
  std::vector<Command> Bustle(std::size_t count);

  // A piece of some nickname, of three letters or two syllables.
  std::string AnyPieceOfNickname();
  // A word of some title, which is also a tag.
  std::string AnyWord();
  UserId AnyUser() { return UserId{1 + random_.Below(users_)}; }
  Timestamp now() const { return now_; }
  LatLng AnyPlace();
  Timestamp AnyStart();
  // Some days ahead of now().
  CreateMeetup AnyNewMeetup();

 private:
  MeetupId AnyMeetup() { return MeetupId{1 + random_.Below(meetups_)}; }
  UserId HostOf(MeetupId meetup) const;
  // A host, or one who has joined.
  UserId AnyMemberOf(MeetupId meetup);
  std::string Nickname(std::size_t number);

  std::size_t users_;
  std::size_t meetups_;
  Random random_;
  Crowd crowd_;
  std::vector<std::vector<UserId>> members_;  // of each meetup, the host first
  Timestamp now_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_TOWN_H_
