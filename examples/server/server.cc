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
    asio::co_spawn(loop_, Every(options_.tick_ms, [this] { hub_.Tick(Now()); }), kRethrow);
    asio::co_spawn(loop_, Every(1'000, [this] { EachSecond(); }), kRethrow);
    asio::basic_signal_set<Executor> caught(loop_.get_executor());
    if (signals) {
      caught.add(SIGTERM);
      caught.add(SIGINT);
      caught.async_wait([this](const beast::error_code& error, int) {
        if (!error) BeginStop();
      });
    }
    loop_.run();
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

  Awaitable<void> Every(std::int64_t interval_ms, std::function<void()> work) {
    const std::chrono::milliseconds interval(interval_ms);
    Timer timer(loop_.get_executor(), std::chrono::steady_clock::now());
    while (!stopping_) {
      // What took too long is not made up for.
      const auto next = std::max(timer.expiry() + interval, std::chrono::steady_clock::now());
      timer.expires_at(next);
      co_await timer.async_wait(kAwait);
      if (!stopping_) work();
    }
  }

  std::vector<Watched*> Streams() const { return {streams_.begin(), streams_.end()}; }

  void EachSecond() {
    const Timestamp now = Now();
    engine_.Expire(now);
    engine_.Expire(now);
    // Whoever is looked at may leave.
    for (Watched* stream : Streams()) {
      if (streams_.contains(stream)) stream->Look(now);
    }
    // Until it succeeds.
    if (accounts_fail_) ForgetErasedAccounts();
    // If the queue is full, time goes on with the commands in it.
    commands_.Submit({.time = now, .body = Advance{}}, 0,
                     [this](const auto& outcome) { engine_fails_ = !outcome.ok(); });
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
      if (!removed.ok()) accounts_fail_ = true;
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
    }
    loop_.stop();
  }

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

  asio::io_context loop_{1};
  std::optional<asio::ssl::context> tls_;
  absl::flat_hash_set<std::string> proxies_;
  Acceptor acceptor_;
  std::size_t questions_waiting_ = 0;
  std::atomic<bool> accounts_fail_ = false;
  std::atomic<bool> looks_at_accounts_ = false;
  bool engine_fails_ = false;
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
