#include "bench/peers/table.h"

#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>

namespace moyeo::bench {
namespace {

constexpr int kNameWidth = 18;
constexpr int kValueWidth = 12;
constexpr int kDetailWidth = 26;
constexpr int kRatioWidth = 9;

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

Table::Table(std::ostream& out, std::span<const EngineKind> engines) : out_(out) {
  out_ << std::left << std::setw(kNameWidth) << "";
  for (std::size_t i = 0; i < engines.size(); ++i) {
    const int width = kValueWidth + kDetailWidth + (i > 0 ? kRatioWidth : 0);
    out_ << std::right << std::setw(width) << engines[i].name;
  }
  out_ << std::endl;
}

void Table::AddTimes(std::string_view operation, std::span<const Summary> ns) {
  std::vector<double> medians;
  std::vector<std::string> spreads;
  for (const Summary& summary : ns) {
    medians.push_back(summary.median);
    spreads.push_back(" [" + Grouped(summary.p10) + ".." + Grouped(summary.p90) + "]");
  }
  AddRow(operation, medians, spreads);
}

void Table::AddBytesPerUser(std::span<const double> bytes) {
  AddRow("bytes per user", bytes, std::vector<std::string>(bytes.size()));
}

void Table::AddRow(std::string_view name, std::span<const double> values,
                   std::span<const std::string> details) {
  out_ << std::left << std::setw(kNameWidth) << name << std::right;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out_ << std::setw(kValueWidth) << Grouped(values[i]) << std::setw(kDetailWidth) << details[i];
    if (i > 0) out_ << std::setw(kRatioWidth) << Ratio(values[i], values[0]);
  }
  out_ << std::endl;
}

}  // namespace moyeo::bench
