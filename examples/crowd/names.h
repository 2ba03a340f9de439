// What the crowd is called.

#ifndef MOYEO_EXAMPLES_CROWD_NAMES_H_
#define MOYEO_EXAMPLES_CROWD_NAMES_H_

#include <cstdint>
#include <string>

namespace moyeo_crowd {

// The name of `user`: Korean, or one of those that are met everywhere. As where nicknames are
// taken, after the first thousand of a billion they have numbers. Others have other ones, but for
// those a billion apart.
std::string NameOf(std::uint64_t user, bool is_korean);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_NAMES_H_
