// Problem documents (RFC 9457): what went wrong, for programs and for people.

#ifndef MOYEO_EXAMPLES_SERVER_PROBLEM_H_
#define MOYEO_EXAMPLES_SERVER_PROBLEM_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "http_message.h"
#include "moyeo/reject.h"

namespace moyeo::server {

enum class Language { kEnglish, kKorean };

// The better liked of the two by an Accept-Language header; English where that does not say.
Language LanguageOf(const std::optional<std::string>& accept_language);

// The status of a command that was refused for this reason: 404 for what there is not, 403 for what
// is for others to do, 400 for what can never be right, and 409 for what does not fit the state.
int StatusOf(Reject reject);

// {"type":"about:blank","title":...,"status":...,"code":...[,"detail":...]}. `code` is the name of
// a Reject or one of the server's own, and the title the sentence for it.
Response Problem(int status, std::string_view code, Language language,
                 std::string_view detail = {});

// 429, to be tried again after so many seconds.
Response TooOften(int wait_s, Language language, std::string_view detail = {});

Response ProblemOf(Reject reject, Language language);

// For what the engine says of a question: NotFound, PermissionDenied, InvalidArgument, or that it
// cannot answer.
Response ProblemOf(const absl::Status& status, Language language);

// The sentence for a code; "" if there is no such code.
std::string_view SentenceFor(std::string_view code, Language language);

// The server's own codes.
std::span<const std::string_view> OwnCodes();

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_PROBLEM_H_
