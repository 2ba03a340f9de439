// HTTP: which request asks the engine for what.

#ifndef MOYEO_EXAMPLES_SERVER_API_H_
#define MOYEO_EXAMPLES_SERVER_API_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "accounts.h"
#include "attempts.h"
#include "http_message.h"
#include "moyeo/command.h"
#include "moyeo/engine.h"
#include "problem.h"
#include "tokens.h"
#include "user_fences.h"
#include "user_rates.h"

namespace moyeo::server {

// A request that has found its route.
struct Call {
  const Request& request;
  Target target;
  std::vector<std::pair<std::string_view, std::string>> path;  // {name} of the route, and its value
  UserId user{};  // who asks; of a route for everybody, nobody in particular
  Language language = Language::kEnglish;
  Timestamp now{};

  // REQUIRES: the route has {name}
  const std::string& Path(std::string_view name) const;
};

// What is to be done for a request.
struct Answer {
  Response response;  // at once
};
struct Question {
  std::function<Response()> ask;  // on a thread that may wait
  bool hashes = false;            // a password: takes long, and much memory
};
struct Demand {
  Command command;
  std::function<Response(const Outcome&)> then;
};
using Plan = std::variant<Answer, Question, Demand>;

class Api;

enum class Access : std::uint8_t { kEverybody, kUser };

// A row of the table of all routes under /v1.
struct Route {
  std::string_view method;

  // "/v1/meetups/{meetup}/members/{user}". Ids stand in {user}, {meetup} and {ticket}, numbers of
  // messages in {number}, and in {name} whatever is no slash.
  std::string_view path;

  Access access;

  // A command, whose body is that of the request, and what stands in the path besides.
  std::optional<CommandKind> command = std::nullopt;
  int status = 200;  // of an accepted one

  // Or all else: `body` is whether the request has one.
  Plan (Api::*plan)(const Call& call) const = nullptr;

  // What may stand in the query, with spaces between.
  std::string_view query = {};
};

std::span<const Route> Routes();

// The path of the routes that the target is of, whatever the method; empty if there are none.
std::string_view RoutePathOf(const Target& target);

struct ApiOptions {
  bool accounts = true;  // who signs up may log in
  bool guests = false;   // anybody may come in as a new user
  AttemptsOptions attempts;
  double most_radius_m = 50'000;  // of who is near
};

// Decodes requests and encodes answers. Safe to use from any thread.
class Api {
 public:
  // `accounts` may be null, and is used by one thread at a time: that of questions that hash. The
  // others must outlive the api.
  Api(Engine& engine, const Tokens& tokens, Accounts* accounts, UserFences& fences,
      UserRates& rates, const ApiOptions& options);

  // The plan for a request under /v1. `call` keeps what the plan needs and must live as long.
  Plan PlanFor(const Request& request, Timestamp now) const;

  // Rows of the table.
  Plan SignUp(const Call& call) const;
  Plan LogIn(const Call& call) const;
  Plan BeGuest(const Call& call) const;
  Plan Me(const Call& call) const;
  Plan Export(const Call& call) const;
  Plan PutPosition(const Call& call) const;
  Plan DeletePosition(const Call& call) const;
  Plan SearchPeople(const Call& call) const;
  Plan Person(const Call& call) const;
  Plan Friends(const Call& call) const;
  Plan RequestsSent(const Call& call) const;
  Plan RequestsReceived(const Call& call) const;
  Plan Blocked(const Call& call) const;
  Plan Meetups(const Call& call) const;
  Plan FindMeetups(const Call& call) const;
  Plan MyMeetups(const Call& call) const;
  Plan HostedMeetups(const Call& call) const;
  Plan Invitations(const Call& call) const;
  Plan Meetup(const Call& call) const;
  Plan CancelMeetup(const Call& call) const;
  Plan Members(const Call& call) const;
  Plan Room(const Call& call) const;
  Plan Messages(const Call& call) const;
  Plan Recommendations(const Call& call) const;
  Plan Tickets(const Call& call) const;
  Plan AllFences(const Call& call) const;
  Plan Fence(const Call& call) const;
  Plan PutFence(const Call& call) const;
  Plan DeleteFence(const Call& call) const;
  Plan Nearby(const Call& call) const;
  Plan Clusters(const Call& call) const;

 private:
  Plan Order(const Call& call, CommandKind kind, std::string_view fields, int status) const;
  Response Session(int status, UserId user, Timestamp now) const;

  // The problem if there is no such user: a good token may be of somebody who has not registered,
  // or was erased.
  std::optional<Response> NobodyIs(UserId user, Language language) const;

  Engine& engine_;
  const Tokens& tokens_;
  Accounts* accounts_;
  UserFences& fences_;
  UserRates& rates_;
  const ApiOptions options_;
  mutable Attempts attempts_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_API_H_
