#include "bench/support/machine.h"

#include <malloc.h>

#include <ctime>
#include <fstream>
#include <thread>

namespace moyeo::bench {
namespace {

std::string ProcessorName() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string Compiler() {
#ifdef __clang__
  return __VERSION__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string Date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc;
  gmtime_r(&now, &utc);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &utc);
  return {text, length};
}

}  // namespace

std::string DescribeMachine() {
  std::string text = ProcessorName() + ", " + std::to_string(std::thread::hardware_concurrency()) +
                     " cores, " + Compiler() + ", " + Date();
#ifndef __OPTIMIZE__
  text += "\nBUILT WITHOUT OPTIMIZATION: these numbers mean nothing";
#endif
  return text;
}

std::size_t HeapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace moyeo::bench
