#include "society/gram_index.h"

#include <algorithm>

#include "society/text.h"

namespace moyeo::society {
namespace {

// More lists than these hardly leave out more documents.
constexpr std::size_t kMaxLists = 4;

}  // namespace

std::optional<std::uint64_t> GramIndex::Matches::NextFrom(std::uint64_t from) {
  if (lists_.empty()) return std::nullopt;
  std::uint64_t candidate = from;
  std::size_t agreeing = 0;
  // Each list in turn moves the candidate on to its next id, until all agree.
  for (std::size_t i = 0; agreeing < lists_.size(); i = (i + 1) % lists_.size()) {
    if (steps_left_ == 0) {
      stopped_at_ = candidate;
      return std::nullopt;
    }
    --steps_left_;
    const std::optional<std::uint64_t> next = lists_[i]->NextFrom(candidate);
    if (!next) return std::nullopt;
    agreeing = *next == candidate ? agreeing + 1 : 1;
    candidate = *next;
  }
  return candidate;
}

void GramIndex::AppendGrams(std::u32string_view text, std::size_t length,
                            std::vector<Gram>& grams) {
  constexpr int kBitsPerCodePoint = 21;
  for (std::size_t begin = 0; begin + length <= text.size(); ++begin) {
    Gram gram = 0;
    for (std::size_t i = 0; i < kExactLength; ++i) {
      gram = gram << kBitsPerCodePoint | (i < length ? Gram{text[begin + i]} + 1 : 0);
    }
    grams.push_back(gram);
  }
}

std::vector<GramIndex::Gram> GramIndex::GramsOf(std::span<const std::string> texts) {
  std::vector<Gram> grams;
  std::u32string decoded;
  for (const std::string& text : texts) {
    decoded.clear();
    Decode(text, decoded);
    for (std::size_t length = 1; length <= kExactLength; ++length) {
      AppendGrams(decoded, length, grams);
    }
  }
  std::ranges::sort(grams);
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

// Both wait for memory rather than compute. Steps that do not depend on each other are taken for
// all grams before the next step for any, so that they wait together.

void GramIndex::Add(std::uint64_t id, std::span<const std::string> texts) {
  const std::vector<Gram> grams = GramsOf(texts);
  // Then none that is added moves the others.
  postings_.reserve(postings_.size() + grams.size());
  for (const Gram gram : grams) postings_.prefetch(gram);
  std::vector<Located> located;
  located.reserve(grams.size());
  for (const Gram gram : grams) {
    located.push_back({.postings = &postings_[gram]});
    located.back().postings->Prefetch();
  }
  for (Located& at : located) at.place = at.postings->Locate(id);
  for (const Located& at : located) at.postings->Insert(at.place, id);
}

void GramIndex::Remove(std::uint64_t id, std::span<const std::string> texts) {
  const std::vector<Gram> grams = GramsOf(texts);
  for (const Gram gram : grams) postings_.prefetch(gram);
  std::vector<Located> located;
  located.reserve(grams.size());
  for (const Gram gram : grams) {
    located.push_back({.postings = &postings_.find(gram)->second});
    located.back().postings->Prefetch();
  }
  for (Located& at : located) at.place = at.postings->Locate(id);
  for (const Located& at : located) at.postings->Erase(at.place, id);
  for (std::size_t i = 0; i < grams.size(); ++i) {
    if (located[i].postings->empty()) postings_.erase(grams[i]);
  }
}

bool GramIndex::IsExact(std::string_view text) {
  std::u32string decoded;
  Decode(text, decoded);
  return decoded.size() <= kExactLength;
}

GramIndex::Matches GramIndex::Find(std::string_view text) const {
  std::u32string decoded;
  Decode(text, decoded);
  std::vector<Gram> grams;
  AppendGrams(decoded, std::min(decoded.size(), kExactLength), grams);
  std::ranges::sort(grams);
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  Matches matches;
  for (const Gram gram : grams) {
    const auto found = postings_.find(gram);
    if (found == postings_.end()) return {};
    matches.lists_.push_back(&found->second);
  }
  std::ranges::stable_sort(matches.lists_, {}, [](const Postings* list) { return list->size(); });
  if (matches.lists_.size() > kMaxLists) matches.lists_.resize(kMaxLists);
  return matches;
}

}  // namespace moyeo::society
