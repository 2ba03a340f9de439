// How often somebody may try.

#ifndef MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_
#define MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "moyeo/types.h"
#include "rate.h"

namespace moyeo::server {

struct AttemptsOptions {
  Rate per_name{.per_second = 1.0 / 60, .burst = 10};     // wrong passwords for one account
  Rate per_address{.per_second = 1.0 / 6, .burst = 100};  // wrong passwords from one address
  Rate new_users{.per_second = 1, .burst = 100};          // from one address
  std::size_t most_kept = 100'000;                        // names and addresses, of each kind
};

// Counts by name, of a bounded number of names: of whom nobody was heard for so long that all is
// forgiven nothing is kept, and when there is no room nobody new may try.
//
// Safe to use from any thread. `rate` must outlive it.
class Counted {
 public:
  Counted(const Rate& rate, std::size_t most_kept) : rate_(rate), most_kept_(most_kept) {}

  bool Take(std::string_view name, Timestamp now);

  // Whether Take would be true.
  bool May(std::string_view name, Timestamp now) const;

 private:
  const Rate& rate_;
  const std::size_t most_kept_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_;
};

struct Attempts {
  explicit Attempts(const AttemptsOptions& options)
      : per_name(options.per_name, options.most_kept),
        per_address(options.per_address, options.most_kept),
        new_users(options.new_users, options.most_kept) {}

  Counted per_name;
  Counted per_address;
  Counted new_users;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ATTEMPTS_H_
