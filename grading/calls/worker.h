#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "grading/calls/wire.h"
#include "kit/kv_cache.h"
#include "kit/model.h"
#include "kit/tensor.h"
#include "kit/tensor_map.h"
#include "kit/trace.h"

/// The worker: a program that calls a student's functions when it is told to on file descriptor 3, and says
/// on 4 what came out. It knows no expected value and gives no verdict, so a student may do to it what she
/// likes.
namespace lab {

class Worker;

/// A call's arguments as the function wants them, and its answer.
class WorkerCall {
 public:
  /// Throws wire::BadMessage if the call refers to something that isn't there.
  WorkerCall(Worker& worker, wire::Call call);

  View view(std::size_t index) const;
  std::span<float> span(std::size_t index) const { return view(index).row(); }
  LayerParams layer(std::size_t first) const;
  /// From the view `first` on to the last.
  Params params(std::size_t first) const;
  Workspace workspace(std::size_t first) const;
  TensorMap tensors() const;
  float number(std::size_t index) const { return call_.numbers.at(index); }
  std::size_t count(std::size_t index) const { return call_.counts.at(index); }
  const std::vector<TokenId>& ids(std::size_t index) const { return call_.ids.at(index); }
  const Config& config() const { return call_.config.value(); }
  KvCache& cache() const { return *cache_->cache; }
  Trace trace() const;

  void returns(TokenId token) { answer_.ids = {token}; }
  void returns(std::vector<TokenId> tokens) { answer_.ids = std::move(tokens); }
  void returns(Params params);

  /// What generate is given to call.
  void ask_forward(std::span<float> logits, std::span<const TokenId> tokens, KvCache& cache);
  float ask_uniform();
  void tell_token(TokenId token);

  const std::string& function() const { return call_.function.text; }
  wire::Answer finish();
  void failed() { answer_.exception = wire::current_exception(); }

 private:
  friend class Worker;
  /// Memory that stands for memory of the other side.
  struct Storage {
    std::vector<float> own;
    std::span<float> memory;
    std::vector<float> known;  ///< what the other side holds
    wire::Runs news();
  };
  struct Cache {
    std::uint32_t handle = 0;
    std::unique_ptr<KvCache> cache;
    std::vector<std::shared_ptr<Storage>> tensors;
  };
  std::shared_ptr<Storage> storage_of(const wire::Storage& told, std::size_t index);
  wire::ViewOf told_of(ConstView view);
  wire::Reply ask(const wire::Frame& question);

  Worker& worker_;
  wire::Call call_;
  std::shared_ptr<Cache> cache_;
  std::vector<std::shared_ptr<Storage>> storages_;
  std::vector<View> views_;
  wire::Answer answer_;
};

class Worker {
 public:
  using Handler = void (*)(WorkerCall&);
  /// Each step's file adds its functions before main begins.
  static std::map<std::string, Handler>& handlers();
  struct Functions {
    explicit Functions(const std::map<std::string, Handler>& more) {
      handlers().insert(more.begin(), more.end());
    }
  };

  /// Answers calls until the other side is gone.
  [[noreturn]] void serve();

 private:
  friend class WorkerCall;
  void answer(const wire::Frame& frame);

  std::map<std::uint32_t, std::shared_ptr<WorkerCall::Storage>> kept_;
  std::shared_ptr<WorkerCall::Cache> cache_;  ///< the latest; calls that run may hold others
  std::vector<View> own_views_;               ///< weights that load_params made
  std::set<std::string> names_;               ///< of those
};

}  // namespace lab
