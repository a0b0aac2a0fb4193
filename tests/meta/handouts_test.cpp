// The Chinese texts keep step with the English ones.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <set>

#include "test_program.h"
#include "testing/steps.h"

namespace lab {
namespace {

std::vector<std::string> all_matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex); match != std::sregex_iterator(); ++match)
    found.push_back((*match)[1]);
  return found;
}

/// "2." and "3.1" of each heading, with its depth.
std::vector<std::string> section_numbers(const std::string& text) {
  return all_matches(text, "\n(#+ [0-9]+(?:\\.[0-9]+)*)");
}

std::vector<std::string> code_blocks(const std::string& text) {
  std::vector<std::string> blocks;
  for (std::size_t begin = text.find("\n```"); begin != std::string::npos;) {
    const std::size_t end = text.find("\n```", begin + 4);
    if (end == std::string::npos) break;
    blocks.push_back(text.substr(begin, end - begin));
    begin = text.find("\n```", end + 4);
  }
  return blocks;
}

/// A lambda's `](` in code is no link.
std::string without_code_blocks(std::string text) {
  for (const std::string& block : code_blocks(text)) text.erase(text.find(block), block.size());
  return text;
}

/// Files that the text names, as links or between backquotes; the pages' links to each other differ by
/// nature.
std::set<std::string> file_names(const std::string& page) {
  const std::string text = without_code_blocks(page);
  std::set<std::string> names;
  for (const char* pattern :
       {"\\]\\(([^)#]+)[^)]*\\)", "`([^`\n ]+\\.(?:cpp|h|py|json|safetensors|md|svg|txt))`"}) {
    for (const std::string& name : all_matches(text, pattern)) {
      if (name.find("README") == std::string::npos) names.insert(name);
    }
  }
  return names;
}

void expect_in_step(const std::string& folder) {
  const std::string english = read_source(folder + "README.md");
  const std::string chinese = read_source(folder + "README.zh-CN.md");
  EXPECT_EQ(section_numbers(chinese), section_numbers(english)) << folder;
  EXPECT_EQ(code_blocks(chinese), code_blocks(english)) << folder;
  EXPECT_EQ(file_names(chinese), file_names(english)) << folder;
  // A text that was copied instead of translated would keep step, too.
  EXPECT_NE(chinese.find("的"), std::string::npos) << folder;
}

TEST(Handouts, OfEachStepAreInStepInBothLanguages) {
  for (const Step& step : steps()) expect_in_step("labs/" + step.folder + "/");
}
TEST(Handouts, ReadmeIsInStepInBothLanguages) { expect_in_step(""); }

TEST(Handouts, NameOnlyFilesThatExist) {
  for (const Step& step : steps()) {
    const std::string& folder = step.folder;
    const std::string page = without_code_blocks(read_source("labs/" + folder + "/README.md"));
    for (const std::string& link : all_matches(page, "\\]\\(([^)#:]+)[^)]*\\)")) {
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(LAB_SOURCE_DIR) / "labs" / folder / link))
          << folder << ": " << link;
    }
  }
}

}  // namespace
}  // namespace lab
