#include "testing/running/case_process.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "testing/diagnosis/call.h"
#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/child.h"
#include "testing/running/pipe.h"
#include "testing/running/run_tests.h"
#include "testing/running/step_cases.h"
#include "testing/running/verdict_listener.h"

namespace lab {
namespace {

/// The verdict of a case that didn't get to one, with what is known of it beforehand.
Verdict without_verdict(const std::string& name, Verdict::End end, const std::string& kind,
                        const std::string& text) {
  Verdict verdict;
  verdict.name = name;
  for (const Case& golden_case : golden_file().cases()) {
    if (golden_case.name() != name) continue;
    verdict.function = golden_case.function();
    verdict.purpose = golden_case.purpose();
    if (values_are_shown()) verdict.call = call_line(golden_case);
  }
  verdict.end = end;
  verdict.kind = kind;
  verdict.text = text;
  return verdict;
}

void run_and_tell(const std::string& name, int pipe) {
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  std::optional<Verdict> told;
  listeners.Append(new VerdictListener([&](const Verdict& verdict) { told = verdict; }));
  testing::GTEST_FLAG(filter) = name;
  const int code = run_tests();
  if (told && told->passed() && code != 0) told->end = Verdict::End::failed;
  if (told) write_all(pipe, to_json(*told));
}

}  // namespace

Verdict run_case(const std::string& name) {
  static TimeLimit limit = first_time_limit;
  Child child(limit, [&](int pipe) { run_and_tell(name, pipe); });
  const Child::End end = child.wait();
  std::optional<Verdict> verdict = verdict_from(child.told());
  if (end == Child::End::hung) {
    limit = short_time_limit;
    verdict = without_verdict(
        name, Verdict::End::hung, "hung",
        say("it didn't end: is there an endless loop? See where: ./lab debug {}, then Ctrl-C\n", name));
  } else if (end == Child::End::crashed) {
    const std::string signal = strsignal(child.code());
    verdict = without_verdict(name, Verdict::End::crashed, "crashed: " + signal,
                              say("it crashed ({}): look where with ./lab debug {}\n", signal, name));
  } else if (end == Child::End::exited || !verdict) {
    verdict = without_verdict(
        name, Verdict::End::exited, "exited",
        say("it ended the program, with exit code {}: a function returns or throws, and calls no exit\n",
            child.code()));
  }
  verdict->printed = child.printed();
  return *verdict;
}

std::string todo(const Verdict& verdict) {
  const Verdict::Stub& stub = verdict.stub.value();
  return say("{} is not written yet: write it in {}; read section {}", stub.function, stub.file,
             stub.section);
}

Verdict not_run(const std::string& name) {
  return without_verdict(name, Verdict::End::not_run, "not run",
                         say("it was not run, since others did not end\n"));
}

}  // namespace lab
