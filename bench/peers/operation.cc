#include "bench/peers/operation.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "bench/peers/storm.h"

namespace moyeo::bench {
namespace {

constexpr std::string_view kMove = "move";
constexpr std::string_view kMoveBatch = "move_batch";
constexpr std::string_view kInsert = "insert";
constexpr std::string_view kRemove = "remove";
constexpr std::string_view kMix = "mix_5km";
constexpr Question kMixQuestion{.radius_m = 5'000, .limit = 50};

void MoveAll(Engine& engine, const Sightings& steps, std::size_t begin, std::size_t end,
             Timestamp now) {
  const std::span<const UserId> users = steps.users;
  const std::span<const LatLng> positions = steps.positions;
  for (std::size_t i = begin; i < end; i += kBatch) {
    const std::size_t count = std::min(kBatch, end - i);
    engine.MoveBatch(users.subspan(i, count), positions.subspan(i, count), now);
  }
}

void RemoveAll(Engine& engine, std::span<const UserId> users) {
  for (std::size_t i = 0; i < users.size(); i += kBatch) {
    engine.RemoveBatch(users.subspan(i, std::min(kBatch, users.size() - i)));
  }
}

// An operation of changes only, of which one thread makes one after the other.
class ChangeOperation : public Operation {
 public:
  using Operation::Operation;

  bool Suits(const EngineKind& kind) const override { return !kind.is_static; }
};

class MoveOperation final : public ChangeOperation {
 public:
  MoveOperation(std::string_view name, Crowd& crowd) : ChangeOperation(name), crowd_(crowd) {}

  void Draw(std::size_t pieces) override { steps_ = crowd_.Walk(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Move(steps_.users[i], steps_.positions[i], crowd_.now());
    }
  }

  void Follow(Engine& engine, std::size_t begin, std::size_t end) override {
    MoveAll(engine, steps_, begin, end, crowd_.now());
  }

 private:
  Crowd& crowd_;
  Sightings steps_;
};

class MoveBatchOperation final : public ChangeOperation {
 public:
  explicit MoveBatchOperation(Crowd& crowd) : ChangeOperation(kMoveBatch), crowd_(crowd) {}

  std::size_t batch() const override { return kBatch; }

  void Draw(std::size_t pieces) override { steps_ = crowd_.Walk(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    MoveAll(engine, steps_, begin, end, crowd_.now());
  }

  void Follow(Engine& engine, std::size_t begin, std::size_t end) override {
    Run(engine, begin, end);
  }

 private:
  Crowd& crowd_;
  Sightings steps_;
};

// Inserting and removing leave the population at about its size while they are timed, and exactly
// as it was afterwards.
std::size_t SmallPart(const Crowd& crowd) { return crowd.size() / 8 + 1; }

class InsertOperation final : public ChangeOperation {
 public:
  explicit InsertOperation(Crowd& crowd) : ChangeOperation(kInsert), crowd_(crowd) {}

  std::size_t max_pieces() const override { return SmallPart(crowd_); }

  void Draw(std::size_t pieces) override { strangers_ = crowd_.Strangers(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Move(strangers_.users[i], strangers_.positions[i], crowd_.now());
    }
  }

  void Follow(Engine& engine, std::size_t begin, std::size_t end) override {
    MoveAll(engine, strangers_, begin, end, crowd_.now());
  }

  void Restore(Engine& engine) override { RemoveAll(engine, strangers_.users); }

 private:
  Crowd& crowd_;
  Sightings strangers_;
};

class RemoveOperation final : public ChangeOperation {
 public:
  explicit RemoveOperation(Crowd& crowd) : ChangeOperation(kRemove), crowd_(crowd) {}

  std::size_t max_pieces() const override { return SmallPart(crowd_); }

  void Draw(std::size_t pieces) override { leaving_ = crowd_.Sample(pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) engine.Remove(leaving_.users[i]);
  }

  void Follow(Engine& engine, std::size_t begin, std::size_t end) override {
    RemoveAll(engine, std::span(leaving_.users).subspan(begin, end - begin));
  }

  void Restore(Engine& engine) override {
    MoveAll(engine, leaving_, 0, leaving_.size(), crowd_.now());
  }

 private:
  Crowd& crowd_;
  Sightings leaving_;
};

class QueryOperation final : public Operation {
 public:
  QueryOperation(const QueryKind& kind, Crowd& crowd)
      : Operation(kind.name), kind_(kind), crowd_(crowd) {}

  bool Suits(const EngineKind& kind) const override { return CanAnswer(kind, kind_); }

  void Draw(std::size_t pieces) override { centers_ = DrawCenters(kind_, crowd_, pieces); }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    for (std::size_t i = begin; i < end; ++i) {
      engine.Nearby(centers_[i], kind_.question, crowd_.now(), answer_);
    }
  }

  void Follow(Engine&, std::size_t, std::size_t) override {}

 private:
  const QueryKind& kind_;
  Crowd& crowd_;
  std::vector<LatLng> centers_;
  std::vector<Neighbor> answer_;
};

// A piece is a move and a question, of independent places: neither warms the cache for the other.
class MixOperation final : public Operation {
 public:
  MixOperation(Crowd& crowd, int threads)
      : Operation(kMix),
        crowd_(crowd),
        threads_(static_cast<std::size_t>(threads)),
        answers_(threads_) {}

  int threads() const override { return static_cast<int>(threads_); }

  bool Suits(const EngineKind& kind) const override {
    return !kind.is_static && (threads_ == 1 || kind.is_thread_safe);
  }

  void Draw(std::size_t pieces) override {
    steps_ = crowd_.Walk(pieces);
    centers_ = crowd_.DrawPlaces(pieces);
    ShareOut();
  }

  void Run(Engine& engine, std::size_t begin, std::size_t end) override {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads_; ++i) {
      others.emplace_back([this, &engine, i, begin, end] { RunShare(i, engine, begin, end); });
    }
    RunShare(0, engine, begin, end);
  }

  void Follow(Engine& engine, std::size_t begin, std::size_t end) override {
    MoveAll(engine, steps_, begin, end, crowd_.now());
  }

 private:
  // The threads take turns, but all steps of a user are one thread's, so that they end where they
  // are meant to.
  void ShareOut() {
    shares_.clear();
    absl::flat_hash_map<UserId, std::size_t> share_of_user;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const std::size_t turn = i % threads_;
      const std::size_t share = share_of_user.try_emplace(steps_.users[i], turn).first->second;
      shares_.push_back(static_cast<std::uint8_t>(share));
    }
  }

  void RunShare(std::size_t share, Engine& engine, std::size_t begin, std::size_t end) {
    // On the thread's own stack, for what lies side by side in `answers_` would share cache lines.
    std::vector<Neighbor> answer = std::move(answers_[share]);
    for (std::size_t i = begin; i < end; ++i) {
      if (shares_[i] != share) continue;
      engine.Move(steps_.users[i], steps_.positions[i], crowd_.now());
      engine.Nearby(centers_[i], kMixQuestion, crowd_.now(), answer);
    }
    answers_[share] = std::move(answer);
  }

  Crowd& crowd_;
  const std::size_t threads_;
  Sightings steps_;
  std::vector<LatLng> centers_;
  std::vector<std::uint8_t> shares_;            // which thread does the piece
  std::vector<std::vector<Neighbor>> answers_;  // only for their memory
};

}  // namespace

std::vector<LatLng> DrawCenters(const QueryKind& kind, Crowd& crowd, std::size_t count) {
  return kind.from_ocean ? crowd.DrawOceanPlaces(count) : crowd.DrawPlaces(count);
}

bool Applies(const QueryKind& kind, const Crowd& crowd) {
  return !kind.from_ocean || crowd.distribution() == Distribution::kCity;
}

bool CanAnswer(const EngineKind& engine, const QueryKind& kind) {
  return !engine.is_regional || kind.question.radius_m;
}

std::unique_ptr<Operation> MakeMove(std::string_view name, Crowd& crowd) {
  return std::make_unique<MoveOperation>(name, crowd);
}

std::unique_ptr<Operation> MakeQuery(const QueryKind& kind, Crowd& crowd) {
  return std::make_unique<QueryOperation>(kind, crowd);
}

std::vector<std::string> OperationNames() {
  std::vector<std::string> names = {std::string(kBuild), std::string(kMove),
                                    std::string(kMoveBatch), std::string(kInsert),
                                    std::string(kRemove)};
  for (const QueryKind& kind : kQueryKinds) names.emplace_back(kind.name);
  names.emplace_back(kMix);
  names.emplace_back(kStorm);
  return names;
}

std::vector<std::unique_ptr<Operation>> MakeOperations(Crowd& crowd, std::span<const int> threads) {
  std::vector<std::unique_ptr<Operation>> operations;
  if (std::find(threads.begin(), threads.end(), 1) != threads.end()) {
    operations.push_back(MakeMove(kMove, crowd));
    operations.push_back(std::make_unique<MoveBatchOperation>(crowd));
    operations.push_back(std::make_unique<InsertOperation>(crowd));
    operations.push_back(std::make_unique<RemoveOperation>(crowd));
    for (const QueryKind& kind : kQueryKinds) {
      if (Applies(kind, crowd)) operations.push_back(MakeQuery(kind, crowd));
    }
  }
  for (const int count : threads) {
    operations.push_back(std::make_unique<MixOperation>(crowd, count));
  }
  return operations;
}

}  // namespace moyeo::bench
