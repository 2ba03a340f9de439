#include "json/event_fields.h"
#include "json/reader.h"
#include "json/writer.h"
#include "moyeo/json.h"

namespace moyeo {
namespace json {
namespace {

struct EventWithoutAudience {
  std::uint64_t sequence;
  Timestamp time;
  EventBody body;
};

constexpr auto FieldsOf(Type<EventWithoutAudience>) {
  return std::tuple(Required("sequence", &EventWithoutAudience::sequence),
                    Required("time", &EventWithoutAudience::time),
                    KindAndBody(&EventWithoutAudience::body));
}

}  // namespace
}  // namespace json

inline namespace v0 {

std::string ToJson(const Event& value) { return json::Written(value); }

std::string ToJsonWithoutAudience(const Event& event) {
  return json::Written(json::EventWithoutAudience{event.sequence, event.time, event.body});
}

absl::Status ReadJson(std::string_view text, std::size_t max_bytes, Event& value) {
  return json::ReadText(text, max_bytes, value);
}

}  // namespace v0
}  // namespace moyeo
