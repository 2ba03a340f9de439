// The results for a person to read: a row for each operation, a column for each engine.

#ifndef MOYEO_BENCH_PEERS_TABLE_H_
#define MOYEO_BENCH_PEERS_TABLE_H_

#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "bench/peers/engine.h"
#include "bench/support/statistics.h"

namespace moyeo::bench {

// Rows appear as they are measured. Beside each engine's number stands how many times the first
// engine's it is.
class Table {
 public:
  // Writes the heading. `out` and `engines` must outlive the table.
  Table(std::ostream& out, std::span<const EngineKind> engines);

  // Nanoseconds per operation: median, with 10th and 90th percentile in brackets.
  void AddTimes(std::string_view operation, std::span<const Summary> ns);

  void AddBytesPerUser(std::span<const double> bytes);

 private:
  void AddRow(std::string_view name, std::span<const double> values,
              std::span<const std::string> details);

  std::ostream& out_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_TABLE_H_
