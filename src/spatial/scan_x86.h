// The loops of scan.h for x86-64 processors that can do more than the least of them.

#ifndef MOYEO_SPATIAL_SCAN_X86_H_
#define MOYEO_SPATIAL_SCAN_X86_H_

#if defined(__x86_64__)

#include "spatial/scan.h"

namespace moyeo::spatial {

extern const ScanLoops kAvx2ScanLoops;
extern const ScanLoops kAvx512ScanLoops;

}  // namespace moyeo::spatial

#endif  // defined(__x86_64__)

#endif  // MOYEO_SPATIAL_SCAN_X86_H_
