// Who is told of events, and by when they are told no more.

#include "engine/event_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>
#include <vector>

#include "support/status.h"

namespace moyeo::engine {
namespace {

using testing::IsOk;

TEST(EventWindowTest, ClosingWaitsForOneEventAlone) {
  EventWindow window(LatestEvents(100, 1'000'000), 0, 10);
  std::latch has_begun(1);
  int told = 0;
  const auto is_closing = [&] {
    return absl::IsFailedPrecondition(window.Add(1'000, {}).status());
  };
  ASSERT_THAT(window.Add(0, {.on_event =
                                 [&](const Event&) {
                                   ++told;
                                   has_begun.count_down();
                                   while (!is_closing()) std::this_thread::yield();
                                 },
                             .on_resync = [](std::uint64_t) {}}),
              IsOk());
  std::vector<Event> events(3);
  for (std::size_t i = 0; i < events.size(); ++i) events[i].sequence = i + 1;
  window.Push(std::move(events));
  has_begun.wait();
  window.Close();
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace moyeo::engine
