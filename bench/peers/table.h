// The results for a person to read: a row for each operation, a column for each engine.

#ifndef MOYEO_BENCH_PEERS_TABLE_H_
#define MOYEO_BENCH_PEERS_TABLE_H_

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/support/statistics.h"

namespace moyeo::bench {

// Rows appear as they are measured. Beside each number stands how many times the first column's it
// is; at the end of the row, by how much its most restless number went up and down. What was not
// measured is a dash.
class Table {
 public:
  // Writes the heading. `out` must outlive the table.
  Table(std::ostream& out, std::span<const std::string> columns);

  // Nanoseconds per operation: the medians, and half of the way from 10th to 90th percentile.
  void AddTimes(std::string_view operation, std::span<const std::optional<Summary>> ns);

  void AddBytesPerUser(std::span<const double> bytes);

 private:
  void AddRow(std::string_view name, std::span<const std::optional<double>> values,
              std::string_view spread);

  std::ostream& out_;
  std::vector<int> widths_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_TABLE_H_
