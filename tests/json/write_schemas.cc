// write_schemas DIRECTORY: writes docs/schema anew after a change of what json.h reads and writes.

#include <fstream>
#include <iostream>
#include <string>

#include "json/schema.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "Usage: moyeo_write_schemas DIRECTORY\n";
    return 2;
  }
  for (const auto& file : moyeo::testing::Schemas()) {
    const std::string path = std::string(argv[1]) + "/" + file.name;
    std::ofstream out(path, std::ios::binary);
    out << file.text << std::flush;
    if (!out) {
      std::cerr << "cannot write " << path << '\n';
      return 1;
    }
  }
}
