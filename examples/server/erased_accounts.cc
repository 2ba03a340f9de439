#include "erased_accounts.h"

#include <cstddef>
#include <vector>

namespace moyeo::server {
namespace {

constexpr std::size_t kUsersAtOnce = 1'000;

absl::StatusOr<bool> IsErased(Engine& engine, UserId user, Timestamp now) {
  const absl::Status viewed = engine.ViewProfile(user, user).status();
  if (!absl::IsNotFound(viewed)) {
    if (viewed.ok()) return false;
    return viewed;
  }
  // Erased, or never registered: which of them is the reason why they cannot register. Without a
  // nickname nobody can.
  const auto outcome = engine.Apply({.time = now, .actor = user, .body = Register{}});
  if (!outcome.ok()) return outcome.status();
  return outcome->reject == Reject::kErasedActor;
}

}  // namespace

absl::Status RemoveErased(Engine& engine, Accounts& accounts, Timestamp now) {
  for (UserId last{0};;) {
    const auto users = accounts.Users(last, kUsersAtOnce);
    if (!users.ok()) return users.status();
    if (users->empty()) return absl::OkStatus();
    last = users->back();
    for (const UserId user : *users) {
      const auto is_erased = IsErased(engine, user, now);
      if (!is_erased.ok()) return is_erased.status();
      if (!*is_erased) continue;
      if (absl::Status removed = accounts.Remove(user); !removed.ok()) return removed;
    }
  }
}

}  // namespace moyeo::server
