#include "testing/running/verdict_listener.h"

#include <optional>
#include <utility>

#include "testing/running/run_tests.h"

namespace lab {
namespace {

std::optional<Verdict>& noted() {
  static std::optional<Verdict> verdict;
  return verdict;
}

}  // namespace

void VerdictListener::note(Verdict verdict) { noted() = std::move(verdict); }

void VerdictListener::OnTestStart(const testing::TestInfo& /*test*/) {
  noted().reset();
  failures_.clear();
}

void VerdictListener::OnTestPartResult(const testing::TestPartResult& result) {
  if (result.failed()) failures_ += std::string(result.message()) + "\n";
}

void VerdictListener::OnTestEnd(const testing::TestInfo& test) {
  Verdict verdict = noted().value_or(Verdict{});
  verdict.name = name_of(test);
  if (test.result()->Failed() && verdict.passed()) {
    verdict.end = Verdict::End::failed;
    verdict.purpose = "";  // of the golden case, which passed
    verdict.text = failures_;
    verdict.kind = failures_.substr(0, failures_.find('\n'));
  }
  sink_(verdict);
}

}  // namespace lab
