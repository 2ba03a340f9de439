// Several threads at once, and what they have to say.

#ifndef MOYEO_TESTS_SUPPORT_TOGETHER_H_
#define MOYEO_TESTS_SUPPORT_TOGETHER_H_

#include <cstddef>
#include <functional>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace moyeo::testing {

// The first complaints of any thread. GoogleTest's own assertions would print one per answer.
class Complaints {
 public:
  void Add(std::string what) {
    const std::lock_guard lock(mutex_);
    if (first_.size() < 10) first_.push_back(std::move(what));
  }

  // Complains about anything but OK.
  void Expect(const absl::Status& status) {
    if (!status.ok()) Add(status.ToString());
  }

  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(first_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> first_;
};

// Runs every job in a thread of its own, all let loose at once.
inline void RunTogether(const std::vector<std::function<void()>>& jobs) {
  std::latch start(static_cast<std::ptrdiff_t>(jobs.size()));
  std::vector<std::thread> threads;
  for (const auto& job : jobs) {
    threads.emplace_back([&start, &job] {
      start.arrive_and_wait();
      job();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_TOGETHER_H_
