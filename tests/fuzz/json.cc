// Any text, as each type: what is read is written, and reads back as the same.

#include "moyeo/json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "fuzz/require.h"
#include "json/documents.h"

namespace moyeo::testing {
namespace {

template <typename T>
void ReadWriteAndRead(std::string_view text) {
  const absl::StatusOr<T> read = FromJson<T>(text);
  if (!read.ok()) {
    Require(absl::IsInvalidArgument(read.status()),
            "a text that is refused is an argument at fault");
    // Messages go to clients, in JSON.
    const Command report{.body = ReportUser{.reason = std::string(read.status().message())}};
    const absl::StatusOr<Command> reported = FromJson<Command>(ToJson(report));
    Require(reported.ok() && *reported == report, "messages are UTF-8",
            std::get<ReportUser>(report.body).reason);
    return;
  }
  const std::string written = ToJson(*read);
  const absl::StatusOr<T> again = FromJson<T>(written);
  Require(again.ok(), "what is written can be read", written);
  Require(Same(*again, *read), "it reads back as it was", written);
  Require(ToJson(*again) == written, "it is written the same again", written);
}

}  // namespace
}  // namespace moyeo::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  moyeo::testing::ForEachDocument([&]<typename T>(const moyeo::testing::Document<T>&) {
    moyeo::testing::ReadWriteAndRead<T>(text);
  });
  return 0;
}
