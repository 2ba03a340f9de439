#include "examples/crowd/messages.h"

#include "absl/strings/str_cat.h"
#include "moyeo/json.h"

namespace moyeo_crowd {

namespace http = boost::beast::http;

namespace {

// How fields of a command begin.
constexpr std::string_view kKind = R"("kind":)";
constexpr std::string_view kBody = R"("body":)";

// {"nickname":...}
std::string BodyOf(const moyeo::CommandBody& body) {
  const std::string command = moyeo::ToJson(moyeo::Command{.body = body});
  const std::size_t begin = command.find(kBody) + kBody.size();
  return command.substr(begin, command.size() - begin - 1);
}

}  // namespace

http::request<http::string_body> RegisterRequest(std::string_view host, std::string_view token,
                                                 const std::string& nickname,
                                                 moyeo::Visibility visibility) {
  constexpr unsigned kHttp11 = 11;
  http::request<http::string_body> request(http::verb::put, "/v1/me", kHttp11);
  request.set(http::field::host, std::string(host));
  request.set(http::field::authorization, "Bearer " + std::string(token));
  request.set(http::field::content_type, "application/json");
  request.body() = BodyOf(moyeo::Register{.nickname = nickname, .visibility = visibility});
  request.prepare_payload();
  return request;
}

std::string HelloMessage(std::string_view token) {
  return R"({"type":"hello","token":")" + std::string(token) + R"("})";
}

std::string MoveMessage(PositionE7 position) {
  std::string text = R"({"type":"move","lat":)";
  AppendDegrees(position.lat, text);
  text += R"(,"lng":)";
  AppendDegrees(position.lng, text);
  text += '}';
  return text;
}

std::string WatchMessage(double radius_m, std::size_t limit, std::int64_t interval_ms) {
  return absl::StrCat(R"({"type":"watch","feed":)", kFeed, R"(,"radius_m":)", radius_m,
                      R"(,"limit":)", limit, R"(,"interval_ms":)", interval_ms, "}");
}

std::string CommandMessage(const moyeo::CommandBody& body, std::string_view id) {
  // Time and actor are the server's to say: all that it wants is "kind" and what follows.
  const std::string command = moyeo::ToJson(moyeo::Command{.body = body});
  const std::size_t kind = command.find(kKind);
  return R"({"type":"command",)" + command.substr(kind, command.size() - kind - 1) + R"(,"id":")" +
         std::string(id) + R"("})";
}

}  // namespace moyeo_crowd
