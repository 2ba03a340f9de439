// Accounts of users who are no more.

#ifndef MOYEO_EXAMPLES_SERVER_ERASED_ACCOUNTS_H_
#define MOYEO_EXAMPLES_SERVER_ERASED_ACCOUNTS_H_

#include "absl/status/status.h"
#include "accounts.h"
#include "moyeo/engine.h"

namespace moyeo::server {

// Removes the accounts of all whom the engine knows to be erased. The event that somebody was
// erased comes once, and the program may end before it has done what follows from it; this looks at
// everybody. Accounts of users whom the engine does not know stay: it may be an older copy.
//
// Not OK if some may be left.
absl::Status RemoveErased(Engine& engine, Accounts& accounts, Timestamp now);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ERASED_ACCOUNTS_H_
