// Rejections that commands about people, meetups and rooms share.

#ifndef MOYEO_SOCIETY_CHECKS_H_
#define MOYEO_SOCIETY_CHECKS_H_

#include <optional>
#include <string>
#include <vector>

#include "moyeo/reject.h"
#include "moyeo/types.h"

namespace moyeo::society {

inline bool IsTime(Timestamp time) { return time >= kMinTimestamp && time <= kMaxTimestamp; }

bool AreUtf8(const std::vector<std::string>& texts);

// kTooManyTags, kTagLength, kRepeatedTag.
//
// REQUIRES: AreUtf8(tags)
Reject CheckTags(const std::vector<std::string>& tags);

// kInvalidText, kReasonLength.
Reject CheckReason(const std::string& reason);

// REQUIRES: AreUtf8(texts)
std::vector<std::string> NfcOf(const std::vector<std::string>& texts);

// Null if there is none.
template <typename T>
const T* Pointer(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_CHECKS_H_
