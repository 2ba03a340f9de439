#include "examples/crowd/address.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace moyeo_crowd {

using boost::asio::ip::tcp;

absl::StatusOr<tcp::endpoint> ParseEndpoint(const std::string& text) {
  const auto refused = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not an address and a port: 127.0.0.1:8080, [::1]:8080"));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refused();
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return refused();
  }
  std::uint32_t port = 0;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port == 0 || port > 65'535) {
    return refused();
  }
  return tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

boost::asio::ip::address SourceOf(std::size_t connection, std::size_t sources,
                                  const tcp::endpoint& server) {
  if (!server.address().is_loopback() || !server.address().is_v4()) {
    return server.address().is_v4() ? boost::asio::ip::address(boost::asio::ip::address_v4::any())
                                    : boost::asio::ip::address(boost::asio::ip::address_v6::any());
  }
  constexpr std::uint32_t kFirst = 0x7f000002;  // 127.0.0.2
  return boost::asio::ip::address_v4(kFirst + static_cast<std::uint32_t>(connection % sources));
}

}  // namespace moyeo_crowd
