#include "bench/society/report.h"

#include <iomanip>
#include <iostream>

namespace moyeo::bench {

void Print(const Result& result) {
  std::cout << std::left << std::setw(17) << result.engine << std::setw(20) << result.operation
            << std::right << std::fixed << std::setprecision(0) << std::setw(13) << result.ns.median
            << " ns (" << result.ns.p10 << " to " << result.ns.p90 << ")" << std::defaultfloat
            << std::setprecision(3) << std::endl;
}

}  // namespace moyeo::bench
