// How often somebody may try to come in.

#ifndef MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_
#define MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_

#include <cstddef>
#include <string>

#include "counted.h"
#include "moyeo/types.h"
#include "rate.h"

namespace moyeo::server {

struct AttemptsOptions {
  // Wrong passwords: for one account from one address, so that nobody shuts out those elsewhere;
  // for one account from anywhere; and from one address.
  Rate per_name_and_address{.per_second = 1.0 / 60, .burst = 10};
  Rate per_name{.per_second = 1.0 / 6, .burst = 100};
  Rate per_address{.per_second = 1.0 / 6, .burst = 100};

  Rate log_ins{.per_second = 1, .burst = 100};    // from one address: a right one costs as much
  Rate new_users{.per_second = 1, .burst = 100};  // from one address
  std::size_t most_kept = 100'000;                // names and addresses, of each kind
};

// Safe to use from any thread. `options` must outlive it.
class Attempts {
 public:
  explicit Attempts(const AttemptsOptions& options);

  // Whether a password may be tried. It counts as a wrong one until WasRight.
  bool MayLogIn(const std::string& account, const std::string& address, Timestamp now);
  void WasRight(const std::string& account, const std::string& address);

  bool MaySignUp(const std::string& address, Timestamp now);

 private:
  Counted<std::string> per_name_and_address_;
  Counted<std::string> per_name_;
  Counted<std::string> per_address_;
  Counted<std::string> log_ins_;
  Counted<std::string> new_users_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_
