// How often something may be done.

#ifndef MOYEO_EXAMPLES_SERVER_RATE_H_
#define MOYEO_EXAMPLES_SERVER_RATE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "moyeo/types.h"

namespace moyeo::server {

struct Rate {
  double per_second = 0;  // above 0
  double burst = 1;       // at once, after a while of nothing; at least 1
};

// A token bucket: full at first, and filled at the rate.
class Bucket {
 public:
  // `rate` must outlive the bucket.
  explicit Bucket(const Rate& rate) : rate_(&rate), left_(rate.burst) {}

  // Whether it may be done at `now`; it counts if so. Time that goes back stands still.
  bool Take(Timestamp now) {
    if (now > last_) {
      // From the first call on: a bucket is full until then.
      const double seconds = last_ == Timestamp{} ? 0 : Seconds(now - last_);
      left_ = std::min(rate_->burst, left_ + seconds * rate_->per_second);
      last_ = now;
    }
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

  // One that was taken has not been done.
  void GiveBack() { left_ = std::min(rate_->burst, left_ + 1); }

  // Nothing has been taken that has not come back by `now`.
  bool IsFull(Timestamp now) const {
    return left_ + Seconds(now - last_) * rate_->per_second >= rate_->burst;
  }

 private:
  static double Seconds(std::chrono::milliseconds time) {
    return static_cast<double>(time.count()) / 1'000;
  }

  const Rate* rate_;
  double left_;
  Timestamp last_{};
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_RATE_H_
