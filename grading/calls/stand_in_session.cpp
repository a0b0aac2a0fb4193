#include "grading/calls/stand_in_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <system_error>

#include "testing/golden/outcome.h"

namespace lab {
namespace {

constexpr std::size_t most_bytes = std::size_t{256} << 20;  // that a worker may send in a call
constexpr std::size_t least_bytes = 1024;                   // that a message counts for
constexpr int most_halvings = 3;                            // of a call's time

using Clock = std::chrono::steady_clock;
const Clock::time_point program_start = Clock::now();

/// Seconds as an environment variable has them; none if it is not set.
std::optional<Clock::duration> seconds_of(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  double seconds = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, problem] = std::from_chars(text, end, seconds);
  if (problem != std::errc() || stop != end || !(seconds > 0 && seconds < 1e6)) {
    std::fprintf(stderr, "%s must be a number of seconds, not %s\n", variable, text);
    std::exit(2);
  }
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// What the instructor calls the limit, to be added to it.
std::string total_name() {
  const char* name = std::getenv("LAB_TOTAL_NAME");
  return name == nullptr ? "" : fmt::format(", {}", name);
}

}  // namespace

bool contains(std::span<const float> range, std::span<const float> part) {
  const std::less_equal<const float*> not_after;
  return not_after(range.data(), part.data()) &&
         not_after(part.data() + part.size(), range.data() + range.size());
}

wire::Runs Lent::news() {
  if (!kept) return wire::everything(memory);
  if (known.empty()) known.resize(memory.size());  // as the worker's copy begins
  wire::Runs runs = wire::changes(known, memory);
  wire::patch(known, runs);
  return runs;
}

void Lent::take(const wire::Runs& changes) {
  wire::patch(memory, changes);
  if (kept) wire::patch(known, changes);
}

Session::Session() {
  const char* file = std::getenv("LAB_WORKER");
  command_ = read_worker_command(file == nullptr ? "" : file);
}

Session& Session::current() {
  static Session session;
  return session;
}

Session::Turn::Turn(Session& session) : session_(session) {
  if (session.depth_ == 0) session.start();
  ++session.depth_;
}

Session::Turn::~Turn() {
  --session_.depth_;
  if (ended_) return;
  if (Clock::now() >= session_.deadline_.end) ++session_.hangs_;
  session_.worker_.reset();
}

void Session::start() {
  static const Clock::duration call_time = seconds_of("LAB_CALL_SECONDS").value_or(std::chrono::seconds(10));
  static const std::optional<Clock::duration> total_time = seconds_of("LAB_TOTAL_SECONDS");
  const Clock::time_point now = Clock::now();
  // What hangs in one case hangs in others; the cases of other functions must not want for time because of
  // it.
  const Clock::duration allowed = call_time / (1 << std::min(hangs_, most_halvings));
  deadline_ = {now + allowed, allowed};
  if (total_time) {
    if (now >= program_start + *total_time)
      throw CallLost(
          fmt::format("the time for all cases of the step ({:.3g} seconds{}) was used up before this one",
                      std::chrono::duration<double>(*total_time).count(), total_name()));
    deadline_.end = std::min(deadline_.end, program_start + *total_time);
  }
  received_ = 0;
  if (worker_ && worker_->is_ours() && worker_->alive()) return;
  worker_.reset();
  kept_.clear();
  cache_.reset();
  worker_ = std::make_unique<WorkerProcess>(command_);
  ++worker_number_;
}

void Session::send(const wire::Frame& frame) { worker().send(frame, deadline_); }

wire::Frame Session::receive(std::size_t limit) {
  wire::Frame frame = worker().receive(limit, deadline_);
  received_ += std::max(frame.body.size(), least_bytes);
  if (received_ > most_bytes) give_up("more and more messages in one call");
  return frame;
}

void Session::give_up(const std::string& what) { worker().give_up("the worker sent " + what); }

WorkerProcess& Session::worker() {
  if (!worker_) throw CallLost("the worker was given up in an earlier call");
  return *worker_;
}

std::shared_ptr<Lent> Session::make_lent(std::span<const float> memory, bool kept) {
  // Only what came as a View is written to.
  float* begin = const_cast<float*>(memory.data());
  return std::make_shared<Lent>(Lent{next_handle_++, {begin, memory.size()}, kept, {}});
}

std::shared_ptr<Lent> Session::lend_once(std::span<const float> memory) { return make_lent(memory, false); }

std::shared_ptr<Lent> Session::lend_kept(std::span<const float> memory) {
  std::shared_ptr<Lent>& lent = kept_[{memory.data(), memory.size()}];
  if (!lent) lent = make_lent(memory, true);
  return lent;
}

std::span<const float> Session::kept_around(std::span<const float> memory) const {
  for (const auto& [_, lent] : kept_) {
    if (contains(lent->memory, memory)) return lent->memory;
  }
  return memory;
}

std::shared_ptr<LentCache> Session::lend_cache(KvCache& cache) {
  const std::vector<std::span<float>> tensors = wire::tensors_of(cache);
  const auto same = [](const std::shared_ptr<Lent>& lent, std::span<float> tensor) {
    return lent->memory.data() == tensor.data() && lent->memory.size() == tensor.size();
  };
  if (!cache_ || !std::ranges::equal(cache_->tensors, tensors, same)) {
    cache_ = std::make_shared<LentCache>();
    cache_->handle = next_handle_++;
    for (const std::span<float> tensor : tensors) cache_->tensors.push_back(make_lent(tensor, true));
  }
  return cache_;
}

ConstView Session::workers_own(const wire::ViewOf& told) {
  const float* stand = &stands_.emplace_back();
  workers_own_[stand] = {worker_number_, told.index};
  return {stand, told.shape, told.strides, "a weight of the worker's own"};
}

std::optional<std::uint32_t> Session::index_of_workers_own(ConstView view) const {
  const auto found = workers_own_.find(view.data());
  if (found == workers_own_.end()) return std::nullopt;
  if (found->second.first != worker_number_)
    throw CallLost("the worker that had loaded these weights is gone");
  return found->second.second;
}

}  // namespace lab
