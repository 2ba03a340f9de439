// How much one user may do.

#ifndef MOYEO_EXAMPLES_SERVER_USER_RATES_H_
#define MOYEO_EXAMPLES_SERVER_USER_RATES_H_

#include <cstddef>

#include "counted.h"
#include "moyeo/types.h"
#include "rate.h"

namespace moyeo::server {

struct UserRatesOptions {
  Rate moves{.per_second = 20, .burst = 100};
  Rate requests{.per_second = 50, .burst = 250};  // over HTTP
  std::size_t most_kept = 1'000'000;              // users, of each kind
};

// What a user does with all devices, on the stream and over HTTP, is counted together.
//
// Safe to use from any thread.
class UserRates {
 public:
  explicit UserRates(const UserRatesOptions& options) : options_(options) {}

  UserRates(const UserRates&) = delete;
  UserRates& operator=(const UserRates&) = delete;

  // Whether one more may be; it counts if so.
  bool TakeMove(UserId user, Timestamp now) { return moves_.Take(user, now); }
  bool TakeRequest(UserId user, Timestamp now) { return requests_.Take(user, now); }

 private:
  const UserRatesOptions options_;
  Counted<UserId> moves_{options_.moves, options_.most_kept};
  Counted<UserId> requests_{options_.requests, options_.most_kept};
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_USER_RATES_H_
