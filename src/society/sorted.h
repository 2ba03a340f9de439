// Small sets as sorted vectors: compact, in order, and quick to copy.

#ifndef MOYEO_SOCIETY_SORTED_H_
#define MOYEO_SOCIETY_SORTED_H_

#include <algorithm>
#include <iterator>
#include <vector>

namespace moyeo::society {

template <typename T>
bool Contains(const std::vector<T>& set, const T& value) {
  return std::binary_search(set.begin(), set.end(), value);
}

// False if it was there.
template <typename T>
bool Insert(std::vector<T>& set, const T& value) {
  const auto place = std::lower_bound(set.begin(), set.end(), value);
  if (place != set.end() && *place == value) return false;
  set.insert(place, value);
  return true;
}

// False if it was not there.
template <typename T>
bool Remove(std::vector<T>& set, const T& value) {
  const auto place = std::lower_bound(set.begin(), set.end(), value);
  if (place == set.end() || *place != value) return false;
  set.erase(place);
  return true;
}

// What is in `a` and not in `b`.
template <typename T>
std::vector<T> Difference(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> difference;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(difference));
  return difference;
}

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_SORTED_H_
