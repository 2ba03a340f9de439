#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "json/any.h"
#include "json/documents.h"
#include "support/scale.h"
#include "support/seeds.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using RoundTripTest = SeededTest;

TEST_F(RoundTripTest, EveryValueReadsBackAsItWas) {
  for (std::size_t i = Scaled(2'000); i > 0; --i) {
    ForEachDocument([&]<typename T>(const Document<T>& document) {
      const T value = Any<T>(random_);
      const std::string text = ToJson(value);
      const absl::StatusOr<T> read = FromJson<T>(text);
      ASSERT_THAT(read, IsOk()) << document.name << ": " << text;
      ASSERT_TRUE(Same(*read, value)) << document.name << ": " << text;
      ASSERT_EQ(ToJson(*read), text) << document.name;
    });
  }
}

TEST_F(RoundTripTest, AnEventWithoutAudienceReadsBackWithAnEmptyOne) {
  for (std::size_t i = Scaled(2'000); i > 0; --i) {
    Event event = Any<Event>(random_);
    const auto read = FromJson<Event>(ToJsonWithoutAudience(event));
    event.audience = {};
    ASSERT_THAT(read, IsOk());
    ASSERT_EQ(*read, event);
  }
}

}  // namespace
}  // namespace moyeo::testing
