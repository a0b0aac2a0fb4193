#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace lab {

struct Finished {
  int code;
  std::string output;  ///< of both kinds
};

/// A program of the build, as the shell runs it; `arguments` may send its standard output elsewhere.
inline Finished run(const std::string& program, const std::string& arguments) {
  const std::string command = std::string("exec 2>&1; '") + LAB_BUILD_DIR + "/" + program + "' " + arguments;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no process for " + command);
  Finished finished{0, ""};
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    finished.output.append(buffer.data(), count);
  finished.code = WEXITSTATUS(pclose(pipe));
  return finished;
}

inline std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace lab
