// Where a server is.

#ifndef MOYEO_EXAMPLES_CROWD_ADDRESS_H_
#define MOYEO_EXAMPLES_CROWD_ADDRESS_H_

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace moyeo_crowd {

// "127.0.0.1:8080" or "[::1]:8080". InvalidArgument if it is neither: names are not looked up.
absl::StatusOr<boost::asio::ip::tcp::endpoint> ParseEndpoint(const std::string& text);

// The address from which the `connection`th connects: over loopback of IPv4, one of `sources` in
// turn, 127.0.0.2 first; otherwise whichever the system takes. A pair of addresses has only some
// 28,000 ports.
//
// REQUIRES: 1 <= sources <= 250
boost::asio::ip::address SourceOf(std::size_t connection, std::size_t sources,
                                  const boost::asio::ip::tcp::endpoint& server);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_ADDRESS_H_
