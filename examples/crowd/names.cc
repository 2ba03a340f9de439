#include "examples/crowd/names.h"

#include <array>
#include <numeric>
#include <string_view>

namespace moyeo_crowd {
namespace {

constexpr std::array<std::string_view, 24> kKoreanSurnames = {
    "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오",
    "서", "신", "권", "황", "안", "송", "전", "홍", "유", "고", "문", "양"};

constexpr std::array<std::string_view, 49> kKoreanNames = {
    "민준", "서연", "도윤", "서윤", "예준", "지우", "시우", "하윤", "주원", "하은",
    "지호", "지유", "준서", "수아", "건우", "지민", "현우", "채원", "지훈", "다은",
    "선우", "은서", "연우", "예은", "유준", "소율", "정우", "시아", "승우", "수빈",
    "승현", "지안", "은우", "윤서", "지환", "유나", "민재", "나은", "현준", "가은",
    "성민", "예린", "동현", "보라", "재윤", "한별", "태윤", "아름", "영호"};

constexpr std::array<std::string_view, 24> kInitials = {"A", "B", "C", "D", "E", "F", "G", "H",
                                                        "I", "J", "K", "L", "M", "N", "O", "P",
                                                        "R", "S", "T", "U", "V", "W", "Y", "Z"};

constexpr std::array<std::string_view, 49> kNames = {
    "Ada",     "Amir",  "Ana",    "Aiko",  "Ben",   "Bianca", "Carlos", "Chloe", "Daniel", "Diya",
    "Elena",   "Emre",  "Fatima", "Felix", "Grace", "Hana",   "Hugo",   "Ines",  "Ivan",   "Jana",
    "Jonas",   "Kenji", "Lara",   "Leo",   "Lucia", "Mai",    "Marco",  "Maya",  "Mei",    "Mila",
    "Mohamed", "Nadia", "Nina",   "Noah",  "Olga",  "Omar",   "Paula",  "Pavel", "Priya",  "Rafael",
    "Rosa",    "Sam",   "Sofia",  "Tariq", "Tomas", "Vera",   "Yara",   "Yusuf", "Zoe"};

// Both lists go round, so that every pair is met before one comes again.
static_assert(kKoreanSurnames.size() == kInitials.size() && kKoreanNames.size() == kNames.size());
static_assert(std::gcd(kInitials.size(), kNames.size()) == 1);
static_assert(kInitials.size() * kNames.size() >= 1'000);

constexpr std::uint64_t kPairs = kInitials.size() * kNames.size();

template <typename Names>
std::string_view Of(const Names& names, std::uint64_t number) {
  return names[number % names.size()];
}

}  // namespace

std::string NameOf(std::uint64_t user, bool is_korean) {
  constexpr std::uint64_t kBillion = 1'000'000'000;
  const std::uint64_t number = user % kBillion;
  std::string name;
  if (is_korean) {
    name.append(Of(kKoreanSurnames, number)).append(Of(kKoreanNames, number));
  } else {
    name.append(Of(kNames, number)).append(" ").append(Of(kInitials, number)).append(".");
  }
  if (number >= kPairs) name.append(" ").append(std::to_string(number / kPairs + 1));
  return name;
}

}  // namespace moyeo_crowd
