#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "grading/calls/stand_in_session.h"
#include "grading/calls/wire.h"
#include "kit/kv_cache.h"
#include "kit/model.h"
#include "kit/tensor.h"
#include "kit/trace.h"

namespace lab {

/// A call of a contract function that the worker is asked to make. Arguments are given in the order of the
/// parameters; then make().
///
/// The environment says how: LAB_WORKER names the file with the worker's command, LAB_CALL_SECONDS is how
/// long a call may take (10 if it says nothing; each call that exceeds it halves it for the next ones, down
/// to an eighth), LAB_TOTAL_SECONDS how long this program may go on asking, LAB_TOTAL_NAME what the
/// instructor calls that. With LAB_SANDBOXED the command is a sandbox, which is killed itself only if
/// somebody outside did that.
class RemoteCall {
 public:
  explicit RemoteCall(std::string function) { call_.function = {std::move(function)}; }

  /// A tensor: its storage travels as a whole, with guards and gaps, and what was written comes back.
  RemoteCall& writes(View view);
  RemoteCall& writes(std::span<float> values);
  /// A tensor that only travels there.
  RemoteCall& reads(ConstView view);
  RemoteCall& reads(std::span<const float> values);
  /// One that the worker keeps, so that what has not changed doesn't travel again.
  RemoteCall& keeps(ConstView view);
  RemoteCall& keeps(LayerParams layer);
  RemoteCall& keeps(Params params);
  RemoteCall& cache(KvCache& cache);
  RemoteCall& number(float number);
  RemoteCall& count(std::size_t count);
  RemoteCall& ids(std::span<const TokenId> ids);
  RemoteCall& name(const std::string& name);
  RemoteCall& config(const Config& config);
  RemoteCall& trace(const Trace& trace);

  /// Answers what the worker asks while it generates.
  struct Callbacks {
    std::function<void(std::span<float> logits, std::span<const TokenId> tokens, KvCache& cache)> forward;
    std::function<float()> uniform;
    std::function<void(TokenId)> on_token;
    std::size_t vocab_size = 0;
  };
  RemoteCall& answering(Callbacks callbacks);

  /// Returns after the worker's answer, all that it wrote being in place; throws what the function threw, and
  /// CallLost if no answer comes that can be one, or if it needs more memory than there is.
  wire::Answer make();
  /// The same for a function that returns a token.
  TokenId token();
  /// The weights that the answer of load_params tells: of the tensors that were given, or of the worker's
  /// own.
  Params params(const wire::Answer& answer) const;

 private:
  RemoteCall& view(ConstView view, bool writable, bool kept);
  void lend();
  void lend_cache();
  std::size_t add(const std::shared_ptr<Lent>& lent, bool writable, bool kept);
  wire::Answer ask();
  std::size_t index_of(ConstView view, bool kept) const;
  void receive(const wire::Answer& answer);
  void record(const wire::TracePoint& point) const;
  wire::Reply answer_to(const wire::Frame& frame);
  wire::Reply forward_for(const wire::AskForward& ask);
  ConstView weight(const wire::ViewOf& told) const;

  struct Argument {
    ConstView view;
    bool writable;
    bool kept;
  };
  wire::Call call_;
  std::vector<Argument> arguments_;
  std::vector<std::shared_ptr<Lent>> lent_;  ///< what is behind call_.storages
  KvCache* cache_ = nullptr;
  std::shared_ptr<LentCache> lent_cache_;
  const Trace* trace_ = nullptr;
  Callbacks callbacks_;
};

}  // namespace lab
