#include "problem.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "json_text.h"
#include "numbers.h"
#include "sentences.h"
#include "text.h"

namespace moyeo::server {

namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// What comes before `mark`, which is taken off `text` with it.
std::string_view Next(std::string_view& text, char mark) {
  const std::string_view first = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(text.size(), first.size() + 1));
  return Trimmed(first);
}

bool Is(std::string_view range, std::string_view language) {
  const std::string_view primary = range.substr(0, range.find('-'));
  return std::equal(primary.begin(), primary.end(), language.begin(), language.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

Language LanguageOf(const std::optional<std::string>& accept_language) {
  double english = 0;
  double korean = 0;
  std::string_view ranges = accept_language.has_value() ? *accept_language : std::string_view();
  while (!ranges.empty()) {
    std::string_view weight = Next(ranges, ',');
    const std::string_view range = Next(weight, ';');
    weight = Trimmed(weight);
    double quality = 1;
    if (weight.starts_with("q=")) quality = ParseNumber<double>(weight.substr(2)).value_or(0);
    if (Is(range, "ko")) korean = std::max(korean, quality);
    if (Is(range, "en")) english = std::max(english, quality);
  }
  return korean > english ? Language::kKorean : Language::kEnglish;
}

int StatusOf(Reject reject) {
  switch (reject) {
    case Reject::kUnknownUser:
    case Reject::kUnknownMeetup:
    case Reject::kUnknownMessage:
    case Reject::kUnknownTicket:
      return 404;
    case Reject::kUnknownActor:
    case Reject::kErasedActor:
    case Reject::kBlocked:
    case Reject::kNotHost:
    case Reject::kNotMember:
    case Reject::kKicked:
    case Reject::kNotInvited:
    case Reject::kNotAuthorOrHost:
      return 403;
    case Reject::kInvalidTime:
    case Reject::kInvalidSettings:
    case Reject::kInvalidText:
    case Reject::kInvalidLocation:
    case Reject::kInvalidVisibility:
    case Reject::kActorMissing:
    case Reject::kActorNotWanted:
    case Reject::kOneself:
    case Reject::kNicknameLength:
    case Reject::kStatusLength:
    case Reject::kTooManyTags:
    case Reject::kTagLength:
    case Reject::kNoTags:
    case Reject::kRadiusOutOfRange:
    case Reject::kWindowTooShort:
    case Reject::kGroupSizeOutOfRange:
    case Reject::kRepeatedTag:
    case Reject::kUrlLength:
    case Reject::kReasonLength:
    case Reject::kTitleLength:
    case Reject::kContentLength:
    case Reject::kPlaceNameLength:
    case Reject::kBringLength:
    case Reject::kStartTooEarly:
    case Reject::kStartTooLate:
    case Reject::kEndTooEarly:
    case Reject::kEndTooLate:
    case Reject::kCapacityOutOfRange:
    case Reject::kMessageLength:
      return 400;
    case Reject::kNone:
    case Reject::kRequestIdReused:
    case Reject::kUserExists:
    case Reject::kNicknameTaken:
    case Reject::kAlreadyFriends:
    case Reject::kAlreadyRequested:
    case Reject::kNotRequested:
    case Reject::kNotFriends:
    case Reject::kTooManyFriends:
    case Reject::kTheyHaveTooManyFriends:
    case Reject::kTooManyRequestsSent:
    case Reject::kTooManyRequestsReceived:
    case Reject::kAlreadyBlocked:
    case Reject::kNotBlocked:
    case Reject::kTooManyBlocks:
    case Reject::kBlockedByTooMany:
    case Reject::kAlreadyMember:
    case Reject::kFull:
    case Reject::kMeetupConfirmed:
    case Reject::kStarted:
    case Reject::kEnded:
    case Reject::kCancelled:
    case Reject::kCapacityBelowMembers:
    case Reject::kHasOtherMembers:
    case Reject::kHostCannotLeave:
    case Reject::kAlreadyInvited:
    case Reject::kTooManyInvitations:
    case Reject::kTheyHaveTooManyInvitations:
    case Reject::kTooManyCurrentMeetups:
    case Reject::kTooManyKeptMeetups:
    case Reject::kTooManyKicked:
    case Reject::kAlreadyConfirmed:
    case Reject::kNotConfirmed:
    case Reject::kAlone:
    case Reject::kOthersHaveNotConfirmed:
    case Reject::kRoomFull:
    case Reject::kAlreadyDeleted:
    case Reject::kAlreadyRead:
    case Reject::kTooManyTickets:
      return 409;
  }
  return 409;
}

Response Problem(int status, std::string_view code, Language language, std::string_view detail) {
  Response response{.status = status, .type = "application/problem+json"};
  response.body = Concat(R"({"type":"about:blank","title":)", Quoted(SentenceFor(code, language)),
                         R"(,"status":)", status, R"(,"code":)", Quoted(code));
  if (!detail.empty()) Append(response.body, R"(,"detail":)", Quoted(detail));
  response.body += '}';
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response TooOften(int wait_s, Language language, std::string_view detail) {
  Response response = Problem(429, "too_many_requests", language, detail);
  response.headers.emplace_back("Retry-After", std::to_string(wait_s));
  return response;
}

Response ProblemOf(Reject reject, Language language) {
  return Problem(StatusOf(reject), NameOf(reject), language);
}

Response ProblemOf(const absl::Status& status, Language language) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return Problem(404, "not_found", language, MessageOf(status));
    case absl::StatusCode::kPermissionDenied:
      return Problem(403, "not_member", language, MessageOf(status));
    case absl::StatusCode::kInvalidArgument:
      return Problem(400, "invalid_request", language, MessageOf(status));
    default:
      return Problem(503, "unavailable", language);
  }
}

std::string_view SentenceFor(std::string_view code, Language language) {
  std::string_view english;
  for (const Sentence& sentence : Sentences()) {
    if (sentence.code != code) continue;
    if (language == Language::kKorean) return sentence.korean;
    english = sentence.english;
  }
  if (!english.empty()) return english;
  for (std::uint16_t number = 1; number <= 255; ++number) {
    const auto reject = static_cast<Reject>(number);
    if (NameOf(reject) == code) return SentenceOf(reject);
  }
  return {};
}

std::span<const std::string_view> OwnCodes() {
  static constexpr std::array<std::string_view, 11> kCodes = {
      "not_authenticated", "not_found",         "invalid_request", "invalid_json",
      "too_large",         "too_many_requests", "unavailable",     "method_not_allowed",
      "name_taken",        "too_many_fences",   "too_many_users"};
  return kCodes;
}

}  // namespace moyeo::server
