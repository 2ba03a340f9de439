#include "api.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <optional>

#include "json_text.h"
#include "moyeo/clusters.h"
#include "moyeo/json.h"
#include "nlohmann/json.hpp"
#include "numbers.h"
#include "orders.h"
#include "text.h"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;
using enum Access;

Route Order(std::string_view method, std::string_view path, CommandKind kind, int status = 200) {
  return {.method = method, .path = path, .access = kUser, .command = kind, .status = status};
}

Route Ask(std::string_view method, std::string_view path, Plan (Api::*plan)(const Call&) const,
          std::string_view query = {}) {
  return {.method = method, .path = path, .access = kUser, .plan = plan, .query = query};
}

// Where a fixed segment and a {name} both fit, the one that comes first counts.
const std::vector<Route>& Table() {
  using K = CommandKind;
  static const std::vector<Route> table = {
      {.method = "POST", .path = "/v1/accounts", .access = kEverybody, .plan = &Api::SignUp},
      {.method = "POST", .path = "/v1/sessions", .access = kEverybody, .plan = &Api::LogIn},
      {.method = "POST", .path = "/v1/guests", .access = kEverybody, .plan = &Api::BeGuest},

      Ask("GET", "/v1/me", &Api::Me),
      Order("PUT", "/v1/me", K::kRegister, 201),
      Order("PATCH", "/v1/me", K::kEditProfile),
      Order("DELETE", "/v1/me", K::kErase),
      Order("PUT", "/v1/me/visibility", K::kSetVisibility),
      Ask("GET", "/v1/me/export", &Api::Export),
      Ask("PUT", "/v1/me/position", &Api::PutPosition),
      Ask("DELETE", "/v1/me/position", &Api::DeletePosition),

      Ask("GET", "/v1/people", &Api::SearchPeople, "text cursor size"),
      Ask("GET", "/v1/people/{user}", &Api::Person),
      Order("POST", "/v1/people/{user}/reports", K::kReportUser, 201),
      Ask("GET", "/v1/friends", &Api::Friends, "cursor size"),
      Order("PUT", "/v1/friends/{user}", K::kRequestFriend),
      Order("DELETE", "/v1/friends/{user}", K::kEndFriendship),
      Ask("GET", "/v1/friend-requests/sent", &Api::RequestsSent, "cursor size"),
      Ask("GET", "/v1/friend-requests/received", &Api::RequestsReceived, "cursor size"),
      Order("DELETE", "/v1/friend-requests/sent/{user}", K::kWithdrawFriendRequest),
      Order("DELETE", "/v1/friend-requests/received/{user}", K::kDeclineFriendRequest),
      Ask("GET", "/v1/blocks", &Api::Blocked, "cursor size"),
      Order("PUT", "/v1/blocks/{user}", K::kBlock),
      Order("DELETE", "/v1/blocks/{user}", K::kUnblock),

      Ask("GET", "/v1/meetups", &Api::Meetups,
          "tag text from to lat lng radius_m south west north east cursor size"),
      Order("POST", "/v1/meetups", K::kCreateMeetup, 201),
      Ask("GET", "/v1/meetups/search", &Api::FindMeetups,
          "lat lng radius_m from to any_of all_of free_seats text order cursor size"),
      Ask("GET", "/v1/meetups/mine", &Api::MyMeetups, "cursor size"),
      Ask("GET", "/v1/meetups/hosted", &Api::HostedMeetups, "cursor size"),
      Ask("GET", "/v1/invitations", &Api::Invitations, "cursor size"),
      Order("PUT", "/v1/invitations/{meetup}", K::kAcceptInvitation),
      Order("DELETE", "/v1/invitations/{meetup}", K::kDeclineInvitation),
      Ask("GET", "/v1/meetups/{meetup}", &Api::Meetup),
      Order("PATCH", "/v1/meetups/{meetup}", K::kEditMeetup),
      Ask("DELETE", "/v1/meetups/{meetup}", &Api::CancelMeetup, "force"),
      Ask("GET", "/v1/meetups/{meetup}/members", &Api::Members),
      Order("PUT", "/v1/meetups/{meetup}/members/me", K::kJoinMeetup),
      Order("DELETE", "/v1/meetups/{meetup}/members/me", K::kLeaveMeetup),
      Order("DELETE", "/v1/meetups/{meetup}/members/{user}", K::kKickMember),
      Order("PUT", "/v1/meetups/{meetup}/host", K::kTransferMeetup),
      Order("PUT", "/v1/meetups/{meetup}/invitations/{user}", K::kInvite),
      Order("DELETE", "/v1/meetups/{meetup}/invitations/{user}", K::kWithdrawInvitation),
      Order("PUT", "/v1/meetups/{meetup}/confirmation", K::kConfirmMeetup),
      Order("DELETE", "/v1/meetups/{meetup}/confirmation", K::kWithdrawConfirmation),
      Order("POST", "/v1/meetups/{meetup}/reports", K::kReportMeetup, 201),

      Ask("GET", "/v1/meetups/{meetup}/room", &Api::Room),
      Order("PUT", "/v1/meetups/{meetup}/read", K::kMarkRead),
      Ask("GET", "/v1/meetups/{meetup}/messages", &Api::Messages, "cursor size"),
      Order("POST", "/v1/meetups/{meetup}/messages", K::kPostMessage, 201),
      Order("DELETE", "/v1/meetups/{meetup}/messages/{number}", K::kDeleteMessage),
      Order("POST", "/v1/meetups/{meetup}/messages/{number}/reports", K::kReportMessage, 201),

      Ask("GET", "/v1/recommendations", &Api::Recommendations, "lat lng radius_m limit"),
      Ask("GET", "/v1/tickets", &Api::Tickets),
      Order("POST", "/v1/tickets", K::kCreateTicket, 201),
      Order("DELETE", "/v1/tickets/{ticket}", K::kWithdrawTicket),

      Ask("GET", "/v1/fences", &Api::AllFences),
      Ask("GET", "/v1/fences/{name}", &Api::Fence),
      Ask("PUT", "/v1/fences/{name}", &Api::PutFence),
      Ask("DELETE", "/v1/fences/{name}", &Api::DeleteFence),
      Ask("GET", "/v1/nearby", &Api::Nearby, "radius_m limit lat lng"),
      Ask("GET", "/v1/clusters", &Api::Clusters, "south west north east level"),
  };
  return table;
}

bool IsId(std::string_view name) { return name == "user" || name == "meetup" || name == "ticket"; }

// Whether the segments are of this path; what stands in braces goes to `values`.
bool Fits(std::string_view path, const std::vector<std::string>& segments,
          std::vector<std::pair<std::string_view, std::string>>& values) {
  values.clear();
  path.remove_prefix(1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view wanted = path.substr(0, path.find('/'));
    const bool is_last = wanted.size() == path.size();
    if (is_last != (i + 1 == segments.size())) return false;
    path.remove_prefix(is_last ? path.size() : wanted.size() + 1);
    if (!wanted.starts_with('{')) {
      if (wanted != segments[i]) return false;
      continue;
    }
    const std::string_view name = wanted.substr(1, wanted.size() - 2);
    if ((IsId(name) || name == "number") && !ParseId(segments[i]).has_value()) return false;
    values.emplace_back(name, segments[i]);
  }
  return true;
}

// Whether `word` is one of those in `words`, which have spaces between them.
bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view first = words.substr(0, words.find(' '));
    if (first == word) return true;
    words.remove_prefix(std::min(words.size(), first.size() + 1));
  }
  return false;
}

std::string FieldsOf(const Call& call) {
  std::string fields;
  for (const auto& [name, value] : call.path) {
    Append(fields, fields.empty() ? "" : ",", "\"", name,
           "\":", IsId(name) ? Quoted(value) : value);
  }
  return fields;
}

Plan Wrong(const Call& call, std::string_view detail) {
  return Answer{Problem(400, "invalid_request", call.language, detail)};
}

// Reads the query, and keeps the first thing that is wrong.
class Query {
 public:
  explicit Query(const Call& call) : call_(call) {}

  bool Has(std::string_view name) const { return call_.target.Find(name).has_value(); }

  template <typename Number>
  Number Get(std::string_view name, Number otherwise) {
    const auto text = call_.target.Find(name);
    return text.has_value() ? Get<Number>(name) : otherwise;
  }

  template <typename Number>
  Number Get(std::string_view name) {
    const auto text = call_.target.Find(name);
    if (!text.has_value()) return Fail<Number>(Concat(name, ": is missing"));
    const auto number = ParseNumber<Number>(*text);
    if (!number.has_value()) return Fail<Number>(Concat(name, ": must be a number"));
    return *number;
  }

  LatLng Position() { return {.lat = Get<double>("lat"), .lng = Get<double>("lng")}; }

  Timestamp Time(std::string_view name) {
    return Timestamp(std::chrono::milliseconds(Get<std::int64_t>(name)));
  }

  // What is said as often as it is wanted.
  std::vector<std::string> All(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [known, value] : call_.target.query) {
      if (known == name) values.push_back(value);
    }
    return values;
  }

  FindOrder Order() {
    const std::string_view order = call_.target.Find("order").value_or("start");
    if (order == "distance") return FindOrder::kDistance;
    if (order == "score") return FindOrder::kScore;
    if (order != "start") return Fail<FindOrder>("order: must be distance, start or score");
    return FindOrder::kStart;
  }

  PageRequest Page() {
    return {.limit = Get<std::size_t>("size", 50),
            .cursor = std::string(call_.target.Find("cursor").value_or(""))};
  }

  const std::string& wrong() const { return wrong_; }

 private:
  template <typename Number>
  Number Fail(std::string why) {
    if (wrong_.empty()) wrong_ = std::move(why);
    return {};
  }

  const Call& call_;
  std::string wrong_;
};

template <typename View>
Response Shown(const absl::StatusOr<View>& view, Language language) {
  if (!view.ok()) return ProblemOf(view.status(), language);
  return {.body = ToJson(*view)};
}

// The same of a list, which is no object by itself.
template <typename Views>
Response ShownAsItems(const absl::StatusOr<Views>& views, Language language) {
  if (!views.ok()) return ProblemOf(views.status(), language);
  return {.body = Concat(R"({"items":)", ToJson(*views), "}")};
}

// A question of `ask()`, which gives StatusOr of what ToJson knows.
template <typename AskEngine>
Plan Show(const Call& call, AskEngine ask) {
  return Question{
      [ask = std::move(ask), language = call.language] { return Shown(ask(), language); }};
}

// The same for a page.
template <typename AskEngine>
Plan ShowPage(const Call& call, AskEngine ask) {
  Query query(call);
  const PageRequest page = query.Page();
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return Show(call, [ask = std::move(ask), page] { return ask(page); });
}

// `sees_exactly`: by id, those whom the reader is shown where they are even if they are cloaked.
std::string NeighborsJson(std::span<const Neighbor> neighbors, const PresenceIndex& presence,
                          std::span<const UserId> sees_exactly) {
  std::string json = R"({"items":[)";
  for (const Neighbor& neighbor : neighbors) {
    Append(json, json.back() == '[' ? "" : ",", R"({"user":")", ToNumber(neighbor.user),
           R"(","position":)");
    json += JsonTextOf({{"lat", neighbor.position.lat}, {"lng", neighbor.position.lng}});
    const bool is_area =
        presence.VisibilityOf(neighbor.user) == Visibility::kCloaked &&
        !std::binary_search(sees_exactly.begin(), sees_exactly.end(), neighbor.user);
    Append(json, R"(,"distance_m":)", JsonTextOf(neighbor.distance_m), R"(,"last_seen":)",
           neighbor.last_seen.time_since_epoch().count(), R"(,"area":)",
           is_area ? "true}" : "false}");
  }
  return json + "]}";
}

std::string ClustersJson(const ClusterAnswer& answer) {
  Json items = Json::array();
  for (const Cluster& cluster : answer.clusters) {
    Json corners = Json::array();
    for (const LatLng& corner : cluster.corners) {
      corners.push_back({{"lat", corner.lat}, {"lng", corner.lng}});
    }
    items.push_back({{"cell", std::to_string(cluster.cell)},
                     {"count", cluster.count},
                     {"corners", std::move(corners)}});
  }
  return JsonTextOf({{"level", answer.level}, {"items", std::move(items)}});
}

// The strings that an object has under these names and no others; nullopt if it is not so.
template <std::size_t N>
std::optional<std::array<std::string, N>> Strings(std::string_view body,
                                                  const std::array<const char*, N>& names) {
  const Json object = Json::parse(body, nullptr, false);
  if (!object.is_object() || object.size() != N) return std::nullopt;
  std::array<std::string, N> values;
  for (std::size_t i = 0; i < N; ++i) {
    const auto field = object.find(names[i]);
    if (field == object.end() || !field->is_string()) return std::nullopt;
    values[i] = field->template get<std::string>();
  }
  return values;
}

// The number of a request by the key that its client made up.
RequestId RequestIdOf(std::string_view key) {
  std::array<unsigned char, crypto_generichash_BYTES> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return RequestId{number};
}

// Guests have no account: a number from the upper half, which those with one never reach.
UserId NewGuest() {
  std::uint64_t number = 0;
  randombytes_buf(&number, sizeof number);
  return UserId{number | std::uint64_t{1} << 63};
}

constexpr std::size_t kMostKeyBytes = 255;

}  // namespace

std::span<const Route> Routes() { return Table(); }

std::string_view RoutePathOf(const Target& target) {
  std::vector<std::pair<std::string_view, std::string>> values;
  for (const Route& route : Table()) {
    if (Fits(route.path, target.segments, values)) return route.path;
  }
  return {};
}

const std::string& Call::Path(std::string_view name) const {
  return std::find_if(path.begin(), path.end(), [&](const auto& p) { return p.first == name; })
      ->second;
}

Api::Api(Engine& engine, const Tokens& tokens, Accounts* accounts, UserFences& fences,
         UserRates& rates, const ApiOptions& options)
    : engine_(engine),
      tokens_(tokens),
      accounts_(accounts),
      fences_(fences),
      rates_(rates),
      options_(options),
      attempts_(options_.attempts) {}

Plan Api::PlanFor(const Request& request, Timestamp now) const {
  Call call{.request = request,
            .target = {},
            .path = {},
            .language = LanguageOf(request.accept_language),
            .now = now};
  auto target = ParseTarget(request.target);
  if (!target.has_value()) return Wrong(call, "the target is not a path");
  call.target = *std::move(target);

  const Route* found = nullptr;
  std::string allowed;
  for (const Route& route : Table()) {
    if (!Fits(route.path, call.target.segments, call.path)) continue;
    if (route.method == request.method) {
      found = &route;
      break;
    }
    Append(allowed, allowed.empty() ? "" : ", ", route.method);
  }
  if (found == nullptr) {
    if (allowed.empty()) return Answer{Problem(404, "not_found", call.language)};
    Response response = Problem(405, "method_not_allowed", call.language);
    response.headers.emplace_back("Allow", std::move(allowed));
    return Answer{std::move(response)};
  }

  if (found->access == kUser) {
    constexpr std::string_view kScheme = "Bearer ";
    if (!request.authorization.has_value() || !request.authorization->starts_with(kScheme)) {
      return Answer{Problem(401, "not_authenticated", call.language)};
    }
    const std::string_view token = *request.authorization;
    const auto verified = tokens_.Verify(token.substr(kScheme.size()), now);
    if (!verified.ok()) {
      return Answer{Problem(401, "not_authenticated", call.language, MessageOf(verified.status()))};
    }
    call.user = verified->user;
    if (!rates_.TakeRequest(call.user, now)) {
      return Answer{TooOften(1, call.language, "too many requests")};
    }
  }
  for (const auto& [name, value] : call.target.query) {
    if (!HasWord(found->query, name)) {
      return Wrong(call, Concat(name, ": is not asked for here"));
    }
  }
  if (found->plan != nullptr) return (this->*found->plan)(call);
  return Order(call, *found->command, FieldsOf(call), found->status);
}

// ---- Commands

Plan Api::Order(const Call& call, CommandKind kind, std::string_view fields, int status) const {
  std::optional<RequestId> request_id;
  if (const auto& key = call.request.idempotency_key) {
    if (key->empty() || key->size() > kMostKeyBytes) {
      return Wrong(call, Concat("Idempotency-Key: must have 1 to ", kMostKeyBytes, " bytes"));
    }
    request_id = RequestIdOf(*key);
  }
  const auto body = WithFields(call.request.body, fields);
  const auto command =
      body.ok() ? ReadOrder(NameOf(kind), *body, call.user, request_id, call.now) : body.status();
  if (!command.ok()) {
    return Answer{Problem(400, "invalid_json", call.language, MessageOf(command.status()))};
  }
  return Demand{.command = *command,
                .then = [status, language = call.language](const Outcome& outcome) {
                  if (!outcome.accepted()) return ProblemOf(outcome.reject, language);
                  return Response{.status = status, .body = ToJson(outcome)};
                }};
}

Plan Api::CancelMeetup(const Call& call) const {
  std::string fields = FieldsOf(call);
  if (const auto force = call.target.Find("force")) {
    if (*force != "true" && *force != "false") return Wrong(call, "force: must be true or false");
    Append(fields, ",\"force\":", *force);
  }
  return Order(call, CommandKind::kCancelMeetup, fields, 200);
}

// ---- Accounts

Response Api::Session(int status, UserId user, Timestamp now) const {
  const Tokens::Issued issued = tokens_.Issue(user, now);
  return {.status = status,
          .body = Concat(R"({"user":")", ToNumber(user), R"(","token":)", Quoted(issued.token),
                         R"(,"expires":)", issued.expires.time_since_epoch().count(), "}"),
          .headers = {{"Cache-Control", "no-store"}}};
}

Plan Api::SignUp(const Call& call) const {
  if (accounts_ == nullptr) return Answer{Problem(404, "not_found", call.language)};
  const auto fields = Strings<3>(call.request.body, {"name", "password", "nickname"});
  if (!fields.has_value()) {
    return Answer{Problem(400, "invalid_json", call.language,
                          "body: must have the strings name, password and nickname")};
  }
  if (!attempts_.MaySignUp(call.request.address, call.now)) {
    return Answer{TooOften(60, call.language)};
  }
  const auto sign_up = [this, fields, language = call.language, now = call.now] {
    const auto& [name, password, nickname] = *fields;
    const auto user = accounts_->Add(name, password);
    if (absl::IsAlreadyExists(user.status())) return Problem(409, "name_taken", language);
    if (!user.ok()) return ProblemOf(user.status(), language);
    const auto outcome =
        engine_.Apply({.time = now, .actor = *user, .body = Register{.nickname = nickname}});
    if (outcome.ok() && outcome->accepted()) return Session(201, *user, now);
    // The name is free again: whoever asked has nothing.
    const absl::Status removed = accounts_->Remove(*user);
    if (!outcome.ok()) return ProblemOf(outcome.status(), language);
    return removed.ok() ? ProblemOf(outcome->reject, language) : ProblemOf(removed, language);
  };
  return Question{.ask = sign_up, .hashes = true};
}

Plan Api::LogIn(const Call& call) const {
  if (accounts_ == nullptr) return Answer{Problem(404, "not_found", call.language)};
  const auto fields = Strings<2>(call.request.body, {"name", "password"});
  if (!fields.has_value()) {
    return Answer{Problem(400, "invalid_json", call.language,
                          "body: must have the strings name and password")};
  }
  // Those that cannot be names are counted as one.
  const std::string account = Accounts::Normal(fields->front()).value_or("");
  // Before it waits for a place: whoever tries too often takes none from others.
  if (!attempts_.MayLogIn(account, call.request.address, call.now)) {
    return Answer{TooOften(60, call.language)};
  }
  const auto log_in = [this, fields, account, address = call.request.address,
                       language = call.language, now = call.now] {
    const auto& [name, password] = *fields;
    const auto user = accounts_->Check(name, password);
    if (absl::IsUnauthenticated(user.status())) {
      return Problem(401, "not_authenticated", language, MessageOf(user.status()));
    }
    attempts_.WasRight(account, address);
    if (!user.ok()) return ProblemOf(user.status(), language);
    return Session(200, *user, now);
  };
  return Question{.ask = log_in, .hashes = true};
}

Plan Api::BeGuest(const Call& call) const {
  if (!options_.guests) return Answer{Problem(404, "not_found", call.language)};
  if (!attempts_.MaySignUp(call.request.address, call.now)) {
    return Answer{TooOften(60, call.language)};
  }
  const UserId guest = NewGuest();
  const auto command =
      ReadOrder(NameOf(CommandKind::kRegister), call.request.body, guest, std::nullopt, call.now);
  if (!command.ok()) {
    return Answer{Problem(400, "invalid_json", call.language, MessageOf(command.status()))};
  }
  return Demand{
      .command = *command,
      .then = [this, guest, language = call.language, now = call.now](const Outcome& outcome) {
        if (!outcome.accepted()) return ProblemOf(outcome.reject, language);
        return Session(201, guest, now);
      }};
}

// ---- People

std::optional<Response> Api::NobodyIs(UserId user, Language language) const {
  const absl::Status found = engine_.ViewProfile(user, user).status();
  return found.ok() ? std::nullopt : std::optional(ProblemOf(found, language));
}

Plan Api::Me(const Call& call) const {
  return Show(call, [this, user = call.user] { return engine_.ViewProfile(user, user); });
}

Plan Api::Export(const Call& call) const {
  return Show(call, [this, user = call.user] { return engine_.Export(user); });
}

Plan Api::PutPosition(const Call& call) const {
  const Json object = Json::parse(call.request.body, nullptr, false);
  const bool is_position = object.is_object() && object.size() == 2 && object.contains("lat") &&
                           object.contains("lng") && object["lat"].is_number() &&
                           object["lng"].is_number();
  if (!is_position) {
    return Answer{
        Problem(400, "invalid_json", call.language, "body: must have the numbers lat and lng")};
  }
  const LatLng position{object["lat"].get<double>(), object["lng"].get<double>()};
  if (!rates_.TakeMove(call.user, call.now)) {
    return Answer{TooOften(1, call.language, "too many moves")};
  }
  return Question{[this, position, user = call.user, now = call.now, language = call.language] {
    // Presence would take anybody, registered or not.
    if (auto problem = NobodyIs(user, language)) return *std::move(problem);
    const absl::Status moved = engine_.Move(user, position, now);
    if (absl::IsResourceExhausted(moved)) return Problem(503, "too_many_users", language);
    if (!moved.ok()) return ProblemOf(moved, language);
    // Whoever was erased meanwhile must not stay; whoever is from now on is removed after this.
    if (auto problem = NobodyIs(user, language)) {
      engine_.Remove(user);
      return *std::move(problem);
    }
    return Response{.status = 204};
  }};
}

Plan Api::DeletePosition(const Call& call) const {
  engine_.Remove(call.user);
  return Answer{{.status = 204}};
}

Plan Api::SearchPeople(const Call& call) const {
  const auto text = call.target.Find("text");
  if (!text.has_value()) return Wrong(call, "text: is missing");
  return ShowPage(call, [this, user = call.user, text = std::string(*text)](const auto& page) {
    return engine_.SearchPeople(user, text, page);
  });
}

Plan Api::Person(const Call& call) const {
  const UserId other{*ParseId(call.Path("user"))};
  return Show(call, [this, user = call.user, other] { return engine_.ViewProfile(user, other); });
}

Plan Api::Friends(const Call& call) const {
  return ShowPage(
      call, [this, user = call.user](const auto& page) { return engine_.Friends(user, page); });
}

Plan Api::RequestsSent(const Call& call) const {
  return ShowPage(call, [this, user = call.user](const auto& page) {
    return engine_.RequestsSent(user, page);
  });
}

Plan Api::RequestsReceived(const Call& call) const {
  return ShowPage(call, [this, user = call.user](const auto& page) {
    return engine_.RequestsReceived(user, page);
  });
}

Plan Api::Blocked(const Call& call) const {
  return ShowPage(
      call, [this, user = call.user](const auto& page) { return engine_.Blocked(user, page); });
}

// ---- Meetups

Plan Api::Meetups(const Call& call) const {
  Query query(call);
  const UserId user = call.user;
  const int ways =
      query.Has("tag") + query.Has("text") + (query.Has("from") || query.Has("to")) +
      (query.Has("lat") || query.Has("lng") || query.Has("radius_m")) +
      (query.Has("south") || query.Has("west") || query.Has("north") || query.Has("east"));
  if (ways > 1) return Wrong(call, "only one of tag, text, time and place can be asked for");
  if (const auto tag = call.target.Find("tag")) {
    return ShowPage(call, [this, user, tag = std::string(*tag)](const auto& page) {
      return engine_.MeetupsWithTag(user, tag, page);
    });
  }
  if (const auto text = call.target.Find("text")) {
    return ShowPage(call, [this, user, text = std::string(*text)](const auto& page) {
      return engine_.SearchMeetups(user, text, page);
    });
  }
  if (query.Has("from") || query.Has("to")) {
    const Timestamp from = query.Time("from");
    const Timestamp to = query.Time("to");
    if (!query.wrong().empty()) return Wrong(call, query.wrong());
    return ShowPage(call, [this, user, from, to](const auto& page) {
      return engine_.MeetupsStartingWithin(user, from, to, page);
    });
  }
  if (ways == 0) {
    return ShowPage(call,
                    [this, user](const auto& page) { return engine_.OpenMeetups(user, page); });
  }
  MapArea area;
  if (query.Has("south") || query.Has("west") || query.Has("north") || query.Has("east")) {
    area = MapBox{.south = query.Get<double>("south"),
                  .west = query.Get<double>("west"),
                  .north = query.Get<double>("north"),
                  .east = query.Get<double>("east")};
  } else {
    area = MapCircle{.center = query.Position(), .radius_m = query.Get<double>("radius_m")};
  }
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return ShowPage(call, [this, user, area](const auto& page) {
    return engine_.MeetupsOnMap(user, area, page);
  });
}

Plan Api::FindMeetups(const Call& call) const {
  Query query(call);
  FindQuery find{.any_of = query.All("any_of"),
                 .all_of = query.All("all_of"),
                 .free_seats = query.Get<std::uint32_t>("free_seats", 1),
                 .text = std::string(call.target.Find("text").value_or("")),
                 .order = query.Order()};
  if (query.Has("lat") || query.Has("lng") || query.Has("radius_m")) {
    find.within = MapCircle{.center = query.Position(), .radius_m = query.Get<double>("radius_m")};
  }
  if (query.Has("from")) find.from = query.Time("from");
  if (query.Has("to")) find.to = query.Time("to");
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return ShowPage(call, [this, user = call.user, find = std::move(find)](const auto& page) {
    return engine_.Find(user, find, page);
  });
}

Plan Api::MyMeetups(const Call& call) const {
  return ShowPage(
      call, [this, user = call.user](const auto& page) { return engine_.MyMeetups(user, page); });
}

Plan Api::HostedMeetups(const Call& call) const {
  return ShowPage(call, [this, user = call.user](const auto& page) {
    return engine_.HostedMeetups(user, page);
  });
}

Plan Api::Invitations(const Call& call) const {
  return ShowPage(call, [this, user = call.user](const auto& page) {
    return engine_.MyInvitations(user, page);
  });
}

Plan Api::Meetup(const Call& call) const {
  const MeetupId meetup{*ParseId(call.Path("meetup"))};
  return Show(call, [this, user = call.user, meetup] { return engine_.ViewMeetup(user, meetup); });
}

Plan Api::Members(const Call& call) const {
  const MeetupId meetup{*ParseId(call.Path("meetup"))};
  return Question{[this, user = call.user, meetup, language = call.language] {
    return ShownAsItems(engine_.Members(user, meetup), language);
  }};
}

Plan Api::Room(const Call& call) const {
  const MeetupId meetup{*ParseId(call.Path("meetup"))};
  return Show(call, [this, user = call.user, meetup] { return engine_.ViewRoom(user, meetup); });
}

Plan Api::Messages(const Call& call) const {
  const MeetupId meetup{*ParseId(call.Path("meetup"))};
  return ShowPage(call, [this, user = call.user, meetup](const auto& page) {
    return engine_.Messages(user, meetup, page);
  });
}

// ---- Matching

Plan Api::Recommendations(const Call& call) const {
  Query query(call);
  const RecommendQuery recommend{.place = query.Position(),
                                 .radius_m = query.Get<double>("radius_m", 10'000),
                                 .limit = query.Get<std::size_t>("limit", 50)};
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return Question{[this, user = call.user, recommend, language = call.language] {
    return ShownAsItems(engine_.Recommend(user, recommend), language);
  }};
}

Plan Api::Tickets(const Call& call) const {
  return Question{[this, user = call.user, language = call.language] {
    return ShownAsItems(engine_.Tickets(user), language);
  }};
}

// ---- Who is where

Plan Api::AllFences(const Call& call) const {
  std::string json = R"({"items":[)";
  for (const FenceOptions& fence : fences_.Of(call.user)) {
    Append(json, json.back() == '[' ? "" : ",", FenceJson(fence));
  }
  return Answer{{.body = json + "]}"}};
}

Plan Api::Fence(const Call& call) const {
  const auto fence = fences_.Find(call.user, call.Path("name"));
  if (!fence.has_value()) return Answer{Problem(404, "not_found", call.language)};
  return Answer{{.body = FenceJson(*fence)}};
}

Plan Api::PutFence(const Call& call) const {
  const std::string& name = call.Path("name");
  if (!IsFenceName(name)) {
    return Wrong(call, "name: must be 1 to 64 letters, digits, dots, underscores and hyphens");
  }
  auto fence = ReadFence(call.request.body);
  if (!fence.ok()) {
    return Answer{Problem(400, "invalid_json", call.language, MessageOf(fence.status()))};
  }
  fence->name = name;
  return Question{[this, fence = *std::move(fence), user = call.user, language = call.language] {
    const absl::Status put = fences_.Put(user, fence);
    if (absl::IsResourceExhausted(put)) return Problem(409, "too_many_fences", language);
    if (!put.ok()) return ProblemOf(put, language);
    // Asked afterwards: whoever is erased from now on has their fences removed after this one.
    const auto profile = engine_.ViewProfile(user, user);
    if (absl::IsNotFound(profile.status())) fences_.RemoveAll(user);
    if (!profile.ok()) return ProblemOf(profile.status(), language);
    return Response{.body = FenceJson(fence)};
  }};
}

Plan Api::DeleteFence(const Call& call) const {
  if (fences_.Remove(call.user, call.Path("name"))) return Answer{{.status = 204}};
  return Answer{Problem(404, "not_found", call.language)};
}

Plan Api::Nearby(const Call& call) const {
  Query query(call);
  NearbyQuery nearby{.radius_m = query.Get<double>("radius_m", 5'000),
                     .limit = query.Get<std::size_t>("limit", 50)};
  if (*nearby.limit > PageRequest::kMaxLimit) {
    return Wrong(call, Concat("limit: must be at most ", PageRequest::kMaxLimit));
  }
  if (nearby.radius_m > options_.most_radius_m) {
    return Wrong(call, Concat("radius_m: must be at most ", JsonTextOf(options_.most_radius_m)));
  }
  std::optional<LatLng> center;
  if (query.Has("lat") || query.Has("lng")) {
    center = query.Position();
    nearby.viewer = call.user;
  }
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return Question{
      [this, center, nearby, user = call.user, now = call.now, language = call.language] {
        const auto found = center.has_value() ? engine_.presence().Nearby(*center, nearby, now)
                                              : engine_.presence().NearbyUser(user, nearby, now);
        // Asked afterwards: nobody is hidden from whoever was erased meanwhile.
        if (auto problem = NobodyIs(user, language)) return *std::move(problem);
        if (!found.ok()) return ProblemOf(found.status(), language);
        const auto exactly = engine_.presence().MembersOf(ViewerSet::kSeesExactly, user);
        return Response{.body = NeighborsJson(*found, engine_.presence(), exactly)};
      }};
}

Plan Api::Clusters(const Call& call) const {
  Query query(call);
  const ClusterQuery clusters{.south_west = {query.Get<double>("south"), query.Get<double>("west")},
                              .north_east = {query.Get<double>("north"), query.Get<double>("east")},
                              .level = query.Get<int>("level"),
                              .viewer = call.user};
  if (!query.wrong().empty()) return Wrong(call, query.wrong());
  return Question{[this, clusters, user = call.user, now = call.now, language = call.language] {
    const auto answer = FindClusters(engine_.presence(), clusters, now);
    // Asked afterwards, as above.
    if (auto problem = NobodyIs(user, language)) return *std::move(problem);
    if (!answer.ok()) return ProblemOf(answer.status(), language);
    return Response{.body = ClustersJson(*answer)};
  }};
}

}  // namespace moyeo::server
