#include "stream_messages.h"

#include <array>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "json_text.h"
#include "nlohmann/json.hpp"
#include "numbers.h"
#include "text.h"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(Concat(field, ": ", what));
}

// Reads the fields of one object, and keeps the first thing that is wrong.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  bool Has(const char* name) const { return object_.contains(name); }

  void Number(const char* name, double from, double to, double& value) {
    const auto field = object_.find(name);
    if (field == object_.end()) return Fail(Wrong(name, "is missing"));
    if (!field->is_number()) return Fail(Wrong(name, "must be a number"));
    const double number = field->get<double>();
    if (!(number >= from && number <= to)) {
      return Fail(Wrong(name, Concat("must be from ", from, " to ", to)));
    }
    value = number;
  }

  template <typename Whole>
  void WholeNumber(const char* name, Whole from, Whole to, Whole& value) {
    const auto field = object_.find(name);
    if (field == object_.end()) return Fail(Wrong(name, "is missing"));
    if (!field->is_number_unsigned() || field->get<std::uint64_t>() < std::uint64_t(from) ||
        field->get<std::uint64_t>() > std::uint64_t(to)) {
      return Fail(Wrong(name, Concat("must be a whole number from ", from, " to ", to)));
    }
    value = field->get<Whole>();
  }

  void Text(const char* name, std::string& value) {
    const auto field = object_.find(name);
    if (field == object_.end()) return Fail(Wrong(name, "is missing"));
    if (!field->is_string()) return Fail(Wrong(name, "must be a string"));
    value = field->get<std::string>();
  }

  void Id(const char* name, std::optional<std::uint64_t>& value) {
    std::string text;
    Text(name, text);
    if (!status_.ok()) return;
    value = ParseId(text);
    if (!value.has_value()) Fail(Wrong(name, "must be a decimal string"));
  }

  void Position(LatLng& position) {
    Number("lat", -90, 90, position.lat);
    Number("lng", -180, 180, position.lng);
  }

  void Box(MapBox& box) {
    Number("south", -90, 90, box.south);
    Number("west", -180, 180, box.west);
    Number("north", -90, 90, box.north);
    Number("east", -180, 180, box.east);
    if (status_.ok() && box.south > box.north) Fail(Wrong("south", "must not be above north"));
  }

  // A misspelt field would get lost otherwise.
  void Only(std::initializer_list<std::string_view> names) {
    for (const auto& field : object_.items()) {
      if (field.key() == "type" || field.key() == "id") continue;
      bool known = false;
      for (const std::string_view name : names) known = known || field.key() == name;
      if (!known) return Fail(Wrong(field.key(), "is not a field of this message"));
    }
  }

  void Fail(absl::Status status) { status_.Update(std::move(status)); }
  const absl::Status& status() const { return status_; }

 private:
  const Json& object_;
  absl::Status status_;
};

void ReadHello(Fields& fields, const Json& object, Hello& hello) {
  fields.Only({"token", "after", "meetups"});
  fields.Text("token", hello.token);
  if (fields.Has("after")) fields.Id("after", hello.after);
  if (!fields.Has("meetups")) return;
  const Json& box = object["meetups"];
  if (!box.is_object()) return fields.Fail(Wrong("meetups", "must be an object"));
  Fields sides(box);
  sides.Box(hello.meetups.emplace());
  fields.Fail(sides.status());
}

void ReadWatch(Fields& fields, const WatchLimits& limits, Watch& watch) {
  fields.Only({"feed", "radius_m", "limit", "interval_ms", "lat", "lng"});
  fields.WholeNumber("feed", std::uint64_t{0}, (std::uint64_t{1} << 53) - 1, watch.feed);
  if (fields.Has("radius_m")) fields.Number("radius_m", 0, limits.radius_m, watch.radius_m);
  if (fields.Has("limit")) {
    fields.WholeNumber("limit", std::size_t{1}, limits.limit, watch.limit);
  }
  if (fields.Has("interval_ms")) {
    fields.WholeNumber("interval_ms", limits.least_interval_ms, std::int64_t{86'400'000},
                       watch.interval_ms);
  }
  if (fields.Has("lat") || fields.Has("lng")) fields.Position(watch.center.emplace());
}

void ReadOrder(Fields& fields, const Json& object, Order& order) {
  fields.Only({"kind", "body", "request_id"});
  fields.Text("kind", order.kind);
  const auto body = object.find("body");
  if (body == object.end() || !body->is_object()) {
    return fields.Fail(Wrong("body", "must be an object"));
  }
  order.body = JsonTextOf(*body);
}

std::string Answer(std::string_view type, std::string_view code, std::string_view detail,
                   const std::optional<std::string>& id) {
  return Concat(R"({"type":")", type, R"(","code":)", Quoted(code), R"(,"detail":)", Quoted(detail),
                id ? R"(,"id":)" : "", id.value_or(""), "}");
}

// Takes `word` off the front of `text`, or says that it is not there.
bool Take(std::string_view word, std::string_view& text) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// Takes a number of degrees without exponent, as JSON has them.
bool TakeDegrees(double most, std::string_view& text, double& degrees) {
  const auto digits_from = [&](std::size_t at) {
    const std::size_t end = text.find_first_not_of("0123456789", at);
    return (end == std::string_view::npos ? text.size() : end) - at;
  };
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_from(first);
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  std::size_t length = first + whole;
  if (text.substr(length).starts_with('.')) {
    const std::size_t decimals = digits_from(length + 1);
    if (decimals == 0) return false;
    length += 1 + decimals;
  }
  const auto number = ParseNumber<double>(text.substr(0, length));
  if (!number.has_value() || std::abs(*number) > most) return false;
  degrees = *number;
  text.remove_prefix(length);
  return true;
}

}  // namespace

std::optional<LatLng> ReadPlainMove(std::string_view text) {
  LatLng position;
  const bool is_plain = Take(R"({"type":"move","lat":)", text) &&
                        TakeDegrees(90, text, position.lat) && Take(R"(,"lng":)", text) &&
                        TakeDegrees(180, text, position.lng) && text == "}";
  return is_plain ? std::optional(position) : std::nullopt;
}

absl::Status ReadStreamMessage(std::string_view text, const WatchLimits& limits,
                               StreamMessage& message) {
  message.id.reset();
  if (DepthOf(text) > kMostMessageDepth) {
    return absl::FailedPreconditionError("this is nested too deep");
  }
  const Json object = Json::parse(text, nullptr, false);
  if (object.is_discarded()) return absl::FailedPreconditionError("this is not JSON");
  if (!object.is_object()) return absl::FailedPreconditionError("this is not a JSON object");
  const auto type = object.find("type");
  if (type == object.end() || !type->is_string()) {
    return absl::FailedPreconditionError("there is no type");
  }
  if (const auto id = object.find("id"); id != object.end()) {
    if (!id->is_string() || id->get_ref<const std::string&>().size() > kMostIdBytes) {
      return Wrong("id", Concat("must be a string of at most ", kMostIdBytes, " bytes"));
    }
    message.id = JsonTextOf(*id);
  }

  Fields fields(object);
  const auto& name = type->get_ref<const std::string&>();
  if (name == "move") {
    fields.Only({"lat", "lng"});
    fields.Position(message.body.emplace<MoveTo>().position);
  } else if (name == "hello") {
    ReadHello(fields, object, message.body.emplace<Hello>());
  } else if (name == "watch") {
    ReadWatch(fields, limits, message.body.emplace<Watch>());
  } else if (name == "unwatch") {
    fields.Only({"feed"});
    fields.WholeNumber("feed", std::uint64_t{0}, (std::uint64_t{1} << 53) - 1,
                       message.body.emplace<Unwatch>().feed);
  } else if (name == "watch_meetups") {
    fields.Only({"south", "west", "north", "east"});
    auto& watch = message.body.emplace<WatchMeetups>();
    const bool any =
        fields.Has("south") || fields.Has("west") || fields.Has("north") || fields.Has("east");
    if (any) fields.Box(watch.box.emplace());
  } else if (name == "post") {
    fields.Only({"meetup", "text", "request_id"});
    auto& order = message.body.emplace<Order>();
    order.kind = moyeo::NameOf(CommandKind::kPostMessage);
    Json body = Json::object();
    for (const char* field : {"meetup", "text"}) {
      if (object.contains(field)) body[field] = object[field];
    }
    order.body = JsonTextOf(body);
  } else if (name == "command") {
    ReadOrder(fields, object, message.body.emplace<Order>());
  } else {
    return absl::FailedPreconditionError("there is no message of this type");
  }
  if (auto* order = std::get_if<Order>(&message.body); order && fields.Has("request_id")) {
    std::optional<std::uint64_t> request;
    fields.Id("request_id", request);
    if (request.has_value()) order->request_id = RequestId{*request};
  }
  return fields.status();
}

std::string ErrorFrame(std::string_view code, std::string_view detail,
                       const std::optional<std::string>& id) {
  return Answer("error", code, detail, id);
}

std::string RefusedFrame(std::string_view code, std::string_view detail,
                         const std::optional<std::string>& id) {
  return Answer("refused", code, detail, id);
}

std::string DoneFrame(std::string_view outcome, const std::optional<std::string>& id) {
  return Concat(R"({"type":"done")", outcome.empty() ? "" : R"(,"outcome":)", outcome,
                id ? R"(,"id":)" : "", id.value_or(""), "}");
}

std::string WelcomeFrame(UserId user, std::uint64_t sequence, Timestamp time) {
  return Concat(R"({"type":"welcome","user":")", ToNumber(user), R"(","sequence":")", sequence,
                R"(","time":)", time.time_since_epoch().count(), "}");
}

std::string FenceFrame(std::string_view fence, const FenceEvent& event, Timestamp time) {
  std::string_view kind;
  switch (event.kind) {
    case FenceEvent::Kind::kExit:
      kind = "exit";
      break;
    case FenceEvent::Kind::kEnter:
      kind = "enter";
      break;
    case FenceEvent::Kind::kDwell:
      kind = "dwell";
      break;
  }
  return Concat(R"({"type":"fence","fence":)", Quoted(fence), R"(,"kind":")", kind, R"(","user":")",
                ToNumber(event.user), R"(","time":)", time.time_since_epoch().count(),
                R"(,"since":)", event.since.time_since_epoch().count(), "}");
}

std::string EventFrame(std::string_view event) {
  return Concat(R"({"type":"event","event":)", event, "}");
}

}  // namespace moyeo::server
