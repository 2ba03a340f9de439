#include "simulation/describe.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "support/print.h"

namespace moyeo::testing {
namespace {

std::string Show(bool value) { return value ? "true" : "false"; }
std::string Show(LatLng place) { return moyeo::Describe(place); }
std::string Show(Timestamp time) { return moyeo::Describe(time); }
std::string Show(double number) { return std::to_string(number); }

template <typename Integer>
requires std::is_integral_v<Integer> std::string Show(Integer number) {
  return std::to_string(number);
}

template <typename Id>
requires std::is_enum_v<Id> std::string Show(Id id) {
  return std::to_string(static_cast<std::uint64_t>(id));
}

std::string Show(const std::string& text) { return Quoted(text); }

std::string Show(const Settings& settings) {
  return "{" + Show(settings.start_from_ms) + ", " + Show(settings.start_before_ms) + ", " +
         Show(settings.length_from_ms) + ", " + Show(settings.end_before_ms) + ", " +
         Show(settings.retention_ms) + ", " + Show(settings.presence_ttl_ms) + ", " +
         Show(settings.cloak_level) + ", " + Show(settings.matching_delay_ms) + ", " +
         Show(settings.distance_weight) + ", " + Show(settings.interests_weight) + ", " +
         Show(settings.soon_weight) + ", " + Show(settings.seats_weight) + ", " +
         Show(settings.friends_weight) + "}";
}

std::string Show(const ExportedMessage& message) {
  return Show(message.meetup) + "/" + Show(message.number) + " " + Show(message.time) + " " +
         Show(message.text);
}

std::string Show(const ExportedMeetup& meetup);
std::string Show(const TicketView& ticket) { return Describe(ticket); }

template <typename T>
std::string Show(const std::vector<T>& values);

template <typename T>
std::string Show(const std::optional<T>& value) {
  return value ? Show(*value) : "none";
}

template <typename T>
std::string Show(const std::vector<T>& values) {
  std::string shown = "[";
  for (const T& value : values) shown += (shown.size() > 1 ? ", " : "") + Show(value);
  return shown + "]";
}

// A name, and fields with theirs.
class Line {
 public:
  explicit Line(std::string_view name) : text_(name) {}

  template <typename T>
  Line& With(std::string_view name, const T& value) {
    text_ += " " + std::string(name) + " " + Show(value);
    return *this;
  }

  // Without what is not given.
  template <typename T>
  Line& WithGiven(std::string_view name, const std::optional<T>& value) {
    return value ? With(name, *value) : *this;
  }

  std::string Text() const { return text_; }

 private:
  std::string text_;
};

std::string Show(const ExportedMeetup& meetup) {
  return Line("meetup")
      .With("id", meetup.meetup)
      .With("title", meetup.title)
      .With("host", meetup.host)
      .With("member", meetup.member)
      .With("confirmed", meetup.confirmed)
      .With("kicked", meetup.kicked)
      .With("joined", meetup.joined)
      .With("read", meetup.read)
      .Text();
}

// ---- Fields of commands

void Fill(Line&, const Advance&) {}
void Fill(Line&, const Erase&) {}
void Fill(Line& line, const Configure& c) { line.With("settings", c.settings); }

void Fill(Line& line, const Register& c) {
  line.With("nickname", c.nickname)
      .With("status", c.status)
      .With("interests", c.interests)
      .With("image_url", c.image_url)
      .With("visibility", c.visibility);
}

void Fill(Line& line, const EditProfile& c) {
  line.WithGiven("nickname", c.nickname)
      .WithGiven("status", c.status)
      .WithGiven("interests", c.interests)
      .WithGiven("image_url", c.image_url);
}

void Fill(Line& line, const SetVisibility& c) { line.With("visibility", c.visibility); }

void Fill(Line& line, const CreateMeetup& c) {
  line.With("title", c.title)
      .With("content", c.content)
      .With("image_url", c.image_url)
      .With("place_name", c.place_name)
      .With("location", c.location)
      .With("start", c.start)
      .With("end", c.end)
      .With("capacity", c.capacity)
      .With("tags", c.tags)
      .With("bring", c.bring);
}

void Fill(Line& line, const EditMeetup& c) {
  line.With("meetup", c.meetup)
      .WithGiven("title", c.title)
      .WithGiven("content", c.content)
      .WithGiven("image_url", c.image_url)
      .WithGiven("place_name", c.place_name)
      .WithGiven("location", c.location)
      .WithGiven("start", c.start)
      .WithGiven("end", c.end)
      .WithGiven("capacity", c.capacity)
      .WithGiven("tags", c.tags)
      .WithGiven("bring", c.bring);
}

void Fill(Line& line, const CancelMeetup& c) {
  line.With("meetup", c.meetup).With("force", c.force);
}

// The others have some of these.
template <typename Body>
void Fill(Line& line, const Body& body) {
  if constexpr (requires { body.meetup; }) line.With("meetup", body.meetup);
  if constexpr (requires { body.number; }) line.With("number", body.number);
  if constexpr (requires { body.by; }) line.With("by", body.by);
  if constexpr (requires { body.user; }) line.With("user", body.user);
  if constexpr (requires { body.host; }) line.With("host", body.host);
  if constexpr (requires { body.author; }) line.With("author", body.author);
  if constexpr (requires { body.from; }) line.With("from", body.from);
  if constexpr (requires { body.to; }) line.With("to", body.to);
  if constexpr (requires { body.first; }) line.With("first", body.first);
  if constexpr (requires { body.second; }) line.With("second", body.second);
  if constexpr (requires { body.viewer; }) line.With("viewer", body.viewer);
  if constexpr (requires { body.added; }) line.With("added", body.added);
  if constexpr (requires { body.removed; }) line.With("removed", body.removed);
  if constexpr (requires { body.location; }) line.With("location", body.location);
  if constexpr (requires { body.members; }) line.With("members", body.members);
  if constexpr (requires { body.visibility; }) line.With("visibility", body.visibility);
  if constexpr (requires { body.settings; }) line.With("settings", body.settings);
  if constexpr (requires { body.numbers; }) line.With("numbers", body.numbers);
  if constexpr (requires { body.text; }) line.With("text", body.text);
  if constexpr (requires { body.reason; }) line.With("reason", body.reason);
  if constexpr (requires { body.ticket; }) line.With("ticket", body.ticket);
  if constexpr (requires { body.radius_m; }) line.With("radius_m", body.radius_m);
  if constexpr (requires { body.until; }) line.With("until", body.until);
  if constexpr (requires { body.length_ms; }) line.With("length_ms", body.length_ms);
  if constexpr (requires { body.tags; }) line.With("tags", body.tags);
  if constexpr (requires { body.least; }) line.With("least", body.least);
  if constexpr (requires { body.most; }) line.With("most", body.most);
}

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kMost = 120;
  std::string shown = "\"";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      shown += c;
    } else {
      shown += "\\x";
      shown += kDigits[byte >> 4];
      shown += kDigits[byte & 15];
    }
  }
  shown += "\"";
  if (text.size() > kMost) shown += "... (" + std::to_string(text.size()) + " bytes)";
  return shown;
}

std::string Describe(const Command& command) {
  Line line(NameOf(KindOf(command.body)));
  line.With("at", command.time)
      .WithGiven("actor", command.actor)
      .WithGiven("request_id", command.request_id);
  std::visit([&line](const auto& body) { Fill(line, body); }, command.body);
  return line.Text();
}

std::string Describe(const Outcome& outcome) {
  return Line(outcome.accepted() ? "accepted" : NameOf(outcome.reject))
      .WithGiven("meetup", outcome.meetup)
      .WithGiven("message", outcome.message)
      .WithGiven("ticket", outcome.ticket)
      .Text();
}

std::string Describe(const EventBody& event) {
  Line line(NameOf(KindOf(event)));
  std::visit([&line](const auto& body) { Fill(line, body); }, event);
  return line.Text();
}

std::string Describe(const Audience& audience) {
  return Line("audience")
      .With("users", audience.users)
      .With("room", audience.room)
      .With("except", audience.except)
      .With("everybody", audience.everybody)
      .With("moderators", audience.moderators)
      .Text();
}

std::string Describe(const Event& event) {
  return std::to_string(event.sequence) + " " + moyeo::Describe(event.time) + " " +
         Describe(event.body) + "; " + Describe(event.audience);
}

std::string Describe(const ProfileView& view) {
  return Line("profile")
      .With("user", view.user)
      .With("relation", view.relation)
      .With("nickname", view.nickname)
      .With("status", view.status)
      .With("last_active", view.last_active)
      .With("image_url", view.image_url)
      .With("interests", view.interests)
      .With("shared_meetups", view.shared_meetups)
      .With("registered", view.registered)
      .With("visibility", view.visibility)
      .Text();
}

std::string Describe(const UserSummary& view) {
  return Line("user")
      .With("id", view.user)
      .With("nickname", view.nickname)
      .With("status", view.status)
      .Text();
}

std::string Describe(const UserExport& view) {
  return Line("export")
      .With("user", view.user)
      .With("registered", view.registered)
      .With("last_active", view.last_active)
      .With("visibility", view.visibility)
      .With("nickname", view.nickname)
      .With("status", view.status)
      .With("interests", view.interests)
      .With("image_url", view.image_url)
      .With("friends", view.friends)
      .With("requests_sent", view.requests_sent)
      .With("requests_received", view.requests_received)
      .With("blocked", view.blocked)
      .With("invitations", view.invitations)
      .With("meetups", view.meetups)
      .With("tickets", view.tickets)
      .With("messages", view.messages)
      .Text();
}

std::string Describe(const MeetupSummary& view) {
  return Line("meetup")
      .With("id", view.meetup)
      .With("host", view.host)
      .With("title", view.title)
      .With("image_url", view.image_url)
      .With("place_name", view.place_name)
      .With("location", view.location)
      .With("start", view.start)
      .With("end", view.end)
      .With("capacity", view.capacity)
      .With("members", view.members)
      .With("tags", view.tags)
      .With("listed", view.listed)
      .With("confirmed", view.confirmed)
      .With("cancelled", view.cancelled)
      .With("distance_m", view.distance_m)
      .Text();
}

std::string Describe(const MeetupView& view) {
  return Line(Describe(view.summary))
      .With("content", view.content)
      .With("bring", view.bring)
      .With("created", view.created)
      .With("started", view.started)
      .With("ended", view.ended)
      .With("is_host", view.is_host)
      .With("is_member", view.is_member)
      .With("has_confirmed", view.has_confirmed)
      .With("is_invited", view.is_invited)
      .With("was_kicked", view.was_kicked)
      .Text();
}

std::string Describe(const MemberView& view) {
  return Line("member")
      .With("user", view.user)
      .With("nickname", view.nickname)
      .With("host", view.host)
      .With("confirmed", view.confirmed)
      .With("joined", view.joined)
      .Text();
}

std::string Describe(const Score& score) {
  return Line("score")
      .With("total", score.total)
      .With("distance", score.distance)
      .With("interests", score.interests)
      .With("soon", score.soon)
      .With("seats", score.seats)
      .With("friends", score.friends)
      .Text();
}

std::string Describe(const FoundMeetup& view) {
  return Describe(view.meetup) + (view.score ? " " + Describe(*view.score) : "");
}

std::string Describe(const Recommendation& view) {
  return Line(Describe(view.meetup) + " " + Describe(view.score))
      .With("shared_interests", view.shared_interests)
      .With("friends", view.friends)
      .Text();
}

std::string Describe(const TicketView& view) {
  return Line("ticket")
      .With("id", view.ticket)
      .With("created", view.created)
      .With("expires", view.expires)
      .With("location", view.location)
      .With("radius_m", view.radius_m)
      .With("from", view.from)
      .With("until", view.until)
      .With("length_ms", view.length_ms)
      .With("tags", view.tags)
      .With("least", view.least)
      .With("most", view.most)
      .Text();
}

std::string Describe(const RoomView& view) {
  return Line("room")
      .With("meetup", view.meetup)
      .With("last", view.last)
      .With("joined", view.joined)
      .With("read", view.read)
      .With("unread", view.unread)
      .Text();
}

std::string Describe(const MessageView& view) {
  return Line("message")
      .With("number", view.number)
      .With("author", view.author)
      .With("time", view.time)
      .With("text", view.text)
      .With("deleted", view.deleted)
      .Text();
}

}  // namespace moyeo::testing
