// print_documents SEED COUNT: random documents of every type, one a line, and what FromJson says to
// each, for schema_test.py to compare with the schemas:
//
//   command <tab> accepted <tab> {"time":...}
//
// Half of them have been tampered with, which may have made something else or nothing of them.

#include <array>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "json/any.h"
#include "json/documents.h"

namespace moyeo::testing {
namespace {

using Json = nlohmann::json;

// Values that are of another type, at an edge, or past it. Whole numbers with a fraction, and ids
// of twenty digits above 2^64, are left out: there schemas cannot be as exact as the codec.
Json Tampering(Random& random) {
  static const std::vector<Json> kValues = {
      nullptr,
      true,
      false,
      0,
      -1,
      255,
      1.5,
      4'294'967'295,
      4'294'967'296,
      9'007'199'254'740'991,
      9'007'199'254'740'992,
      8'640'000'000'000'000,
      8'640'000'000'000'001,
      -8'640'000'000'000'001,
      -9'007'199'254'740'992,
      18'446'744'073'709'551'615U,
      1e300,
      "",
      "0",
      "7",
      "07",
      "-7",
      "+7",
      " 7",
      "7 ",
      "7.0",
      "1e3",
      "18446744073709551615",
      "184467440737095516150",
      "exact",
      "Exact",
      "friend",
      "none",
      "full",
      "unknown",
      "erase",
      "advance",
      "member_joined",
      "모임",
      Json::array(),
      Json::array({"7"}),
      Json::array({nullptr}),
      Json::object(),
      Json::object({{"lat", 1}, {"lng", 2.5}}),
      Json::object({{"lat", 1}}),
  };
  return random.Pick(kValues);
}

// Changes one thing somewhere in `json`.
void Tamper(Json& json, Random& random) {
  if (json.is_structured() && !json.empty() && !random.OneIn(5)) {
    const auto chosen = std::next(json.begin(), random.Below(json.size()));
    if (random.OneIn(6)) {
      json.erase(chosen);
    } else {
      Tamper(*chosen, random);
    }
  } else if (json.is_object() && random.OneIn(2)) {
    constexpr std::array<const char*, 6> kNames = {"body", "kind", "user", "Title", "", "location"};
    json[random.Pick(kNames)] = Tampering(random);
  } else {
    json = Tampering(random);
  }
}

void PrintDocuments(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  for (std::size_t i = 0; i < count; ++i) {
    ForEachDocument([&]<typename T>(const Document<T>& document) {
      std::string text = ToJson(Any<T>(random));
      if (random.OneIn(2)) {
        Json json = Json::parse(text);
        Tamper(json, random);
        text = json.dump();
      }
      const char* const verdict = FromJson<T>(text).ok() ? "accepted" : "refused";
      std::cout << document.name << '\t' << verdict << '\t' << text << '\n';
    });
  }
}

}  // namespace
}  // namespace moyeo::testing

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "Usage: moyeo_print_documents SEED COUNT\n";
    return 2;
  }
  moyeo::testing::PrintDocuments(std::stoull(argv[1]), std::stoull(argv[2]));
}
