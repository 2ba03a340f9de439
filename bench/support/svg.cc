#include "bench/support/svg.h"

namespace moyeo::bench {
namespace {

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

Svg::Svg() {
  body_.setf(std::ios::fixed);
  body_.precision(1);
}

void Svg::Rect(double x, double y, double width, double height, std::string_view color) {
  body_ << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << width << "\" height=\"" << height
        << "\" rx=\"2\" fill=\"" << color << "\"/>\n";
}

void Svg::Line(double x, double from_y, double to_y) {
  body_ << "<path d=\"M" << x << ' ' << from_y << 'V' << to_y << "\" stroke=\"" << kTextColor
        << "\" stroke-opacity=\".25\"/>\n";
}

void Svg::Text(double x, double y, std::string_view text, std::string_view attributes) {
  body_ << "<text x=\"" << x << "\" y=\"" << y << '"' << attributes << '>' << Escaped(text)
        << "</text>\n";
}

std::string Svg::Finish(double height, std::string_view title) const {
  std::ostringstream svg;
  svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << kWidth << ' ' << height
      << "\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"11\" fill=\""
      << kTextColor << "\">\n"
      << "<title>" << Escaped(title) << "</title>\n"
      << body_.str() << "</svg>\n";
  return svg.str();
}

}  // namespace moyeo::bench
