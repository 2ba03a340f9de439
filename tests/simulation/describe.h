// How what the durable plane says reads in the message of a difference.

#ifndef MOYEO_TESTS_SIMULATION_DESCRIBE_H_
#define MOYEO_TESTS_SIMULATION_DESCRIBE_H_

#include <string>
#include <string_view>

#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/people.h"
#include "moyeo/room.h"

namespace moyeo::testing {

// With what is not printable in ASCII as bytes, so that what looks alike does not read alike.
std::string Quoted(std::string_view text);

std::string Describe(const Command& command);
std::string Describe(const Outcome& outcome);
std::string Describe(const EventBody& event);
std::string Describe(const Audience& audience);
std::string Describe(const Event& event);

std::string Describe(const ProfileView& view);
std::string Describe(const UserSummary& view);
std::string Describe(const UserExport& view);
std::string Describe(const MeetupSummary& view);
std::string Describe(const MeetupView& view);
std::string Describe(const MemberView& view);
std::string Describe(const Score& score);
std::string Describe(const FoundMeetup& view);
std::string Describe(const Recommendation& view);
std::string Describe(const TicketView& view);
std::string Describe(const RoomView& view);
std::string Describe(const MessageView& view);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_DESCRIBE_H_
