#include "user_fences.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <variant>

#include "json_text.h"
#include "nlohmann/json.hpp"
#include "text.h"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostNameBytes = 64;

absl::Status Wrong(std::string_view field, std::string_view why) {
  return absl::InvalidArgumentError(Concat(field, ": ", why));
}

// The first member that is none of `names`; nullopt if there is none.
std::optional<std::string> UnknownMember(const Json& object,
                                         std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return name;
  }
  return std::nullopt;
}

bool IsPosition(const Json& value, std::size_t members) {
  return value.is_object() && value.size() == members && value.contains("lat") &&
         value["lat"].is_number() && value.contains("lng") && value["lng"].is_number();
}

LatLng PositionOf(const Json& value) {
  return {.lat = value["lat"].get<double>(), .lng = value["lng"].get<double>()};
}

Json ToTree(LatLng position) { return {{"lat", position.lat}, {"lng", position.lng}}; }

}  // namespace

absl::Status UserFences::Check(const FenceOptions& options) const {
  if (!(options.margin_m <= limits_.margin_m)) {
    return Wrong("margin_m", Concat("must be at most ", limits_.margin_m));
  }
  if (const auto* circle = std::get_if<FenceCircle>(&options.region)) {
    if (circle->radius_m <= limits_.radius_m) return absl::OkStatus();
    return Wrong("circle.radius_m", Concat("must be at most ", limits_.radius_m));
  }
  const auto* polygon = std::get_if<FencePolygon>(&options.region);
  if (polygon == nullptr) return absl::InvalidArgumentError("must be a circle or a polygon");
  if (polygon->vertices.size() > limits_.vertices) {
    return Wrong("polygon", Concat("must have at most ", limits_.vertices, " vertices"));
  }
  for (const LatLng& vertex : polygon->vertices) {
    const auto distance = DistanceMeters(polygon->vertices.front(), vertex);
    if (!distance.ok()) return distance.status();
    if (*distance > limits_.radius_m) {
      return Wrong("polygon",
                   Concat("its vertices must be within ", limits_.radius_m, " m of the first one"));
    }
  }
  return absl::OkStatus();
}

absl::Status UserFences::Put(UserId user, FenceOptions options) {
  if (absl::Status status = Check(options); !status.ok()) return status;
  options.owner = user;
  const std::lock_guard lock(mutex_);
  const auto known = kept_.find(user);
  const bool replaces = known != kept_.end() && known->second.contains(options.name);
  if (!replaces && known != kept_.end() && known->second.size() >= limits_.fences_per_user) {
    return absl::ResourceExhaustedError("too many fences of this user");
  }
  const auto added = fences_.Add(options);
  if (!added.ok()) return added.status();
  const std::string name = options.name;
  if (replaces) {
    const FenceId before = known->second.find(name)->second.id;
    fences_.Remove(before);
    owners_.erase(before);
  }
  owners_.insert_or_assign(*added, Owned{.user = user, .name = name});
  kept_[user].insert_or_assign(name, Kept{.id = *added, .options = std::move(options)});
  return absl::OkStatus();
}

bool UserFences::Remove(UserId user, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto known = kept_.find(user);
  if (known == kept_.end()) return false;
  const auto fence = known->second.find(name);
  if (fence == known->second.end()) return false;
  fences_.Remove(fence->second.id);
  owners_.erase(fence->second.id);
  known->second.erase(fence);
  if (known->second.empty()) kept_.erase(known);
  return true;
}

void UserFences::RemoveAll(UserId user) {
  const std::lock_guard lock(mutex_);
  const auto known = kept_.find(user);
  if (known == kept_.end()) return;
  for (const auto& [name, fence] : known->second) {
    fences_.Remove(fence.id);
    owners_.erase(fence.id);
  }
  kept_.erase(known);
}

std::optional<FenceOptions> UserFences::Find(UserId user, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto known = kept_.find(user);
  if (known == kept_.end()) return std::nullopt;
  const auto fence = known->second.find(name);
  if (fence == known->second.end()) return std::nullopt;
  return fence->second.options;
}

std::vector<FenceOptions> UserFences::Of(UserId user) const {
  const std::lock_guard lock(mutex_);
  std::vector<FenceOptions> fences;
  const auto known = kept_.find(user);
  if (known == kept_.end()) return fences;
  for (const auto& [name, fence] : known->second) fences.push_back(fence.options);
  return fences;
}

std::vector<UserId> UserFences::Owners() const {
  const std::lock_guard lock(mutex_);
  std::vector<UserId> owners;
  owners.reserve(kept_.size());
  for (const auto& [user, fences] : kept_) owners.push_back(user);
  return owners;
}

std::optional<UserFences::Owned> UserFences::OwnerOf(FenceId fence) const {
  const std::lock_guard lock(mutex_);
  const auto found = owners_.find(fence);
  if (found == owners_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<FenceOptions> ReadFence(std::string_view body) {
  const Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return absl::InvalidArgumentError("body: must be a JSON object");
  const auto unknown =
      UnknownMember(object, {"circle", "polygon", "margin_m", "dwell_ms", "tells_those_inside"});
  if (unknown.has_value()) return Wrong(*unknown, "is not asked for here");
  if (object.contains("circle") == object.contains("polygon")) {
    return absl::InvalidArgumentError("body: must have either a circle or a polygon");
  }
  FenceOptions fence;
  if (const auto circle = object.find("circle"); circle != object.end()) {
    if (!IsPosition(*circle, 3) || !circle->contains("radius_m") ||
        !(*circle)["radius_m"].is_number()) {
      return Wrong("circle", "must have the numbers lat, lng and radius_m");
    }
    fence.region =
        FenceCircle{.center = PositionOf(*circle), .radius_m = (*circle)["radius_m"].get<double>()};
  } else {
    const Json& vertices = object["polygon"];
    if (!vertices.is_array()) return Wrong("polygon", "must be an array");
    FencePolygon polygon;
    for (const Json& vertex : vertices) {
      if (!IsPosition(vertex, 2)) return Wrong("polygon", "each must have the numbers lat and lng");
      polygon.vertices.push_back(PositionOf(vertex));
    }
    fence.region = std::move(polygon);
  }
  if (const auto margin = object.find("margin_m"); margin != object.end()) {
    if (!margin->is_number()) return Wrong("margin_m", "must be a number");
    fence.margin_m = margin->get<double>();
  }
  if (const auto dwell = object.find("dwell_ms"); dwell != object.end()) {
    constexpr auto kMost = static_cast<std::uint64_t>(FenceOptions::kMaxDwellMs);
    if (!dwell->is_number_unsigned() || dwell->get<std::uint64_t>() > kMost) {
      return Wrong("dwell_ms", Concat("must be a whole number from 1 to ", kMost));
    }
    fence.dwell_ms = dwell->get<std::int64_t>();
  }
  if (const auto tells = object.find("tells_those_inside"); tells != object.end()) {
    if (!tells->is_boolean()) return Wrong("tells_those_inside", "must be true or false");
    fence.tells_those_inside = tells->get<bool>();
  }
  return fence;
}

std::string FenceJson(const FenceOptions& fence) {
  Json object = {{"name", fence.name},
                 {"margin_m", fence.margin_m},
                 {"tells_those_inside", fence.tells_those_inside}};
  if (const auto* circle = std::get_if<FenceCircle>(&fence.region)) {
    object["circle"] = ToTree(circle->center);
    object["circle"]["radius_m"] = circle->radius_m;
  } else {
    Json vertices = Json::array();
    for (const LatLng& vertex : std::get<FencePolygon>(fence.region).vertices) {
      vertices.push_back(ToTree(vertex));
    }
    object["polygon"] = std::move(vertices);
  }
  if (fence.dwell_ms.has_value()) object["dwell_ms"] = *fence.dwell_ms;
  return JsonTextOf(object);
}

bool IsFenceName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.size() <= kMostNameBytes &&
         name.find_first_not_of(kAllowed) == name.npos;
}

}  // namespace moyeo::server
