// The call that a failure and ./lab show print is one that compiles, against the contract that it is of.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "test_program.h"
#include "testing/diagnosis/call.h"
#include "testing/golden/golden_file.h"
#include "testing/steps.h"
#include "tests/programs.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

GoldenFile golden(const std::string& step) {
  return GoldenFile(std::string(LAB_SOURCE_DIR) + "/reference_data", step);
}

/// The parameters of a contract's function, as its header declares them, without defaults.
std::string parameters_of(const std::string& contract, const std::string& function) {
  std::smatch match;
  const std::regex declaration("\n[A-Za-z][^\n(;]* " + function + "\\(([^;]*)\\);");
  if (!std::regex_search(contract, match, declaration)) return "";
  return std::regex_replace(match[1].str(), std::regex(" = (\\{\\}|[0-9]+)"), "");
}

/// A program that makes each case's call; what a call takes beside the parameters is the case's own.
std::string program_of(const Step& step) {
  std::string contract;
  std::string program = "#include <vector>\n#include \"kit/model.h\"\n";
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(LAB_SOURCE_DIR) / "labs" / step.folder)) {
    if (entry.path().extension() != ".h") continue;
    const std::string header = "labs/" + step.folder + "/" + entry.path().filename().string();
    contract += read_source(header);
    program += "#include \"" + header + "\"\n";
  }
  program += "namespace lab {\nextern const Params& params;\nextern ConstView script;\n";
  const GoldenFile file = golden(step.name);
  for (const Case& golden_case : file.cases()) {
    const std::string name = std::regex_replace(golden_case.name(), std::regex("\\."), "_");
    // What a long line leaves out is left out here as well.
    const std::string call = std::regex_replace(call_text(golden_case), std::regex("…,?|; ….*"), "");
    program +=
        "void " + name + "(" + parameters_of(contract, golden_case.function()) + ") {\n  " + call + ";\n}\n";
  }
  return program + "}\n";
}

TEST(Calls, CompileAgainstTheContract) {
  for (const Step& step : steps()) {
    const std::string source = std::string(LAB_BUILD_DIR) + "/calls_of_" + step.name + ".cpp";
    std::ofstream(source) << program_of(step);
    const std::string command = std::string("'") + LAB_CXX +
                                "' -std=c++20 -fsyntax-only -Wno-unused-result -I '" + LAB_SOURCE_DIR +
                                "' '" + source + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
}

TEST(Calls, TellShapesAndTheStridesThatHaveGaps) {
  const GoldenFile file = golden("step0");
  EXPECT_EQ(
      call_line(file.at("Gather.TableIsPartOfAWiderOne")),
      "gather(out, table, std::vector<TokenId>{6, 1, 7})  // out (3, 5); table (8, 5), strides (11, 1)");
  EXPECT_EQ(call_line(file.at("RmsNorm.InPlace")),
            "rms_norm(out, x, weight, 1e-05)  // out (4, 13); x (4, 13) in out's memory; weight (13)");
}

TEST(Calls, OfACaseThatCallsTwiceAreTwo) {
  EXPECT_EQ(call_text(golden("step2").at("Forward.NineTokensInFourAndFive")),
            "forward(logits, std::vector<TokenId>{19, 16, 28, 15}, config, params, cache); "
            "forward(logits, std::vector<TokenId>{23, 6, 35, 40, 24}, config, params, cache)");
}

/// Every case of every step can be shown, beside code that is written and beside a stub.
TEST(Show, EveryCaseInBothLanguages) {
  for (const Step& step : steps()) {
    const GoldenFile file = golden(step.name);
    for (const char* language : {"en", "zh"}) {
      setenv("LAB_LANG", language, 1);
      for (const Case& golden_case : file.cases()) {
        if (golden_case.has("stories")) continue;  // of the test of the models, which is no step's
        const Finished shown = run("solutions_" + step.name + "_tests", "--show=" + golden_case.name());
        EXPECT_EQ(shown.code, 0) << shown.output;
        EXPECT_THAT(shown.output, StartsWith(golden_case.name() + "\n" + golden_case.purpose() + "\n"));
        EXPECT_THAT(shown.output, HasSubstr(call_text(golden_case)));
        EXPECT_THAT(shown.output, HasSubstr(language == std::string("zh") ? "你的代码通过了。\n"
                                                                          : "Your code passes it.\n"))
            << golden_case.name();
      }
      unsetenv("LAB_LANG");
    }
  }
}

TEST(Show, WhatTheCodeGivesStandsBesideWhatMustComeOut) {
  const Finished shown = run("misbehaving_step0_tests", "--show=MatmulTransb.BetaOneAccumulates");
  EXPECT_EQ(shown.code, 0);
  // Its function leaves c as it is.
  const std::string kept =
      "\n    [0]     -1.2375      4.7017      0.5275     -3.8738      2.9444    0.078201\n";
  EXPECT_THAT(shown.output, HasSubstr("as they are before the call:\n  c (4, 6)" + kept));
  EXPECT_THAT(shown.output, HasSubstr("\n  b (6, 5)\n    [0]      1.5878      -1.253 "));
  EXPECT_THAT(shown.output, HasSubstr("\n  alpha: 1\n  beta: 1\n"));
  EXPECT_THAT(shown.output,
              HasSubstr("What must come out:\n  c (4, 6), within 7.4e-06\n    [0]      1.3546 "));
  EXPECT_THAT(shown.output, HasSubstr("What your code gives:\n  c (4, 6)" + kept));
  EXPECT_THAT(shown.output, HasSubstr("It doesn't pass:\n  Nothing was written: "));
}

TEST(Show, AStubIsToldLikeInTheReport) {
  const Finished shown = run("stubs_step0_tests", "--show=Swiglu.ByHand");
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.output, HasSubstr("It doesn't pass:\n  swiglu is not written yet: write it in "
                                      "labs/step0_operators/operators.cpp; read section 8\n"));
}

TEST(Show, ACaseWithoutADescriptionTellsWhereItStands) {
  const std::string name = "AttentionBlock.LaterRowLeavesEarlierRowsBitIdentical";
  const Finished shown = run("solutions_step2_tests", "--show=" + name);
  EXPECT_EQ(shown.code, 0);
  std::smatch line;
  const std::regex told(
      name +
      " makes several calls and compares them with each other: see (tests/[a-z0-9_]+\\.cpp), "
      "line ([0-9]+)\\.\nYour code passes it\\.\n");
  ASSERT_TRUE(std::regex_match(shown.output, line, told)) << shown.output;
  std::istringstream source(read_source(line[1]));
  std::string text;
  for (int i = std::stoi(line[2]); i > 0; --i) std::getline(source, text);
  EXPECT_THAT(text, HasSubstr("(AttentionBlock, LaterRowLeavesEarlierRowsBitIdentical)"));
}

TEST(Show, AnUnknownCaseIsOneLine) {
  const Finished shown = run("solutions_step0_tests", "--show=Rope.Nothing");
  EXPECT_EQ(shown.code, 1);
  EXPECT_EQ(shown.output, "No case is named Rope.Nothing.\n");
}

}  // namespace
}  // namespace lab
