#include "spatial/readers.h"

#include <algorithm>

#include "spatial/backoff.h"

namespace moyeo::spatial {
namespace {

// Threads of this process that have ever been readers, of anything.
std::atomic<std::size_t> thread_count = 0;

}  // namespace

std::size_t Readers::LineOfThisThread() {
  static thread_local const std::size_t line = thread_count.fetch_add(1) % kLines;
  return line;
}

// A reader counts itself and then reads `turn_`; NobodyIsCounted writes `turn_` and then reads the
// counts; all four in one order. So a reader who is overlooked reads what was written to `turn_`,
// and with it finds everything as it was before that: without what had been taken out.
Readers::Visit::Visit(Readers& readers)
    : counter_(readers.lines_[LineOfThisThread()]
                   .readers[readers.turn_.load(std::memory_order_relaxed) & 1]) {
  counter_.fetch_add(1, std::memory_order_seq_cst);
  static_cast<void>(readers.turn_.load(std::memory_order_seq_cst));
}

bool Readers::NobodyIsCounted(std::uint32_t way) {
  turn_.fetch_add(0, std::memory_order_seq_cst);
  const std::size_t lines = std::min(thread_count.load(std::memory_order_seq_cst), kLines);
  return std::all_of(
      lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(lines),
      [&](const Line& line) { return line.readers[way].load(std::memory_order_seq_cst) == 0; });
}

// Those who were there may be counted in either way: a reader may have looked for the turn long
// before it counted itself. So both counts must have been seen at zero; that of the past turn
// first, so that both get there although readers keep coming.
bool Readers::GracePeriodIsOver() {
  const auto past_way = [&] { return ~turn_.load(std::memory_order_relaxed) & 1; };
  if (!turned_) {
    if (!NobodyIsCounted(past_way())) return false;
    turn_.fetch_add(1, std::memory_order_seq_cst);
    turned_ = true;
  }
  if (!NobodyIsCounted(past_way())) return false;
  turned_ = false;
  return true;
}

void Readers::WaitForThoseHere() {
  // The grace period under way may have begun before they came.
  for (int i = 0; i < 2; ++i) {
    for (Backoff backoff; !GracePeriodIsOver(); backoff.Wait()) {
    }
  }
}

}  // namespace moyeo::spatial
