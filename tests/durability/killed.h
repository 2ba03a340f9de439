// What the program that is killed and the one that kills it agree upon.

#ifndef MOYEO_TESTS_DURABILITY_KILLED_H_
#define MOYEO_TESTS_DURABILITY_KILLED_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "moyeo/room.h"
#include "moyeo/types.h"

namespace moyeo::testing {

// The program has a thread for each of these users, from 1 on. Each hosts one meetup, in which only
// they write, and joins and leaves that of the next.
inline constexpr std::uint64_t kKilledUsers = 4;

// All that happens, happens then.
inline constexpr Timestamp kKilledAt{std::chrono::milliseconds{1'700'000'000'000}};

// It says, a line each, once that is durable:
//
//   record <sequence> <the command as JSON>    before whoever asked for it is told
//   posted <user> <number>                     to whom a message was acknowledged
//   status <user> <number>                     likewise a status, which is that number
inline constexpr char kRecordWord[] = "record";
inline constexpr char kPostedWord[] = "posted";
inline constexpr char kStatusWord[] = "status";

inline std::string TextOfMessage(UserId user, MessageNumber number) {
  return "message " + std::to_string(number) + " of user " + std::to_string(ToNumber(user));
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_DURABILITY_KILLED_H_
