// Any bytes as a request: "METHOD target", and after a line break the body.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "api.h"
#include "clock.h"
#include "fuzz/require.h"
#include "moyeo/engine.h"
#include "nlohmann/json.hpp"
#include "tokens.h"

namespace moyeo::server {
namespace {

using testing::Require;

constexpr UserId kUser{7};
constexpr Rate kOften{.per_second = 1e9, .burst = 1e9};

// The server without sockets, in which somebody is registered and somewhere.
class Fuzzed {
 public:
  Fuzzed() : engine_(*Engine::OpenInMemory()) {
    const Timestamp now = Now();
    const auto registered =
        engine_->Apply({.time = now, .actor = kUser, .body = Register{.nickname = "Ada"}});
    Require(registered.ok() && registered->accepted(), "somebody is registered");
    Require(engine_->Move(kUser, {37.5, 127}, now).ok(), "and somewhere");
    token_ = "Bearer " + tokens_.Issue(kUser, now).token;
  }

  void Ask(std::string_view text) const {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t space = line.find(' ');
    if (space == line.npos) return;
    Request request{.method = std::string(line.substr(0, space)),
                    .target = std::string(line.substr(space + 1)),
                    .body = std::string(text.substr(std::min(text.size(), line.size() + 1)))};
    request.authorization = token_;
    request.accept_language = request.body;
    Plan plan = api_.PlanFor(request, Now());
    if (const auto* answer = std::get_if<Answer>(&plan)) {
      Check(answer->response);
    } else if (const auto* demand = std::get_if<Demand>(&plan)) {
      const bool is_guest = ToNumber(*demand->command.actor) >> 63 != 0;
      Require(demand->command.actor == kUser || is_guest, "nobody speaks for another");
      Check(demand->then(Outcome{.reject = Reject::kUnknownMeetup}));
    } else if (const auto& question = std::get<Question>(plan); !question.hashes) {
      Check(question.ask());
    }
  }

 private:
  static void Check(const Response& response) {
    if (response.status == 204) return;
    const bool is_problem = response.type == "application/problem+json";
    Require(is_problem == (response.status >= 400), "what went wrong is a problem", response.body);
    const auto json = nlohmann::json::parse(response.body, nullptr, false);
    Require(json.is_object(), "what is answered is JSON in UTF-8", response.body);
    if (is_problem) Require(json["status"] == response.status, "and says its status");
  }

  std::unique_ptr<Engine> engine_;
  Tokens tokens_{"a key of thirty-two bytes or more", 1'000'000'000};
  UserFences fences_{engine_->fences(), {}};
  UserRates rates_{{.moves = kOften, .requests = kOften}};
  Api api_{*engine_, tokens_, nullptr, fences_, rates_, {.guests = true, .attempts = {}}};
  std::string token_;
};

}  // namespace
}  // namespace moyeo::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const moyeo::server::Fuzzed fuzzed;
  fuzzed.Ask({reinterpret_cast<const char*>(data), size});
  return 0;
}
