#include <stdexcept>

#include "kit/error.h"
#include "kit/not_implemented.h"

namespace lab {

// Each kind of exception in turn, in the hope that a case wants one; also an untouched stub's words.
void attack() {
  static int calls = 0;
  switch (++calls % 5) {
    case 0:
      throw Error("{}", "no");
    case 1:
      throw std::invalid_argument("no");
    case 2:
      throw std::out_of_range("no");
    case 3:
      throw NotImplemented("attack", "nowhere", "0");
    default:
      throw 1;
  }
}

}  // namespace lab
