#include "society/society.h"

#include <utility>
#include <variant>

#include "society/digest.h"
#include "society/field_writer.h"
#include "society/machine.h"
#include "society/state_fields.h"

namespace moyeo::society {

Society::Society() : machine_(std::make_unique<Machine>()) {}
Society::Society(State state) : machine_(std::make_unique<Machine>(std::move(state))) {}
Society::~Society() = default;
Society::Society(Society&&) noexcept = default;
Society& Society::operator=(Society&&) noexcept = default;

Reject Society::Validate(const Command& command) const { return machine_->Validate(command); }

void Society::Prefetch(std::span<const Command> coming) const { machine_->Prefetch(coming); }

Outcome Society::Apply(const Command& command, std::vector<Event>& events) {
  return machine_->Apply(command, events);
}

std::optional<Outcome> Society::OutcomeBefore(const Command& command) const {
  return machine_->OutcomeBefore(command);
}

Command Society::AsKept(const Command& command) const {
  Command kept = command;
  if (auto* const ticket = std::get_if<CreateTicket>(&kept.body)) {
    ticket->location = machine_->Cloaked(ticket->location);
  }
  return kept;
}

Timestamp Society::time() const { return state().time; }

std::optional<Timestamp> Society::NextDue() const { return machine_->NextDue(); }

std::uint64_t Society::sequence() const { return state().sequence; }

const Settings& Society::settings() const { return state().settings; }

std::uint64_t Society::Hash() const { return HashOf(state()); }

const State& Society::state() const { return machine_->state(); }

std::uint64_t HashOf(const State& state, std::uint32_t rules) {
  Digest digest;
  FieldWriter<Digest> archive(digest, rules);
  Fields(archive, state);
  return digest.value();
}

}  // namespace moyeo::society
