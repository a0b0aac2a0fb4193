// What libFuzzer does, in small: every file of a corpus as it is, and seeded changes of it. It needs no
// Clang, so the short run is part of ./lab selftest.
//   NAME_fuzz CORPUS CHANGES     CHANGES of each file
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "input.h"

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One change: a byte, a run cut out, a run doubled, a run put in elsewhere, the end cut off, or, as often as
/// all these, another digit in the place of one: most others leave no JSON behind.
std::string changed(std::string input, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const std::size_t at = below(input.size());
  const std::size_t run = 1 + below(std::min<std::size_t>(input.size() - at, 16));
  const std::size_t digit = input.find_first_of("0123456789", at);
  if (digit != std::string::npos && random() % 2 == 0) {
    input[digit] = static_cast<char>('0' + random() % 10);
    return input;
  }
  switch (random() % 5) {
    case 0:
      if (!input.empty()) input[at] = static_cast<char>(random());
      break;
    case 1:
      input.erase(at, run);
      break;
    case 2:
      input.insert(at, input.substr(at, run));
      break;
    case 3:
      input.insert(below(input.size() + 1), input.substr(at, run));
      break;
    default:
      input.resize(at);
  }
  return input;
}

void try_input(const std::string& input) {
  // Exactly as large as the input, so that a sanitizer sees a read beyond its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: {} CORPUS CHANGES\n", argv[0]);
    return 2;
  }
  const long changes = std::atol(argv[2]);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::ranges::sort(files);
  std::mt19937 random(1);
  for (const std::filesystem::path& file : files) {
    const std::string seed = contents(file);
    try_input(seed);
    std::string input = seed;
    for (long i = 0; i < changes; ++i) {
      if (i % 8 == 0) input = seed;  // up to eight changes on top of each other
      input = changed(std::move(input), random);
      try_input(input);
    }
  }
  fmt::print("{} files, {} changes of each\n", files.size(), changes);
  return files.empty() ? 1 : 0;
}
