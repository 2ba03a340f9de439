// Matchers of absl::Status and of the status in an absl::StatusOr.

#ifndef MOYEO_TESTS_SUPPORT_STATUS_H_
#define MOYEO_TESTS_SUPPORT_STATUS_H_

#include <gmock/gmock.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyeo::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << "whose status is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P2(IsError, code, message,
           absl::StatusCodeToString(code) + ", whose message " +
               ::testing::DescribeMatcher<std::string>(message)) {
  *result_listener << "whose status is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::Matches(message)(std::string(StatusOf(arg).message()));
}

// InvalidArgument whose message names `what`.
template <typename What>
auto IsInvalid(What what) {
  return IsError(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr(what));
}

inline auto IsNotFound() { return IsError(absl::StatusCode::kNotFound, ::testing::Not("")); }

inline auto IsExhausted() {
  return IsError(absl::StatusCode::kResourceExhausted, ::testing::HasSubstr("max_users"));
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_STATUS_H_
