#include "society/society.h"

#include "society/digest.h"
#include "society/machine.h"

namespace moyeo::society {

Society::Society() : machine_(std::make_unique<Machine>()) {}
Society::~Society() = default;
Society::Society(Society&&) noexcept = default;
Society& Society::operator=(Society&&) noexcept = default;

Reject Society::Validate(const Command& command) const { return machine_->Validate(command); }

Outcome Society::Apply(const Command& command, std::vector<Event>& events) {
  return machine_->Apply(command, events);
}

Timestamp Society::time() const { return state().time; }

std::optional<Timestamp> Society::NextDue() const { return machine_->NextDue(); }

std::uint64_t Society::sequence() const { return state().sequence; }

const Settings& Society::settings() const { return state().settings; }

std::uint64_t Society::Hash() const {
  Digest digest;
  state().Visit(digest);
  return digest.value();
}

const State& Society::state() const { return machine_->state(); }

}  // namespace moyeo::society
