// What is asked about tickets.

#ifndef MOYEO_SOCIETY_MATCHING_QUERIES_H_
#define MOYEO_SOCIETY_MATCHING_QUERIES_H_

#include <vector>

#include "moyeo/matching.h"
#include "society/machine.h"

namespace moyeo::society {

// The open tickets of `user`, ascending.
std::vector<TicketView> TicketsOf(const Machine& machine, const User& user);

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_MATCHING_QUERIES_H_
