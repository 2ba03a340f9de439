// Other programs, each on a core of its own.

#ifndef MOYEO_BENCH_SERVER_CHILD_H_
#define MOYEO_BENCH_SERVER_CHILD_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace moyeo::bench {

// A running program, which ends with this object, and with this program.
class Child {
 public:
  // Starts `arguments[0]` on the core of that number alone. What it writes to its standard output
  // can be read; its errors go where ours go.
  //
  // REQUIRES: `arguments` is not empty.
  static absl::StatusOr<Child> Start(const std::vector<std::string>& arguments, int core);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }

  // The next line that it writes, without its end. An error if it ends before.
  absl::StatusOr<std::string> ReadLine();

  // Reads and forgets what it writes until it ends; returns its exit code, or an error if a signal
  // has ended it.
  absl::StatusOr<int> Wait();

  // Asks it to end, and waits until it has.
  absl::StatusOr<int> Stop();

 private:
  Child(pid_t pid, int output) : pid_(pid), output_(output) {}

  pid_t pid_;  // 0: it has ended
  int output_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SERVER_CHILD_H_
