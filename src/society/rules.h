// The version of the rules.

#ifndef MOYEO_SOCIETY_RULES_H_
#define MOYEO_SOCIETY_RULES_H_

#include <cstdint>

namespace moyeo::society {

// Of the rules by which commands are applied. A new number means that the same commands could lead
// to another state, or that a state has more in it. Texts are part of them: libutf8proc's version
// of Unicode decides what is a character and what folds to the same, so that another version may
// want a new number too.
inline constexpr std::uint32_t kRulesVersion = 2;

// The first with tickets, and weights of scores.
inline constexpr std::uint32_t kRulesWithTickets = 2;

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_RULES_H_
