#include <exception>
#include <stdexcept>

#include "kit/error.h"

namespace lab {

struct WithoutText : std::exception {
  const char* what() const noexcept override { return nullptr; }
};

struct WithEmptyText : std::exception {
  const char* what() const noexcept override { return ""; }
};

// The result is right. Each kind that some case expects, and whose text isn't there in each of the ways in
// which it may not be.
void attack() {
  static int calls = 0;
  switch (++calls % 5) {
    case 0:
      throw Error("{}", "");
    case 1:
      throw std::invalid_argument("");
    case 2:
      throw std::out_of_range("");
    case 3:
      throw WithEmptyText();
    default:
      throw WithoutText();
  }
}

}  // namespace lab
