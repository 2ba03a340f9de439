// How it goes, shown while it goes.

#ifndef MOYEO_EXAMPLES_DEMO_PROGRESS_LINE_H_
#define MOYEO_EXAMPLES_DEMO_PROGRESS_LINE_H_

#include <chrono>
#include <string_view>

namespace moyeo_demo {

// One line that is rewritten in place on a terminal; elsewhere a line now and then.
class ProgressLine {
 public:
  using SteadyClock = std::chrono::steady_clock;

  // Between two texts there is at least so much time, on a terminal and elsewhere.
  ProgressLine(std::chrono::milliseconds on_terminal, std::chrono::milliseconds elsewhere);

  // On a terminal, ends the line.
  ~ProgressLine();

  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Whether it is time for another text: at first, at once.
  bool IsDue() const { return SteadyClock::now() >= next_; }

  void Show(std::string_view text);

 private:
  const bool on_terminal_;
  const std::chrono::milliseconds interval_;
  SteadyClock::time_point next_;  // at first the clock's epoch
};

}  // namespace moyeo_demo

#endif  // MOYEO_EXAMPLES_DEMO_PROGRESS_LINE_H_
