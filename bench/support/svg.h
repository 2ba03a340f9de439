// Drawings as SVG, as the pictures of results are made.

#ifndef MOYEO_BENCH_SUPPORT_SVG_H_
#define MOYEO_BENCH_SUPPORT_SVG_H_

#include <sstream>
#include <string>
#include <string_view>

namespace moyeo::bench {

// A drawing of fixed width that grows downwards. Coordinates are in pixels from the upper left
// corner.
class Svg {
 public:
  // Legible on white and on black. The first stands out.
  static constexpr std::string_view kFirstColor = "#e8590c";
  static constexpr std::string_view kColor = "#7a8ca3";
  static constexpr std::string_view kTextColor = "#808895";

  static constexpr double kWidth = 900;

  // Attributes of texts, as Text takes them.
  static constexpr std::string_view kTitle = " font-weight=\"bold\" font-size=\"13\"";
  static constexpr std::string_view kBold = " font-weight=\"bold\"";
  static constexpr std::string_view kEnd = " text-anchor=\"end\"";
  static constexpr std::string_view kMiddle = " text-anchor=\"middle\"";

  Svg();

  void Rect(double x, double y, double width, double height, std::string_view color);
  // From top to bottom, hardly visible.
  void Line(double x, double from_y, double to_y);
  // `y` is the text's base line.
  void Text(double x, double y, std::string_view text, std::string_view attributes = "");

  // The whole, complete in itself, with `title` for those who cannot see it.
  std::string Finish(double height, std::string_view title) const;

 private:
  std::ostringstream body_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_SVG_H_
