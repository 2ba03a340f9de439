// What several threads made of an index at once, for judging what was answered beside them.

#ifndef MOYEO_TESTS_SUPPORT_CHRONICLE_H_
#define MOYEO_TESTS_SUPPORT_CHRONICLE_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "moyeo/presence.h"

namespace moyeo::testing {

// Writers are the threads that change the index. Each user has one writer, who alone moves and
// removes them, so that the order of what is written of them is known. Of that a call beside the
// writers sees nothing that had not begun when the call was over, and nothing older than what was
// done before the call; what there is in between, it may or may not see.
//
// While they run, writers and askers share a few counters only, which order what is done before a
// call and the call, as hosts do, and nothing else: a thread sanitizer sees the rest.
class Chronicle {
 public:
  static constexpr std::size_t kMaxWriters = 32;

  // How far everybody is.
  struct Moment {
    std::array<std::uint32_t, kMaxWriters> acts = {};  // by writer
    std::uint32_t clears = 0;
    Timestamp swept = Timestamp::min();  // the greatest time of an Expire
  };

  // What one act made of one user.
  struct Entry {
    enum class Kind {
      kSeen,  // moved, and held from then on
      kLate,  // moved by a move older than the last: ignored but of a user who is not held
      kGone,  // removed
    };

    Kind kind = Kind::kGone;
    bool was_held = false;    // kGone: what Remove told
    bool keeps_mask = false;  // `mask` is the one before, which is kept
    std::uint32_t act = 0;    // of the user's writer, from 1; 0 is the beginning
    std::uint32_t mask = 0;
    LatLng position = {};  // canonical
    Timestamp seen = {};
  };

  // `users` are known by their numbers from here on.
  // REQUIRES: 0 < writers <= kMaxWriters
  Chronicle(std::vector<UserId> users, std::size_t writers, std::int64_t ttl_ms);

  // Forgets the past: held[i] is what the index holds of user i. No other thread runs.
  void Begin(std::span<const std::optional<Presence>> held);

  // Changes of users of one writer by one call of the index, made by that writer's thread: from
  // before the call to after it.
  class Act {
   public:
    Act(Chronicle& chronicle, std::size_t writer);
    ~Act();

    Act(const Act&) = delete;
    Act& operator=(const Act&) = delete;

    // No mask: it is kept.
    // REQUIRES: there is a mask unless the last move of `user` was in another act, has not been
    // removed since, and is not after `seen`
    void Move(std::size_t user, LatLng position, Timestamp seen, std::optional<std::uint32_t> mask);
    void Remove(std::size_t user, bool was_held);

   private:
    Chronicle& chronicle_;
    const std::size_t writer_;
    const std::uint32_t number_;
    const std::uint32_t clears_before_;
  };

  // Before and after a Clear, by one thread alone.
  void BeginClear() { clears_begun_.fetch_add(1); }
  void EndClear() { clears_done_.fetch_add(1); }

  // Before an Expire at `now`, by any thread.
  void BeginSweep(Timestamp now);

  Moment Done() const;
  Moment Begun() const;

  const std::vector<UserId>& users() const { return users_; }
  std::optional<std::size_t> NumberOf(UserId user) const;
  std::size_t WriterOf(std::size_t user) const { return user % writers_; }
  std::chrono::milliseconds ttl() const { return ttl_; }

  // What follows is for the writer of `user`, and for everybody once all threads have joined.

  // In the order of writing. The first is of the beginning.
  const std::vector<Entry>& EntriesOf(std::size_t user) const { return entries_[user]; }

  // The number of the last of the first `end` entries that is not late.
  // REQUIRES: end > 0
  std::size_t LastOf(std::size_t user, std::size_t end) const;
  const Entry& LastOf(std::size_t user) const {
    return entries_[user][LastOf(user, entries_[user].size())];
  }

  // Whether some Clear or Expire may have undone `entry` when no more than this had begun.
  bool MayBeGone(std::size_t user, const Entry& entry, std::uint32_t clears, Timestamp swept) const;
  // Whether some Clear must have undone `entry` when so many were done.
  bool IsCleared(std::size_t user, const Entry& entry, std::uint32_t clears) const;

  // Whether there may have been nobody whose mask entry `number` could keep.
  bool MaskMayBe0(std::size_t user, std::size_t number) const;

  // What Remove must have told for entry `number`; nullopt if it may be either.
  // REQUIRES: the entry is kGone
  std::optional<bool> MustHaveBeenHeld(std::size_t user, std::size_t number) const;

 private:
  // What there was beside an act.
  struct Beside {
    std::uint32_t clears_before = 0;  // done before it
    std::uint32_t clears_after = 0;   // begun before it was done
    Timestamp swept = Timestamp::min();
  };

  struct alignas(64) WriterState {
    std::atomic<std::uint32_t> begun = 0;
    std::atomic<std::uint32_t> done = 0;
    std::vector<Beside> beside;  // by act
  };

  const Beside& BesideOf(std::size_t user, const Entry& entry) const {
    return writer_states_[WriterOf(user)].beside[entry.act];
  }

  const std::vector<UserId> users_;
  const std::size_t writers_;
  const std::chrono::milliseconds ttl_;
  std::unordered_map<UserId, std::size_t> numbers_;
  std::vector<std::vector<Entry>> entries_;  // by user
  std::array<WriterState, kMaxWriters> writer_states_;
  std::atomic<std::uint32_t> clears_begun_ = 0;
  std::atomic<std::uint32_t> clears_done_ = 0;
  std::atomic<Timestamp> swept_ = Timestamp::min();
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_CHRONICLE_H_
