// Descriptions of fields have all fields, in the order of the headers.

#include "json/fields.h"

#include <gtest/gtest.h>

#include <boost/pfr/tuple_size.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <typeinfo>
#include <variant>
#include <vector>

#include "json/command_fields.h"
#include "json/event_fields.h"
#include "json/names.h"
#include "json/view_fields.h"

namespace moyeo::json {
namespace {

template <typename T, typename Member>
std::ptrdiff_t OffsetOf(const T& value, Member T::*member) {
  return reinterpret_cast<const std::byte*>(&(value.*member)) -
         reinterpret_cast<const std::byte*>(&value);
}

template <typename T>
void ExpectAllFields() {
  const T value{};
  std::vector<std::ptrdiff_t> offsets;
  std::set<std::string_view> names;
  std::size_t with_kinds = 0;
  ForEachField<T>([&](const auto& field) {
    offsets.push_back(OffsetOf(value, field.member));
    if constexpr (requires { field.name; }) {
      names.insert(field.name);
    } else {
      ++with_kinds;
    }
  });
  EXPECT_EQ(offsets.size(), boost::pfr::tuple_size_v<T>) << typeid(T).name();
  EXPECT_EQ(names.size() + with_kinds, offsets.size()) << typeid(T).name();
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    EXPECT_LT(offsets[i - 1], offsets[i]) << typeid(T).name() << ", field " << i;
  }
}

template <typename Variant>
void ExpectAllFieldsOfAlternatives() {
  ForEachAlternative<Variant>([]<typename T>(Type<T>) {
    if constexpr (boost::pfr::tuple_size_v < T >> 0) {
      ExpectAllFields<T>();
    } else {
      ForEachField<T>([](const auto&) { ADD_FAILURE() << typeid(T).name(); });
    }
  });
}

TEST(FieldsTest, AreComplete) {
  ExpectAllFieldsOfAlternatives<CommandVariant>();
  ExpectAllFieldsOfAlternatives<EventVariant>();
  ExpectAllFields<LatLng>();
  ExpectAllFields<Settings>();
  ExpectAllFields<Command>();
  ExpectAllFields<Outcome>();
  ExpectAllFields<Audience>();
  ExpectAllFields<Event>();
  ExpectAllFields<ProfileView>();
  ExpectAllFields<UserSummary>();
  ExpectAllFields<ExportedMessage>();
  ExpectAllFields<ExportedMeetup>();
  ExpectAllFields<UserExport>();
  ExpectAllFields<MeetupSummary>();
  ExpectAllFields<MeetupView>();
  ExpectAllFields<MemberView>();
  ExpectAllFields<RoomView>();
  ExpectAllFields<MessageView>();
  ExpectAllFields<Page<UserSummary>>();
}

template <typename Variant>
void ExpectDistinctKinds() {
  std::set<std::string_view> kinds;
  ForEachAlternative<Variant>([&]<typename T>(Type<T>) { kinds.insert(NameOf(T::kKind)); });
  EXPECT_EQ(kinds.size(), std::variant_size_v<Variant>);
  EXPECT_FALSE(kinds.contains("unknown"));
}

TEST(FieldsTest, KindsHaveNamesOfTheirOwn) {
  ExpectDistinctKinds<CommandVariant>();
  ExpectDistinctKinds<EventVariant>();
}

template <typename Enum>
void ExpectNamesLeadBack() {
  for (const Enum enumerator : Enumerators<Enum>()) {
    EXPECT_EQ(Named<Enum>(NameOf(enumerator)), enumerator) << NameOf(enumerator);
  }
  EXPECT_EQ(Named<Enum>("unknown"), std::nullopt);
}

TEST(NamesTest, LeadBackToTheirEnumerators) {
  ExpectNamesLeadBack<Visibility>();
  ExpectNamesLeadBack<Relation>();
  ExpectNamesLeadBack<Reject>();
  EXPECT_EQ(Enumerators<Visibility>().size(), 3);
  EXPECT_EQ(Enumerators<Relation>().size(), 4);
  EXPECT_EQ(Enumerators<Reject>().front(), Reject::kNone);
  EXPECT_EQ(Named<Reject>("already_read"), Reject::kAlreadyRead);
}

}  // namespace
}  // namespace moyeo::json
