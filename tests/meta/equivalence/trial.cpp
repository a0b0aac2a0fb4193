#include "trial.h"

namespace lab {

std::map<std::string, TryStep>& trials() {
  static std::map<std::string, TryStep> all;
  return all;
}

}  // namespace lab
