// What a step's step.json says is true of its contract, its handout and its golden cases.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "test_program.h"
#include "testing/diagnosis/phrases.h"
#include "testing/golden/golden_file.h"
#include "testing/steps.h"

namespace lab {
namespace {

std::string contract_of(const Step& step) {
  std::string text;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(LAB_SOURCE_DIR) / "labs" / step.folder)) {
    if (entry.path().extension() == ".h")
      text += read_source("labs/" + step.folder + "/" + entry.path().filename().string());
  }
  return text;
}

/// Names of the functions that a contract declares, by their parameters' text.
std::map<std::string, std::string> declared_in(const std::string& contract) {
  const std::regex declaration("\n[A-Za-z][A-Za-z0-9_:<>]*(?: [A-Za-z0-9_:<>]+)* ([a-z_0-9]+)\\(([^;]*)\\);");
  std::map<std::string, std::string> functions;
  for (std::sregex_iterator match(contract.begin(), contract.end(), declaration);
       match != std::sregex_iterator(); ++match)
    functions.emplace((*match)[1], (*match)[2]);
  return functions;
}

bool is_a_word(const std::string& text, const std::string& word) {
  return std::regex_search(text, std::regex("\\b" + word + "\\b"));
}

TEST(Descriptions, NameTheFunctionsOfTheContract) {
  for (const Step& step : steps()) {
    std::set<std::string> described;
    for (const Function& function : step.functions) described.insert(function.name);
    std::set<std::string> declared;
    for (const auto& [name, parameters] : declared_in(contract_of(step))) declared.insert(name);
    EXPECT_EQ(described, declared) << step.name;
    EXPECT_NE(step.en, "");
    EXPECT_NE(step.zh, "");
  }
}

TEST(Descriptions, AxesAreOfParametersAndInBothLanguages) {
  for (const Step& step : steps()) {
    const std::map<std::string, std::string> declared = declared_in(contract_of(step));
    const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", step.name);
    for (const Function& function : step.functions) {
      std::set<std::string> storages;
      for (const Case& golden_case : file.cases()) {
        if (golden_case.function() != function.name) continue;
        for (const std::string& storage : golden_case.storages_before()) storages.insert(storage);
        for (const std::string& storage : golden_case.storages_after()) storages.insert(storage);
      }
      for (const Function::Axes& axes : function.axes) {
        const std::string parameter = axes.storage.substr(0, axes.storage.find('.'));
        EXPECT_TRUE(is_a_word(declared.at(function.name), parameter) || storages.contains(axes.storage))
            << function.name << ": " << axes.storage;
        for (const std::string& name : axes.names)
          EXPECT_NE(std::ranges::find(phrases, name, &Phrase::en), phrases.end())
              << function.name << ": " << axes.storage << ": " << name << " stands in no language";
      }
    }
  }
}

TEST(Descriptions, CallsAreOfThisStepOrEarlierOnes) {
  std::set<std::string> known;
  for (const Step& step : steps()) {
    for (const Function& function : step.functions) known.insert(function.name);
    for (const Function& function : step.functions) {
      for (const std::string& called : function.calls) {
        EXPECT_TRUE(known.contains(called)) << function.name << " calls " << called;
        EXPECT_NE(called, function.name);
      }
    }
  }
}

/// What the solution calls is what its step says that it calls: a helper of its own may stand between.
TEST(Descriptions, CallsAreThoseOfTheSolution) {
  for (const Step& step : steps()) {
    std::string solution;
    const std::filesystem::path folder = std::filesystem::path(LAB_SOURCE_DIR) / "solutions" / step.folder;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      solution += read_source("solutions/" + step.folder + "/" + entry.path().filename().string());
    for (const Function& function : step.functions) {
      for (const std::string& called : function.calls)
        EXPECT_TRUE(std::regex_search(solution, std::regex("\\b" + called + "\\(")))
            << function.name << " calls " << called;
    }
  }
}

TEST(Descriptions, EveryGoldenCaseIsOfADescribedFunction) {
  for (const Step& step : steps()) {
    const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", step.name);
    std::set<std::string> tried;
    for (const Case& golden_case : file.cases()) {
      const Function& function = function_named(golden_case.function());
      tried.insert(function.name);
      if (function.compare == Compare::facts) {
        EXPECT_THAT(golden_case.storages_after(), testing::IsEmpty()) << golden_case.name();
      }
      for (const std::string& fact : function.read_off_tensors)
        EXPECT_THAT(golden_case.expected_facts(), testing::Contains(fact)) << golden_case.name();
    }
    for (const Function& function : step.functions)
      EXPECT_TRUE(tried.contains(function.name)) << function.name;
  }
}

/// A row of the handout's table of trace points: their names, and their shape in the config's words.
struct PointsOfTable {
  std::vector<std::string> names;
  std::string shape;  ///< "(seq_len, n_heads · head_dim)"
};

std::vector<PointsOfTable> table_of_points(const std::string& handout) {
  std::vector<PointsOfTable> rows;
  const std::regex row("\n\\| `(?:forward|attention_block|mlp)`[^|]*\\|([^|]*)\\| ([^|]*) \\|");
  const std::regex name("`([^`]+)`");
  for (std::sregex_iterator match(handout.begin(), handout.end(), row), end; match != end; ++match) {
    PointsOfTable& points = rows.emplace_back(PointsOfTable{{}, (*match)[2]});
    const std::string names = (*match)[1];
    for (std::sregex_iterator each(names.begin(), names.end(), name); each != end; ++each)
      points.names.push_back((*each)[1]);
  }
  return rows;
}

/// The shape that `words` have in a pass of `seq_len` tokens over an empty cache.
Shape shape_in_words(const std::string& words, const Config& config, std::size_t seq_len) {
  const std::map<std::string, std::size_t> sizes{{"1", 1},
                                                 {"seq_len", seq_len},
                                                 {"total_len", seq_len},
                                                 {"hidden_size", config.hidden_size},
                                                 {"intermediate_size", config.intermediate_size},
                                                 {"vocab_size", config.vocab_size},
                                                 {"n_heads", config.n_heads},
                                                 {"n_kv_heads", config.n_kv_heads},
                                                 {"head_dim", config.head_dim}};
  std::vector<std::size_t> shape;
  const std::regex size("(\\(|, |· )([a-z_0-9]+)");
  for (std::sregex_iterator match(words.begin(), words.end(), size), end; match != end; ++match) {
    const std::size_t factor = sizes.at((*match)[2]);
    if ((*match)[1] == "· ") {
      shape.back() *= factor;
    } else {
      shape.push_back(factor);
    }
  }
  return Shape(shape);
}

TEST(Descriptions, TracePointsAreThoseOfTheHandoutAndTheSolution) {
  std::vector<std::string> names;
  for (const TracePoint& point : trace_points()) names.push_back(point.name);
  for (const char* handout : {"labs/step2_forward/README.md", "labs/step2_forward/README.zh-CN.md"}) {
    std::vector<std::string> in_table;
    for (const PointsOfTable& row : table_of_points(read_source(handout)))
      in_table.insert(in_table.end(), row.names.begin(), row.names.end());
    EXPECT_EQ(in_table, names) << handout;
  }
  std::set<std::string> in_solution;
  const std::string solution = read_source("solutions/step2_forward/forward.cpp");
  const std::regex call("trace\\.record\\(\"([^\"]+)\"");
  for (std::sregex_iterator match(solution.begin(), solution.end(), call), end; match != end; ++match)
    in_solution.insert((*match)[1]);
  EXPECT_EQ(in_solution, std::set<std::string>(names.begin(), names.end()));
}

TEST(Descriptions, TheHandoutsShapesOfTracePointsAreTransformers) {
  const GoldenFile golden(std::string(LAB_SOURCE_DIR) + "/reference_data", "step2");
  const Case& traced = golden.at("Forward.NineTokensAtOnce");
  std::size_t tried = 0;
  for (const char* handout : {"labs/step2_forward/README.md", "labs/step2_forward/README.zh-CN.md"}) {
    for (const PointsOfTable& row : table_of_points(read_source(handout))) {
      const Shape shape = shape_in_words(row.shape, traced.model().config, 9);
      for (const std::string& name : row.names) {
        const std::string in_layer = "trace/model.layers.1." + name;
        const std::string storage = traced.expects_storage(in_layer) ? in_layer : "trace/" + name;
        EXPECT_EQ(traced.after(storage).shape(), shape) << handout << ": " << name;
        ++tried;
      }
    }
  }
  EXPECT_EQ(tried, 2 * trace_points().size());
}

}  // namespace
}  // namespace lab
