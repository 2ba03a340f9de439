// The form that a type has in JSON, if it is not a struct: see json.h.

#ifndef MOYEO_JSON_FORMS_H_
#define MOYEO_JSON_FORMS_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

#include "json/names.h"
#include "moyeo/command.h"
#include "moyeo/types.h"

namespace moyeo::json {

// Decimal strings.
template <typename T>
concept Id = std::same_as<T, UserId> || std::same_as<T, MeetupId> || std::same_as<T, TicketId> ||
    std::same_as<T, RequestId>;

// Names.
template <typename T>
concept Name = std::same_as<T, Visibility> || std::same_as<T, Relation> || std::same_as<T, Reject>;

// Whole numbers.
template <typename T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;

// JavaScript has every whole number up to here.
inline constexpr std::int64_t kGreatestWhole = (std::int64_t{1} << 53) - 1;

template <Whole T>
inline constexpr std::int64_t kLeast =
    std::cmp_less(std::numeric_limits<T>::min(), -kGreatestWhole)
        ? -kGreatestWhole
        : static_cast<std::int64_t>(std::numeric_limits<T>::min());

template <Whole T>
inline constexpr std::int64_t kMost =
    std::cmp_greater(std::numeric_limits<T>::max(), kGreatestWhole)
        ? kGreatestWhole
        : static_cast<std::int64_t>(std::numeric_limits<T>::max());

inline constexpr std::int64_t kLeastTime = kMinTimestamp.time_since_epoch().count();
inline constexpr std::int64_t kMostTime = kMaxTimestamp.time_since_epoch().count();

}  // namespace moyeo::json

#endif  // MOYEO_JSON_FORMS_H_
