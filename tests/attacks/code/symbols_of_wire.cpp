#include <span>
#include <string_view>
#include <vector>

// What the worker tells of an answer, as the kit's own files name it.
namespace lab::wire {

struct Run {
  unsigned long offset = 0;
  std::vector<float> values;
};

std::vector<Run> changes(std::span<const float>, std::span<const float>) { return {}; }
void patch(std::span<float>, const std::vector<Run>&) {}

}  // namespace lab::wire
