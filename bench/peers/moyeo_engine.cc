// moyeo::PresenceIndex, through its public face.

#include <cstdlib>
#include <iostream>

#include "bench/peers/engine.h"

namespace moyeo::bench {
namespace {

// An engine that refuses work would measure well.
void CheckOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "moyeo refused: " << status << '\n';
  std::abort();
}

class MoyeoEngine final : public Engine {
 public:
  explicit MoyeoEngine(std::int64_t ttl_ms) : index_({.ttl_ms = ttl_ms}) {}

  void Move(UserId user, LatLng position, Timestamp seen) override {
    CheckOk(index_.Move(user, position, seen));
  }

  void MoveBatch(std::span<const UserId> users, std::span<const LatLng> positions,
                 Timestamp seen) override {
    const auto moved = index_.MoveBatch(users, positions, seen);
    CheckOk(moved.status());
    for (const MoveBatchResult::Refusal& refusal : moved->refusals) CheckOk(refusal.why);
  }

  void Remove(UserId user) override { index_.Remove(user); }

  void Nearby(LatLng center, const Question& question, Timestamp now,
              std::vector<Neighbor>& result) override {
    const NearbyQuery query{.radius_m = question.radius_m, .limit = question.limit, .filter = {}};
    CheckOk(index_.Nearby(center, query, now, result));
  }

  std::size_t OwnBytes() override { return index_.MemoryUsage().total(); }

 private:
  PresenceIndex index_;
};

}  // namespace

std::unique_ptr<Engine> MakeMoyeo(std::int64_t ttl_ms) {
  return std::make_unique<MoyeoEngine>(ttl_ms);
}

}  // namespace moyeo::bench
