// MOYEO_EXPORT marks what a shared libmoyeo shows; everything else is hidden.

#ifndef MOYEO_EXPORT_H_
#define MOYEO_EXPORT_H_

#if defined(__GNUC__)
#define MOYEO_EXPORT __attribute__((visibility("default")))
#else
#define MOYEO_EXPORT
#endif

#endif  // MOYEO_EXPORT_H_
