#include <stdexcept>

namespace lab {

// The result is right, the exception has no text: does anybody notice that it isn't a return?
void attack() { throw std::runtime_error(""); }

}  // namespace lab
