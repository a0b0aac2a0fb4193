#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "grading/calls/stand_in_worker.h"
#include "grading/calls/wire.h"
#include "kit/kv_cache.h"
#include "kit/tensor.h"

namespace lab {

/// Whether `range` holds all of `part`.
bool contains(std::span<const float> range, std::span<const float> part);

/// Memory of ours of which the worker has, or is about to have, a copy.
struct Lent {
  std::uint32_t handle = 0;
  std::span<float> memory;
  bool kept = false;
  std::vector<float> known;  ///< what the worker's copy holds, if it is kept

  /// What the worker's copy lacks; from then on it counts as known.
  wire::Runs news();
  /// Writes what the worker has changed. Throws BadMessage if that lies outside.
  void take(const wire::Runs& changes);
};

struct LentCache {
  std::uint32_t handle = 0;
  std::vector<std::shared_ptr<Lent>> tensors;  ///< k, v, k, v, …
};

/// The worker of this process, started when it is needed, and what it has been lent. After a fork the child
/// gets one of its own; after a failure the next call does.
class Session {
 public:
  static Session& current();

  /// The time from the outermost call's start to its end. Whoever leaves without ended(), because of an
  /// exception, leaves the worker in the middle of a sentence, so that one is given up.
  class Turn {
   public:
    explicit Turn(Session& session);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();
    void ended() { ended_ = true; }

   private:
    Session& session_;
    bool ended_ = false;
  };

  void send(const wire::Frame& frame);
  wire::Frame receive(std::size_t limit);
  /// Ends the worker and throws CallLost: it sent `what`.
  [[noreturn]] void give_up(const std::string& what);

  std::shared_ptr<Lent> lend_once(std::span<const float> memory);
  std::shared_ptr<Lent> lend_kept(std::span<const float> memory);
  /// What is kept already and has this memory in it; the memory itself if nothing does.
  std::span<const float> kept_around(std::span<const float> memory) const;
  std::shared_ptr<LentCache> lend_cache(KvCache& cache);

  /// Weights that load_params made and that only the worker has: a view that stands for them here, to be
  /// handed on and never looked into.
  ConstView workers_own(const wire::ViewOf& told);
  /// None if `view` is one of our own. Throws CallLost if its worker is gone.
  std::optional<std::uint32_t> index_of_workers_own(ConstView view) const;

 private:
  Session();
  void start();
  WorkerProcess& worker();
  std::shared_ptr<Lent> make_lent(std::span<const float> memory, bool kept);

  std::vector<std::string> command_;
  std::unique_ptr<WorkerProcess> worker_;
  std::size_t worker_number_ = 0;
  int depth_ = 0;
  Deadline deadline_;
  int hangs_ = 0;             ///< calls that exceeded their deadline
  std::size_t received_ = 0;  ///< bytes of the outermost call
  std::uint32_t next_handle_ = 1;
  std::map<std::pair<const float*, std::size_t>, std::shared_ptr<Lent>> kept_;
  std::shared_ptr<LentCache> cache_;  ///< the worker keeps but the latest
  std::deque<float> stands_;          ///< one address for each view of the worker's own, never used again
  std::map<const float*, std::pair<std::size_t, std::uint32_t>> workers_own_;  ///< worker's number, index
};

}  // namespace lab
