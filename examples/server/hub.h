// The hub: what connects the clients on the stream with the engine.

#ifndef MOYEO_EXAMPLES_SERVER_HUB_H_
#define MOYEO_EXAMPLES_SERVER_HUB_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "client.h"
#include "cloak_memory.h"
#include "event_log.h"
#include "moyeo/engine.h"
#include "stream_messages.h"
#include "tokens.h"
#include "user_fences.h"
#include "user_rates.h"

namespace moyeo::server {

struct HubOptions {
  WatchLimits watch;
  std::size_t feeds_per_client = 8;
  std::size_t clients_per_user = 16;
  std::size_t commands_per_client = 64;  // that wait for their outcome
  EventLog::Options events;
};

// Where the hub has done what may wait for a disk.
struct HubServices {
  // Gives `command` to the engine, after those given before, and `then` its outcome, later, on the
  // hub's thread. False, and `then` is not called, if too much waits; `bytes`: of its text.
  std::function<bool(Command command, std::size_t bytes,
                     std::function<void(absl::StatusOr<Outcome>)> then)>
      submit;

  // Runs `work` elsewhere, and then `then` on the hub's thread. False, and neither is called, if
  // too much waits.
  std::function<bool(std::function<void()> work, std::function<void()> then)> elsewhere;

  // Has FlushMoves called soon, on the hub's thread, when what has come in by now has been read.
  std::function<void()> flush_soon;
};

// Counted since the start.
struct HubFigures {
  std::size_t clients = 0;  // now
  std::size_t users = 0;    // with a client, now
  std::size_t feeds = 0;    // now
  std::uint64_t messages = 0;
  std::uint64_t questions = 0;  // of them, that are more than a move without an id
  std::uint64_t moves = 0;
  std::uint64_t moves_refused = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t deltas = 0;
  std::uint64_t deliveries_lost = 0;  // to clients who were behind; they got all anew
  std::uint64_t fence_events = 0;     // who comes into the fences of users, stays, and goes
  std::uint64_t events_sent = 0;
  std::uint64_t resyncs = 0;
  std::uint64_t closed_behind = 0;
  std::uint64_t stalled = 0;  // closed because they took nothing

  // Moves that the engine did not take and ticks that it did not make, and why the latest was.
  std::uint64_t failures = 0;
  std::string failure;
};

// Reads what clients say, makes the one call of the engine that it asks for, and hands out what
// comes back: answers, changes of surroundings, events.
//
// For one thread, which none of this blocks.
class Hub {
 public:
  // `engine`, `tokens`, `fences` and `rates` must outlive the hub.
  Hub(Engine& engine, const Tokens& tokens, UserFences& fences, UserRates& rates,
      const HubOptions& options, HubServices services);

  // A message has come from the client.
  void Receive(Client& client, std::string_view text, Timestamp now);

  // The client has taken all that was in its outbox.
  void Drained(Client& client, Timestamp now);

  // Ends the connection if its token is good no more: to be called now and then.
  void Look(Client& client, Timestamp now);

  // The connection is gone.
  void Leave(Client& client);

  // The same, of a client that takes nothing of what it is sent.
  void LeaveStalled(Client& client);

  // Tells the engine of the moves that have come in since the last call.
  void FlushMoves(Timestamp now);

  // Hands out what has changed around those whose feeds are due, and at the fences of users.
  void Tick(Timestamp now);

  // Events in order of sequence.
  void Tell(std::vector<RoutedEvent> events);

  // Events up to `sequence` are lost, to those who are connected as well: who was erased meanwhile
  // is found out anew.
  void LoseEvents(std::uint64_t sequence);

  // Ends the connection.
  void Close(Client& client, CloseCode code, std::string_view reason);

  const HubFigures& figures() const { return figures_; }

 private:
  struct User {
    std::vector<Client*> clients;
    absl::flat_hash_set<UserId> sees_exactly;
  };

  void Handle(Client& client, const StreamMessage& message, Timestamp now);
  void Greet(Client& client, const Hello& hello, Timestamp now);
  void LetIn(Client& client, const Hello& hello, Timestamp now);
  void Move(Client& client, LatLng position, const std::optional<std::string>& id, Timestamp now);
  void WatchMeetupsIn(Client& client, const std::optional<MapBox>& box);
  void StartWatching(Client& client, const Watch& watch, const std::optional<std::string>& id);
  void StopWatching(Client& client, std::uint64_t number, const std::optional<std::string>& id);
  void Obey(Client& client, const Order& order, const std::optional<std::string>& id,
            Timestamp now);
  void Deliver(const FeedUpdate& update, Timestamp now);
  void TickFences(Timestamp now);
  void Deliver(const FenceEvent& event, Timestamp now);
  void Note(const absl::Status& failure);
  void Send(Client& client, Frame frame);
  void Send(Client& client, std::string frame);
  void LearnWhoIsSeen(UserId viewer);
  void EndOf(UserId user);
  void ForgetMovesOf(UserId user);
  void EndThoseErased();
  std::vector<Client*> Everybody() const;
  // Into areas_, whom of those shown `viewer` is shown as an area.
  void FindAreas(const User& viewer, UserId user, LatLng position);
  bool IsArea(UserId user) const;

  struct FeedOwner {
    Client* client;
    std::uint64_t number;
  };
  struct Answered {
    std::weak_ptr<Client> client;
    std::optional<std::string> id;
  };

  Engine& engine_;
  const Tokens& tokens_;
  UserFences& fences_;
  UserRates& rates_;
  const HubOptions options_;
  const HubServices services_;
  EventLog log_;
  HubFigures figures_;

  absl::flat_hash_map<UserId, User> users_;
  absl::flat_hash_set<Client*> greeted_;   // who are not in yet
  absl::flat_hash_set<Client*> watchers_;  // who have a box for meetups
  absl::flat_hash_map<FeedId, FeedOwner> owners_;

  std::vector<UserId> movers_;
  std::vector<LatLng> places_;
  std::vector<Answered> moved_;
  FeedSnapshot snapshot_;
  CloakMemory cloaks_;
  std::vector<UserId> areas_;
  std::vector<Client*> told_;
  bool may_miss_erased_ = false;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_HUB_H_
