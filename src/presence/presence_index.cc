// Placeholder while the tree is being written: a plain list.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <map>
#include "moyeo/presence.h"
#include "spatial/position.h"
namespace moyeo { inline namespace v0 {
using spatial::Position;
struct Item { Position p; Timestamp seen; std::uint32_t mask; };
struct PresenceIndex::Impl { PresenceOptions o; mutable std::mutex m; std::map<UserId, Item> users; };
absl::Status PresenceOptions::Validate() const { if (ttl_ms<1||ttl_ms>kMaxTtlMs) return absl::InvalidArgumentError("ttl_ms"); if(max_users<1||max_users>kMaxUsersLimit) return absl::InvalidArgumentError("max_users"); return absl::OkStatus(); }
PresenceIndex::PresenceIndex(const PresenceOptions& o) : impl_(new Impl) { impl_->o=o; }
PresenceIndex::~PresenceIndex() = default;
absl::Status PresenceIndex::Move(UserId u, LatLng ll, Timestamp t, std::optional<std::uint32_t> a) {
  std::lock_guard l(impl_->m); auto p = spatial::ToPosition(ll); if(!p) return spatial::WhyInvalid(ll);
  if (t<kMinTimestamp||t>kMaxTimestamp) return absl::InvalidArgumentError("seen");
  auto it = impl_->users.find(u);
  if (it==impl_->users.end()) { if (impl_->users.size()>=impl_->o.max_users) return absl::ResourceExhaustedError("max_users"); impl_->users[u]={*p,t,a.value_or(0)}; return absl::OkStatus(); }
  if (t<it->second.seen) return absl::OkStatus();
  it->second={*p,t,a.value_or(it->second.mask)}; return absl::OkStatus(); }
absl::StatusOr<MoveBatchResult> PresenceIndex::MoveBatch(std::span<const UserId> u, std::span<const LatLng> p, Timestamp t, std::span<const std::uint32_t> a) {
  if(u.size()!=p.size()||(!a.empty()&&a.size()!=u.size())) return absl::InvalidArgumentError("lengths");
  MoveBatchResult r; for(size_t i=0;i<u.size();++i){ auto s=Move(u[i],p[i],t,a.empty()?std::nullopt:std::optional<std::uint32_t>(a[i])); if(s.ok())++r.applied; else r.refusals.push_back({i,s}); } return r; }
bool PresenceIndex::Remove(UserId u){ std::lock_guard l(impl_->m); return impl_->users.erase(u); }
ExpireResult PresenceIndex::Expire(Timestamp now){ std::lock_guard l(impl_->m); ExpireResult r{0,true}; auto ttl=std::chrono::milliseconds(impl_->o.ttl_ms); r.removed=std::erase_if(impl_->users,[&](auto&kv){return kv.second.seen+ttl<=now;}); return r; }
void PresenceIndex::Clear(){ std::lock_guard l(impl_->m); impl_->users.clear(); }
std::size_t PresenceIndex::size() const { std::lock_guard l(impl_->m); return impl_->users.size(); }
std::optional<Presence> PresenceIndex::Find(UserId u, Timestamp now) const { std::lock_guard l(impl_->m); auto it=impl_->users.find(u); if(it==impl_->users.end()||it->second.seen+std::chrono::milliseconds(impl_->o.ttl_ms)<=now) return std::nullopt; return Presence{spatial::ToDegrees(it->second.p),it->second.seen,it->second.mask}; }
static absl::Status Check(const NearbyQuery&q, Timestamp now){ if(q.radius_m&&!(std::isfinite(*q.radius_m)&&*q.radius_m>=0)) return absl::InvalidArgumentError("radius_m"); if(q.limit&&!*q.limit) return absl::InvalidArgumentError("limit"); if(now<kMinTimestamp||now>kMaxTimestamp) return absl::InvalidArgumentError("now"); return absl::OkStatus(); }
absl::Status PresenceIndex::Nearby(LatLng c, const NearbyQuery& q, Timestamp now, std::vector<Neighbor>& out) const {
  if(auto s=Check(q,now);!s.ok()) return s; auto p=spatial::ToPosition(c); if(!p) return spatial::WhyInvalid(c);
  std::lock_guard l(impl_->m); spatial::DistanceFrom d(*p); out.clear();
  for(auto&[u,i]:impl_->users){ if(i.seen+std::chrono::milliseconds(impl_->o.ttl_ms)<=now) continue; auto m=i.mask; if((m&q.filter.all_of)!=q.filter.all_of||(q.filter.any_of&&!(m&q.filter.any_of))||(m&q.filter.none_of)) continue; double x=d(i.p); if(q.radius_m&&x>*q.radius_m) continue; out.push_back({u,spatial::ToDegrees(i.p),x,i.seen}); }
  std::sort(out.begin(),out.end(),[](auto&a,auto&b){return std::tie(a.distance_m,a.user)<std::tie(b.distance_m,b.user);}); if(q.limit&&out.size()>*q.limit) out.resize(*q.limit); return absl::OkStatus(); }
absl::StatusOr<std::vector<Neighbor>> PresenceIndex::Nearby(LatLng c, const NearbyQuery& q, Timestamp now) const { std::vector<Neighbor> r; if(auto s=Nearby(c,q,now,r);!s.ok()) return s; return r; }
absl::Status PresenceIndex::NearbyUser(UserId u, const NearbyQuery& q, Timestamp now, std::vector<Neighbor>& out) const { if(auto s=Check(q,now);!s.ok()) return s; auto f=Find(u,now); if(!f) return absl::NotFoundError("user"); NearbyQuery q2=q; if(q2.limit) ++*q2.limit; if(auto s=Nearby(f->position,q2,now,out);!s.ok()) return s; std::erase_if(out,[&](auto&n){return n.user==u;}); if(q.limit&&out.size()>*q.limit) out.resize(*q.limit); return absl::OkStatus(); }
absl::StatusOr<std::vector<Neighbor>> PresenceIndex::NearbyUser(UserId u, const NearbyQuery& q, Timestamp now) const { std::vector<Neighbor> r; if(auto s=NearbyUser(u,q,now,r);!s.ok()) return s; return r; }
absl::Status PresenceIndex::NearbyBatch(std::span<const LatLng> c, const NearbyQuery& q, Timestamp now, NearbyBatchResult& r) const { NearbyBatchResult x; x.offsets.push_back(0); for(auto ll:c){ std::vector<Neighbor> v; if(auto s=Nearby(ll,q,now,v);!s.ok()) return s; x.neighbors.insert(x.neighbors.end(),v.begin(),v.end()); x.offsets.push_back(x.neighbors.size()); } r=std::move(x); return absl::OkStatus(); }
absl::StatusOr<std::size_t> PresenceIndex::CountWithin(LatLng c, double r, Timestamp now, const AttributeFilter& f) const { auto v=Nearby(c,{.radius_m=r,.limit=std::nullopt,.filter=f},now); if(!v.ok()) return v.status(); return v->size(); }
PresenceMemoryUsage PresenceIndex::MemoryUsage() const { return {}; }
}}
