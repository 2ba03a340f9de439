#include "society/postings.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace moyeo::society {

void Postings::Run::Insert(std::uint64_t number) {
  if (loose == kMostLoose) Settle();
  loose_numbers[loose++] = number;
}

void Postings::Run::Erase(std::uint64_t number) {
  const std::span<std::uint64_t> among_loose = Loose();
  if (const auto at = std::ranges::find(among_loose, number); at != among_loose.end()) {
    *at = among_loose.back();
    --loose;
    return;
  }
  const std::span<std::uint64_t> all = Sorted();
  const auto at = std::ranges::lower_bound(all, number);
  std::move(at + 1, all.end(), at);
  --sorted;
}

void Postings::Run::Settle() {
  std::ranges::sort(Loose());
  // From the greatest one down, into the room behind.
  std::uint64_t* from = numbers.data() + sorted;
  sorted += loose;
  std::uint64_t* to = numbers.data() + sorted;
  for (; loose > 0; --loose) {
    const std::uint64_t number = loose_numbers[loose - 1];
    while (from != numbers.data() && from[-1] > number) *--to = *--from;
    *--to = number;
  }
}

void Postings::Run::Append(std::span<const std::uint64_t> more) {
  std::ranges::copy(more, numbers.data() + sorted);
  sorted += static_cast<std::uint32_t>(more.size());
}

std::optional<std::uint64_t> Postings::Run::NextFrom(std::uint64_t from) const {
  const std::span<const std::uint64_t> all = Sorted();
  const auto at = std::ranges::lower_bound(all, from);
  std::optional<std::uint64_t> next;
  if (at != all.end()) next = *at;
  for (const std::uint64_t number : Loose()) {
    if (number >= from && (!next || number < *next)) next = number;
  }
  return next;
}

std::optional<std::uint64_t> Postings::NextFrom(std::uint64_t from) const {
  if (many_ == nullptr) {
    const auto next = std::ranges::lower_bound(few_, from);
    return next == few_.end() ? std::nullopt : std::optional(*next);
  }
  for (auto at = std::prev(many_->by_key.upper_bound(from)); at != many_->by_key.end(); ++at) {
    if (const auto next = at->second->NextFrom(from)) return next;
  }
  return std::nullopt;
}

void Postings::Prefetch() const {
  if (many_ == nullptr) {
    __builtin_prefetch(few_.data());
  } else {
    __builtin_prefetch(many_.get());
  }
}

Postings::Place Postings::Locate(std::uint64_t number) {
  Place place;
  if (many_ == nullptr) return place;
  place.run_ = std::prev(many_->by_key.upper_bound(number))->second.get();
  constexpr std::size_t kCacheLine = 64;
  const char* const bytes = reinterpret_cast<const char*>(place.run_);
  for (std::size_t at = 0; at < offsetof(Run, numbers); at += kCacheLine) {
    __builtin_prefetch(bytes + at, 1);
  }
  return place;
}

void Postings::Insert(Place place, std::uint64_t number) {
  if (place.run_ != nullptr) {
    Run& run = *place.run_;
    (run.count() < kRunLength ? run : Split(run, number)).Insert(number);
    ++many_->size;
    return;
  }
  few_.insert(std::ranges::lower_bound(few_, number), number);
  if (few_.size() < kRunLength) return;
  many_ = std::make_unique<Runs>();
  many_->size = few_.size();
  AddRun(0).Append(few_);
  few_ = {};
}

Postings::Run& Postings::AddRun(std::uint64_t key) {
  std::unique_ptr<Run>& run = many_->by_key[key];
  run = std::make_unique<Run>();
  run->key = key;
  return *run;
}

Postings::Run& Postings::Split(Run& run, std::uint64_t number) {
  run.Settle();
  // Numbers often grow or shrink one by one: then runs are left full.
  if (number > run.numbers.back() && std::prev(many_->by_key.end())->second.get() == &run) {
    return AddRun(number);
  }
  const bool is_first = run.key == 0 && number < run.numbers.front();
  const std::size_t kept = is_first ? 0 : kRunLength / 2;
  Run& upper = AddRun(run.numbers[kept]);
  upper.Append(run.Sorted().subspan(kept));
  run.sorted = static_cast<std::uint32_t>(kept);
  return number < upper.key ? run : upper;
}

void Postings::Erase(Place place, std::uint64_t number) {
  if (place.run_ == nullptr) {
    few_.erase(std::ranges::lower_bound(few_, number));
    return;
  }
  place.run_->Erase(number);
  --many_->size;
  Merge(*place.run_);
}

void Postings::Merge(Run& run) {
  constexpr std::size_t kSparse = kRunLength / 2;
  if (run.count() > kSparse) return;
  auto lower = many_->by_key.find(run.key);
  if (lower != many_->by_key.begin()) --lower;
  // With the run before, if there is one, and then with the one after.
  for (int neighbour = 0; neighbour < 2; ++neighbour) {
    const auto upper = std::next(lower);
    if (upper == many_->by_key.end()) break;
    if (lower->second->count() + upper->second->count() > kSparse) {
      lower = upper;
      continue;
    }
    lower->second->Settle();
    upper->second->Settle();
    lower->second->Append(upper->second->Sorted());
    const std::uint64_t key = lower->first;
    many_->by_key.erase(upper);
    lower = many_->by_key.find(key);
  }
  if (many_->by_key.size() > 1 || many_->size > kSparse / 2) return;
  Run& last = *many_->by_key.begin()->second;
  last.Settle();
  few_.assign(last.Sorted().begin(), last.Sorted().end());
  many_ = nullptr;
}

std::string Postings::CheckInvariants() const {
  const auto ascends = [](std::span<const std::uint64_t> numbers) {
    return std::ranges::adjacent_find(numbers, std::ranges::greater_equal()) == numbers.end();
  };
  if (many_ == nullptr) {
    if (!ascends(few_)) return "a few do not ascend";
    return few_.size() < kRunLength ? "" : "a few are many";
  }
  if (!few_.empty()) return "a few beside many";
  if (many_->by_key.begin()->first != 0) return "the first key is not 0";
  std::size_t size = 0;
  for (auto at = many_->by_key.begin(); at != many_->by_key.end(); ++at) {
    const Run& run = *at->second;
    const auto next = std::next(at);
    if (run.key != at->first) return absl::StrCat("a run does not know its key ", at->first);
    if (!ascends(run.Sorted())) return absl::StrCat("the run ", run.key, " does not ascend");
    size += run.count();
    if (next == many_->by_key.end()) continue;
    if (run.count() + next->second->count() <= kRunLength / 2) {
      return absl::StrCat("two sparse runs from ", run.key);
    }
    for (const auto numbers : {run.Sorted(), run.Loose()}) {
      for (const std::uint64_t number : numbers) {
        if (number < run.key || number >= next->first) return absl::StrCat("out of ", run.key);
      }
    }
  }
  if (size != many_->size) return absl::StrCat(size, " numbers are not ", many_->size);
  return size > kRunLength / 4 ? "" : "many are a few";
}

}  // namespace moyeo::society
