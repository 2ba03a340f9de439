#include "examples/crowd/person.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "examples/crowd/messages.h"
#include "moyeo/json.h"

namespace moyeo_crowd {
namespace {

// What a person is told at most of a message that should not have come.
constexpr std::size_t kQuotedBytes = 200;

}  // namespace

Person::Person(boost::asio::io_context& context, Host& host, std::size_t number,
               std::int64_t interval_us)
    : host_(host), number_(number), link_(context, *this), feed_(interval_us) {}

void Person::Arrive(const boost::asio::ip::tcp::endpoint& server,
                    const boost::asio::ip::address& source, std::string token,
                    Link::Request registration) {
  token_ = std::move(token);
  link_.Open(server, source, std::move(registration));
}

void Person::Order(const moyeo::CommandBody& command, std::string_view id) {
  link_.Send(CommandMessage(command, id));
}

bool Person::OnAnswer(unsigned status, std::string_view body) {
  constexpr unsigned kMultipleChoices = 300;
  if (status < kMultipleChoices) return true;
  const auto problem = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (problem.is_object() && problem.contains("code") &&
      problem["code"] == moyeo::NameOf(moyeo::Reject::kUserExists)) {
    return true;
  }
  host_.OnError(*this, "not registered: " + std::string(body.substr(0, kQuotedBytes)));
  return false;
}

void Person::OnOpen() { link_.Send(HelloMessage(token_)); }

void Person::OnMessage(std::string_view message) {
  const std::string_view type = TypeOf(message);
  if (type == "near") {
    host_.OnNear(*this, message);
  } else if (type == "event") {
    host_.OnEvent(message);
  } else if (type == "welcome") {
    token_ = {};
    is_ready_ = true;
    host_.OnReady(*this);
  } else if (type == "done" || type == "refused") {
    OnReply(type, message);
  } else {
    host_.OnError(*this, "unexpected: " + std::string(message.substr(0, kQuotedBytes)));
  }
}

void Person::OnReply(std::string_view type, std::string_view message) {
  const auto malformed = [&] {
    host_.OnError(*this, "malformed: " + std::string(message.substr(0, kQuotedBytes)));
  };
  const auto reply = nlohmann::json::parse(message, nullptr, /*allow_exceptions=*/false);
  if (!reply.is_object()) return malformed();
  const auto id = reply.find("id");
  if (id == reply.end() || !id->is_string()) return malformed();

  std::optional<moyeo::Outcome> outcome;
  if (type == "done") {
    const auto told = reply.find("outcome");
    if (told == reply.end()) return malformed();
    const auto read = moyeo::FromJson<moyeo::Outcome>(told->dump());
    if (!read.ok()) return malformed();
    outcome = *read;
  }
  host_.OnOutcome(*this, id->get_ref<const std::string&>(), outcome);
}

void Person::OnEnd(const std::string& why) {
  host_.OnGone(*this, why);
  is_ready_ = false;
}

}  // namespace moyeo_crowd
