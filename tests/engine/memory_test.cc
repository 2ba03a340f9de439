// What the engine says when memory runs out in the middle of something, wherever that is.

#include <cstdint>
#include <new>
#include <string>

#include "engine/engine_fixture.h"
#include "support/scarce_memory.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;

class EngineMemoryTest : public EngineTest {
 protected:
  // Whether `command` could be done with so many allocations.
  bool CanDoWith(std::uint64_t allocations, const Command& command) {
    const ScarceMemory scarce(allocations);
    try {
      return engine_->Apply(command).ok();
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
};

TEST_F(EngineMemoryTest, OfACommandDoneByHalvesNothingIsEverKnown) {
  // One after which no hash map must have grown: Abseil's do not survive that they cannot.
  const Command block{.time = now_, .actor = kAda, .body = Block{kBob}};
  std::uint64_t allocations = 0;
  int interrupted = 0;
  for (;; ++allocations) {
    OpenInMemory();
    Register4();
    Befriend(kAda, kBob);
    const std::uint64_t before = *engine_->Hash();
    if (CanDoWith(allocations, block)) break;
    const absl::StatusOr<std::uint64_t> hash = engine_->Hash();
    if (hash.ok()) {
      ASSERT_EQ(*hash, before) << "after " << allocations << " allocations";
      ASSERT_THAT(engine_->Close(), IsOk());
      continue;
    }
    ++interrupted;
    const auto is_over = IsError(absl::StatusCode::kInternal, HasSubstr("exception"));
    ASSERT_THAT(hash, is_over);
    EXPECT_THAT(engine_->ViewProfile(kAda, kBob), is_over);
    EXPECT_THAT(
        engine_->Subscribe(0, {.on_event = [](const Event&) {}, .on_resync = [](std::uint64_t) {}})
            .status(),
        is_over);
    EXPECT_THAT(engine_->Backup((scratch_ / "copy").string()), is_over);
    EXPECT_THAT(engine_->Close(), is_over);
  }
  EXPECT_GT(interrupted, 3) << "of " << allocations;
}

}  // namespace
}  // namespace moyeo::testing
