#include "http_session.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/optional/optional.hpp>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "address.h"
#include "clock.h"
#include "log.h"
#include "problem.h"
#include "static_files.h"
#include "stream_session.h"
#include "text.h"

namespace moyeo::server {
namespace {

namespace http = beast::http;
using Parser = http::request_parser<http::string_body>;
using Message = http::response<http::span_body<const char>>;

std::string Text(beast::string_view text) { return {text.data(), text.size()}; }

std::optional<std::string> Header(const HttpRequest& request, http::field field) {
  const auto header = request.find(field);
  if (header == request.end()) return std::nullopt;
  return Text(header->value());
}

Request Plain(HttpRequest& request, const std::string& address) {
  Request plain{.method = Text(request.method_string()),
                .target = Text(request.target()),
                .body = std::move(request.body()),
                .authorization = Header(request, http::field::authorization),
                .accept_language = Header(request, http::field::accept_language),
                .if_none_match = Header(request, http::field::if_none_match),
                .address = address};
  if (const auto key = request.find("Idempotency-Key"); key != request.end()) {
    plain.idempotency_key = Text(key->value());
  }
  return plain;
}

// A response, or what gets one: it is given a function to call with it, on the loop, and says false
// if that will not happen.
using Finish = std::function<void(Response)>;
using Start = std::function<bool(Finish)>;
using Decision = std::variant<Response, Start>;

Awaitable<Response> ResponseOf(Start start, Language language) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Response)>(
      [start = std::move(start), language](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        const Finish finish = [shared](Response response) {
          std::move (*shared)(std::move(response));
        };
        if (!start(finish)) finish(Problem(503, "unavailable", language));
      },
      asio::use_awaitable_t<Executor>{});
}

Awaitable<bool> ShakeHands(TcpStream&) { co_return true; }

Awaitable<bool> ShakeHands(TlsStream& stream) {
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kAwait);
  co_return !error;
}

// The status of the answer to what is no request; 0 if nothing can be said.
int StatusOf(const beast::error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

// What is known of a request before it is answered, for the log.
struct Received {
  std::string method;
  std::string route = {};
  bool is_probe = false;  // comes every few seconds, and means nothing
  std::chrono::steady_clock::time_point time;
};

// Routes have names for what stands in paths, which may be anything: ids, and what people make up.
Received ReceivedNow(std::string_view method, std::string_view target) {
  constexpr std::size_t kLongestMethod = 16;
  Received received{.method = std::string(method.substr(0, kLongestMethod)),
                    .time = std::chrono::steady_clock::now()};
  const auto parsed = ParseTarget(target);
  if (!parsed.has_value()) return received;
  const std::string& first = parsed->segments.front();
  received.is_probe = first == "healthz" || first == "readyz" || first == "metrics";
  if (first == "v1") {
    const bool is_stream = parsed->segments.size() == 2 && parsed->segments.back() == "stream";
    received.route = is_stream ? "/v1/stream" : RoutePathOf(*parsed);
  } else if (received.is_probe || first == "docs") {
    received.route = "/" + first;
  } else {
    received.route = "/";
  }
  return received;
}

void LogRequest(const Received& received, int status) {
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - received.time;
  const LogLevel level = status >= 500       ? LogLevel::warn
                         : received.is_probe ? LogLevel::debug
                                             : LogLevel::info;
  Log(level, "request",
      {{"method", received.method},
       {"route", received.route},
       {"status", std::int64_t{status}},
       {"duration_ms", std::round(took.count() * 100) / 100}});
}

// In coroutines values have names: g++ 12 destroys temporaries of an expression with co_await
// twice, or not at all.
template <typename Stream>
class HttpSession final : public Requests {
 public:
  HttpSession(Stream stream, Connections::Slot slot, Context& context)
      : context_(context), slot_(std::move(slot)), stream_(std::move(stream)) {
    context_.requests.insert(this);
  }

  ~HttpSession() override { context_.requests.erase(this); }

  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Awaitable<void> Run() {
    Within(context_.options.request_ms);
    bool open = co_await ShakeHands(stream_);
    while (open && !context_.stopping()) {
      open = co_await ServeOne();
      if (open) Within(context_.options.keep_alive_ms);
    }
  }

  void EndIfIdle() override {
    if (reading_ == nullptr || reading_->got_some()) return;
    beast::get_lowest_layer(stream_).cancel();
  }

 private:
  // For limits; "" for whomever a proxy says nothing of.
  std::string AddressOf(const HttpRequest& request) const {
    if (!slot_.address().empty()) return slot_.address();
    // Several are one, by their order.
    std::string_view said;
    for (auto [header, end] = request.equal_range("X-Forwarded-For"); header != end; ++header) {
      said = {header->value().data(), header->value().size()};
    }
    const auto address = ForwardedFor(said);
    return address.has_value() ? CountedAs(*address) : "";
  }

  void Within(std::int64_t ms) {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::milliseconds(ms));
  }

  // Reads a request and answers it. False if nothing comes after it.
  Awaitable<bool> ServeOne() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(context_.options.most_header_bytes));
    parser.body_limit(context_.options.most_body_bytes);
    reading_ = &parser;
    const auto [error, bytes] = co_await http::async_read(stream_, buffer_, parser, kAwait);
    reading_ = nullptr;
    if (error && StatusOf(error) == 0) co_return false;
    Within(context_.options.request_ms);
    Response response;
    if (error) {
      const int status = StatusOf(error);
      response =
          Problem(status, status == 400 ? "invalid_request" : "too_large", Language::kEnglish);
      const HttpRequest none;
      const Received nothing = ReceivedNow("", "");
      co_await Send(response, none, false);
      LogRequest(nothing, status);
      co_return false;
    }
    HttpRequest request = parser.release();
    const Received received = ReceivedNow(Text(request.method_string()), Text(request.target()));
    if (beast::websocket::is_upgrade(request) && request.target() == "/v1/stream" &&
        !context_.stopping()) {
      LogRequest(received, 101);
      StartStream(std::move(stream_), std::move(request), std::move(slot_), context_);
      co_return false;
    }
    const Request plain = Plain(request, AddressOf(request));
    Decision decision = Decide(plain);
    if (std::holds_alternative<Start>(decision)) {
      response = co_await ResponseOf(std::get<Start>(decision), LanguageOf(plain.accept_language));
    } else {
      response = std::get<Response>(decision);
    }
    const int status = response.status;
    const bool open =
        co_await Send(response, request, request.keep_alive() && !context_.stopping());
    LogRequest(received, status);
    co_return open;
  }

  Decision Decide(const Request& request) {
    Decision decision = DecideAsAsked(request);
    auto* response = std::get_if<Response>(&decision);
    if (request.method != "OPTIONS" || response == nullptr || response->status != 405) {
      return decision;
    }
    // No method of anything that there is: so what it says is what may be asked.
    return Response{.status = 204, .headers = std::move(response->headers)};
  }

  Decision DecideAsAsked(const Request& request) {
    const Language language = LanguageOf(request.accept_language);
    const auto target = ParseTarget(request.target);
    if (!target.has_value()) return Problem(400, "invalid_request", language);
    if (target->segments.front() != "v1") return Other(request, *target, language);

    Plan plan = context_.api.PlanFor(request, Now());
    if (auto* answer = std::get_if<Answer>(&plan)) return std::move(answer->response);
    if (auto* question = std::get_if<Question>(&plan)) {
      return Ask(std::move(question->ask), question->hashes ? &request.address : nullptr);
    }
    auto& demand = std::get<Demand>(plan);
    return Start([this, language, command = std::move(demand.command), bytes = request.body.size(),
                  then = std::move(demand.then)](const Finish& finish) {
      return context_.commands.Submit(
          command, bytes, [finish, language, then](const absl::StatusOr<Outcome>& outcome) {
            finish(outcome.ok() ? then(*outcome) : ProblemOf(outcome.status(), language));
          });
    });
  }

  // `hashes_for`: the address for which a password is hashed, if any; must live until it is asked.
  Start Ask(std::function<Response()> ask, const std::string* hashes_for = nullptr) {
    return [this, ask = std::move(ask), hashes_for](const Finish& finish) {
      auto response = std::make_shared<Response>();
      auto work = [ask, response] { *response = ask(); };
      auto then = [finish, response] { finish(std::move(*response)); };
      if (hashes_for != nullptr) return context_.hash(*hashes_for, work, then);
      return context_.elsewhere(work, then);
    };
  }

  // What is not under /v1.
  Decision Other(const Request& request, const Target& target, Language language) {
    if (request.method != "GET" && request.method != "HEAD") {
      Response response = Problem(405, "method_not_allowed", language);
      response.headers.emplace_back("Allow", "GET, HEAD");
      return response;
    }
    const std::string& first = target.segments.front();
    const bool is_single = target.segments.size() == 1;
    const std::string plain_text = "text/plain; charset=utf-8";
    if (is_single && first == "healthz") return Response{.type = plain_text, .body = "ok\n"};
    if (is_single && first == "readyz") {
      if (context_.ready()) return Response{.type = plain_text, .body = "ready\n"};
      return Response{.status = 503, .type = plain_text, .body = "not ready\n"};
    }
    if (is_single && first == "metrics") {
      return Response{.type = "text/plain; version=0.0.4; charset=utf-8",
                      .body = context_.metrics()};
    }
    const ServerOptions& options = context_.options;
    std::string root = options.web;
    std::vector<std::string> path = target.segments;
    if (is_single && (first == "openapi.json" || first == "asyncapi.json")) {
      root = options.documents;
    } else if (first == "docs") {
      if (is_single) {
        return Response{.status = 308, .type = plain_text, .headers = {{"Location", "/docs/"}}};
      }
      path.erase(path.begin());
      const bool is_page = path.front().empty() || path.front() == "docs.js";
      root = is_page ? options.documents : options.swagger_ui;
      if (path.front().empty()) path.front() = "docs.html";
    }
    if (root.empty()) return Problem(404, "not_found", language);
    return Ask([this, root, path, tag = request.if_none_match, language] {
      auto file = context_.files.Serve(root, path, tag);
      return file.has_value() ? *std::move(file) : Problem(404, "not_found", language);
    });
  }

  void AllowOrigin(const std::optional<std::string>& origin, Message& to) {
    const std::vector<std::string>& origins = context_.options.cors_origins;
    const bool is_for_all = std::find(origins.begin(), origins.end(), "*") != origins.end();
    // Whoever asks: a cache must not give the answer to one for that to another.
    if (!origins.empty() && !is_for_all) to.set(http::field::vary, "Origin");
    if (!origin.has_value()) return;
    if (!is_for_all && std::find(origins.begin(), origins.end(), *origin) == origins.end()) return;
    to.set(http::field::access_control_allow_origin, is_for_all ? "*" : *origin);
    to.set(http::field::access_control_allow_methods, "GET, POST, PUT, PATCH, DELETE");
    to.set(http::field::access_control_allow_headers,
           "Authorization, Content-Type, Accept-Language, Idempotency-Key");
    to.set(http::field::access_control_max_age, "600");
  }

  // Nothing but what the server itself serves, images in stylesheets, and what it was told of.
  // Where a bearer token is all that there is to steal, no other site should get a foot in.
  std::string ContentPolicy() const {
    std::string images;
    for (const std::string& origin : context_.options.image_origins) Append(images, " ", origin);
    return Concat("default-src 'self'; img-src 'self' data:", images,
                  "; object-src 'none'; base-uri 'none'; form-action 'self'; "
                  "frame-ancestors 'none'");
  }

  // Its body is the response's.
  Message MessageFor(const Response& response, const HttpRequest& request, bool keep_alive) {
    Message message(static_cast<http::status>(response.status), 11);
    const bool has_body = response.status != 204 && response.status != 304;
    if (has_body) message.set(http::field::content_type, response.type);
    message.set("X-Content-Type-Options", "nosniff");
    if (response.type.starts_with("text/html")) {
      message.set("Content-Security-Policy", ContentPolicy());
      message.set("Referrer-Policy", "no-referrer");
    }
    for (const auto& [name, value] : response.headers) message.set(name, value);
    AllowOrigin(Header(request, http::field::origin), message);
    message.keep_alive(keep_alive);
    if (request.method() == http::verb::head) {
      message.content_length(response.Body().size());
    } else if (has_body) {
      message.body() = {response.Body().data(), response.Body().size()};
      message.prepare_payload();
    }
    return message;
  }

  // False if nothing can be sent after it.
  Awaitable<bool> Send(const Response& response, const HttpRequest& request, bool keep_alive) {
    Message message = MessageFor(response, request, keep_alive);
    ++context_.figures.by_class[response.status / 100 % 6];
    http::response_serializer<Message::body_type> serializer(message);
    const auto [error, sent] = co_await http::async_write(stream_, serializer, kAwait);
    co_return !error && keep_alive;
  }

  Context& context_;
  Connections::Slot slot_;
  Stream stream_;
  beast::flat_buffer buffer_;
  const Parser* reading_ = nullptr;  // while a request is waited for, or comes in
};

template <typename Stream>
void Serve(Stream stream, Connections::Slot slot, Context& context) {
  const auto executor = beast::get_lowest_layer(stream).get_executor();
  auto session = std::make_shared<HttpSession<Stream>>(std::move(stream), std::move(slot), context);
  asio::co_spawn(
      executor, [session = std::move(session)] { return session->Run(); }, kRethrow);
}

}  // namespace

void StartHttp(tcp::socket::rebind_executor<Executor>::other socket, asio::ssl::context* tls,
               Connections::Slot slot, Context& context) {
  TcpStream stream(std::move(socket));
  if (tls != nullptr) {
    Serve(TlsStream(std::move(stream), *tls), std::move(slot), context);
  } else {
    Serve(std::move(stream), std::move(slot), context);
  }
}

}  // namespace moyeo::server
