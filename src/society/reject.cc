#include "moyeo/reject.h"

#include <string_view>

namespace moyeo {
inline namespace v0 {

std::string_view NameOf(Reject reject) {
  switch (reject) {
    case Reject::kNone:
      return "none";
    case Reject::kInvalidTime:
      return "invalid_time";
    case Reject::kRequestIdReused:
      return "request_id_reused";
    case Reject::kActorMissing:
      return "actor_missing";
    case Reject::kActorNotWanted:
      return "actor_not_wanted";
    case Reject::kUnknownActor:
      return "unknown_actor";
    case Reject::kErasedActor:
      return "erased_actor";
    case Reject::kInvalidSettings:
      return "invalid_settings";
    case Reject::kInvalidText:
      return "invalid_text";
    case Reject::kInvalidLocation:
      return "invalid_location";
    case Reject::kInvalidVisibility:
      return "invalid_visibility";
    case Reject::kUserExists:
      return "user_exists";
    case Reject::kUnknownUser:
      return "unknown_user";
    case Reject::kOneself:
      return "oneself";
    case Reject::kNicknameLength:
      return "nickname_length";
    case Reject::kNicknameTaken:
      return "nickname_taken";
    case Reject::kStatusLength:
      return "status_length";
    case Reject::kTooManyTags:
      return "too_many_tags";
    case Reject::kTagLength:
      return "tag_length";
    case Reject::kRepeatedTag:
      return "repeated_tag";
    case Reject::kUrlLength:
      return "url_length";
    case Reject::kBlocked:
      return "blocked";
    case Reject::kAlreadyFriends:
      return "already_friends";
    case Reject::kAlreadyRequested:
      return "already_requested";
    case Reject::kNotRequested:
      return "not_requested";
    case Reject::kNotFriends:
      return "not_friends";
    case Reject::kTooManyFriends:
      return "too_many_friends";
    case Reject::kTheyHaveTooManyFriends:
      return "they_have_too_many_friends";
    case Reject::kTooManyRequestsSent:
      return "too_many_requests_sent";
    case Reject::kTooManyRequestsReceived:
      return "too_many_requests_received";
    case Reject::kAlreadyBlocked:
      return "already_blocked";
    case Reject::kNotBlocked:
      return "not_blocked";
    case Reject::kTooManyBlocks:
      return "too_many_blocks";
    case Reject::kBlockedByTooMany:
      return "blocked_by_too_many";
    case Reject::kReasonLength:
      return "reason_length";
    case Reject::kUnknownMeetup:
      return "unknown_meetup";
    case Reject::kNotHost:
      return "not_host";
    case Reject::kNotMember:
      return "not_member";
    case Reject::kAlreadyMember:
      return "already_member";
    case Reject::kFull:
      return "full";
    case Reject::kMeetupConfirmed:
      return "meetup_confirmed";
    case Reject::kStarted:
      return "started";
    case Reject::kEnded:
      return "ended";
    case Reject::kCancelled:
      return "cancelled";
    case Reject::kKicked:
      return "kicked";
    case Reject::kTitleLength:
      return "title_length";
    case Reject::kContentLength:
      return "content_length";
    case Reject::kPlaceNameLength:
      return "place_name_length";
    case Reject::kBringLength:
      return "bring_length";
    case Reject::kStartTooEarly:
      return "start_too_early";
    case Reject::kStartTooLate:
      return "start_too_late";
    case Reject::kEndTooEarly:
      return "end_too_early";
    case Reject::kEndTooLate:
      return "end_too_late";
    case Reject::kCapacityOutOfRange:
      return "capacity_out_of_range";
    case Reject::kCapacityBelowMembers:
      return "capacity_below_members";
    case Reject::kHasOtherMembers:
      return "has_other_members";
    case Reject::kHostCannotLeave:
      return "host_cannot_leave";
    case Reject::kAlreadyInvited:
      return "already_invited";
    case Reject::kNotInvited:
      return "not_invited";
    case Reject::kTooManyInvitations:
      return "too_many_invitations";
    case Reject::kTheyHaveTooManyInvitations:
      return "they_have_too_many_invitations";
    case Reject::kTooManyCurrentMeetups:
      return "too_many_current_meetups";
    case Reject::kTooManyKeptMeetups:
      return "too_many_kept_meetups";
    case Reject::kTooManyKicked:
      return "too_many_kicked";
    case Reject::kAlreadyConfirmed:
      return "already_confirmed";
    case Reject::kNotConfirmed:
      return "not_confirmed";
    case Reject::kAlone:
      return "alone";
    case Reject::kOthersHaveNotConfirmed:
      return "others_have_not_confirmed";
    case Reject::kUnknownMessage:
      return "unknown_message";
    case Reject::kMessageLength:
      return "message_length";
    case Reject::kRoomFull:
      return "room_full";
    case Reject::kAlreadyDeleted:
      return "already_deleted";
    case Reject::kNotAuthorOrHost:
      return "not_author_or_host";
    case Reject::kAlreadyRead:
      return "already_read";
    case Reject::kUnknownTicket:
      return "unknown_ticket";
    case Reject::kTooManyTickets:
      return "too_many_tickets";
    case Reject::kNoTags:
      return "no_tags";
    case Reject::kRadiusOutOfRange:
      return "radius_out_of_range";
    case Reject::kWindowTooShort:
      return "window_too_short";
    case Reject::kGroupSizeOutOfRange:
      return "group_size_out_of_range";
  }
  return "unknown";
}

std::string_view SentenceOf(Reject reject) {
  switch (reject) {
    case Reject::kNone:
      return "Done.";
    case Reject::kInvalidTime:
      return "The time is not valid.";
    case Reject::kRequestIdReused:
      return "This request id was given to another command before.";
    case Reject::kActorMissing:
      return "The command does not say who asks.";
    case Reject::kActorNotWanted:
      return "The command is not one of a user.";
    case Reject::kUnknownActor:
      return "There is no account with this id.";
    case Reject::kErasedActor:
      return "The account with this id was erased, and the id is not given again.";
    case Reject::kInvalidSettings:
      return "A setting is out of its range.";
    case Reject::kInvalidText:
      return "A text is not valid UTF-8.";
    case Reject::kInvalidLocation:
      return "The location is not a latitude and a longitude in degrees.";
    case Reject::kInvalidVisibility:
      return "There is no such visibility.";
    case Reject::kUserExists:
      return "There is an account with this id already.";
    case Reject::kUnknownUser:
      return "There is no such user.";
    case Reject::kOneself:
      return "This cannot be done to oneself.";
    case Reject::kNicknameLength:
      return "A nickname has 1 to 20 characters.";
    case Reject::kNicknameTaken:
      return "Somebody else has this nickname.";
    case Reject::kStatusLength:
      return "A status message has at most 255 characters.";
    case Reject::kTooManyTags:
      return "There can be at most 30 tags.";
    case Reject::kTagLength:
      return "A tag has 1 to 30 characters.";
    case Reject::kRepeatedTag:
      return "A tag is there twice.";
    case Reject::kUrlLength:
      return "The address of an image has at most 2,000 characters.";
    case Reject::kBlocked:
      return "One of you has blocked the other.";
    case Reject::kAlreadyFriends:
      return "You are friends already.";
    case Reject::kAlreadyRequested:
      return "You have asked them already.";
    case Reject::kNotRequested:
      return "There is no such friend request.";
    case Reject::kNotFriends:
      return "You are not friends.";
    case Reject::kTooManyFriends:
      return "You have as many friends as one can have.";
    case Reject::kTheyHaveTooManyFriends:
      return "They have as many friends as one can have.";
    case Reject::kTooManyRequestsSent:
      return "Too many of your friend requests are unanswered.";
    case Reject::kTooManyRequestsReceived:
      return "They have too many unanswered friend requests.";
    case Reject::kAlreadyBlocked:
      return "You have blocked them already.";
    case Reject::kNotBlocked:
      return "You have not blocked them.";
    case Reject::kTooManyBlocks:
      return "You have blocked as many users as one can block.";
    case Reject::kBlockedByTooMany:
      return "Too many others have blocked them: please report them.";
    case Reject::kReasonLength:
      return "A reason has 1 to 1,000 characters.";
    case Reject::kUnknownMeetup:
      return "There is no such meetup.";
    case Reject::kNotHost:
      return "Only the host can do this.";
    case Reject::kNotMember:
      return "Only for members of the meetup.";
    case Reject::kAlreadyMember:
      return "Already a member of this meetup.";
    case Reject::kFull:
      return "The meetup is full.";
    case Reject::kMeetupConfirmed:
      return "The meetup is confirmed.";
    case Reject::kStarted:
      return "The meetup has started.";
    case Reject::kEnded:
      return "The meetup has ended.";
    case Reject::kCancelled:
      return "The meetup was cancelled.";
    case Reject::kKicked:
      return "You were removed from this meetup, and have not been invited since.";
    case Reject::kTitleLength:
      return "A title has 1 to 100 characters.";
    case Reject::kContentLength:
      return "A description has at most 1,000 characters.";
    case Reject::kPlaceNameLength:
      return "The name of a place has at most 100 characters.";
    case Reject::kBringLength:
      return "What to bring has at most 255 characters.";
    case Reject::kStartTooEarly:
      return "The start is too early.";
    case Reject::kStartTooLate:
      return "The start is too far ahead.";
    case Reject::kEndTooEarly:
      return "The end is not late enough after the start.";
    case Reject::kEndTooLate:
      return "The end is too far ahead.";
    case Reject::kCapacityOutOfRange:
      return "A meetup is for 2 to 255 people, the host included.";
    case Reject::kCapacityBelowMembers:
      return "There are more members than that.";
    case Reject::kHasOtherMembers:
      return "There are other members: cancel all the same?";
    case Reject::kHostCannotLeave:
      return "The host cannot leave: cancel the meetup, or transfer it to a member.";
    case Reject::kAlreadyInvited:
      return "They are invited already.";
    case Reject::kNotInvited:
      return "There is no such invitation.";
    case Reject::kTooManyInvitations:
      return "Too many invitations to this meetup are unanswered.";
    case Reject::kTheyHaveTooManyInvitations:
      return "They have too many unanswered invitations.";
    case Reject::kTooManyCurrentMeetups:
      return "You are a member of as many meetups as one can be.";
    case Reject::kTooManyKeptMeetups:
      return "You have been in as many meetups lately as one can be.";
    case Reject::kTooManyKicked:
      return "Too many have been removed from this meetup.";
    case Reject::kAlreadyConfirmed:
      return "You have confirmed already.";
    case Reject::kNotConfirmed:
      return "You have not confirmed.";
    case Reject::kAlone:
      return "Nobody else is a member yet.";
    case Reject::kOthersHaveNotConfirmed:
      return "The host confirms last, when all others have.";
    case Reject::kUnknownMessage:
      return "There is no such message.";
    case Reject::kMessageLength:
      return "A message has 1 to 2,000 characters.";
    case Reject::kRoomFull:
      return "The room has as many messages as it can have.";
    case Reject::kAlreadyDeleted:
      return "The message was deleted already.";
    case Reject::kNotAuthorOrHost:
      return "Only its author or the host can delete a message.";
    case Reject::kAlreadyRead:
      return "You have read that far already.";
    case Reject::kUnknownTicket:
      return "There is no such ticket of yours.";
    case Reject::kTooManyTickets:
      return "You have as many tickets as one can have.";
    case Reject::kNoTags:
      return "A ticket needs a tag.";
    case Reject::kRadiusOutOfRange:
      return "A ticket reaches from 1 metre to 100 kilometres.";
    case Reject::kWindowTooShort:
      return "There is not so much time in between.";
    case Reject::kGroupSizeOutOfRange:
      return "A ticket is for 2 to 255 people, the least not above the most.";
  }
  return "The reason is unknown.";
}

}  // namespace v0
}  // namespace moyeo
