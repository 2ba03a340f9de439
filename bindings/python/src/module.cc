// The module moyeo._core: PresenceIndex as it is, for the Python face beside it. The face has the
// documentation, and all names and defaults of arguments.
//
// Every call has the same three steps: arguments are read; the index works, while other threads run
// Python; the answer is made. So no Python code ever runs inside of the index.

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "answers.h"
#include "arguments.h"
#include "batches.h"
#include "errors.h"
#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo::python {
namespace {

namespace py = pybind11;

// Calls `work` without the GIL.
template <typename Work>
auto WithoutGil(Work work) {
  const py::gil_scoped_release release;
  return work();
}

// Forgetting a crowd takes a while.
struct DeleteWithoutGil {
  void operator()(PresenceIndex* index) const {
    WithoutGil([&] { delete index; });
  }
};

std::unique_ptr<PresenceIndex, DeleteWithoutGil> Make(py::handle ttl_ms, py::handle max_users,
                                                      py::handle default_visibility,
                                                      py::handle cloak_level,
                                                      py::handle cloak_interval_ms) {
  const PresenceOptions options{
      .ttl_ms = ToSigned(ttl_ms, "ttl_ms", 1, PresenceOptions::kMaxTtlMs),
      .max_users = ToUnsigned(max_users, "max_users", 1, PresenceOptions::kMaxUsersLimit),
      .default_visibility = ToVisibility(default_visibility, "default_visibility"),
      .cloak_level = static_cast<int>(
          ToSigned(cloak_level, "cloak_level", 0, PresenceOptions::kMaxCloakLevel)),
      .cloak_interval_ms = ToSigned(cloak_interval_ms, "cloak_interval_ms", 1,
                                    PresenceOptions::kMaxCloakIntervalMs)};
  RaiseUnlessOk(options.Validate());  // or the index would abort
  return std::unique_ptr<PresenceIndex, DeleteWithoutGil>(new PresenceIndex(options));
}

void Move(PresenceIndex& index, py::handle user, py::handle lat, py::handle lng, py::handle seen,
          py::handle attributes) {
  const UserId id = ToUserId(user, "user", "an int, or a NumPy array of uint64 for a batch");
  const LatLng position = ToLatLng(lat, lng);
  const Timestamp time = ToTimestamp(seen, "seen");
  const std::optional<std::uint32_t> mask = ToAttributes(attributes);
  RaiseUnlessOk(WithoutGil([&] { return index.Move(id, position, time, mask); }));
}

py::tuple MoveColumns(PresenceIndex& index, py::handle user, py::handle lat, py::handle lng,
                      py::handle seen, py::handle attributes) {
  Moves moves{.user = ToColumn<std::uint64_t>(user, "user"),
              .lat = ToColumn<double>(lat, "lat"),
              .lng = ToColumn<double>(lng, "lng"),
              .attributes = std::nullopt};
  const std::size_t size = moves.user.size();
  CheckLength(moves.lat.size(), "lat", size, "user");
  CheckLength(moves.lng.size(), "lng", size, "user");
  const Timestamp time = ToTimestamp(seen, "seen");
  if (!attributes.is_none()) {
    moves.attributes = ToColumn<std::uint32_t>(attributes, "attributes");
    CheckLength(moves.attributes->size(), "attributes", size, "user");
  }
  const absl::StatusOr<MoveBatchResult> result =
      WithoutGil([&] { return MoveBatch(index, moves, time); });
  RaiseUnlessOk(result.status());
  return ToTuple(*result);
}

bool Remove(PresenceIndex& index, py::handle user) {
  const UserId id = ToUserId(user);
  return WithoutGil([&] { return index.Remove(id); });
}

py::tuple Expire(PresenceIndex& index, py::handle now) {
  const Timestamp time = ToNearestTimestamp(now, "now");
  const ExpireResult result = WithoutGil([&] { return index.Expire(time); });
  return py::make_tuple(result.removed, result.complete);
}

void Clear(PresenceIndex& index) {
  WithoutGil([&] { index.Clear(); });
}

std::size_t Size(const PresenceIndex& index) {
  return WithoutGil([&] { return index.size(); });
}

void SetVisibility(PresenceIndex& index, py::handle user, py::handle visibility) {
  const UserId id = ToUserId(user);
  const Visibility to = ToVisibility(visibility, "visibility");
  RaiseUnlessOk(WithoutGil([&] { return index.SetVisibility(id, to); }));
}

int VisibilityOf(const PresenceIndex& index, py::handle user) {
  const UserId id = ToUserId(user);
  return static_cast<int>(WithoutGil([&] { return index.VisibilityOf(id); }));
}

void SetViewerSet(PresenceIndex& index, py::handle set, py::handle viewer, py::handle members) {
  const ViewerSet which = ToViewerSet(set);
  const UserId id = ToUserId(viewer, "viewer");
  const std::vector<UserId> users = ToMembers(members);
  RaiseUnlessOk(WithoutGil([&] { return index.SetViewerSet(which, id, users); }));
}

void AddToViewerSet(PresenceIndex& index, py::handle set, py::handle viewer, py::handle member) {
  const ViewerSet which = ToViewerSet(set);
  const UserId id = ToUserId(viewer, "viewer");
  const UserId user = ToUserId(member, "member");
  RaiseUnlessOk(WithoutGil([&] { return index.AddToViewerSet(which, id, user); }));
}

void RemoveFromViewerSet(PresenceIndex& index, py::handle set, py::handle viewer,
                         py::handle member) {
  const ViewerSet which = ToViewerSet(set);
  const UserId id = ToUserId(viewer, "viewer");
  const UserId user = ToUserId(member, "member");
  WithoutGil([&] { index.RemoveFromViewerSet(which, id, user); });
}

py::array_t<std::uint64_t> MembersOf(const PresenceIndex& index, py::handle set,
                                     py::handle viewer) {
  const ViewerSet which = ToViewerSet(set);
  const UserId id = ToUserId(viewer, "viewer");
  return ToArray(WithoutGil([&] { return index.MembersOf(which, id); }));
}

py::object Find(const PresenceIndex& index, py::handle user, py::handle now) {
  const UserId id = ToUserId(user);
  const Timestamp time = ToNearestTimestamp(now, "now");
  return ToObject(WithoutGil([&] { return index.Find(id, time); }));
}

py::list Nearby(const PresenceIndex& index, py::handle lat, py::handle lng, py::handle now,
                py::handle radius_m, py::handle limit, py::handle all_of, py::handle any_of,
                py::handle none_of, py::handle viewer) {
  const LatLng center = ToLatLng(lat, lng);
  const Timestamp time = ToTimestamp(now, "now");
  const NearbyQuery query = ToQuery(radius_m, limit, all_of, any_of, none_of, viewer);
  std::vector<Neighbor> result;
  RaiseUnlessOk(WithoutGil([&] { return index.Nearby(center, query, time, result); }));
  return ToList(result);
}

py::list NearbyUser(const PresenceIndex& index, py::handle user, py::handle now,
                    py::handle radius_m, py::handle limit, py::handle all_of, py::handle any_of,
                    py::handle none_of) {
  const UserId id = ToUserId(user);
  const Timestamp time = ToTimestamp(now, "now");
  const NearbyQuery query = ToQuery(radius_m, limit, all_of, any_of, none_of, py::none());
  std::vector<Neighbor> result;
  RaiseUnlessOk(WithoutGil([&] { return index.NearbyUser(id, query, time, result); }));
  return ToList(result);
}

py::tuple NearbyColumns(const PresenceIndex& index, py::handle lat, py::handle lng, py::handle now,
                        py::handle radius_m, py::handle limit, py::handle all_of, py::handle any_of,
                        py::handle none_of, py::handle viewer) {
  const auto lats = ToColumn<double>(lat, "lat");
  const auto lngs = ToColumn<double>(lng, "lng");
  CheckLength(lngs.size(), "lng", lats.size(), "lat");
  const Timestamp time = ToTimestamp(now, "now");
  const NearbyQuery query = ToQuery(radius_m, limit, all_of, any_of, none_of, viewer);
  NeighborColumns answers;
  RaiseUnlessOk(WithoutGil([&] { return NearbyBatch(index, lats, lngs, query, time, answers); }));
  return answers.Release();
}

std::size_t CountWithin(const PresenceIndex& index, py::handle lat, py::handle lng,
                        py::handle radius_m, py::handle now, py::handle all_of, py::handle any_of,
                        py::handle none_of, py::handle viewer) {
  const LatLng center = ToLatLng(lat, lng);
  const double radius = ToDouble(radius_m, "radius_m");
  const Timestamp time = ToTimestamp(now, "now");
  const AttributeFilter filter = ToFilter(all_of, any_of, none_of);
  const std::optional<UserId> asking = ToViewer(viewer);
  const absl::StatusOr<std::size_t> count =
      WithoutGil([&] { return index.CountWithin(center, radius, time, filter, asking); });
  RaiseUnlessOk(count.status());
  return *count;
}

py::tuple MemoryUsage(const PresenceIndex& index) {
  const PresenceMemoryUsage usage = WithoutGil([&] { return index.MemoryUsage(); });
  return py::make_tuple(usage.users, usage.cells, usage.id_map, usage.sets);
}

py::tuple CanonicalPair(py::handle lat, py::handle lng) {
  const absl::StatusOr<LatLng> canonical = Canonical(ToLatLng(lat, lng));
  RaiseUnlessOk(canonical.status());
  return py::make_tuple(canonical->lat, canonical->lng);
}

double DistanceOfPairs(py::handle lat_a, py::handle lng_a, py::handle lat_b, py::handle lng_b) {
  const LatLng a{.lat = ToDouble(lat_a, "lat_a"), .lng = ToDouble(lng_a, "lng_a")};
  const LatLng b{.lat = ToDouble(lat_b, "lat_b"), .lng = ToDouble(lng_b, "lng_b")};
  const absl::StatusOr<double> distance_m = DistanceMeters(a, b);
  RaiseUnlessOk(distance_m.status());
  return *distance_m;
}

}  // namespace
}  // namespace moyeo::python

PYBIND11_MODULE(_core, module) {
  namespace py = pybind11;
  using moyeo::PresenceIndex;
  using moyeo::PresenceOptions;
  namespace python = moyeo::python;

  python::ImportArguments();
  python::ImportAnswers();

  module.attr("VERSION") = MOYEO_VERSION;
  module.attr("EARTH_RADIUS_METERS") = moyeo::kEarthRadiusMeters;
  module.attr("MIN_TIMESTAMP") = moyeo::kMinTimestamp.time_since_epoch().count();
  module.attr("MAX_TIMESTAMP") = moyeo::kMaxTimestamp.time_since_epoch().count();
  module.attr("MAX_TTL_MS") = PresenceOptions::kMaxTtlMs;
  module.attr("MAX_USERS_LIMIT") = PresenceOptions::kMaxUsersLimit;
  module.attr("MAX_CLOAK_LEVEL") = PresenceOptions::kMaxCloakLevel;
  module.attr("MAX_CLOAK_INTERVAL_MS") = PresenceOptions::kMaxCloakIntervalMs;
  module.attr("MAX_SET_MEMBERS") = PresenceIndex::kMaxSetMembers;

  module.def("canonical", &python::CanonicalPair);
  module.def("distance_meters", &python::DistanceOfPairs);

  py::class_<PresenceIndex, std::unique_ptr<PresenceIndex, python::DeleteWithoutGil>>(
      module, "PresenceIndex")
      .def(py::init(&python::Make))
      .def("move", &python::Move)
      .def("move_batch", &python::MoveColumns)
      .def("remove", &python::Remove)
      .def("expire", &python::Expire)
      .def("clear", &python::Clear)
      .def("size", &python::Size)
      .def("set_visibility", &python::SetVisibility)
      .def("visibility_of", &python::VisibilityOf)
      .def("set_viewer_set", &python::SetViewerSet)
      .def("add_to_viewer_set", &python::AddToViewerSet)
      .def("remove_from_viewer_set", &python::RemoveFromViewerSet)
      .def("members_of", &python::MembersOf)
      .def("find", &python::Find)
      .def("nearby", &python::Nearby)
      .def("nearby_user", &python::NearbyUser)
      .def("nearby_batch", &python::NearbyColumns)
      .def("count_within", &python::CountWithin)
      .def("memory_usage", &python::MemoryUsage);
}
