#include <moyeo/engine.h>

#include <iostream>

absl::Status Meet(const char* directory) {
  using namespace std::chrono;
  auto journal = moyeo::OpenSqliteJournal(directory);
  if (!journal.ok()) return journal.status();
  auto opened = moyeo::Engine::Open(*std::move(journal));
  if (!opened.ok()) return opened.status();
  moyeo::Engine& engine = **opened;

  const moyeo::UserId ada{1};
  const moyeo::Timestamp now = floor<milliseconds>(system_clock::now());
  auto outcome =
      engine.Apply({.time = now, .actor = ada, .body = moyeo::Register{.nickname = "Ada"}});
  if (!outcome.ok()) return outcome.status();  // a full disk, say
  if (!outcome->accepted()) std::cout << moyeo::SentenceOf(outcome->reject) << '\n';

  absl::Status moved = engine.Move(ada, {37.5665, 126.9780}, now);
  moved.Update(engine.Move(moyeo::UserId{2}, {37.5658, 126.9751}, now));
  if (!moved.ok()) return moved;
  auto near = engine.presence().NearbyUser(ada, {.radius_m = 5'000}, now);
  if (!near.ok()) return near.status();
  for (const moyeo::Neighbor& n : *near)
    std::cout << "user " << moyeo::ToNumber(n.user) << " is some " << n.distance_m << " m away\n";
  return engine.Close();
}

int main(int argc, char** argv) {
  const absl::Status status = Meet(argc > 1 ? argv[1] : "town");
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}
