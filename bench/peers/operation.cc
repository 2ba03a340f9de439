#include "bench/peers/operation.h"

#include <algorithm>
#include <span>

namespace moyeo::bench {
namespace {

constexpr std::string_view kMove = "move";
constexpr std::string_view kMoveBatch = "move_batch";
constexpr std::string_view kInsert = "insert";
constexpr std::string_view kRemove = "remove";
constexpr std::string_view kMix = "mix_5km";
constexpr Question kMixQuestion{.radius_m = 5'000, .limit = 50};

class MoveOperation final : public Operation {
 public:
  explicit MoveOperation(Crowd& crowd) : Operation(kMove), crowd_(crowd) {}

  void Draw(std::size_t pieces) override { steps_ = crowd_.Walk(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Move(steps_.users[i], steps_.positions[i], crowd_.now());
    }
  }

 private:
  Crowd& crowd_;
  Sightings steps_;
};

class MoveBatchOperation final : public Operation {
 public:
  explicit MoveBatchOperation(Crowd& crowd) : Operation(kMoveBatch), crowd_(crowd) {}

  void Draw(std::size_t pieces) override { steps_ = crowd_.Walk(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    const std::span<const UserId> users = steps_.users;
    const std::span<const LatLng> positions = steps_.positions;
    for (std::size_t i = begin; i < end; i += kBatch) {
      const std::size_t count = std::min(kBatch, end - i);
      engine.MoveBatch(users.subspan(i, count), positions.subspan(i, count), crowd_.now());
    }
  }

 private:
  Crowd& crowd_;
  Sightings steps_;
};

// Inserting and removing leave the population at about its size while they are timed, and exactly
// as it was afterwards.
std::size_t SmallPart(const Crowd& crowd) { return crowd.size() / 8 + 1; }

class InsertOperation final : public Operation {
 public:
  explicit InsertOperation(Crowd& crowd) : Operation(kInsert), crowd_(crowd) {}

  std::size_t max_pieces() const override { return SmallPart(crowd_); }

  void Draw(std::size_t pieces) override { strangers_ = crowd_.Strangers(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Move(strangers_.users[i], strangers_.positions[i], crowd_.now());
    }
  }

  void Restore(Engine& engine) override {
    for (const UserId user : strangers_.users) engine.Remove(user);
  }

 private:
  Crowd& crowd_;
  Sightings strangers_;
};

class RemoveOperation final : public Operation {
 public:
  explicit RemoveOperation(Crowd& crowd) : Operation(kRemove), crowd_(crowd) {}

  std::size_t max_pieces() const override { return SmallPart(crowd_); }

  void Draw(std::size_t pieces) override { leaving_ = crowd_.Sample(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) engine.Remove(leaving_.users[i]);
  }

  void Restore(Engine& engine) override {
    engine.MoveBatch(leaving_.users, leaving_.positions, crowd_.now());
  }

 private:
  Crowd& crowd_;
  Sightings leaving_;
};

class QueryOperation final : public Operation {
 public:
  QueryOperation(const QueryKind& kind, Crowd& crowd)
      : Operation(kind.name), kind_(kind), crowd_(crowd) {}

  bool changes_engine() const override { return false; }

  void Draw(std::size_t pieces) override { centers_ = DrawCenters(kind_, crowd_, pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Nearby(centers_[i], kind_.question, crowd_.now(), answer_);
    }
  }

 private:
  const QueryKind& kind_;
  Crowd& crowd_;
  std::vector<LatLng> centers_;
  std::vector<Neighbor> answer_;
};

// A piece is a move and a question, of independent places: neither warms the cache for the other.
class MixOperation final : public Operation {
 public:
  explicit MixOperation(Crowd& crowd) : Operation(kMix), crowd_(crowd) {}

  void Draw(std::size_t pieces) override {
    steps_ = crowd_.Walk(pieces);
    centers_ = crowd_.DrawPlaces(pieces);
  }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Move(steps_.users[i], steps_.positions[i], crowd_.now());
      engine.Nearby(centers_[i], kMixQuestion, crowd_.now(), answer_);
    }
  }

 private:
  Crowd& crowd_;
  Sightings steps_;
  std::vector<LatLng> centers_;
  std::vector<Neighbor> answer_;
};

}  // namespace

std::vector<LatLng> DrawCenters(const QueryKind& kind, Crowd& crowd, std::size_t count) {
  return kind.from_ocean ? crowd.DrawOceanPlaces(count) : crowd.DrawPlaces(count);
}

bool Applies(const QueryKind& kind, const Crowd& crowd) {
  return !kind.from_ocean || crowd.distribution() == Distribution::kCity;
}

std::vector<std::string> OperationNames() {
  std::vector<std::string> names = {std::string(kBuild), std::string(kMove),
                                    std::string(kMoveBatch), std::string(kInsert),
                                    std::string(kRemove)};
  for (const QueryKind& kind : kQueryKinds) names.emplace_back(kind.name);
  names.emplace_back(kMix);
  return names;
}

std::vector<std::unique_ptr<Operation>> MakeOperations(Crowd& crowd) {
  std::vector<std::unique_ptr<Operation>> operations;
  operations.push_back(std::make_unique<MoveOperation>(crowd));
  operations.push_back(std::make_unique<MoveBatchOperation>(crowd));
  operations.push_back(std::make_unique<InsertOperation>(crowd));
  operations.push_back(std::make_unique<RemoveOperation>(crowd));
  for (const QueryKind& kind : kQueryKinds) {
    if (Applies(kind, crowd)) operations.push_back(std::make_unique<QueryOperation>(kind, crowd));
  }
  operations.push_back(std::make_unique<MixOperation>(crowd));
  return operations;
}

}  // namespace moyeo::bench
