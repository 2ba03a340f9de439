#include "society/fingerprint.h"

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "society/digest.h"

namespace moyeo::society {
namespace {

class Print {
 public:
  template <typename T>
  requires std::integral<T> || std::is_enum_v<T>
  void Add(T value) { digest_.Number(static_cast<std::uint64_t>(value)); }
  void Add(const std::string& text) { digest_.Text(text); }
  void Add(Timestamp time) { Add(time.time_since_epoch().count()); }
  void Add(const LatLng& place) {
    Add(place.lat);
    Add(place.lng);
  }
  // Equal doubles have one form, but for zero.
  void Add(double value) { digest_.Number(std::bit_cast<std::uint64_t>(value + 0.0)); }
  void Add(const std::vector<std::string>& texts) {
    Add(texts.size());
    for (const std::string& text : texts) Add(text);
  }
  template <typename T>
  void Add(const std::optional<T>& value) {
    Add(value.has_value());
    if (value) Add(*value);
  }
  void Add(const Settings& settings) {
    Add(settings.start_from_ms);
    Add(settings.start_before_ms);
    Add(settings.length_from_ms);
    Add(settings.end_before_ms);
    Add(settings.retention_ms);
    Add(settings.presence_ttl_ms);
    Add(settings.cloak_level);
    Add(settings.matching_delay_ms);
    Add(settings.distance_weight);
    Add(settings.interests_weight);
    Add(settings.soon_weight);
    Add(settings.seats_weight);
    Add(settings.friends_weight);
  }

  std::uint64_t value() const { return digest_.value(); }

 private:
  Digest digest_;
};

}  // namespace

std::uint64_t FingerprintOf(const CommandBody& body) {
  Print print;
  std::visit(
      // Every field that a command may have.
      [&](const auto& c) {
        using Body = std::decay_t<decltype(c)>;
        print.Add(c.kKind);
        if constexpr (requires { c.settings; }) print.Add(c.settings);
        if constexpr (requires { c.meetup; }) print.Add(c.meetup);
        if constexpr (requires { c.user; }) print.Add(c.user);
        if constexpr (requires { c.number; }) print.Add(c.number);
        if constexpr (requires { c.force; }) print.Add(c.force);
        if constexpr (requires { c.visibility; }) print.Add(c.visibility);
        if constexpr (requires { c.reason; }) print.Add(c.reason);
        if constexpr (requires { c.text; }) print.Add(c.text);
        if constexpr (requires { c.nickname; }) print.Add(c.nickname);
        if constexpr (requires { c.status; }) print.Add(c.status);
        if constexpr (requires { c.interests; }) print.Add(c.interests);
        if constexpr (requires { c.image_url; }) print.Add(c.image_url);
        if constexpr (requires { c.title; }) print.Add(c.title);
        if constexpr (requires { c.content; }) print.Add(c.content);
        if constexpr (requires { c.place_name; }) print.Add(c.place_name);
        // Where somebody has opened a ticket could be found out from its fingerprint.
        if constexpr (requires { c.location; } && !std::is_same_v<Body, CreateTicket>) {
          print.Add(c.location);
        }
        if constexpr (requires { c.start; }) print.Add(c.start);
        if constexpr (requires { c.end; }) print.Add(c.end);
        if constexpr (requires { c.capacity; }) print.Add(c.capacity);
        if constexpr (requires { c.tags; }) print.Add(c.tags);
        if constexpr (requires { c.bring; }) print.Add(c.bring);
        if constexpr (requires { c.ticket; }) print.Add(c.ticket);
        if constexpr (requires { c.radius_m; }) print.Add(c.radius_m);
        if constexpr (requires { c.from; }) print.Add(c.from);
        if constexpr (requires { c.until; }) print.Add(c.until);
        if constexpr (requires { c.length_ms; }) print.Add(c.length_ms);
        if constexpr (requires { c.least; }) print.Add(c.least);
        if constexpr (requires { c.most; }) print.Add(c.most);
      },
      body);
  return print.value();
}

}  // namespace moyeo::society
