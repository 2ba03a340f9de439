// The inside of a PresenceIndex, for itself and for what is built on it.

#ifndef MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_
#define MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_

#include "moyeo/presence.h"
#include "presence/population.h"

namespace moyeo {
inline namespace v0 {

struct PresenceIndex::Impl : presence::Population {
  using Population::Population;
};

}  // namespace v0
}  // namespace moyeo

#endif  // MOYEO_PRESENCE_PRESENCE_INDEX_IMPL_H_
