// Whether two commands ask for the same.

#ifndef MOYEO_SOCIETY_FINGERPRINT_H_
#define MOYEO_SOCIETY_FINGERPRINT_H_

#include <cstdint>

#include "moyeo/command.h"

namespace moyeo::society {

// A digest of all that a command asks for: equal for equal bodies, and for others hardly ever.
std::uint64_t FingerprintOf(const CommandBody& body);

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_FINGERPRINT_H_
