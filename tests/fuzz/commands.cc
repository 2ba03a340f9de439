// Bytes as a history of commands, sensible and senseless. What is refused was foreseen and changes
// nothing; what is accepted can be replayed from its JSON, with the same events and the same state.

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/choices.h"
#include "fuzz/require.h"
#include "json/command_fields.h"
#include "json/fields.h"
#include "json/forms.h"
#include "moyeo/json.h"
#include "society/society.h"

namespace moyeo::testing {
namespace {

constexpr std::size_t kMostCommands = 200;
constexpr std::int64_t kMinuteMs = 60'000;

// Makes commands out of choices, mostly such as have to do with each other.
class CommandMaker {
 public:
  CommandMaker(Choices& choices, const society::Society& society)
      : choices_(choices), society_(society) {}

  Command Make() {
    Command command;
    const std::size_t chosen = choices_.Below(std::variant_size_v<CommandVariant>);
    std::size_t index = 0;
    json::ForEachAlternative<CommandVariant>([&]<typename T>(json::Type<T>) {
      if (index++ == chosen) command.body = Made<T>();
    });
    command.time = MadeTime();
    const bool has_actor = chosen >= 2;  // neither Advance nor Configure
    if (has_actor != choices_.OneIn(64)) command.actor = Made<UserId>();
    if (choices_.OneIn(8)) command.request_id = RequestId{choices_.Below(4)};
    return command;
  }

 private:
  template <typename T>
  T Made() {
    if constexpr (std::same_as<T, bool>) {
      return choices_.OneIn(2);
    } else if constexpr (std::same_as<T, double>) {
      return choices_.OneIn(4) ? choices_.Double() : static_cast<double>(choices_.Below(256)) - 128;
    } else if constexpr (std::same_as<T, std::string>) {
      static const std::array<std::string, 6> kTexts = {
          "", "a", "Chess", "\u00E9", "\uBAA8\uC5EC", "e\u0301"};
      return choices_.OneIn(4) ? choices_.Text() : choices_.Pick(kTexts);
    } else if constexpr (std::same_as<T, Timestamp>) {
      return MadeTime();
    } else if constexpr (std::same_as<T, Visibility>) {
      return static_cast<Visibility>(choices_.Below(4));
    } else if constexpr (std::same_as<T, LatLng>) {
      // Mostly where others are.
      if (choices_.OneIn(4)) return {Made<double>(), Made<double>()};
      return {37.5, 127};
    } else if constexpr (std::same_as<T, Settings>) {
      return MadeSettings();
    } else if constexpr (json::Id<T>) {
      return choices_.OneIn(32) ? T{choices_.Bits()} : T{1 + choices_.Below(6)};
    } else if constexpr (json::Whole<T>) {
      return static_cast<T>(choices_.OneIn(32) ? choices_.Bits() : choices_.Below(8));
    } else {
      T value{};
      json::ForEachField<T>([&](const auto& field) { Fill(field, value); });
      return value;
    }
  }

  template <typename T, typename Member>
  void Fill(const json::Field<T, Member>& field, T& value) {
    Set(value.*field.member);
  }

  template <typename T>
  void Set(T& value) {
    value = Made<T>();
  }

  template <typename T>
  void Set(std::optional<T>& value) {
    if (choices_.OneIn(2)) Set(value.emplace());
  }

  template <typename T>
  void Set(std::vector<T>& values) {
    values.resize(choices_.Below(4));
    for (T& value : values) Set(value);
  }

  // Some minutes around the present, rarely anything else.
  Timestamp MadeTime() {
    if (choices_.OneIn(64)) {
      return Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(choices_.Bits())));
    }
    const std::int64_t minutes = static_cast<std::int64_t>(choices_.Below(256)) - 8;
    const std::int64_t scale = choices_.OneIn(8) ? 60 : 1;
    const Timestamp now = std::clamp(society_.time(), Timestamp(), kMaxTimestamp);
    return now + std::chrono::milliseconds(minutes * scale * kMinuteMs);
  }

  Settings MadeSettings() {
    Settings settings;
    json::ForEachField<Settings>([&](const auto& field) {
      if (choices_.OneIn(4)) Fill(field, settings);
    });
    return settings;
  }

  Choices& choices_;
  const society::Society& society_;
};

// What a journal does between two processes.
template <typename T>
T ThroughJson(const T& value) {
  const std::string text = ToJson(value);
  absl::StatusOr<T> read = FromJson<T>(text);
  Require(read.ok() && *read == value, "what was accepted survives its JSON", text);
  return *std::move(read);
}

void RunHistory(Choices choices) {
  society::Society society;
  CommandMaker maker(choices, society);
  std::vector<Command> journal;
  std::vector<Event> events;
  std::uint64_t hash = society.Hash();
  for (std::size_t i = 0; i < kMostCommands && !choices.empty(); ++i) {
    const Command command = maker.Make();
    const Reject foreseen = society.Validate(command);
    const std::size_t told = events.size();
    const Timestamp before = society.time();
    const Outcome outcome = society.Apply(command, events);
    Require(outcome.reject == foreseen, "Validate foresees Apply", ToJson(command));
    if (outcome.accepted()) {
      Require(society.time() >= before, "time does not go back", ToJson(command));
      journal.push_back(ThroughJson(command));
      hash = society.Hash();
    } else {
      Require(society.Hash() == hash, "a refused command changes nothing", ToJson(command));
      Require(events.size() == told, "a refused command tells nothing", ToJson(command));
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    Require(events[i].sequence == i + 1, "events are numbered one by one", ToJson(events[i]));
    ThroughJson(events[i]);
  }

  society::Society replica;
  std::vector<Event> replayed;
  for (const Command& command : journal) {
    Require(replica.Apply(command, replayed).accepted(), "replay accepts what was accepted",
            ToJson(command));
  }
  Require(replayed == events, "replay tells the same events");
  Require(replica.Hash() == hash, "replay comes to the same state");
}

}  // namespace
}  // namespace moyeo::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  moyeo::testing::RunHistory(moyeo::testing::Choices(data, size));
  return 0;
}
