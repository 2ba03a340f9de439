// Where measurements go: to the table and to the list of results.

#ifndef MOYEO_BENCH_PEERS_REPORT_H_
#define MOYEO_BENCH_PEERS_REPORT_H_

#include <cstddef>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "bench/peers/measure.h"
#include "bench/peers/table.h"
#include "bench/support/places.h"
#include "bench/support/result.h"

namespace moyeo::bench {

// The measurements of one crowd. An engine with an account of its own has two columns: what it
// says, under its name, and what the caller waits for, under its name and kEndToEnd.
class Report {
 public:
  static constexpr const char* kEndToEnd = "_end_to_end";

  // All that is passed must outlive the report. Writes to `table` as well as to `results`.
  Report(std::ostream& out, std::span<const Contestant> contestants, const Crowd& crowd,
         std::vector<Result>& results);

  // One of `times` for each contestant.
  void Add(const std::string& operation, int threads, std::span<const std::optional<Times>> times);

  void AddBytesPerUser();

 private:
  struct Column {
    std::size_t contestant;
    bool own_account;
    std::string name;
  };

  static std::vector<Column> MakeColumns(std::span<const Contestant> contestants);
  static std::vector<std::string> Names(const std::vector<Column>& columns);

  const std::span<const Contestant> contestants_;
  const Crowd& crowd_;
  std::vector<Result>& results_;
  const std::vector<Column> columns_;
  Table table_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_PEERS_REPORT_H_
