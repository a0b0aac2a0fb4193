// Reference data that this kit would read wrongly are refused.
#include "testing/golden/golden_file.h"

#include <gmock/gmock.h>

#include "files.h"
#include "kit/error.h"

namespace lab {
namespace {

using testing::HasSubstr;

/// What is said of a step's file with this metadata.
std::string refusal_of(const std::string& metadata) {
  const TempDir dir;
  write_file(dir / "step0.safetensors", safetensors_file(R"({"__metadata__": {)" + metadata + "}}", ""));
  try {
    const GoldenFile file(dir.path(), "step0");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(GoldenFile, TellsItsFormat) {
  const std::string rest = R"("cases": "[]", "models": "{}")";
  EXPECT_EQ(refusal_of(R"("format": "2", )" + rest), "");
  EXPECT_THAT(refusal_of(rest),
              HasSubstr("step0.safetensors has format none; this kit reads format 2: make"));
  EXPECT_THAT(refusal_of(R"("format": "1", )" + rest), HasSubstr("has format 1; this kit reads format 2"));
}

TEST(GoldenFile, NamesWhatTheMetadataLack) {
  EXPECT_THAT(refusal_of(R"("format": "2", "models": "{}")"), HasSubstr("the metadata lack cases"));
}

}  // namespace
}  // namespace lab
