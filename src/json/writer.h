// Values as JSON text.

#ifndef MOYEO_JSON_WRITER_H_
#define MOYEO_JSON_WRITER_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "json/fields.h"
#include "json/forms.h"
#include "moyeo/types.h"

namespace moyeo::json {

// In quotes, with what is not UTF-8 replaced.
void AppendText(std::string& out, std::string_view text);

// The shortest number that reads back as the same; null if it is not finite.
void AppendDouble(std::string& out, double number);

class Writer {
 public:
  std::string text() && { return std::move(out_); }

  void Write(bool value) { out_ += value ? "true" : "false"; }
  void Write(Whole auto value) { absl::StrAppend(&out_, value); }
  void Write(double value) { AppendDouble(out_, value); }
  void Write(const std::string& value) { AppendText(out_, value); }
  void Write(Id auto value) { absl::StrAppend(&out_, "\"", ToNumber(value), "\""); }
  void Write(Name auto value) { WriteName(NameOf(value)); }
  void Write(Timestamp value) { absl::StrAppend(&out_, value.time_since_epoch().count()); }

  template <typename T>
  void Write(const std::optional<T>& value) {
    if (value.has_value()) {
      Write(*value);
    } else {
      out_ += "null";
    }
  }

  template <typename T>
  void Write(const std::vector<T>& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      Write(values[i]);
    }
    out_ += ']';
  }

  template <HasFields T>
  void Write(const T& value) {
    out_ += '{';
    bool first = true;
    ForEachField<T>([&](const auto& field) { WriteField(value, field, first); });
    out_ += '}';
  }

 private:
  template <typename T, typename Member>
  void WriteField(const T& value, const Field<T, Member>& field, bool& first) {
    const Member& member = value.*field.member;
    if constexpr (kIsOptional<Member>) {
      if (!member.has_value()) return;
      Begin(field.name, first);
      Write(*member);
    } else {
      Begin(field.name, first);
      Write(member);
    }
  }

  template <typename T, typename Variant>
  void WriteField(const T& value, const Body<T, Variant>& field, bool& first) {
    const Variant& variant = value.*field.member;
    Begin(kKindField, first);
    WriteName(NameOf(KindOf(variant)));
    Begin(kBodyField, first);
    std::visit([this](const auto& alternative) { this->Write(alternative); }, variant);
  }

  void Begin(std::string_view name, bool& first) {
    if (!first) out_ += ',';
    first = false;
    WriteName(name);
    out_ += ':';
  }

  // Names are of letters and underscores.
  void WriteName(std::string_view name) {
    out_ += '"';
    out_ += name;
    out_ += '"';
  }

  std::string out_;
};

template <typename T>
std::string Written(const T& value) {
  Writer writer;
  writer.Write(value);
  return std::move(writer).text();
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_WRITER_H_
