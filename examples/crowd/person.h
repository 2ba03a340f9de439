// One simulated user before the server.

#ifndef MOYEO_EXAMPLES_CROWD_PERSON_H_
#define MOYEO_EXAMPLES_CROWD_PERSON_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "examples/crowd/feed_watch.h"
#include "examples/crowd/link.h"
#include "moyeo/command.h"

namespace moyeo_crowd {

// Connects, registers, says who it is, and then hands on what comes. For the thread of its
// io_context.
class Person final : private Link::Listener {
 public:
  // What a person's news go to.
  class Host {
   public:
    virtual ~Host() = default;
    // The person is in and may be given things to do.
    virtual void OnReady(Person& person) = 0;
    // A message of the type `near` has come.
    virtual void OnNear(Person& person, std::string_view message) = 0;
    // A durable event has come.
    virtual void OnEvent(std::string_view message) = 0;
    // What was ordered with `id` was done, with that outcome, or refused: then it is nullopt.
    virtual void OnOutcome(Person& person, std::string_view id,
                           const std::optional<moyeo::Outcome>& outcome) = 0;
    // Something went wrong that should not. `why` is for people.
    virtual void OnError(const Person& person, const std::string& why) = 0;
    // The connection is over; until the call returns, is_ready() is as before.
    virtual void OnGone(Person& person, const std::string& why) = 0;
  };

  // `number` is the person's among those of the host.
  //
  // REQUIRES: `context` and `host` outlive the person; interval_us > 0
  Person(boost::asio::io_context& context, Host& host, std::size_t number,
         std::int64_t interval_us);

  // Connects, and registers by `registration`; that they are registered already is as good.
  void Arrive(const boost::asio::ip::tcp::endpoint& server, const boost::asio::ip::address& source,
              std::string token, Link::Request registration);

  void Leave() { link_.Close(); }

  // Nothing once the connection is over.
  void Say(std::string message) { link_.Send(std::move(message)); }
  void Order(const moyeo::CommandBody& command, std::string_view id);

  std::size_t number() const { return number_; }
  bool is_ready() const { return is_ready_; }
  // Whether all that was said has been handed to the system.
  bool is_through() const { return link_.unsent() == 0; }

  FeedWatch& feed() { return feed_; }

 private:
  bool OnAnswer(unsigned status, std::string_view body) override;
  void OnOpen() override;
  void OnMessage(std::string_view message) override;
  void OnEnd(const std::string& why) override;

  void OnReply(std::string_view type, std::string_view message);

  Host& host_;
  const std::size_t number_;
  Link link_;
  FeedWatch feed_;
  std::string token_;
  bool is_ready_ = false;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_PERSON_H_
