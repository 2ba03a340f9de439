// How moyeo's types read in the message of a failed test.

#ifndef MOYEO_TESTS_SUPPORT_PRINT_H_
#define MOYEO_TESTS_SUPPORT_PRINT_H_

#include <optional>
#include <ostream>
#include <string>

#include "moyeo/presence.h"
#include "moyeo/types.h"

namespace moyeo {

// Numbers are written so that they read back to the same bits.
std::string Describe(UserId user);
std::string Describe(LatLng position);
std::string Describe(Timestamp time);
std::string Describe(const Neighbor& neighbor);
std::string Describe(const Presence& presence);
std::string Describe(const NearbyQuery& query);

void PrintTo(UserId user, std::ostream* out);
void PrintTo(LatLng position, std::ostream* out);
void PrintTo(const Neighbor& neighbor, std::ostream* out);
void PrintTo(const Presence& presence, std::ostream* out);

}  // namespace moyeo

#endif  // MOYEO_TESTS_SUPPORT_PRINT_H_
