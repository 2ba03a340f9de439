// How many connections there are.

#ifndef MOYEO_EXAMPLES_SERVER_CONNECTIONS_H_
#define MOYEO_EXAMPLES_SERVER_CONNECTIONS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace moyeo::server {

// Counts connections, or what else there is of addresses, in all and by address, up to a bound. For
// one thread; must outlive its slots.
class Connections {
 public:
  Connections(std::size_t most, std::size_t most_per_address)
      : most_(most), most_per_address_(most_per_address) {}

  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // A connection that counts as long as this lives.
  class Slot {
   public:
    Slot(Connections& all, std::string address) : all_(&all), address_(std::move(address)) {}
    Slot(Slot&& other) noexcept
        : all_(std::exchange(other.all_, nullptr)), address_(std::move(other.address_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (all_ != nullptr) all_->Leave(address_);
    }

    const std::string& address() const { return address_; }

   private:
    Connections* all_;
    std::string address_;
  };

  // Nullopt if there are too many.
  std::optional<Slot> Enter(std::string address) {
    if (size_ >= most_) return std::nullopt;
    const auto of_address = by_address_.find(address);
    if (of_address != by_address_.end() && of_address->second >= most_per_address_) {
      return std::nullopt;
    }
    return Slot(*this, Count(std::move(address)));
  }

  // The same of a proxy, behind which there are many: only their number in all is bounded. The
  // address of its slot is "".
  std::optional<Slot> EnterProxy() {
    if (size_ >= most_) return std::nullopt;
    return Slot(*this, Count(""));
  }

  std::size_t size() const { return size_; }

 private:
  std::string Count(std::string address) {
    ++by_address_[address];
    ++size_;
    return address;
  }

  void Leave(const std::string& address) {
    const auto of_address = by_address_.find(address);
    if (--of_address->second == 0) by_address_.erase(of_address);
    --size_;
  }

  const std::size_t most_;
  const std::size_t most_per_address_;
  std::size_t size_ = 0;
  absl::flat_hash_map<std::string, std::size_t> by_address_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_CONNECTIONS_H_
