// Which texts have a given text in them.

#ifndef MOYEO_SOCIETY_GRAM_INDEX_H_
#define MOYEO_SOCIETY_GRAM_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "society/postings.h"

namespace moyeo::society {

// Documents, which are some texts each, by their grams: runs of one, two and three code points.
//
//   GramIndex index;
//   index.Add(7, {{"chess", "board games"}});
//   GramIndex::Matches matches = index.Find("ess");
//   for (auto id = matches.NextFrom(0); id; id = matches.NextFrom(*id + 1)) { ... }
//
// A document with all grams of what is looked for need not have it in one piece: who looks for more
// than kExactLength code points has to make sure.
class GramIndex {
 public:
  static constexpr std::size_t kExactLength = 3;

  // Documents that have all grams of what was looked for, by id. Valid until the index changes.
  class Matches {
   public:
    // The first one with an id of `from` or more; nullopt if there is none, or if it has stopped.
    std::optional<std::uint64_t> NextFrom(std::uint64_t from);

    // Where it has stopped because as much has been looked at as one search may: before any further
    // match with this id or more, for which to search afresh.
    std::optional<std::uint64_t> stopped_at() const { return stopped_at_; }

   private:
    friend class GramIndex;

    std::vector<const Postings*> lists_;  // the shortest first; none if nothing matches
    std::size_t steps_left_ = kMaxSteps;
    std::optional<std::uint64_t> stopped_at_;
  };

  // How many entries of lists one search looks at: some tens of microseconds.
  static constexpr std::size_t kMaxSteps = 1'000;

  // REQUIRES: UTF-8; Add: `id` is not here; Remove: it is, with these texts
  void Add(std::uint64_t id, std::span<const std::string> texts);
  void Remove(std::uint64_t id, std::span<const std::string> texts);

  // Whether `text` is one gram, which is in one text or in none: no need to look again.
  //
  // REQUIRES: UTF-8
  static bool IsExact(std::string_view text);

  // REQUIRES: `text` is UTF-8 and not empty
  Matches Find(std::string_view text) const;

 private:
  // Three code points, each plus one, or fewer with zeros behind.
  using Gram = std::uint64_t;

  struct Located {
    Postings* postings = nullptr;
    Postings::Place place = {};
  };

  static void AppendGrams(std::u32string_view text, std::size_t length, std::vector<Gram>& grams);
  static std::vector<Gram> GramsOf(std::span<const std::string> texts);

  absl::flat_hash_map<Gram, Postings> postings_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_GRAM_INDEX_H_
