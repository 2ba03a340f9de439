#include "bench/peers/table.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace moyeo::bench {
namespace {

constexpr int kNameWidth = 22;
constexpr int kValueWidth = 12;
constexpr int kRatioWidth = 8;
constexpr int kSpreadWidth = 8;
constexpr int kGap = 2;

// 1234567.8 as "1,234,568".
std::string Grouped(double value) {
  std::string digits = std::to_string(std::llround(value));
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string Ratio(double value, double reference) {
  std::ostringstream text;
  const double ratio = value / reference;
  text << std::fixed << std::setprecision(ratio < 10 ? 1 : 0) << ratio << 'x';
  return text.str();
}

}  // namespace

Table::Table(std::ostream& out, std::span<const std::string> columns) : out_(out) {
  out_ << std::left << std::setw(kNameWidth) << "" << std::right;
  for (const std::string& column : columns) {
    const int least = kValueWidth + (widths_.empty() ? 0 : kRatioWidth);
    widths_.push_back(std::max(least, static_cast<int>(column.size()) + kGap));
    out_ << std::setw(widths_.back()) << column;
  }
  out_ << std::setw(kSpreadWidth) << "spread" << std::endl;
}

void Table::AddTimes(std::string_view operation, std::span<const std::optional<Summary>> ns) {
  std::vector<std::optional<double>> medians;
  double spread = 0;
  for (const std::optional<Summary>& summary : ns) {
    medians.push_back(summary ? std::optional(summary->median) : std::nullopt);
    if (!summary || summary->median <= 0) continue;
    spread = std::max(spread, (summary->p90 - summary->p10) / 2 / summary->median);
  }
  AddRow(operation, medians, "±" + Grouped(100 * spread) + '%');
}

void Table::AddBytesPerUser(std::span<const double> bytes) {
  AddRow("bytes per user", std::vector<std::optional<double>>(bytes.begin(), bytes.end()), "");
}

void Table::AddRow(std::string_view name, std::span<const std::optional<double>> values,
                   std::string_view spread) {
  out_ << std::left << std::setw(kNameWidth) << name << std::right;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool has_ratio = i > 0;
    const int ratio_width = has_ratio ? kRatioWidth : 0;
    out_ << std::setw(widths_[i] - ratio_width) << (values[i] ? Grouped(*values[i]) : "-");
    const bool comparable = has_ratio && values[i] && values[0] && *values[0] > 0;
    out_ << std::setw(ratio_width) << (comparable ? Ratio(*values[i], *values[0]) : "");
  }
  // The sign before the number is two bytes, but takes one place.
  out_ << std::setw(kSpreadWidth + 1) << spread << std::endl;
}

}  // namespace moyeo::bench
