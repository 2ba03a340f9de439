// Why a command was refused.

#ifndef MOYEO_REJECT_H_
#define MOYEO_REJECT_H_

#include <cstdint>
#include <string_view>

#include "moyeo/export.h"

namespace moyeo {
inline namespace v0 {

// Once used, a number means the same for ever.
enum class Reject : std::uint16_t {
  kNone = 0,  // it was accepted

  kInvalidTime = 1,
  kRequestIdReused = 2,
  kActorMissing = 3,
  kActorNotWanted = 4,
  kUnknownActor = 5,
  kErasedActor = 6,
  kInvalidSettings = 7,
  kInvalidText = 8,
  kInvalidLocation = 9,
  kInvalidVisibility = 10,

  kUserExists = 20,
  kUnknownUser = 21,
  kOneself = 22,
  kNicknameLength = 23,
  kNicknameTaken = 24,
  kStatusLength = 25,
  kTooManyTags = 26,
  kTagLength = 27,
  kRepeatedTag = 28,
  kUrlLength = 29,
  kBlocked = 30,
  kAlreadyFriends = 31,
  kAlreadyRequested = 32,
  kNotRequested = 33,
  kNotFriends = 34,
  kTooManyFriends = 35,
  kTheyHaveTooManyFriends = 36,
  kTooManyRequestsSent = 37,
  kTooManyRequestsReceived = 38,
  kAlreadyBlocked = 39,
  kNotBlocked = 40,
  kTooManyBlocks = 41,
  kBlockedByTooMany = 42,
  kReasonLength = 43,

  kUnknownMeetup = 60,
  kNotHost = 61,
  kNotMember = 62,
  kAlreadyMember = 63,
  kFull = 64,
  kMeetupConfirmed = 65,
  kStarted = 66,
  kEnded = 67,
  kCancelled = 68,
  kKicked = 69,
  kTitleLength = 70,
  kContentLength = 71,
  kPlaceNameLength = 72,
  kBringLength = 73,
  kStartTooEarly = 74,
  kStartTooLate = 75,
  kEndTooEarly = 76,
  kEndTooLate = 77,
  kCapacityOutOfRange = 78,
  kCapacityBelowMembers = 79,
  kHasOtherMembers = 80,
  kHostCannotLeave = 81,
  kAlreadyInvited = 82,
  kNotInvited = 83,
  kTooManyInvitations = 84,
  kTheyHaveTooManyInvitations = 85,
  kTooManyCurrentMeetups = 86,
  kTooManyKeptMeetups = 87,
  kTooManyKicked = 88,
  kAlreadyConfirmed = 89,
  kNotConfirmed = 90,
  kAlone = 91,
  kOthersHaveNotConfirmed = 92,

  kUnknownMessage = 110,
  kMessageLength = 111,
  kRoomFull = 112,
  kAlreadyDeleted = 113,
  kNotAuthorOrHost = 114,
  kAlreadyRead = 115,

  kUnknownTicket = 130,
  kTooManyTickets = 131,
  kNoTags = 132,
  kRadiusOutOfRange = 133,
  kWindowTooShort = 134,
  kGroupSizeOutOfRange = 135,
};

// "already_member". Names are stable like numbers. Of a number that is not above, "unknown".
MOYEO_EXPORT std::string_view NameOf(Reject reject);

// A sentence for people: "Already a member of this meetup."
MOYEO_EXPORT std::string_view SentenceOf(Reject reject);

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_REJECT_H_
