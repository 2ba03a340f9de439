// A program of somebody who only has what was installed.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "moyeo/presence.h"

namespace {

void Expect(bool fact, const char* what) {
  if (fact) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(1);
}

}  // namespace

int main() {
  const moyeo::LatLng seoul{37.5665, 126.9780};
  const moyeo::LatLng busan{35.1796, 129.0756};
  const moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};

  moyeo::PresenceIndex index({.ttl_ms = 60'000});
  Expect(index.Move(moyeo::UserId{7}, seoul, now).ok(), "user 7 is in Seoul");
  Expect(index.Move(moyeo::UserId{8}, busan, now).ok(), "user 8 is in Busan");
  Expect(!index.Move(moyeo::UserId{9}, {91, 0}, now).ok(), "latitude 91 is refused");

  const auto near = index.Nearby(seoul, {.radius_m = 5'000}, now);
  Expect(near.ok() && near->size() == 1, "one user is near Seoul");
  Expect(near->front().user == moyeo::UserId{7}, "user 7 is near Seoul");

  const auto distance_m = moyeo::DistanceMeters(seoul, busan);
  Expect(distance_m.ok() && *distance_m > 320'000 && *distance_m < 330'000,
         "Busan is 325 km from Seoul");

  Expect(!index.Find(moyeo::UserId{7}, now + std::chrono::milliseconds{60'000}),
         "user 7 is gone after a minute");
}
