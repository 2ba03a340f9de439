#include "server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "address.h"
#include "clock.h"
#include "command_queue.h"
#include "connections.h"
#include "context.h"
#include "erased_accounts.h"
#include "event_router.h"
#include "http_session.h"
#include "log.h"
#include "metrics.h"
#include "sockets.h"
#include "text.h"
#include "user_fences.h"
#include "user_rates.h"

namespace moyeo::server {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

class Server::Impl {
 public:
  Impl(Engine& engine, const Tokens& tokens, Accounts* accounts, const ServerOptions& options)
      : engine_(engine),
        accounts_(accounts),
        options_(options),
        connections_(options.most_connections, options.most_connections_per_address),
        context_{.options = options_,
                 .api = api_,
                 .hub = hub_,
                 .commands = commands_,
                 .connections = connections_,
                 .files = files_,
                 .figures = http_,
                 .streams = streams_,
                 .requests = requests_,
                 .poll = poll_,
                 .elsewhere =
                     [this](std::function<void()> work, std::function<void()> then) {
                       return Elsewhere(std::move(work), std::move(then));
                     },
                 .hash =
                     [this](const std::string& address, std::function<void()> work,
                            std::function<void()> then) {
                       return Hash(address, std::move(work), std::move(then));
                     },
                 .stopping = [this] { return stopping_; },
                 .ready = [this] { return IsReady(); },
                 .metrics = [this] { return Metrics(); }},
        acceptor_(loop_.get_executor()),
        questions_(options.threads),
        hashes_(1),
        commands_(engine, {.commands = options.most_waiting, .bytes = options.most_waiting_bytes},
                  [this](std::function<void()> then) { asio::post(loop_, std::move(then)); }),
        fences_(engine.fences(), options.fences),
        rates_(options.rates),
        api_(engine, tokens, accounts, fences_, rates_, options.api),
        hub_(engine, tokens, fences_, rates_, options.hub, Services()),
        router_([this](MeetupId meetup) { return MembersOf(meetup); },
                [this] { return engine_.Statistics().events; }) {}

  absl::Status Listen() {
    beast::error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return absl::InvalidArgumentError("address: must be an IP address");
    for (const std::string& proxy : options_.trusted_proxies) {
      auto normal = NormalAddress(proxy);
      if (!normal.has_value()) {
        return absl::InvalidArgumentError("trusted proxy: must be an IP address");
      }
      proxies_.insert(*std::move(normal));
    }
    if (!options_.tls_certificate.empty()) {
      tls_.emplace(asio::ssl::context::tls_server);
      tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1);
      tls_->use_certificate_chain_file(options_.tls_certificate, error);
      if (!error) tls_->use_private_key_file(options_.tls_key, asio::ssl::context::pem, error);
      if (error) {
        return absl::InvalidArgumentError(Concat("TLS certificate: ", error.message()));
      }
    }
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(4'096, error);
    if (error) {
      return absl::UnavailableError(
          Concat("cannot listen on ", options_.address, ":", options_.port, ": ", error.message()));
    }
    return absl::OkStatus();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  absl::Status Run(bool signals) {
    const auto subscription =
        engine_.Subscribe(0, {.on_event = [this](const Event& event) { OnEvent(event); },
                              .on_resync = [this](std::uint64_t next) { OnResync(next); }});
    if (!subscription.ok()) return subscription.status();
    // Of what happened before the last end the events may be gone.
    ForgetErasedAccounts();
    asio::co_spawn(loop_, Accept(), kRethrow);
    asio::co_spawn(loop_, Beat(), kRethrow);
    asio::basic_signal_set<Executor> caught(loop_.get_executor());
    if (signals) {
      caught.add(SIGTERM);
      caught.add(SIGINT);
      caught.async_wait([this](const beast::error_code& error, int) {
        if (!error) BeginStop();
      });
    }
    loop_.run();
    poll_.Abandon();
    questions_.join();
    hashes_.join();
    return absl::OkStatus();
  }

  void Stop() {
    asio::post(loop_, [this] { BeginStop(); });
  }

 private:
  HubServices Services() {
    return {.submit =
                [this](Command command, std::size_t bytes,
                       std::function<void(absl::StatusOr<Outcome>)> then) {
                  return commands_.Submit(std::move(command), bytes, std::move(then));
                },
            .elsewhere =
                [this](std::function<void()> work, std::function<void()> then) {
                  return Elsewhere(std::move(work), std::move(then));
                },
            .flush_soon =
                [this] {
                  // Behind all that is ready to be read by now.
                  asio::post(loop_, [this] { hub_.FlushMoves(Now()); });
                }};
  }

  bool Elsewhere(std::function<void()> work, std::function<void()> then) {
    if (questions_waiting_ >= options_.most_waiting) return false;
    ++questions_waiting_;
    asio::post(questions_, [this, work = std::move(work), then = std::move(then)]() mutable {
      work();
      asio::post(loop_, [this, then = std::move(then)] {
        --questions_waiting_;
        then();
      });
    });
    return true;
  }

  bool Hash(const std::string& address, std::function<void()> work, std::function<void()> then) {
    auto place = hash_places_.Enter(address);
    if (!place.has_value()) return false;
    // The place is the loop's: it is given back there.
    asio::post(hashes_, [this, place = *std::move(place), work = std::move(work),
                         then = std::move(then)]() mutable {
      work();
      asio::post(loop_, [place = std::move(place), then = std::move(then)] { then(); });
    });
    return true;
  }

  Awaitable<void> Accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (stopping_) co_return;
      if (error) {
        // No more files, most likely: others end meanwhile.
        ++failed_accepts_;
        Timer pause(loop_.get_executor(), std::chrono::milliseconds(100));
        co_await pause.async_wait(kAwait);
        continue;
      }
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const auto peer = socket.remote_endpoint(ignored);
      const std::string address = peer.address().to_string();
      auto slot = proxies_.contains(NormalAddress(address).value_or(""))
                      ? connections_.EnterProxy()
                      : connections_.Enter(CountedAs(address));
      if (!slot.has_value()) {
        ++http_.refused_connections;
        continue;
      }
      StartHttp(std::move(socket), tls_.has_value() ? &*tls_ : nullptr, *std::move(slot), context_);
    }
  }

  // Does again and again what there is one timer for: few wake-ups, with much to do at each, unless
  // somebody waits for answers, one after the other.
  Awaitable<void> Beat() {
    using std::chrono::milliseconds;
    using Clock = std::chrono::steady_clock;
    constexpr milliseconds kQuick(5);
    constexpr milliseconds kConversation(200);
    Timer timer(loop_.get_executor(), Clock::now());
    auto next_tick = timer.expiry();
    auto next_second = next_tick;
    auto quick_until = next_tick;
    std::uint64_t questions = 0;
    while (!stopping_) {
      const milliseconds poll(options_.poll_ms);
      const auto interval = timer.expiry() < quick_until ? std::min(poll, kQuick) : poll;
      // What took too long is not made up for.
      const auto next = std::max(timer.expiry() + interval, Clock::now());
      timer.expires_at(std::min(next, std::max(next_tick, Clock::now())));
      co_await timer.async_wait(kAwait);
      if (stopping_) break;
      poll_.Look();
      const auto now = timer.expiry();
      if (hub_.figures().questions != questions) quick_until = now + kConversation;
      questions = hub_.figures().questions;
      if (IsDue(now, milliseconds(options_.tick_ms), next_tick)) hub_.Tick(Now());
      if (IsDue(now, milliseconds(1'000), next_second)) EachSecond();
    }
  }

  // Whether `next` has come; then it becomes the time after that, and not before `now`.
  static bool IsDue(std::chrono::steady_clock::time_point now, std::chrono::milliseconds interval,
                    std::chrono::steady_clock::time_point& next) {
    if (now < next) return false;
    next = std::max(next + interval, now);
    return true;
  }

  std::vector<Watched*> Streams() const { return {streams_.begin(), streams_.end()}; }

  void EachSecond() {
    const Timestamp now = Now();
    // About one round in the minute for which a position lives, however many there are.
    constexpr std::size_t kUsersOfACall = 400'000;
    const std::size_t calls = 1 + engine_.Statistics().users_present / kUsersOfACall;
    for (std::size_t call = 0; call < calls; ++call) engine_.Expire(now);
    // Whoever is looked at may leave.
    for (Watched* stream : Streams()) {
      if (streams_.contains(stream)) stream->Look(now);
    }
    // Until it succeeds.
    if (accounts_fail_) ForgetErasedAccounts();
    // If the queue is full, time goes on with the commands in it.
    commands_.Submit({.time = now, .body = Advance{}}, 0,
                     [this](const auto& outcome) { HearOfEngine(outcome.status()); });
    LogTrouble();
  }

  void HearOfEngine(const absl::Status& status) {
    if (engine_fails_ == !status.ok()) return;
    engine_fails_ = !status.ok();
    if (engine_fails_) {
      Log(LogLevel::err, "the engine fails", {{"why", MessageOf(status)}});
    } else {
      Log(LogLevel::info, "the engine answers again");
    }
  }

  // What has gone wrong since the last time, in a line for all of a kind: clients who bring it
  // about could fill a disk with a line for each.
  void LogTrouble() {
    const HubFigures& hub = hub_.figures();
    const Trouble now{.refused_connections = http_.refused_connections,
                      .closed_behind = hub.closed_behind,
                      .stalled = hub.stalled,
                      .failed_accepts = failed_accepts_,
                      .failures = hub.failures};
    const auto log = [](std::string_view what, std::uint64_t before, std::uint64_t by_now) {
      if (by_now == before) return;
      Log(LogLevel::warn, what, {{"count", static_cast<std::int64_t>(by_now - before)}});
    };
    log("connections refused", logged_.refused_connections, now.refused_connections);
    log("clients closed for being behind", logged_.closed_behind, now.closed_behind);
    log("clients closed for taking nothing", logged_.stalled, now.stalled);
    log("connections that could not be accepted", logged_.failed_accepts, now.failed_accepts);
    if (now.failures != logged_.failures) {
      Log(LogLevel::err, "moves or deliveries fail",
          {{"count", static_cast<std::int64_t>(now.failures - logged_.failures)},
           {"why", hub.failure}});
    }
    logged_ = now;
  }

  // ---- Events, on the engine's thread

  // Events up to this sequence that nobody will be told of.
  struct Lost {
    std::uint64_t up_to;
  };
  using Told = std::variant<RoutedEvent, Lost>;

  std::vector<UserId> MembersOf(MeetupId meetup) const {
    std::vector<UserId> users;
    const auto members = engine_.Members(std::nullopt, meetup);
    // Forgotten, or an engine that answers nobody any more.
    if (!members.ok()) return users;
    for (const MemberView& member : *members) users.push_back(member.user);
    return users;
  }

  void OnEvent(const Event& event) {
    std::vector<RoutedEvent> routed;
    router_.Add(event, routed);
    for (const RoutedEvent& one : routed) {
      if (one.erased.has_value()) ForgetAccount(*one.erased);
    }
    std::vector<Told> told(std::make_move_iterator(routed.begin()),
                           std::make_move_iterator(routed.end()));
    HandOver(std::move(told));
  }

  void OnResync(std::uint64_t next) {
    router_.Reset();
    HandOver({Lost{next - 1}});
    ForgetErasedAccounts();
  }

  // To the loop, one after the other: what is lost has its place among what is not.
  void HandOver(std::vector<Told> told) {
    if (told.empty()) return;
    bool is_first = false;
    {
      const std::lock_guard lock(told_mutex_);
      is_first = told_.empty();
      told_.insert(told_.end(), std::make_move_iterator(told.begin()),
                   std::make_move_iterator(told.end()));
    }
    if (is_first) asio::post(loop_, [this] { TellHub(); });
  }

  void TellHub() {
    std::vector<Told> told;
    {
      const std::lock_guard lock(told_mutex_);
      told.swap(told_);
    }
    std::vector<RoutedEvent> events;
    for (Told& one : told) {
      if (auto* event = std::get_if<RoutedEvent>(&one)) {
        events.push_back(std::move(*event));
        continue;
      }
      hub_.Tell(std::exchange(events, {}));
      hub_.LoseEvents(std::get<Lost>(one).up_to);
    }
    hub_.Tell(std::move(events));
  }

  // Where passwords are hashed, whose thread the accounts belong to.
  void ForgetAccount(UserId user) {
    if (accounts_ == nullptr) return;
    asio::post(hashes_, [this, user] {
      const absl::Status removed = accounts_->Remove(user);
      if (removed.ok()) return;
      accounts_fail_ = true;
      Log(LogLevel::err, "the account of an erased user was not removed",
          {{"why", MessageOf(removed)}});
    });
  }

  // Of all who were erased, with or without an event of it.
  void ForgetErasedAccounts() {
    if (accounts_ == nullptr || looks_at_accounts_.exchange(true)) return;
    asio::post(hashes_, [this] {
      accounts_fail_ = !RemoveErased(engine_, *accounts_, Now()).ok();
      looks_at_accounts_ = false;
    });
  }

  // ---- For operators

  bool IsReady() const { return !stopping_ && !engine_fails_ && !accounts_fail_; }

  std::string Metrics() const {
    return MetricsText({.hub = hub_.figures(),
                        .http = http_,
                        .engine = engine_.Statistics(),
                        .connections = connections_.size(),
                        .fences = engine_.fences().size(),
                        .ready = IsReady()});
  }

  void BeginStop() {
    if (stopping_) return;
    stopping_ = true;
    beast::error_code ignored;
    acceptor_.close(ignored);
    for (Watched* stream : Streams()) {
      if (streams_.contains(stream)) stream->End(CloseCode::kStopping, "the server stops");
    }
    // Those with a request under way end when it has been answered.
    const std::vector<Requests*> idle(requests_.begin(), requests_.end());
    for (Requests* requests : idle) {
      if (requests_.contains(requests)) requests->EndIfIdle();
    }
    asio::co_spawn(loop_, End(), kRethrow);
  }

  Awaitable<void> End() {
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.stop_ms);
    Timer timer(loop_.get_executor());
    while (connections_.size() > 0 && std::chrono::steady_clock::now() < until) {
      timer.expires_after(std::chrono::milliseconds(10));
      co_await timer.async_wait(kAwait);
      poll_.Look();
    }
    loop_.stop();
  }

  struct Trouble {
    std::uint64_t refused_connections = 0;
    std::uint64_t closed_behind = 0;
    std::uint64_t stalled = 0;
    std::uint64_t failed_accepts = 0;
    std::uint64_t failures = 0;
  };

  static constexpr std::size_t kMostHashesWaiting = 64;
  static constexpr std::size_t kMostHashesWaitingOfAddress = 4;

  Engine& engine_;
  Accounts* accounts_;
  const ServerOptions options_;

  // Connections that have not ended by then are destroyed with the loop, and need these.
  Connections connections_;
  Connections hash_places_{kMostHashesWaiting, kMostHashesWaitingOfAddress};
  StaticFiles files_;
  HttpFigures http_;
  absl::flat_hash_set<Watched*> streams_;
  absl::flat_hash_set<Requests*> requests_;
  Context context_;

  SocketPoll poll_;

  asio::io_context loop_{1};
  std::optional<asio::ssl::context> tls_;
  absl::flat_hash_set<std::string> proxies_;
  Acceptor acceptor_;
  std::size_t questions_waiting_ = 0;
  std::atomic<bool> accounts_fail_ = false;
  std::atomic<bool> looks_at_accounts_ = false;
  bool engine_fails_ = false;
  std::uint64_t failed_accepts_ = 0;
  Trouble logged_;
  bool stopping_ = false;
  asio::thread_pool questions_;
  asio::thread_pool hashes_;
  CommandQueue commands_;
  UserFences fences_;
  UserRates rates_;
  Api api_;
  Hub hub_;
  EventRouter router_;  // used by the engine's thread alone
  std::mutex told_mutex_;
  std::vector<Told> told_;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Listen(Engine& engine, const Tokens& tokens,
                                                       Accounts* accounts,
                                                       const ServerOptions& options) {
  auto impl = std::make_unique<Impl>(engine, tokens, accounts, options);
  if (absl::Status status = impl->Listen(); !status.ok()) return status;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return impl_->port(); }
absl::Status Server::Run(bool signals) { return impl_->Run(signals); }
void Server::Stop() { impl_->Stop(); }

}  // namespace moyeo::server
