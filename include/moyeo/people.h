// Views of people: what each may know of the other.

#ifndef MOYEO_PEOPLE_H_
#define MOYEO_PEOPLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "moyeo/matching.h"
#include "moyeo/types.h"

namespace moyeo {
inline namespace v0 {

// What a viewer is to the user whom they look at: the greatest that applies.
enum class Relation : std::uint8_t {
  kStranger = 0,
  kSameMeetup = 1,  // both are members of a meetup
  kFriend = 2,
  kSelf = 3,
};

// Strangers see when a user was last active to a whole day, rounded down.
inline constexpr std::int64_t kCoarseLastActiveMs = 86'400'000;

// A user, as a viewer may see them.
struct ProfileView {
  UserId user{};
  Relation relation = Relation::kStranger;

  std::string nickname;
  std::string status;

  // When their last command was accepted. Exact for friends and oneself, else coarse.
  Timestamp last_active{};

  // Nullopt for strangers.
  std::optional<std::string> image_url = std::nullopt;
  std::optional<std::vector<std::string>> interests = std::nullopt;
  std::optional<std::vector<MeetupId>> shared_meetups = std::nullopt;  // ascending

  // For friends and oneself.
  std::optional<Timestamp> registered = std::nullopt;
  std::optional<Visibility> visibility = std::nullopt;

  friend bool operator==(const ProfileView&, const ProfileView&) = default;
};

// A user in a list: what everybody may see.
struct UserSummary {
  UserId user{};
  std::string nickname;
  std::string status;

  friend bool operator==(const UserSummary&, const UserSummary&) = default;
};

// A message of an exported user.
struct ExportedMessage {
  MeetupId meetup{};
  MessageNumber number = 0;
  Timestamp time{};
  std::string text;

  friend bool operator==(const ExportedMessage&, const ExportedMessage&) = default;
};

// A meetup that an exported user has to do with.
struct ExportedMeetup {
  MeetupId meetup{};
  std::string title;
  bool host = false;
  bool member = false;
  bool confirmed = false;  // by them
  bool kicked = false;
  std::optional<Timestamp> joined = std::nullopt;
  std::optional<MessageNumber> read = std::nullopt;

  friend bool operator==(const ExportedMeetup&, const ExportedMeetup&) = default;
};

// Everything held about a user, for them. Lists of users and meetups are ascending.
struct UserExport {
  UserId user{};
  Timestamp registered{};
  Timestamp last_active{};
  Visibility visibility = Visibility::kCloaked;
  std::string nickname;
  std::string status;
  std::vector<std::string> interests;
  std::string image_url;
  std::vector<UserId> friends;
  std::vector<UserId> requests_sent;
  std::vector<UserId> requests_received;
  std::vector<UserId> blocked;
  std::vector<MeetupId> invitations;
  std::vector<ExportedMeetup> meetups;
  std::vector<TicketView> tickets;        // ascending
  std::vector<ExportedMessage> messages;  // by meetup and number; deleted ones are gone

  friend bool operator==(const UserExport&, const UserExport&) = default;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_PEOPLE_H_
