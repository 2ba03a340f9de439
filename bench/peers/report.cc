#include "bench/peers/report.h"

namespace moyeo::bench {

Report::Report(std::ostream& out, std::span<const Contestant> contestants, const Crowd& crowd,
               std::vector<Result>& results)
    : contestants_(contestants),
      crowd_(crowd),
      results_(results),
      columns_(MakeColumns(contestants)),
      table_(out, Names(columns_)) {}

void Report::Add(const std::string& operation, int threads,
                 std::span<const std::optional<Times>> times) {
  std::vector<std::optional<Summary>> row;
  for (const Column& column : columns_) {
    row.emplace_back();
    const std::optional<Times>& measured = times[column.contestant];
    if (!measured) continue;
    row.back() = column.own_account ? measured->own_ns : measured->ns;
    if (!row.back()) continue;
    results_.push_back({.engine = column.name,
                        .operation = operation,
                        .users = crowd_.size(),
                        .distribution = std::string(Name(crowd_.distribution())),
                        .threads = threads,
                        .ns = *row.back(),
                        .bytes_per_user = contestants_[column.contestant].bytes_per_user});
  }
  table_.AddTimes(threads == 1 ? operation : operation + ", threads: " + std::to_string(threads),
                  row);
}

void Report::AddBytesPerUser() {
  std::vector<double> bytes;
  for (const Column& column : columns_) {
    bytes.push_back(contestants_[column.contestant].bytes_per_user);
  }
  table_.AddBytesPerUser(bytes);
}

std::vector<Report::Column> Report::MakeColumns(std::span<const Contestant> contestants) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const std::string name(contestants[i].kind.name);
    const bool has_account = contestants[i].engine->OwnNanoseconds().has_value();
    if (has_account) columns.push_back({i, true, name});
    columns.push_back({i, false, has_account ? name + kEndToEnd : name});
  }
  return columns;
}

std::vector<std::string> Report::Names(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace moyeo::bench
