// What the numbers were measured on.

#ifndef MOYEO_BENCH_SUPPORT_MACHINE_H_
#define MOYEO_BENCH_SUPPORT_MACHINE_H_

#include <cstddef>
#include <string>

namespace moyeo::bench {

// Processor, cores, compiler and date, on one line. Warns on a second one if the program was
// built without optimization.
std::string DescribeMachine();

// Bytes that the program holds from malloc at this moment, large blocks mapped by it included.
std::size_t HeapBytes();

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_MACHINE_H_
