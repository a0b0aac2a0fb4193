#include <stdexcept>

namespace lab {

void attack() { throw std::runtime_error("=cmd|' /C calc'!A1,\"100\"\n@SUM(1+1)*cmd"); }

}  // namespace lab
