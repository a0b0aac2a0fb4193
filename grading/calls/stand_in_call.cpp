#include "grading/calls/stand_in_call.h"

#include <algorithm>
#include <functional>
#include <new>
#include <optional>
#include <utility>

#include "kit/error.h"
#include "testing/golden/arguments.h"
#include "testing/golden/outcome.h"

namespace lab {
namespace {

constexpr std::size_t message_limit = std::size_t{4} << 20;  // beyond what was lent
constexpr std::size_t most_layers_beyond = 16;  // the configuration's, in weights that load_params tells

/// Memory behind views that overlap.
struct Range {
  std::span<const float> memory;
  bool writable;
  bool kept;
};

/// The stretch of memory that `view` sees, gaps included.
std::span<const float> extent_of(ConstView view) {
  if (view.numel() == 0) return {view.data(), 0};
  std::size_t last = 0;
  for (std::size_t dim = 0; dim < view.rank(); ++dim) last += (view.size(dim) - 1) * view.strides()[dim];
  return {view.data(), last + 1};
}

std::span<const float> storage_of(ConstView view) {
  const std::span<const float> around = Arguments::storage_around(view.data());
  return around.empty() ? extent_of(view) : around;
}

bool overlap(std::span<const float> a, std::span<const float> b) {
  const std::less<const float*> before;
  return before(a.data(), b.data() + b.size()) && before(b.data(), a.data() + a.size());
}

std::span<const float> hull(std::span<const float> a, std::span<const float> b) {
  const std::less<const float*> before;
  const float* begin = std::min(a.data(), b.data(), before);
  return {begin, std::max(a.data() + a.size(), b.data() + b.size(), before)};
}

}  // namespace

RemoteCall& RemoteCall::view(ConstView view, bool writable, bool kept) {
  arguments_.push_back({view, writable, kept});
  return *this;
}

RemoteCall& RemoteCall::writes(View view) { return this->view(view, true, false); }
RemoteCall& RemoteCall::writes(std::span<float> values) {
  return writes(View(values.data(), {values.size()}, "span"));
}
RemoteCall& RemoteCall::reads(ConstView view) { return this->view(view, false, false); }
RemoteCall& RemoteCall::reads(std::span<const float> values) {
  return reads(ConstView(values.data(), {values.size()}, "span"));
}
RemoteCall& RemoteCall::keeps(ConstView view) { return this->view(view, false, true); }

RemoteCall& RemoteCall::keeps(LayerParams layer) {
  for (const ConstView* weight : wire::views_of(layer)) keeps(*weight);
  return *this;
}

RemoteCall& RemoteCall::keeps(Params params) {
  for (const ConstView* weight : wire::views_of(params)) keeps(*weight);
  return *this;
}

RemoteCall& RemoteCall::cache(KvCache& cache) {
  cache_ = &cache;
  return *this;
}

RemoteCall& RemoteCall::number(float number) {
  call_.numbers.push_back(number);
  return *this;
}

RemoteCall& RemoteCall::count(std::size_t count) {
  call_.counts.push_back(count);
  return *this;
}

RemoteCall& RemoteCall::ids(std::span<const TokenId> ids) {
  call_.ids.emplace_back(ids.begin(), ids.end());
  return *this;
}

RemoteCall& RemoteCall::name(const std::string& name) {
  call_.names.push_back(name);
  return *this;
}

RemoteCall& RemoteCall::config(const Config& config) {
  call_.config = config;
  return *this;
}

RemoteCall& RemoteCall::trace(const Trace& trace) {
  trace_ = &trace;
  call_.traced = trace.records();
  return *this;
}

RemoteCall& RemoteCall::answering(Callbacks callbacks) {
  callbacks_ = std::move(callbacks);
  return *this;
}

/// Every storage once, whatever the number of views of it, which the worker may have chosen.
void RemoteCall::lend() {
  Session& session = Session::current();
  std::vector<Range> ranges;
  for (const Argument& argument : arguments_) {
    if (argument.view.empty() || session.index_of_workers_own(argument.view)) continue;
    Range range{argument.kept ? session.kept_around(extent_of(argument.view)) : storage_of(argument.view),
                argument.writable, argument.kept};
    std::erase_if(ranges, [&](const Range& other) {
      if (other.kept != range.kept || !overlap(range.memory, other.memory)) return false;
      range.memory = hull(range.memory, other.memory);
      range.writable |= other.writable;
      return true;
    });
    ranges.push_back(range);
  }
  for (const Range& range : ranges)
    add(range.kept ? session.lend_kept(range.memory) : session.lend_once(range.memory), range.writable,
        range.kept);

  for (const Argument& argument : arguments_) {
    const ConstView& view = argument.view;
    wire::ViewOf& told = call_.views.emplace_back();
    told.shape = view.shape();
    told.strides = view.strides();
    told.name = view.name();
    if (view.empty()) continue;
    if (const std::optional<std::uint32_t> index = session.index_of_workers_own(view)) {
      told.where = wire::ViewOf::Where::worker;
      told.index = *index;
      continue;
    }
    const std::size_t index = index_of(view, argument.kept);
    told.where = wire::ViewOf::Where::storage;
    told.index = static_cast<std::uint32_t>(index);
    told.offset = static_cast<std::uint64_t>(view.data() - lent_[index]->memory.data());
  }
}

std::size_t RemoteCall::index_of(ConstView view, bool kept) const {
  const auto behind = std::ranges::find_if(lent_, [&](const std::shared_ptr<Lent>& lent) {
    return lent->kept == kept && contains(lent->memory, extent_of(view));
  });
  return static_cast<std::size_t>(behind - lent_.begin());
}

/// The index of `lent` among the call's storages, with what the worker doesn't know of it yet.
std::size_t RemoteCall::add(const std::shared_ptr<Lent>& lent, bool writable, bool kept) {
  const auto known = std::ranges::find(lent_, lent);
  if (known != lent_.end()) return static_cast<std::size_t>(known - lent_.begin());
  wire::Storage& storage = call_.storages.emplace_back();
  storage.handle = lent->handle;
  storage.size = lent->memory.size();
  storage.writable = writable;
  storage.kept = kept;
  storage.runs = lent->news();
  lent_.push_back(lent);
  return lent_.size() - 1;
}

void RemoteCall::lend_cache() {
  lent_cache_ = Session::current().lend_cache(*cache_);
  wire::Cache& told = call_.cache.emplace();
  told.handle = lent_cache_->handle;
  told.capacity = cache_->capacity();
  told.n_layers = cache_->n_layers();
  if (told.n_layers > 0) {
    told.n_kv_heads = cache_->k(0).size(1);
    told.head_dim = cache_->k(0).size(2);
  }
  told.length = cache_->length;
  told.first = static_cast<std::uint32_t>(lent_.size());
  for (const std::shared_ptr<Lent>& tensor : lent_cache_->tensors) add(tensor, true, true);
}

wire::Answer RemoteCall::make() {
  try {
    return ask();
  } catch (const std::bad_alloc&) {  // this program has a limit of its own, and the worker chose what to send
    throw CallLost("the call needed more memory than the program that compares may have");
  }
}

wire::Answer RemoteCall::ask() {
  Session& session = Session::current();
  Session::Turn turn(session);
  lend();
  if (cache_ != nullptr) lend_cache();
  session.send(wire::frame(wire::Kind::call, call_));

  std::size_t limit = message_limit;
  for (const std::shared_ptr<Lent>& lent : lent_) limit += 2 * lent->memory.size_bytes();
  try {
    for (;;) {
      const wire::Frame frame = session.receive(limit);
      if (frame.kind == wire::Kind::answer) {
        const wire::Answer answer = wire::read<wire::Answer>(frame.body);
        receive(answer);
        turn.ended();
        if (answer.exception) wire::raise(*answer.exception);
        return answer;
      }
      if (frame.kind == wire::Kind::trace) {
        record(wire::read<wire::TracePoint>(frame.body));
      } else {
        session.send(wire::frame(wire::Kind::reply, answer_to(frame)));
      }
    }
  } catch (const wire::BadMessage& problem) {
    session.give_up(problem.what());
  }
}

TokenId RemoteCall::token() {
  const wire::Answer answer = make();
  if (answer.ids.size() != 1) Session::current().give_up("other than one token");
  return answer.ids[0];
}

void RemoteCall::receive(const wire::Answer& answer) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < lent_.size(); ++i) {
    if (!call_.storages[i].writable) continue;
    if (written == answer.changes.size()) throw wire::BadMessage("too few storages");
    lent_[i]->take(answer.changes[written++]);
  }
  if (written != answer.changes.size()) throw wire::BadMessage("too many storages");
  if (cache_ != nullptr) cache_->length = answer.cache_length;
}

void RemoteCall::record(const wire::TracePoint& point) const {
  std::uint64_t numel = 1;
  for (std::size_t dim = 0; dim < point.shape.rank(); ++dim) {
    if (point.shape[dim] > point.values.size()) throw wire::BadMessage("a trace point of another size");
    numel *= point.shape[dim];  // of at most four such factors: a message is far below 2^16 elements a side
    if (numel > point.values.size()) throw wire::BadMessage("a trace point of another size");
  }
  if (numel != point.values.size() || !call_.traced)
    throw wire::BadMessage("a trace point that it wasn't asked for");
  trace_->record(printable(point.name), ConstView(point.values.data(), point.shape));
}

wire::Reply RemoteCall::answer_to(const wire::Frame& frame) {
  if (!callbacks_.forward) throw wire::BadMessage("a question where none can be asked");
  wire::Reply reply;
  try {
    switch (frame.kind) {
      case wire::Kind::ask_forward:
        reply = forward_for(wire::read<wire::AskForward>(frame.body));
        break;
      case wire::Kind::ask_uniform:
        reply.values = {callbacks_.uniform()};
        break;
      case wire::Kind::tell_token:
        callbacks_.on_token(wire::read<wire::TellToken>(frame.body).token);
        break;
      default:
        throw wire::BadMessage("a message of a kind that it may not send");
    }
  } catch (const wire::BadMessage&) {
    throw;
  } catch (const CallLost&) {
    throw;
  } catch (...) {
    reply.exception = wire::current_exception();
  }
  return reply;
}

wire::Reply RemoteCall::forward_for(const wire::AskForward& ask) {
  if (ask.logits > message_limit / sizeof(float)) throw wire::BadMessage("logits of too large a vocabulary");
  if (ask.cache.size() != lent_cache_->tensors.size()) throw wire::BadMessage("a cache of other tensors");
  std::optional<KvCache> copy;
  if (ask.own_cache) copy = *cache_;
  KvCache& cache = copy ? *copy : *cache_;
  const std::vector<std::span<float>> tensors = wire::tensors_of(cache);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (copy) {
      wire::patch(tensors[i], ask.cache[i]);
    } else {
      lent_cache_->tensors[i]->take(ask.cache[i]);
    }
  }
  cache.length = ask.cache_length;

  wire::Reply reply;
  // Whoever gives logits may count on a whole vocabulary of room.
  reply.values.resize(std::max<std::size_t>(ask.logits, callbacks_.vocab_size));
  callbacks_.forward(std::span(reply.values).first(ask.logits), ask.tokens, cache);
  reply.values.resize(ask.logits);
  reply.cache_length = cache.length;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    reply.cache.push_back(copy ? wire::everything(tensors[i]) : lent_cache_->tensors[i]->news());
  return reply;
}

Params RemoteCall::params(const wire::Answer& answer) const {
  constexpr std::size_t others = 3;
  const std::size_t layers = (std::max(answer.views.size(), others) - others) / wire::views_per_layer;
  Params params;
  if (layers <= call_.config.value().n_layers + most_layers_beyond) params.layers.resize(layers);
  const std::vector<ConstView*> views = wire::views_of(params);
  if (views.size() != answer.views.size()) Session::current().give_up("weights of no model");
  for (std::size_t i = 0; i < views.size(); ++i) *views[i] = weight(answer.views[i]);
  return params;
}

ConstView RemoteCall::weight(const wire::ViewOf& told) const {
  Session& session = Session::current();
  if (told.where == wire::ViewOf::Where::nowhere) return {};
  if (told.where == wire::ViewOf::Where::worker) return session.workers_own(told);
  if (told.index >= lent_.size() || !wire::fits(told, lent_[told.index]->memory.size()))
    session.give_up("a weight that lies in none of the tensors");
  const auto given = std::ranges::find(call_.views, told.index, &wire::ViewOf::index);
  const char* name = arguments_[static_cast<std::size_t>(given - call_.views.begin())].view.name();
  return {lent_[told.index]->memory.data() + told.offset, told.shape, told.strides, name};
}

}  // namespace lab
