// Whether a drawing can be read, for tests.

#ifndef MOYEO_BENCH_SUPPORT_WELL_FORMED_H_
#define MOYEO_BENCH_SUPPORT_WELL_FORMED_H_

#include <string>

namespace moyeo::bench {

// Every element is closed in order, and attributes and text hold none of what they must not.
bool IsWellFormed(const std::string& xml);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_WELL_FORMED_H_
