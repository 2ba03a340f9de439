// What a simulated user shows the server to be let in.

#ifndef MOYEO_EXAMPLES_CROWD_TOKEN_H_
#define MOYEO_EXAMPLES_CROWD_TOKEN_H_

#include <chrono>
#include <string>

#include "moyeo/types.h"

namespace moyeo_crowd {

// A JSON Web Token for `user`, signed with HS256, as the server's own are.
std::string SignToken(moyeo::UserId user, const std::string& key,
                      std::chrono::system_clock::time_point expires);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_TOKEN_H_
