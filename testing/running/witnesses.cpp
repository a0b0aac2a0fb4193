#include "testing/running/witnesses.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "kit/error.h"
#include "testing/diagnosis/mismatch.h"
#include "testing/running/child.h"
#include "testing/running/pipe.h"

namespace lab {
namespace {

void run_and_record(const Case& golden_case) {
  try {
    const Outcome outcome = runners.at(golden_case.function())(golden_case);
    const bool passed = describe_mismatch(golden_case, outcome).empty();
    Witnesses::shared().record(golden_case, outcome, passed);
  } catch (...) {
    Witnesses::shared().record_broken(golden_case);
  }
}

/// Cases of `function` that weren't run yet; a pair's diagnosing case first, since it rules out the pair.
std::vector<const Case*> cases_to_run(const std::string& function) {
  std::vector<const Case*> cases;
  for (const Case& golden_case : golden_file().cases()) {
    if (golden_case.function() == function && Witnesses::shared().end_of(golden_case) == CaseEnd::unknown)
      cases.push_back(&golden_case);
  }
  std::stable_partition(cases.begin(), cases.end(), [&](const Case* golden_case) {
    return std::ranges::any_of(misconceptions().all(), [&](const Misconception& one) {
      return !one.pair.empty() && one.cases.find(golden_case->name());
    });
  });
  return cases;
}

}  // namespace

Hints hints_wanted() {
  const char* text = std::getenv("LAB_HINTS");
  const std::string hints = text == nullptr ? "name" : text;
  if (hints == "off") return Hints::off;
  if (hints == "locate") return Hints::locate;
  if (hints == "name") return Hints::name;
  throw Error("LAB_HINTS must be off, locate or name, not {}", printable(hints));
}

const Misconceptions& misconceptions() {
  static const Misconceptions known(reference_data(), step_name);
  return known;
}

Witnesses& Witnesses::shared() {
  static Witnesses witnesses;
  return witnesses;
}

Witnesses::Witnesses() {
  const std::size_t size = golden_file().cases().size() * (1 + misconceptions().all().size());
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw Error("no shared memory of {} bytes can be had", size);
  bytes_ = static_cast<unsigned char*>(memory);
}

std::span<unsigned char> Witnesses::row(const Case& golden_case) const {
  const std::size_t width = 1 + misconceptions().all().size();
  const std::size_t index = static_cast<std::size_t>(&golden_case - golden_file().cases().data());
  return {bytes_ + index * width, width};
}

void Witnesses::record(const Case& golden_case, const Outcome& outcome, bool passed) {
  const std::vector<Misconception>& known = misconceptions().all();
  const std::span<unsigned char> bytes = row(golden_case);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].function == golden_case.function())
      bytes[1 + i] = static_cast<unsigned char>(misconceptions().testimony(known[i], golden_case, outcome));
  }
  bytes[0] = static_cast<unsigned char>(passed ? CaseEnd::passed : CaseEnd::failed);
}

void Witnesses::record_broken(const Case& golden_case) {
  const std::vector<Misconception>& known = misconceptions().all();
  const std::span<unsigned char> bytes = row(golden_case);
  for (std::size_t i = 0; i < known.size(); ++i)
    bytes[1 + i] =
        static_cast<unsigned char>(misconceptions().testimony_without_outcome(known[i], golden_case));
  bytes[0] = static_cast<unsigned char>(CaseEnd::broken);
}

CaseEnd Witnesses::end_of(const Case& golden_case) const { return static_cast<CaseEnd>(row(golden_case)[0]); }

std::vector<Witness> Witnesses::of(const std::string& function) const {
  std::vector<Witness> witnesses;
  for (const Case& golden_case : golden_file().cases()) {
    if (golden_case.function() != function) continue;
    Witness witness{golden_case.name(), end_of(golden_case), {}};
    for (const unsigned char byte : row(golden_case).subspan(1))
      witness.testimonies.push_back(static_cast<Testimony>(byte));
    witnesses.push_back(std::move(witness));
  }
  return witnesses;
}

void question_witnesses(const std::string& function, const std::function<bool()>& is_settled) {
  for (;;) {
    const std::vector<const Case*> cases = is_settled() ? std::vector<const Case*>{} : cases_to_run(function);
    if (cases.empty()) return;
    Child child(short_time_limit, [&](int pipe) {
      for (const Case* golden_case : cases) {
        begin_time_limit(short_time_limit);
        run_and_record(*golden_case);
        if (!write_all(pipe, ".")) return;
      }
    });
    while (!is_settled() && child.read_some()) {
    }
    if (is_settled()) return;
    // The child went through its cases in this order, so it crashed or hangs in the first that is not
    // recorded.
    const std::vector<const Case*> left = cases_to_run(function);
    if (!left.empty()) Witnesses::shared().record_broken(*left.front());
  }
}

std::vector<std::size_t> names_for(const std::string& function) {
  const auto witnesses = [&] { return Witnesses::shared().of(function); };
  question_witnesses(function, [&] { return !may_become_nameable(misconceptions(), function, witnesses()); });
  if (!may_become_nameable(misconceptions(), function, witnesses())) return {};
  return nameable(misconceptions(), function, witnesses());
}

std::optional<std::string> in_child(const std::function<std::string()>& body) {
  Child child(short_time_limit, [&](int pipe) { write_all(pipe, body()); });
  return child.wait() == Child::End::returned ? std::optional(child.told()) : std::nullopt;
}

}  // namespace lab
