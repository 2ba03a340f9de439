// Figures for Prometheus.

#ifndef MOYEO_EXAMPLES_SERVER_METRICS_H_
#define MOYEO_EXAMPLES_SERVER_METRICS_H_

#include <cstddef>
#include <string>

#include "context.h"
#include "hub.h"
#include "moyeo/engine.h"

namespace moyeo::server {

struct Figures {
  HubFigures hub;
  HttpFigures http;
  EngineStatistics engine;
  std::size_t connections = 0;
  std::size_t fences = 0;
  bool ready = false;
};

// In Prometheus's text format, with the memory and processor time of this process.
std::string MetricsText(const Figures& figures);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_METRICS_H_
