#include "bench/society/town.h"

#include <array>
#include <chrono>
#include <utility>

namespace moyeo::bench {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kBegin{milliseconds{1'700'000'000'000}};
constexpr std::int64_t kHourMs = 3'600'000;

constexpr std::array kSyllables = {"\uAE40", "\uC774", "\uBC15", "\uCD5C", "\uC815", "\uBBFC",
                                   "\uC9C0", "\uC218", "\uC900", "\uC11C", "\uC608", "\uD558",
                                   "ka",     "mi",     "to",     "na",     "ro",     "le",
                                   "si",     "ben",    "ja",     "lu",     "mar",    "an"};

constexpr std::array kWords = {"chess",
                               "running",
                               "\uB4F1\uC0B0",
                               "board games",
                               "coffee",
                               "\uB3C5\uC11C",
                               "football",
                               "yoga",
                               "\uC601\uD654",
                               "photography",
                               "language",
                               "cooking",
                               "\uC790\uC804\uAC70",
                               "climbing",
                               "jazz",
                               "museum",
                               "\uBC30\uB4DC\uBBFC\uD134",
                               "beach",
                               "painting",
                               "karaoke"};

PostMessage AMessageTo(MeetupId meetup) {
  return {meetup, "I am on my way, see you at the fountain"};
}

template <typename Choices>
std::string Pick(Random& random, const Choices& choices) {
  return choices[random.Below(choices.size())];
}

}  // namespace

Town::Town(std::size_t users, std::size_t meetups, std::uint64_t seed)
    : users_(users),
      meetups_(meetups),
      random_(seed),
      crowd_(1, Distribution::kCity, seed),
      members_(meetups + 1),
      now_(kBegin) {}

// Some syllables, and what makes them unique.
std::string Town::Nickname(std::size_t number) {
  std::string nickname;
  for (std::size_t i = 2 + random_.Below(2); i > 0; --i) nickname += Pick(random_, kSyllables);
  return nickname + std::to_string(number);
}

CreateMeetup Town::AnyNewMeetup() {
  const std::int64_t start_ms =
      kHourMs + static_cast<std::int64_t>(random_.Below(7 * 24 * 60)) * 60'000;
  const Timestamp start = now_ + milliseconds(start_ms);
  CreateMeetup meetup{.title = Pick(random_, kWords) + " " + Pick(random_, kWords) + " " +
                               std::to_string(random_.Below(1'000)),
                      .content = "Everybody is welcome, beginners too.",
                      .place_name = "At the fountain",
                      .location = AnyPlace(),
                      .start = start,
                      .end = start + milliseconds(3 * kHourMs),
                      .capacity = static_cast<std::uint32_t>(8 + random_.Below(25))};
  meetup.tags = {Pick(random_, kWords)};
  return meetup;
}

std::vector<Command> Town::Founding() {
  std::vector<Command> commands;
  // An odd factor takes every id once, in an order like chance's.
  for (std::size_t i = 0; i < users_; ++i) {
    const UserId user{1 + (i * 7'919) % users_};
    commands.push_back({.time = now_,
                        .actor = user,
                        .body = Register{.nickname = Nickname(i), .status = "Hello there"}});
  }
  for (std::size_t i = 1; i <= meetups_; ++i) {
    const UserId host = AnyUser();
    members_[i] = {host};
    commands.push_back({.time = now_, .actor = host, .body = AnyNewMeetup()});
  }
  for (std::size_t i = 1; i <= meetups_; ++i) {
    for (std::size_t joining = 4; joining > 0; --joining) {
      const UserId user = AnyUser();
      members_[i].push_back(user);
      commands.push_back({.time = now_, .actor = user, .body = JoinMeetup{MeetupId{i}}});
    }
  }
  return commands;
}

UserId Town::HostOf(MeetupId meetup) const { return members_[ToNumber(meetup)].front(); }

UserId Town::AnyMemberOf(MeetupId meetup) {
  const std::vector<UserId>& members = members_[ToNumber(meetup)];
  return members[random_.Below(members.size())];
}

std::vector<Command> Town::Evening(std::size_t count) {
  std::vector<Command> commands;
  commands.reserve(count);
  while (commands.size() < count) {
    now_ += milliseconds(1);
    const MeetupId meetup = AnyMeetup();
    const auto add = [&](UserId actor, CommandBody body) {
      commands.push_back({.time = now_, .actor = actor, .body = std::move(body)});
    };
    const std::size_t draw = random_.Below(100);
    if (draw < 40) {
      add(AnyMemberOf(meetup), AMessageTo(meetup));
      if (draw < 15) add(HostOf(meetup), MarkRead{meetup, 1});
    } else if (draw < 60) {
      const UserId user = AnyUser();
      if (draw < 50) {
        members_[ToNumber(meetup)].push_back(user);
        add(user, JoinMeetup{meetup});
      } else if (members_[ToNumber(meetup)].size() > 1) {
        add(members_[ToNumber(meetup)].back(), LeaveMeetup{meetup});
        members_[ToNumber(meetup)].pop_back();
      }
    } else if (draw < 75) {
      const UserId from = AnyUser();
      const UserId to = AnyUser();
      add(from, RequestFriend{to});
      if (draw < 70) add(to, RequestFriend{from});
    } else if (draw < 85) {
      add(AnyUser(), EditProfile{.status = "Out for a walk"});
    } else if (draw < 90) {
      add(AnyUser(), AnyNewMeetup());
    } else if (draw < 95) {
      add(AnyMemberOf(meetup), ConfirmMeetup{meetup});
    } else {
      add(HostOf(meetup), Invite{meetup, AnyUser()});
    }
  }
  commands.resize(count);
  return commands;
}

std::vector<Command> Town::Chatter(std::size_t count) {
  std::vector<Command> commands;
  commands.reserve(count);
  while (commands.size() < count) {
    const MeetupId meetup = AnyMeetup();
    commands.push_back({.time = now_, .actor = AnyMemberOf(meetup), .body = AMessageTo(meetup)});
  }
  return commands;
}

std::vector<Command> Town::Bustle(std::size_t count) {
  std::vector<Command> commands = Chatter(count);
  for (Command& command : commands) {
    command.time = now_ += milliseconds(1);
    const std::size_t draw = random_.Below(100);
    if (draw < 70) continue;
    command.actor = AnyUser();
    if (draw < 95) {
      command.body = EditProfile{.status = "Out for a walk"};
    } else {
      command.body = AnyNewMeetup();
    }
  }
  return commands;
}

std::string Town::AnyPieceOfNickname() {
  return Pick(random_, kSyllables) + Pick(random_, kSyllables);
}

std::string Town::AnyWord() { return Pick(random_, kWords); }

LatLng Town::AnyPlace() { return crowd_.DrawPlaces(1).front(); }

Timestamp Town::AnyStart() {
  return now_ + milliseconds(static_cast<std::int64_t>(random_.Below(6 * 24)) * kHourMs);
}

}  // namespace moyeo::bench
