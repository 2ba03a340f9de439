#include "presence/scene.h"

#include <algorithm>

namespace moyeo::presence {
namespace {

// Scenes have room for a multiple of so many users, and one that was used before may have so many
// steps more than it takes: then most find one that fits.
constexpr std::size_t kStep = 64;
constexpr std::size_t kStepsMore = 2;

// What is kept at most.
constexpr std::size_t kBytesKept = std::size_t{1} << 20;

}  // namespace

void Scene::LetGo() {
  // What others have read of it comes before what is done with it next.
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) pool_.TakeBack(this);
}

ScenePool::~ScenePool() = default;

SceneHold ScenePool::Make(std::span<const std::uint64_t> ids, std::span<const std::int32_t> lats,
                          std::span<const std::int32_t> lngs) {
  const std::size_t steps = (ids.size() + kStep - 1) / kStep;
  std::unique_ptr<Scene> scene;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t end = std::min(kept_.size(), steps + kStepsMore + 1);
    for (std::size_t i = steps; i < end && scene == nullptr; ++i) {
      if (kept_[i].empty()) continue;
      scene = std::move(kept_[i].back());
      kept_[i].pop_back();
      bytes_kept_ -= scene->bytes();
      bytes_held_ += scene->bytes();
    }
  }
  if (scene == nullptr) {
    scene.reset(new Scene(*this));
    scene->users_.reserve(steps * kStep);
    const std::lock_guard lock(mutex_);
    bytes_held_ += scene->bytes();
  }
  scene->holders_.store(1, std::memory_order_relaxed);
  scene->users_.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    scene->users_[i] = {ids[i], {lats[i], lngs[i]}};
  }
  return SceneHold(scene.release());
}

void ScenePool::TakeBack(Scene* scene) {
  std::unique_ptr<Scene> owned(scene);  // goes after the lock, if it is not kept
  const std::lock_guard lock(mutex_);
  bytes_held_ -= scene->bytes();
  if (bytes_kept_ + scene->bytes() > kBytesKept) return;
  const std::size_t steps = scene->users_.capacity() / kStep;
  if (kept_.size() <= steps) kept_.resize(steps + 1);
  kept_[steps].push_back(std::move(owned));
  bytes_kept_ += scene->bytes();
}

std::size_t ScenePool::bytes_held() const {
  const std::lock_guard lock(mutex_);
  return bytes_held_;
}

std::size_t ScenePool::bytes_kept() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = bytes_kept_ + kept_.capacity() * sizeof(Scenes);
  for (const Scenes& of_steps : kept_) {
    bytes += of_steps.capacity() * sizeof(std::unique_ptr<Scene>);
  }
  return bytes;
}

}  // namespace moyeo::presence
