// What went wrong, in words.

#ifndef MOYEO_EXAMPLES_SERVER_SENTENCES_H_
#define MOYEO_EXAMPLES_SERVER_SENTENCES_H_

#include <span>
#include <string_view>

namespace moyeo::server {

struct Sentence {
  std::string_view code;
  std::string_view korean;
  std::string_view english;  // of the server's own codes; the engine has the others
};

std::span<const Sentence> Sentences();

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_SENTENCES_H_
