#include <cstdio>
#include <cstdlib>
#include <exception>

#include "trial.h"

// equivalence STEP COUNT: calls each contract function of the step with COUNT random inputs and writes every
// bit of what comes out to stdout. Two programs that differ in one line of the solution and write the same
// are taken for equivalent, see scripts/generic_mutants.py.

int main(int argc, char** argv) {
  const auto step = argc == 3 ? lab::trials().find(argv[1]) : lab::trials().end();
  if (step == lab::trials().end()) {
    std::fputs("usage: equivalence STEP COUNT; the steps that it can try:", stderr);
    for (const auto& [name, try_step] : lab::trials()) std::fprintf(stderr, " %s", name.c_str());
    std::fputs("\n", stderr);
    return 2;
  }
  for (int seed = 0; seed < std::atoi(argv[2]); ++seed) {
    lab::Trial trial(static_cast<std::uint64_t>(seed));
    try {
      step->second(trial);
    } catch (const std::exception& error) {
      trial.write(std::string(error.what()));
    }
    trial.write_storages();
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
