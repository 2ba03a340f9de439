#include "society/checks.h"

#include <algorithm>

#include "moyeo/command.h"
#include "society/text.h"

namespace moyeo::society {

bool AreUtf8(const std::vector<std::string>& texts) {
  return std::ranges::all_of(texts, [](const std::string& text) { return IsUtf8(text); });
}

Reject CheckTags(const std::vector<std::string>& tags) {
  if (tags.size() > Limits::kTags) return Reject::kTooManyTags;
  std::vector<std::string> folded;
  folded.reserve(tags.size());
  for (const std::string& tag : tags) {
    if (!HasLength(tag, 1, Limits::kTagLength)) return Reject::kTagLength;
    folded.push_back(Fold(tag));
    if (folded.back().empty()) return Reject::kTagLength;
  }
  std::ranges::sort(folded);
  const bool repeats = std::ranges::adjacent_find(folded) != folded.end();
  return repeats ? Reject::kRepeatedTag : Reject::kNone;
}

Reject CheckReason(const std::string& reason) {
  if (!IsUtf8(reason)) return Reject::kInvalidText;
  if (!HasLength(reason, 1, Limits::kReasonLength)) return Reject::kReasonLength;
  return Reject::kNone;
}

std::vector<std::string> NfcOf(const std::vector<std::string>& texts) {
  std::vector<std::string> normalized;
  normalized.reserve(texts.size());
  for (const std::string& text : texts) normalized.push_back(Nfc(text));
  return normalized;
}

}  // namespace moyeo::society
