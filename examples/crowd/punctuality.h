// Whether a feed's deliveries come when they are due.

#ifndef MOYEO_EXAMPLES_CROWD_PUNCTUALITY_H_
#define MOYEO_EXAMPLES_CROWD_PUNCTUALITY_H_

#include <cstdint>
#include <optional>

namespace moyeo_crowd {

// What is known of one feed that is due once in each interval. All times are in microseconds.
//
// Where the intervals begin, the server does not say: they are taken to begin so that the most
// punctual delivery was not late at all. A delivery is due at the first beginning of an interval at
// which it had something to tell; where nothing has changed, nothing is due.
//
//   Punctuality feed(3'000'000);
//   const auto late_us = feed.Deliver(arrival_us, earliest_change_us);
class Punctuality {
 public:
  // REQUIRES: interval_us > 0
  explicit Punctuality(std::int64_t interval_us) : interval_us_(interval_us) {}

  // When the delivery before arrived; 0 before the first.
  std::int64_t last_arrival_us() const { return last_arrival_us_; }

  // A delivery has arrived. `earliest_change_us` is when the earliest of what has changed since the
  // one before was sent, if that is known. Returns how late it is; nullopt for the first one, to
  // which nothing can be compared.
  //
  // REQUIRES: arrivals do not go back, and no change is later than its arrival.
  std::optional<std::int64_t> Deliver(std::int64_t arrival_us,
                                      std::optional<std::int64_t> earliest_change_us);

  // Forgets when deliveries came, as where a feed begins anew.
  void Restart() { last_arrival_us_ = 0; }

 private:
  std::int64_t interval_us_;
  std::int64_t last_arrival_us_ = 0;
  std::int64_t begin_us_ = 0;  // of the interval to which the delivery before belongs
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_PUNCTUALITY_H_
