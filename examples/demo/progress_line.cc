#include "progress_line.h"

#include <unistd.h>

#include <iostream>

namespace moyeo_demo {

ProgressLine::ProgressLine(std::chrono::milliseconds on_terminal,
                           std::chrono::milliseconds elsewhere)
    : on_terminal_(isatty(STDOUT_FILENO) == 1), interval_(on_terminal_ ? on_terminal : elsewhere) {}

ProgressLine::~ProgressLine() {
  if (on_terminal_) std::cout << std::endl;
}

void ProgressLine::Show(std::string_view text) {
  next_ = SteadyClock::now() + interval_;
  if (on_terminal_) {
    constexpr std::string_view kClearRest = "\x1b[K";
    std::cout << '\r' << text << kClearRest << std::flush;
  } else {
    std::cout << text << std::endl;
  }
}

}  // namespace moyeo_demo
