// Random values of every type that has a form in JSON, made from the description of its fields.

#ifndef MOYEO_TESTS_JSON_ANY_H_
#define MOYEO_TESTS_JSON_ANY_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "json/event_fields.h"
#include "json/fields.h"
#include "json/forms.h"
#include "json/view_fields.h"
#include "support/seeds.h"

namespace moyeo::testing {

// Text with all that may go wrong on the way: quotes, control characters, every length of UTF-8.
std::string AnyText(Random& random);

// Now and then the least or the most, else of any magnitude between.
std::int64_t AnyWhole(Random& random, std::int64_t least, std::int64_t most);

double AnyDouble(Random& random);

template <typename T>
struct AnyOf;

// A value of T that can be written and read back.
template <typename T>
T Any(Random& random) {
  return AnyOf<T>{}(random);
}

template <typename T>
struct AnyOf {
  T operator()(Random& random) const {
    if constexpr (std::same_as<T, bool>) {
      return random.OneIn(2);
    } else if constexpr (std::same_as<T, double>) {
      return AnyDouble(random);
    } else if constexpr (std::same_as<T, std::string>) {
      return AnyText(random);
    } else if constexpr (std::same_as<T, Timestamp>) {
      return Timestamp(
          std::chrono::milliseconds(AnyWhole(random, json::kLeastTime, json::kMostTime)));
    } else if constexpr (json::Whole<T>) {
      return static_cast<T>(AnyWhole(random, json::kLeast<T>, json::kMost<T>));
    } else if constexpr (json::Id<T>) {
      return T{random.OneIn(8) ? ~std::uint64_t{0} : random.Bits() >> random.Below(64)};
    } else if constexpr (json::Name<T>) {
      return random.Pick(json::Enumerators<T>());
    } else {
      T value{};
      json::ForEachField<T>([&](const auto& field) { Fill(random, field, value); });
      return value;
    }
  }

 private:
  template <typename Member>
  static void Fill(Random& random, const json::Field<T, Member>& field, T& value) {
    value.*field.member = Any<Member>(random);
  }

  template <typename... Alternative>
  static std::variant<Alternative...> Alternatives(const std::variant<Alternative...>&);

  template <typename Variant>
  static void Fill(Random& random, const json::Body<T, Variant>& field, T& value) {
    const std::size_t chosen = random.Below(std::variant_size_v<decltype(Alternatives(Variant()))>);
    std::size_t index = 0;
    json::ForEachAlternative<Variant>([&]<typename Alternative>(json::Type<Alternative>) {
      if (index++ == chosen) value.*field.member = Any<Alternative>(random);
    });
  }
};

template <typename T>
struct AnyOf<std::optional<T>> {
  std::optional<T> operator()(Random& random) const {
    if (random.OneIn(3)) return std::nullopt;
    return Any<T>(random);
  }
};

template <typename T>
struct AnyOf<std::vector<T>> {
  std::vector<T> operator()(Random& random) const {
    std::vector<T> values(random.Below(4));
    for (T& value : values) value = Any<T>(random);
    return values;
  }
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JSON_ANY_H_
