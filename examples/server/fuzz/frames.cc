// Any bytes as a message on the stream, and as a token.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "clock.h"
#include "fuzz/require.h"
#include "nlohmann/json.hpp"
#include "orders.h"
#include "stream_messages.h"
#include "text.h"
#include "tokens.h"

namespace moyeo::server {
namespace {

using testing::Require;

void IsJson(const std::string& frame) {
  Require(nlohmann::json::accept(frame), "what is answered is JSON in UTF-8", frame);
}

void Read(std::string_view text) {
  StreamMessage message;
  const absl::Status read = ReadStreamMessage(text, {}, message);
  IsJson(ErrorFrame("invalid_message", MessageOf(read), message.id));
  if (!read.ok()) {
    Require(absl::IsInvalidArgument(read) || absl::IsFailedPrecondition(read),
            "a message that is refused is wrong or none");
    return;
  }
  IsJson(DoneFrame("", message.id));
  const auto* order = std::get_if<Order>(&message.body);
  if (order == nullptr) return;
  const auto command = ReadOrder(order->kind, order->body, UserId{7}, order->request_id, Now());
  if (!command.ok()) {
    Require(absl::IsInvalidArgument(command.status()), "a command that is refused is wrong");
    IsJson(RefusedFrame("invalid_message", MessageOf(command.status()), message.id));
    return;
  }
  Require(command->actor == UserId{7}, "nobody speaks for another");
  Require(NameOf(KindOf(command->body)) == order->kind, "a command is what it is called");
}

}  // namespace
}  // namespace moyeo::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const moyeo::server::Tokens tokens("a key of thirty-two bytes or more", 1'000);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  moyeo::server::Read(text);
  moyeo::testing::Require(!tokens.Verify(text, moyeo::server::Now()).ok(),
                          "nobody finds a signature");
  return 0;
}
