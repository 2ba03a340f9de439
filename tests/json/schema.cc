#include "json/schema.h"

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "json/command_fields.h"
#include "json/documents.h"
#include "json/event_fields.h"
#include "json/fields.h"
#include "json/forms.h"
#include "json/view_fields.h"

namespace moyeo::testing {
namespace {

using Json = nlohmann::ordered_json;

std::string_view DefinitionOf(json::Type<LatLng>) { return "lat_lng"; }
std::string_view DefinitionOf(json::Type<Settings>) { return "settings"; }
std::string_view DefinitionOf(json::Type<Audience>) { return "audience"; }
std::string_view DefinitionOf(json::Type<UserSummary>) { return "user_summary"; }
std::string_view DefinitionOf(json::Type<ExportedMeetup>) { return "exported_meetup"; }
std::string_view DefinitionOf(json::Type<ExportedMessage>) { return "exported_message"; }
std::string_view DefinitionOf(json::Type<MeetupSummary>) { return "meetup_summary"; }
std::string_view DefinitionOf(json::Type<FoundMeetup>) { return "found_meetup"; }
std::string_view DefinitionOf(json::Type<Recommendation>) { return "recommendation"; }
std::string_view DefinitionOf(json::Type<Score>) { return "score"; }
std::string_view DefinitionOf(json::Type<TicketView>) { return "ticket"; }
std::string_view DefinitionOf(json::Type<MemberView>) { return "member"; }
std::string_view DefinitionOf(json::Type<MessageView>) { return "message"; }
std::string_view DefinitionOf(json::Type<Visibility>) { return "visibility"; }
std::string_view DefinitionOf(json::Type<Relation>) { return "relation"; }
std::string_view DefinitionOf(json::Type<Reject>) { return "reject"; }

// The bodies of commands and events.
template <typename T>
requires requires { T::kKind; }
std::string_view DefinitionOf(json::Type<T>) { return NameOf(T::kKind); }

class SchemaWriter {
 public:
  template <typename T>
  std::string File(const Document<T>& document) {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", document.name},
                   {"description", document.description}};
    if constexpr (json::HasFields<T>) {
      schema.update(Object<T>());
    } else {
      schema.update(Of(json::Type<T>{}));
    }
    if (!definitions_.empty()) schema["$defs"] = definitions_;
    return schema.dump(2) + "\n";
  }

 private:
  Json Of(json::Type<bool>) { return {{"type", "boolean"}}; }
  Json Of(json::Type<double>) { return {{"type", "number"}}; }
  Json Of(json::Type<std::string>) { return {{"type", "string"}}; }

  Json Of(json::Type<Timestamp>) {
    return Defined("time", [] {
      return Json{{"description", "UTC milliseconds since 1970."},
                  {"type", "integer"},
                  {"minimum", json::kLeastTime},
                  {"maximum", json::kMostTime}};
    });
  }

  template <json::Whole T>
  Json Of(json::Type<T>) {
    return {{"type", "integer"}, {"minimum", json::kLeast<T>}, {"maximum", json::kMost<T>}};
  }

  template <json::Id T>
  Json Of(json::Type<T>) {
    return Defined("id", [] {
      return Json{{"description", "A decimal number, at most 18446744073709551615."},
                  {"type", "string"},
                  {"pattern", "^(0|[1-9][0-9]{0,19})$"}};
    });
  }

  template <json::Name T>
  Json Of(json::Type<T> type) {
    return Defined(DefinitionOf(type), [] {
      Json names = Json::array();
      for (const T enumerator : json::Enumerators<T>()) names.push_back(json::NameOf(enumerator));
      return Json{{"enum", names}};
    });
  }

  template <typename T>
  Json Of(json::Type<std::optional<T>>) {
    return {{"oneOf", {Of(json::Type<T>{}), {{"type", "null"}}}}};
  }

  template <typename T>
  Json Of(json::Type<std::vector<T>>) {
    return {{"type", "array"}, {"items", Of(json::Type<T>{})}};
  }

  template <json::HasFields T>
  Json Of(json::Type<T> type) {
    return Defined(DefinitionOf(type), [this] { return Object<T>(); });
  }

  template <typename T>
  Json Object() {
    Json object = {{"type", "object"},
                   {"properties", Json::object()},
                   {"required", Json::array()},
                   {"additionalProperties", false}};
    json::ForEachField<T>([&](const auto& field) { Add(field, object); });
    return object;
  }

  template <typename T, typename Member>
  void Add(const json::Field<T, Member>& field, Json& object) {
    if constexpr (json::kIsOptional<Member>) {
      object["properties"][field.name] = Of(json::Type<typename Member::value_type>{});
    } else {
      object["properties"][field.name] = Of(json::Type<Member>{});
    }
    if (field.required) object["required"].push_back(field.name);
  }

  template <typename T, typename Variant>
  void Add(const json::Body<T, Variant>&, Json& object) {
    Json kinds = Json::array();
    Json alternatives = Json::array();
    json::ForEachAlternative<Variant>([&]<typename Alternative>(json::Type<Alternative> type) {
      const std::string_view kind = NameOf(Alternative::kKind);
      kinds.push_back(kind);
      alternatives.push_back(
          {{"properties", {{json::kKindField, {{"const", kind}}}, {json::kBodyField, Of(type)}}}});
    });
    object["properties"][json::kKindField] = {{"enum", kinds}};
    object["properties"][json::kBodyField] = {{"type", "object"}};
    object["required"].push_back(json::kKindField);
    object["required"].push_back(json::kBodyField);
    object["oneOf"] = alternatives;
  }

  // A reference to the definition, which is made if it is not there yet.
  template <typename Make>
  Json Defined(std::string_view name, Make make) {
    const std::string key(name);
    if (!definitions_.contains(key)) {
      Json definition = make();
      definitions_[key] = std::move(definition);
    }
    return {{"$ref", "#/$defs/" + key}};
  }

  Json definitions_ = Json::object();
};

}  // namespace

std::vector<SchemaFile> Schemas() {
  std::vector<SchemaFile> files;
  ForEachDocument([&](const auto& document) {
    files.push_back({std::string(document.name) + ".json", SchemaWriter().File(document)});
  });
  return files;
}

}  // namespace moyeo::testing
