// The page shows what was compared, needs nothing but itself, and takes no token's text for markup.
#include "apps/trace_page.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "trace_fixtures.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_of(const TraceFile& file, const std::string& unknown = "") {
  const TempDir dir;
  const ExpectedTrace expected(file.write(dir));
  Recording found = right_recording(expected);
  found.tensors.at("lm_head").values()[0] = 1;
  found.tensors.erase("model.layers.0.cache.k");
  if (!unknown.empty()) found.tensors.emplace(unknown, Tensor("x", {1}));
  return make_page(expected, compare(expected, found));
}

/// The data in the page, as its script reads them.
nlohmann::json data_of(const std::string& page) {
  const std::string opening = R"(<script type="application/json" id="trace">)";
  const std::size_t begin = page.find(opening) + opening.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

TEST(TracePage, HoldsWhatWasCompared) {
  const nlohmann::json data = data_of(page_of({}));
  EXPECT_EQ(data["first_wrong"], 3);
  EXPECT_EQ(data["points"][3]["verdict"], "wrong");
  EXPECT_EQ(data["points"][3]["axes"], nlohmann::json({"token", "token id"}));
  // 12, 12.5, 13, 13.5, 14 in float32; the first is 1 in what was found.
  EXPECT_EQ(data["points"][3]["expected"], "AABAQQAASEEAAFBBAABYQQAAYEE=");
  EXPECT_EQ(data["points"][3]["actual"], "AACAPwAASEEAAFBBAABYQQAAYEE=");
  EXPECT_EQ(data["points"][2]["verdict"], "not recorded");
  EXPECT_TRUE(data["points"][2]["actual"].is_null());
}

TEST(TracePage, HostileTextsStayText) {
  const std::string hostile = "</script><img src=x onerror=alert(1)><!--<script>";
  const std::string page = page_of({.prompt = "\"" + hostile + "\"",
                                    .pieces = "[\"<s>\", \"" + hostile + "\", \"\\u2028/* the trace */\"]"},
                                   hostile);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  const nlohmann::json data = data_of(page);
  EXPECT_EQ(data["prompt"], hostile);
  EXPECT_EQ(data["pieces"][1], hostile);
  EXPECT_EQ(data["unknown"][0], hostile);
}

TEST(TracePage, NeedsNoOtherFileAndNoNetwork) {
  const std::string page = page_of({});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* reference : {" src=", " href=", "@import", "url(", "fetch(", "https://"})
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  for (const char* placeholder : {"/* trace_page.css */", "/* trace_page.js */", "/* the trace */"})
    EXPECT_THAT(page, Not(HasSubstr(placeholder)));
}

TEST(TracePage, TextsThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(data_of(page_of({}, "q\xff"))["unknown"][0], "q\uFFFD");
}

}  // namespace
}  // namespace lab
