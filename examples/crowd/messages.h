// What simulated users say to the server: the text of frames.

#ifndef MOYEO_EXAMPLES_CROWD_MESSAGES_H_
#define MOYEO_EXAMPLES_CROWD_MESSAGES_H_

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "examples/crowd/position_e7.h"
#include "moyeo/command.h"

namespace moyeo_crowd {

// The number that every user gives their only feed.
inline constexpr int kFeed = 1;

// The request that makes the token's owner a user, of a server at `host`.
boost::beast::http::request<boost::beast::http::string_body> RegisterRequest(
    std::string_view host, std::string_view token, const std::string& nickname,
    moyeo::Visibility visibility);

std::string HelloMessage(std::string_view token);
std::string MoveMessage(PositionE7 position);
std::string WatchMessage(double radius_m, std::size_t limit, std::int64_t interval_ms);

// `body` as a command of its kind, whose answer is to have this id.
std::string CommandMessage(const moyeo::CommandBody& body, std::string_view id);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_MESSAGES_H_
