// What is around feeds that look together, kept once for all of them.

#ifndef MOYEO_PRESENCE_SCENE_H_
#define MOYEO_PRESENCE_SCENE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "spatial/neighborhood.h"

namespace moyeo::presence {

class ScenePool;

// Users around a place as a tick found them, ascending by id: what each of some feeds shows is a
// part of them. Never changes, and lasts as long as somebody holds it.
class Scene {
 public:
  std::span<const spatial::Placed> users() const { return users_; }

  void Hold() { holders_.fetch_add(1, std::memory_order_relaxed); }
  void LetGo();

 private:
  friend class ScenePool;

  explicit Scene(ScenePool& pool) : pool_(pool) {}

  std::size_t bytes() const { return sizeof(*this) + users_.capacity() * sizeof(users_[0]); }

  ScenePool& pool_;
  std::atomic<std::uint32_t> holders_ = 1;
  std::vector<spatial::Placed> users_;
};

// A hold on a scene, or on none.
class SceneHold {
 public:
  SceneHold() = default;
  // Takes over the hold of another.
  explicit SceneHold(Scene* held) : scene_(held) {}
  ~SceneHold() {
    if (scene_ != nullptr) scene_->LetGo();
  }

  SceneHold(SceneHold&& other) noexcept : scene_(std::exchange(other.scene_, nullptr)) {}
  SceneHold& operator=(SceneHold&& other) noexcept {
    SceneHold(std::move(other)).swap(*this);
    return *this;
  }

  static SceneHold On(Scene& scene) {
    scene.Hold();
    return SceneHold(&scene);
  }

  Scene* get() const { return scene_; }
  Scene& operator*() const { return *scene_; }
  Scene* operator->() const { return scene_; }
  explicit operator bool() const { return scene_ != nullptr; }

 private:
  void swap(SceneHold& other) noexcept { std::swap(scene_, other.scene_); }

  Scene* scene_ = nullptr;
};

// Makes scenes, and keeps a few of those that nobody holds any more for new ones. Any thread may
// call any method at any time. Must outlive its scenes.
class ScenePool {
 public:
  ScenePool() = default;
  ~ScenePool();

  ScenePool(const ScenePool&) = delete;
  ScenePool& operator=(const ScenePool&) = delete;

  // REQUIRES: `users` is ascending by id
  SceneHold Make(std::span<const std::uint64_t> ids, std::span<const std::int32_t> lats,
                 std::span<const std::int32_t> lngs);

  // Of scenes that are held, and of those that are kept.
  std::size_t bytes_held() const;
  std::size_t bytes_kept() const;

 private:
  friend class Scene;

  using Scenes = std::vector<std::unique_ptr<Scene>>;

  void TakeBack(Scene* scene);

  mutable std::mutex mutex_;
  std::vector<Scenes> kept_;  // by how many users there is room for
  std::size_t bytes_held_ = 0;
  std::size_t bytes_kept_ = 0;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_SCENE_H_
