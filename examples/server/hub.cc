#include "hub.h"

#include <algorithm>
#include <utility>

#include "moyeo/json.h"
#include "near_frames.h"
#include "orders.h"
#include "text.h"

namespace moyeo::server {

namespace {

// What a client is told of an error of the engine; `full`: if there is no room.
std::string_view CodeOf(const absl::Status& status, std::string_view full) {
  if (absl::IsInvalidArgument(status)) return "invalid_message";
  return absl::IsResourceExhausted(status) ? full : "unavailable";
}

}  // namespace

Hub::Hub(Engine& engine, const Tokens& tokens, UserFences& fences, UserRates& rates,
         const HubOptions& options, HubServices services)
    : engine_(engine),
      tokens_(tokens),
      fences_(fences),
      rates_(rates),
      options_(options),
      services_(std::move(services)),
      log_(options.events),
      cloaks_(engine.presence()) {}

// ---- What clients say

void Hub::Receive(Client& client, std::string_view text, Timestamp now) {
  if (client.stage == Client::Stage::kClosed) return;
  ++figures_.messages;
  if (!client.messages.Take(now)) {
    Send(client, ErrorFrame("too_many_requests", "too many messages", std::nullopt));
    return Close(client, CloseCode::kTooMuch, "too many messages");
  }

  if (const auto move = ReadPlainMove(text);
      move.has_value() && client.stage == Client::Stage::kIn) {
    return Move(client, *move, std::nullopt, now);
  }
  ++figures_.questions;
  StreamMessage message;
  const absl::Status read = ReadStreamMessage(text, options_.watch, message);
  if (absl::IsFailedPrecondition(read)) {
    Send(client, ErrorFrame("invalid_json", MessageOf(read), message.id));
    return Close(client, CloseCode::kMalformed, "malformed message");
  }
  const bool is_hello = std::holds_alternative<Hello>(message.body);
  if (client.stage != Client::Stage::kIn && !(is_hello && client.stage == Client::Stage::kNew)) {
    return Close(client, CloseCode::kNotAuthenticated, "hello must come first");
  }
  if (!read.ok()) {
    return Send(client, ErrorFrame("invalid_message", MessageOf(read), message.id));
  }
  Handle(client, message, now);
}

void Hub::Handle(Client& client, const StreamMessage& message, Timestamp now) {
  if (const auto* move = std::get_if<MoveTo>(&message.body)) {
    Move(client, move->position, message.id, now);
  } else if (const auto* watch = std::get_if<Watch>(&message.body)) {
    StartWatching(client, *watch, message.id);
  } else if (const auto* unwatch = std::get_if<Unwatch>(&message.body)) {
    StopWatching(client, unwatch->feed, message.id);
  } else if (const auto* order = std::get_if<Order>(&message.body)) {
    Obey(client, *order, message.id, now);
  } else if (const auto* meetups = std::get_if<WatchMeetups>(&message.body)) {
    WatchMeetupsIn(client, meetups->box);
    if (message.id.has_value()) Send(client, DoneFrame("", message.id));
  } else if (const auto* hello = std::get_if<Hello>(&message.body)) {
    if (client.stage == Client::Stage::kNew) return Greet(client, *hello, now);
    Send(client, ErrorFrame("invalid_message", "hello was said before", message.id));
  }
}

void Hub::Greet(Client& client, const Hello& hello, Timestamp now) {
  const auto verified = tokens_.Verify(hello.token, now);
  if (!verified.ok()) {
    return Close(client, CloseCode::kNotAuthenticated, MessageOf(verified.status()));
  }
  client.stage = Client::Stage::kGreeting;
  client.user = verified->user;
  client.expires = verified->expires;
  // Known from now on: whoever is erased before the answer is not let in.
  greeted_.insert(&client);

  // A good token may be of somebody who has not registered, or was erased.
  auto profile = std::make_shared<absl::Status>();
  const bool begun = services_.elsewhere(
      [this, user = client.user, profile] { *profile = engine_.ViewProfile(user, user).status(); },
      [this, hello, profile, now, weak = client.weak_from_this()] {
        const auto greeted = weak.lock();
        if (greeted == nullptr || greeted->stage != Client::Stage::kGreeting) return;
        if (absl::IsNotFound(*profile)) {
          return Close(*greeted, CloseCode::kNotAuthenticated, "there is no such user");
        }
        if (!profile->ok()) return Close(*greeted, CloseCode::kStopping, "not available");
        LetIn(*greeted, hello, now);
      });
  if (!begun) Close(client, CloseCode::kTooMuch, "the server is busy");
}

void Hub::LetIn(Client& client, const Hello& hello, Timestamp now) {
  const UserId user = client.user;
  if (const auto known = users_.find(user);
      known != users_.end() && known->second.clients.size() >= options_.clients_per_user) {
    return Close(client, CloseCode::kTooMuch, "too many connections of this user");
  }
  client.stage = Client::Stage::kIn;
  greeted_.erase(&client);
  WatchMeetupsIn(client, hello.meetups);
  users_[user].clients.push_back(&client);
  ++figures_.clients;
  figures_.users = users_.size();
  LearnWhoIsSeen(user);

  Send(client, WelcomeFrame(user, log_.last(), now));
  if (!hello.after.has_value()) return;
  const auto missed = log_.After(*hello.after, user, hello.meetups);
  std::size_t bytes = 0;
  if (missed.has_value()) {
    for (const RoutedEvent* event : *missed) bytes += event->frame->size();
  }
  // All at once or nothing: whoever was closed over it would come back to the same again.
  if (!missed.has_value() || !client.outbox.Fits(bytes)) {
    ++figures_.resyncs;
    return Send(client, std::string(kResyncFrame));
  }
  figures_.events_sent += missed->size();
  for (const RoutedEvent* event : *missed) Send(client, event->frame);
}

void Hub::WatchMeetupsIn(Client& client, const std::optional<MapBox>& box) {
  client.meetups = box;
  if (box.has_value()) {
    watchers_.insert(&client);
  } else {
    watchers_.erase(&client);
  }
}

void Hub::Move(Client& client, LatLng position, const std::optional<std::string>& id,
               Timestamp now) {
  if (!rates_.TakeMove(client.user, now)) {
    ++figures_.moves_refused;
    return Send(client, ErrorFrame("too_many_requests", "too many moves", id));
  }
  if (movers_.empty()) services_.flush_soon();
  movers_.push_back(client.user);
  places_.push_back(position);
  moved_.push_back(id.has_value() ? Answered{client.weak_from_this(), id} : Answered{});
}

void Hub::FlushMoves(Timestamp now) {
  if (movers_.empty()) return;
  figures_.moves += movers_.size();
  const auto result = engine_.MoveBatch(movers_, places_, now);
  std::vector<absl::Status> refused(movers_.size(), result.status());
  if (result.ok()) {
    for (const auto& refusal : result->refusals) {
      refused[refusal.index] = refusal.why;
      Note(refusal.why);
    }
    figures_.moves_refused += result->refusals.size();
  } else {
    Note(result.status());
  }
  for (std::size_t i = 0; i < moved_.size(); ++i) {
    const auto client = moved_[i].client.lock();
    if (client == nullptr || client->stage != Client::Stage::kIn) continue;
    if (refused[i].ok()) {
      Send(*client, DoneFrame("", moved_[i].id));
    } else {
      Send(*client,
           ErrorFrame(CodeOf(refused[i], "too_many_users"), MessageOf(refused[i]), moved_[i].id));
    }
  }
  movers_.clear();
  places_.clear();
  moved_.clear();
}

void Hub::Obey(Client& client, const Order& order, const std::optional<std::string>& id,
               Timestamp now) {
  auto command = ReadOrder(order.kind, order.body, client.user, order.request_id, now);
  if (!command.ok()) {
    return Send(client, ErrorFrame("invalid_message", MessageOf(command.status()), id));
  }
  if (client.commands_waiting >= options_.commands_per_client) {
    return Send(client, RefusedFrame("too_many_requests", "too many commands wait", id));
  }
  const bool begun = services_.submit(
      *std::move(command), order.body.size(),
      [this, id, weak = client.weak_from_this()](const absl::StatusOr<Outcome>& outcome) {
        const auto asked = weak.lock();
        if (asked == nullptr || asked->stage != Client::Stage::kIn) return;
        --asked->commands_waiting;
        if (!outcome.ok()) {
          Send(*asked, RefusedFrame("unavailable", MessageOf(outcome.status()), id));
        } else if (outcome->accepted()) {
          Send(*asked, DoneFrame(ToJson(*outcome), id));
        } else {
          Send(*asked, RefusedFrame(NameOf(outcome->reject), SentenceOf(outcome->reject), id));
        }
      });
  if (!begun) return Send(client, RefusedFrame("unavailable", "the server is busy", id));
  ++client.commands_waiting;
}

// ---- Surroundings

void Hub::StartWatching(Client& client, const Watch& watch, const std::optional<std::string>& id) {
  FeedOptions feed{.center = client.user,
                   .radius_m = watch.radius_m,
                   .limit = watch.limit,
                   .interval_ms = watch.interval_ms};
  if (watch.center.has_value()) {
    feed.center = *watch.center;
    feed.viewer = client.user;
  }
  const auto known = std::find_if(client.feeds.begin(), client.feeds.end(),
                                  [&](const auto& f) { return f.number == watch.feed; });
  if (known != client.feeds.end()) {
    const absl::Status changed = engine_.feeds().Change(known->feed, feed);
    if (!changed.ok()) {
      return Send(client, ErrorFrame(CodeOf(changed, "too_many_feeds"), MessageOf(changed), id));
    }
  } else {
    if (client.feeds.size() >= options_.feeds_per_client) {
      return Send(client, ErrorFrame("too_many_feeds", "too many feeds of this client", id));
    }
    const auto made = engine_.feeds().Subscribe(feed);
    if (!made.ok()) {
      return Send(client, ErrorFrame(CodeOf(made.status(), "too_many_feeds"),
                                     MessageOf(made.status()), id));
    }
    client.feeds.push_back({.number = watch.feed, .feed = *made});
    owners_[*made] = {.client = &client, .number = watch.feed};
    figures_.feeds = owners_.size();
  }
  if (id.has_value()) Send(client, DoneFrame("", id));
}

void Hub::StopWatching(Client& client, std::uint64_t number, const std::optional<std::string>& id) {
  const auto known = std::find_if(client.feeds.begin(), client.feeds.end(),
                                  [&](const auto& f) { return f.number == number; });
  if (known == client.feeds.end()) {
    return Send(client, ErrorFrame("not_found", "there is no such feed", id));
  }
  engine_.feeds().End(known->feed);
  owners_.erase(known->feed);
  client.feeds.erase(known);
  figures_.feeds = owners_.size();
  if (id.has_value()) Send(client, DoneFrame("", id));
}

void Hub::Tick(Timestamp now) {
  FlushMoves(now);
  if (may_miss_erased_) EndThoseErased();
  const auto tick =
      engine_.feeds().Tick(now, [&](const FeedUpdate& update) { Deliver(update, now); });
  if (tick.ok()) {
    figures_.deltas += tick->deltas;
  } else {
    Note(tick.status());
  }
  TickFences(now);
}

void Hub::TickFences(Timestamp now) {
  // What was removed since the last one waits for the next fence.
  if (engine_.fences().size() == 0) return;
  const auto tick =
      engine_.fences().Tick(now, [&](const FenceEvent& event) { Deliver(event, now); });
  if (tick.ok()) {
    figures_.fence_events += tick->events;
  } else {
    Note(tick.status());
  }
}

void Hub::Deliver(const FenceEvent& event, Timestamp now) {
  // Of a fence that was removed while the tick was under way nobody is told.
  const auto owner = fences_.OwnerOf(event.fence);
  if (!owner.has_value()) return;
  const auto known = users_.find(owner->user);
  if (known == users_.end()) return;
  // Who is behind is taken out while being told.
  told_ = known->second.clients;
  const auto frame = std::make_shared<const std::string>(FenceFrame(owner->name, event, now));
  for (Client* client : told_) Send(*client, frame);
}

void Hub::FindAreas(const User& viewer, UserId user, LatLng position) {
  if (cloaks_.IsCloaked(user, position) && !viewer.sees_exactly.contains(user)) {
    areas_.push_back(user);
  }
}

bool Hub::IsArea(UserId user) const {
  return std::find(areas_.begin(), areas_.end(), user) != areas_.end();
}

void Hub::Deliver(const FeedUpdate& update, Timestamp now) {
  const auto owner = owners_.find(update.feed);
  if (owner == owners_.end()) return;
  Client& client = *owner->second.client;
  const auto feed = std::find_if(client.feeds.begin(), client.feeds.end(),
                                 [&](const auto& f) { return f.feed == update.feed; });
  if (feed->stale) return;

  const User& viewer = users_.find(client.user)->second;
  const bool was_empty = client.outbox.empty();
  areas_.clear();
  for (const FeedDelta& delta : update.deltas) cloaks_.Prefetch(delta.user);
  for (const FeedDelta& delta : update.deltas) {
    if (delta.kind != FeedDelta::Kind::kLeave) FindAreas(viewer, delta.user, delta.position);
  }
  auto frame = std::make_shared<const std::string>(
      NearFrame(owner->second.number, now, update.deltas, feed->fresh,
                [this](UserId user) { return IsArea(user); }));
  if (client.outbox.AddPositions(std::move(frame))) {
    ++figures_.deliveries;
    feed->fresh = false;
    if (was_empty) client.Wake();
  } else {
    ++figures_.deliveries_lost;
    feed->stale = true;
  }
}

void Hub::Drained(Client& client, Timestamp now) {
  if (client.stage != Client::Stage::kIn) return;
  for (ClientFeed& feed : client.feeds) {
    if (!feed.stale) continue;
    if (!client.outbox.empty()) return;  // one after the other, as the client takes them
    if (!engine_.feeds().Resync(feed.feed, now, snapshot_).ok()) continue;
    feed.stale = feed.fresh = false;
    const User& viewer = users_.find(client.user)->second;
    areas_.clear();
    for (const Neighbor& shown : snapshot_.neighbors) {
      FindAreas(viewer, shown.user, shown.position);
    }
    client.outbox.AddPositions(std::make_shared<const std::string>(NearResetFrame(
        feed.number, now, snapshot_.neighbors, [this](UserId user) { return IsArea(user); })));
    ++figures_.deliveries;
    client.Wake();
  }
}

// ---- Events

void Hub::Tell(std::vector<RoutedEvent> events) {
  for (RoutedEvent& event : events) {
    if (event.viewer.has_value()) LearnWhoIsSeen(*event.viewer);
    // Who is behind is taken out while being told: so all are found first.
    told_.clear();
    for (const UserId user : event.users) {
      const auto known = users_.find(user);
      if (known == users_.end()) continue;
      told_.insert(told_.end(), known->second.clients.begin(), known->second.clients.end());
    }
    if (event.everybody) {
      for (Client* client : watchers_) {
        if (std::binary_search(event.users.begin(), event.users.end(), client->user)) continue;
        if (ConcernsWatcher(event, client->user, client->meetups)) told_.push_back(client);
      }
    }
    figures_.events_sent += told_.size();
    for (Client* client : told_) Send(*client, event.frame);
    if (event.erased.has_value()) EndOf(*event.erased);
    log_.Add(std::move(event));
  }
}

void Hub::LoseEvents(std::uint64_t sequence) {
  log_.Begin(sequence);
  for (Client* client : Everybody()) Send(*client, std::string(kResyncFrame));
  for (const auto& [user, known] : users_) LearnWhoIsSeen(user);
  EndThoseErased();
}

void Hub::EndThoseErased() {
  auto users = std::make_shared<std::vector<UserId>>(fences_.Owners());
  for (const auto& [user, known] : users_) users->push_back(user);
  const bool begun = services_.elsewhere(
      [this, users] {
        std::erase_if(*users, [this](UserId user) {
          return !absl::IsNotFound(engine_.ViewProfile(user, user).status());
        });
      },
      [this, users] {
        for (const UserId user : *users) EndOf(user);
      });
  // If too much waits, with a later tick.
  may_miss_erased_ = !begun;
}

void Hub::ForgetMovesOf(UserId user) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < movers_.size(); ++i) {
    if (movers_[i] == user) continue;
    movers_[kept] = movers_[i];
    places_[kept] = places_[i];
    moved_[kept] = std::move(moved_[i]);
    ++kept;
  }
  movers_.resize(kept);
  places_.resize(kept);
  moved_.resize(kept);
}

void Hub::EndOf(UserId user) {
  ForgetMovesOf(user);
  engine_.Remove(user);
  fences_.RemoveAll(user);
  std::vector<Client*> clients;
  for (Client* client : greeted_) {
    if (client->user == user) clients.push_back(client);
  }
  if (const auto known = users_.find(user); known != users_.end()) {
    clients.insert(clients.end(), known->second.clients.begin(), known->second.clients.end());
  }
  for (Client* client : clients) {
    Close(*client, CloseCode::kNotAuthenticated, "there is no such user");
  }
}

std::vector<Client*> Hub::Everybody() const {
  std::vector<Client*> clients;
  for (const auto& [user, known] : users_) {
    clients.insert(clients.end(), known.clients.begin(), known.clients.end());
  }
  return clients;
}

void Hub::LearnWhoIsSeen(UserId viewer) {
  const auto known = users_.find(viewer);
  if (known == users_.end()) return;
  const auto members = engine_.presence().MembersOf(ViewerSet::kSeesExactly, viewer);
  known->second.sees_exactly = {members.begin(), members.end()};
}

void Hub::Note(const absl::Status& failure) {
  ++figures_.failures;
  figures_.failure = MessageOf(failure);
}

// ---- Sending, and the end

void Hub::Send(Client& client, std::string frame) {
  Send(client, std::make_shared<const std::string>(std::move(frame)));
}

void Hub::Send(Client& client, Frame frame) {
  if (client.stage == Client::Stage::kClosed) return;
  const bool was_empty = client.outbox.empty();
  switch (client.outbox.Add(std::move(frame))) {
    case Outbox::Kept::kYes:
      break;
    case Outbox::Kept::kResync:
      ++figures_.resyncs;
      for (ClientFeed& feed : client.feeds) feed.stale = true;
      break;
    case Outbox::Kept::kNo:
      ++figures_.closed_behind;
      return Close(client, CloseCode::kTooMuch, "too far behind");
  }
  if (was_empty) client.Wake();
}

void Hub::Close(Client& client, CloseCode code, std::string_view reason) {
  Leave(client);
  client.Close(code, reason);
}

void Hub::Leave(Client& client) {
  const Client::Stage before = std::exchange(client.stage, Client::Stage::kClosed);
  for (const ClientFeed& feed : client.feeds) {
    engine_.feeds().End(feed.feed);
    owners_.erase(feed.feed);
  }
  client.feeds.clear();
  figures_.feeds = owners_.size();
  watchers_.erase(&client);
  greeted_.erase(&client);
  if (before != Client::Stage::kIn) return;
  --figures_.clients;
  const auto known = users_.find(client.user);
  std::erase(known->second.clients, &client);
  if (known->second.clients.empty()) users_.erase(known);
  figures_.users = users_.size();
}

void Hub::Look(Client& client, Timestamp now) {
  if (client.stage != Client::Stage::kIn || now < client.expires) return;
  Close(client, CloseCode::kNotAuthenticated, "the token has expired");
}

void Hub::LeaveStalled(Client& client) {
  ++figures_.stalled;
  Leave(client);
}

}  // namespace moyeo::server
