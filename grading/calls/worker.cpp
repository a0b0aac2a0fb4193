#include "grading/calls/worker.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include "kit/error.h"
#include "testing/running/pipe.h"

namespace lab {
namespace {

constexpr int request_fd = 3;
constexpr int answer_fd = 4;

/// Ends the process at once, without anybody's destructors, when the other side is gone.
void read_exactly(char* to, std::size_t count) {
  while (count > 0) {
    const ssize_t got = read(request_fd, to, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(0);
    to += got;
    count -= static_cast<std::size_t>(got);
  }
}

/// Ends the process in the same way.
void write_or_end(std::string_view bytes) {
  if (!write_all(answer_fd, bytes)) _exit(0);
}

wire::Frame receive() {
  std::string bytes(wire::Header::size, '\0');
  read_exactly(bytes.data(), bytes.size());
  const wire::Header header = wire::read<wire::Header>(bytes);
  wire::Frame frame{header.kind, std::string(header.length, '\0')};
  read_exactly(frame.body.data(), frame.body.size());
  return frame;
}

void send(const wire::Frame& frame) {
  wire::Writer header;
  header.put(wire::Header{frame.body.size(), frame.kind});
  write_or_end(header.bytes());
  write_or_end(frame.body);
}

/// A vector of threads that is destroyed because one more could not be started ends the program; the reason
/// would be lost.
[[noreturn]] void terminate() {
  pthread_t thread;
  const auto nothing = [](void*) -> void* { return nullptr; };
  if (pthread_create(&thread, nullptr, nothing, nullptr) == EAGAIN) _exit(wire::no_more_threads);
  std::abort();
}

}  // namespace

wire::Runs WorkerCall::Storage::news() {
  wire::Runs runs = wire::changes(known, memory);
  wire::patch(known, runs);
  return runs;
}

WorkerCall::WorkerCall(Worker& worker, wire::Call call) : worker_(worker), call_(std::move(call)) {
  if (call_.cache) {
    const wire::Cache& told = *call_.cache;
    if (!worker_.cache_ || worker_.cache_->handle != told.handle) {
      Config config;
      config.n_layers = told.n_layers;
      config.n_kv_heads = told.n_kv_heads;
      config.head_dim = told.head_dim;
      worker_.cache_ = std::make_shared<Cache>();
      worker_.cache_->handle = told.handle;
      worker_.cache_->cache = std::make_unique<KvCache>(config, told.capacity);
      for (const std::span<float> tensor : wire::tensors_of(*worker_.cache_->cache)) {
        auto storage = std::make_shared<Storage>();
        storage->memory = tensor;
        std::ranges::fill(tensor, 0.f);
        worker_.cache_->tensors.push_back(std::move(storage));
      }
    }
    cache_ = worker_.cache_;
    cache_->cache->length = told.length;
  }
  for (std::size_t i = 0; i < call_.storages.size(); ++i) {
    const wire::Storage& told = call_.storages[i];
    const std::shared_ptr<Storage> storage = storage_of(told, i);
    wire::patch(storage->memory, told.runs);
    if (storage->known.size() == storage->memory.size()) {
      wire::patch(storage->known, told.runs);
    } else if (told.writable) {
      storage->known.assign(storage->memory.begin(), storage->memory.end());
    }
    storages_.push_back(storage);
  }
  for (wire::Storage& told : call_.storages) told.runs.clear();
  for (const wire::ViewOf& told : call_.views) {
    if (told.where == wire::ViewOf::Where::nowhere) {
      views_.emplace_back();
    } else if (told.where == wire::ViewOf::Where::worker) {
      views_.push_back(worker_.own_views_.at(told.index));
    } else {
      const std::span<float> memory = storages_.at(told.index)->memory;
      if (!wire::fits(told, memory.size())) throw wire::BadMessage("a view that leaves its storage");
      views_.emplace_back(memory.data() + told.offset, told.shape, told.strides, told.name.c_str());
    }
  }
}

std::shared_ptr<WorkerCall::Storage> WorkerCall::storage_of(const wire::Storage& told, std::size_t index) {
  if (call_.cache && index >= call_.cache->first && index - call_.cache->first < cache_->tensors.size())
    return cache_->tensors[index - call_.cache->first];
  if (const auto known = worker_.kept_.find(told.handle); known != worker_.kept_.end()) return known->second;
  auto storage = std::make_shared<Storage>();
  storage->own.resize(told.size);
  storage->memory = storage->own;
  if (told.kept) worker_.kept_.emplace(told.handle, storage);
  return storage;
}

View WorkerCall::view(std::size_t index) const { return views_.at(index); }

LayerParams WorkerCall::layer(std::size_t first) const {
  LayerParams layer;
  for (ConstView* weight : wire::views_of(layer)) *weight = view(first++);
  return layer;
}

Params WorkerCall::params(std::size_t first) const {
  Params params;
  const std::size_t others = wire::views_of(params).size();
  params.layers.resize((views_.size() - first - others) / wire::views_per_layer);
  for (ConstView* weight : wire::views_of(params)) *weight = view(first++);
  return params;
}

Workspace WorkerCall::workspace(std::size_t first) const {
  return {view(first), view(first + 1), view(first + 2), view(first + 3), view(first + 4), view(first + 5)};
}

TensorMap WorkerCall::tensors() const {
  TensorMap tensors;
  for (std::size_t i = 0; i < views_.size(); ++i) tensors.insert(call_.names.at(i), views_[i]);
  return tensors;
}

Trace WorkerCall::trace() const {
  if (!call_.traced) return {};
  return Trace([](const std::string& name, ConstView value) {
    wire::TracePoint point{name, value.shape(), {}};
    const Tensor copy = copy_of("", value);
    point.values.assign(copy.values().begin(), copy.values().end());
    send(wire::frame(wire::Kind::trace, point));
  });
}

void WorkerCall::returns(Params params) {
  for (const ConstView* weight : wire::views_of(params)) answer_.views.push_back(told_of(*weight));
}

wire::ViewOf WorkerCall::told_of(ConstView view) {
  wire::ViewOf told;
  told.shape = view.shape();
  told.strides = view.strides();
  if (view.empty()) return told;
  for (std::size_t i = 0; i < storages_.size(); ++i) {
    const std::span<const float> memory = storages_[i]->memory;
    const std::less_equal<const float*> not_after;
    if (!not_after(memory.data(), view.data()) || !not_after(view.data(), memory.data() + memory.size()))
      continue;
    told.offset = static_cast<std::uint64_t>(view.data() - memory.data());
    if (!wire::fits(told, memory.size())) continue;
    told.where = wire::ViewOf::Where::storage;
    told.index = static_cast<std::uint32_t>(i);
    return told;
  }
  told.where = wire::ViewOf::Where::worker;
  told.offset = 0;
  told.index = static_cast<std::uint32_t>(worker_.own_views_.size());
  const char* name = worker_.names_.insert(view.name()).first->c_str();
  worker_.own_views_.emplace_back(const_cast<float*>(view.data()), view.shape(), view.strides(), name);
  return told;
}

wire::Reply WorkerCall::ask(const wire::Frame& question) {
  send(question);
  for (;;) {
    const wire::Frame frame = receive();
    if (frame.kind != wire::Kind::reply) {
      worker_.answer(frame);  // a call that our question has led to
      continue;
    }
    wire::Reply reply = wire::read<wire::Reply>(frame.body);
    if (reply.exception) wire::raise(*reply.exception);
    return reply;
  }
}

void WorkerCall::ask_forward(std::span<float> logits, std::span<const TokenId> tokens, KvCache& cache) {
  wire::AskForward question{
      logits.size(), {tokens.begin(), tokens.end()}, &cache != cache_->cache.get(), cache.length, {}};
  const std::vector<std::span<float>> tensors = wire::tensors_of(cache);
  for (std::size_t i = 0; i < tensors.size(); ++i)
    question.cache.push_back(question.own_cache ? wire::everything(tensors[i]) : cache_->tensors[i]->news());

  const wire::Reply reply = ask(wire::frame(wire::Kind::ask_forward, question));
  std::ranges::copy(reply.values, logits.begin());
  cache.length = reply.cache_length;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    wire::patch(tensors[i], reply.cache.at(i));
    if (!question.own_cache) wire::patch(cache_->tensors[i]->known, reply.cache[i]);
  }
}

float WorkerCall::ask_uniform() { return ask({wire::Kind::ask_uniform, ""}).values.at(0); }

void WorkerCall::tell_token(TokenId token) {
  ask(wire::frame(wire::Kind::tell_token, wire::TellToken{token}));
}

wire::Answer WorkerCall::finish() {
  for (std::size_t i = 0; i < storages_.size(); ++i) {
    if (call_.storages[i].writable) answer_.changes.push_back(storages_[i]->news());
  }
  if (cache_) answer_.cache_length = cache_->cache->length;
  return std::move(answer_);
}

std::map<std::string, Worker::Handler>& Worker::handlers() {
  static std::map<std::string, Handler> all;
  return all;
}

void Worker::answer(const wire::Frame& frame) {
  if (frame.kind != wire::Kind::call) throw wire::BadMessage("a message that isn't a call");
  WorkerCall call(*this, wire::read<wire::Call>(frame.body));
  const auto handler = handlers().find(call.function());
  if (handler == handlers().end())
    throw wire::BadMessage("a call of " + printable(call.function()) + ", which no step of it has");
  try {
    handler->second(call);
  } catch (...) {
    call.failed();
  }
  send(wire::frame(wire::Kind::answer, call.finish()));
}

void Worker::serve() {
  for (;;) answer(receive());
}

}  // namespace lab

int main() {
  std::set_terminate(lab::terminate);
  // Programs that the student's code starts have no business with them.
  for (const int end : {lab::request_fd, lab::answer_fd}) fcntl(end, F_SETFD, FD_CLOEXEC);
  try {
    lab::Worker().serve();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "the worker got a request that it doesn't understand: %s\n", problem.what());
    return 1;
  }
}
