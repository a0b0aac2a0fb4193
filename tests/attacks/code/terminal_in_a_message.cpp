#include <stdexcept>

namespace lab {

void attack() {
  throw std::runtime_error("\x1b]0;lab_attack\x07\x1b[2J\x1b[31m\r\b\xff\xfe\xc0\x80 \xe2\x80\xae");
}

}  // namespace lab
