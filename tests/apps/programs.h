#pragma once

#include <gmock/gmock.h>

#include <string>

#include "tests/programs.h"

namespace lab {

/// The help of a program of apps/ is written for those who call it by ./lab, which gives it a model.
inline void expect_help_for_lab(const std::string& program) {
  const Finished help = run("solutions_" + program, "--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.output, testing::HasSubstr("./lab " + program + " [OPTIONS]"));
  EXPECT_THAT(help.output, testing::HasSubstr("./lab takes the story model unless one is given"));
  EXPECT_THAT(help.output, testing::HasSubstr("--with-reference"));
  EXPECT_THAT(help.output, testing::Not(testing::HasSubstr("REQUIRED")));

  const Finished without_model = run("solutions_" + program, "--prompt x");
  EXPECT_EQ(without_model.code, 2);
  EXPECT_EQ(without_model.output,
            program + ": --model is missing; ./lab " + program + " --help lists the options\n");
}

inline const std::string story = std::string("--model '") + LAB_REFERENCE_DATA + "/models/story' ";

}  // namespace lab
