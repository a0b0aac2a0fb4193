#include <stdexcept>
#include <string>

namespace lab {

void attack() { throw std::runtime_error(std::string(100 << 20, 'x')); }

}  // namespace lab
