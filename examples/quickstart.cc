#include <moyeo/presence.h>

#include <cstdio>

int main() {
  using namespace std::chrono;
  const moyeo::Timestamp now = floor<milliseconds>(system_clock::now());
  moyeo::PresenceIndex index({.ttl_ms = 60'000});
  if (!index.Move(moyeo::UserId{1}, {37.5665, 126.9780}, now).ok()) return 1;  // Seoul City Hall
  if (!index.Move(moyeo::UserId{2}, {37.5658, 126.9751}, now).ok()) return 1;  // Deoksugung
  if (!index.Move(moyeo::UserId{3}, {37.5600, 126.9753}, now).ok()) return 1;  // Sungnyemun
  const auto near = index.NearbyUser(moyeo::UserId{1}, {.radius_m = 5'000}, now).value();
  for (const moyeo::Neighbor& n : near)
    std::printf("user %ju is %.0f m away\n", std::uintmax_t(n.user), n.distance_m);
}
