// Addresses of clients, as they are counted.

#ifndef MOYEO_EXAMPLES_SERVER_ADDRESS_H_
#define MOYEO_EXAMPLES_SERVER_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>

namespace moyeo::server {

// An IP address in the one way of writing it, an IPv4 address that is written as IPv6 as IPv4;
// nullopt if it is none.
std::optional<std::string> NormalAddress(std::string_view text);

// Whom an address counts as: an IPv4 address as itself, and an IPv6 address as its /64, of which
// each household has one or more and all addresses in it. What is no address counts as itself.
std::string CountedAs(std::string_view address);

// The address that a proxy has a request from: the last one in its X-Forwarded-For, since those
// before it are what the client says. Nullopt if that is no address.
std::optional<std::string> ForwardedFor(std::string_view header);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_ADDRESS_H_
