// What a fuzzer finds ends the program, so that the input is kept.

#ifndef MOYEO_TESTS_FUZZ_REQUIRE_H_
#define MOYEO_TESTS_FUZZ_REQUIRE_H_

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace moyeo::testing {

inline void Require(bool holds, std::string_view what, std::string_view detail = {}) {
  if (holds) return;
  std::cerr << "It does not hold that " << what << ".\n" << detail << '\n';
  std::abort();
}

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_FUZZ_REQUIRE_H_
