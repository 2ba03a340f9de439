#include "engine/latest_events.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "json/event_fields.h"

namespace moyeo::engine {
namespace {

// What a field takes beyond itself.
std::size_t BytesBehind(const std::string& text) { return text.capacity(); }
template <typename T>
std::size_t BytesBehind(const std::vector<T>& list) {
  return list.capacity() * sizeof(T);
}
std::size_t BytesBehind(const auto&) { return 0; }

template <typename T>
std::size_t BytesBehindFields(const T& value) {
  std::size_t bytes = 0;
  json::ForEachField<T>([&](const auto& field) { bytes += BytesBehind(value.*field.member); });
  return bytes;
}

}  // namespace

std::size_t BytesOf(const Event& event) {
  return sizeof(Event) + BytesBehindFields(event.audience) +
         std::visit([](const auto& body) { return BytesBehindFields(body); },
                    static_cast<const EventVariant&>(event.body));
}

void LatestEvents::Push(Event event) {
  events_.push_back(std::make_shared<const Event>(std::move(event)));
  bytes_ += BytesOf(*events_.back());
  while (events_.size() > most_ || (bytes_ > most_bytes_ && events_.size() > 1)) {
    bytes_ -= BytesOf(*events_.front());
    events_.pop_front();
  }
}

std::vector<std::shared_ptr<const Event>> LatestEvents::From(std::size_t begin,
                                                             std::size_t count) const {
  const std::size_t end = begin + std::min(count, events_.size() - begin);
  return {events_.begin() + static_cast<std::ptrdiff_t>(begin),
          events_.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace moyeo::engine
