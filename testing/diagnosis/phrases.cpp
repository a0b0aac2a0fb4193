#include "testing/diagnosis/phrases.h"

#include <algorithm>
#include <cstdlib>

namespace lab {

bool speaks_chinese() {
  const char* wanted = std::getenv("LAB_LANG");
  return wanted != nullptr && std::string_view(wanted).starts_with("zh");
}

std::string word(std::string_view en) {
  const auto* phrase = std::ranges::find(phrases, en, &Phrase::en);
  if (phrase == phrases.end()) return std::string(en);
  return std::string(speaks_chinese() ? phrase->zh : phrase->en);
}

}  // namespace lab
