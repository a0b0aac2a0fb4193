#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "kit/checkpoint/weights.h"
#include "kit/config.h"
#include "kit/kv_cache.h"
#include "kit/model.h"
#include "kit/tensor.h"
#include "kit/token_id.h"

/// What the trusted side and the worker say to each other. A message is a frame: its length, its kind, its
/// fields. Both ends run on one machine, so numbers go as they lie in memory. The reader takes every byte for
/// hostile: a message that isn't whole, or holds a value that its field can't have, is a BadMessage, and
/// nothing is allocated before the bytes for it are there.
namespace lab::wire {

class BadMessage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Kind : std::uint8_t {
  call,         ///< to the worker: call a contract function; the worker ends it with `answer`
  answer,       ///< what came out
  trace,        ///< from the worker, during a call: a tensor for the call's Trace; nothing comes back
  ask_forward,  ///< from the worker, during generate: each of these three waits for a `reply`
  ask_uniform,
  tell_token,
  reply,
  end
};

/// Exit status of a worker that was terminated when it could start no more threads.
inline constexpr int no_more_threads = 117;

/// A contract function, by its name.
struct FunctionName {
  static constexpr std::size_t longest = 64;
  std::string text;
};

/// A type with fields() is written and read field by field.
template <typename T>
concept Fields = requires(T& value) {
  T::fields(value);
};
template <typename T>
concept Number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

class Writer {
 public:
  const std::string& bytes() const { return bytes_; }

  template <Number T>
  void put(T number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put(bool flag) { put(static_cast<std::uint8_t>(flag)); }
  template <typename T>
  requires std::is_enum_v<T>
  void put(T value) { put(static_cast<std::uint8_t>(value)); }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  void put(const Shape& shape) {
    put(static_cast<std::uint8_t>(shape.rank()));
    for (std::size_t dim = 0; dim < shape.rank(); ++dim) put(std::uint64_t{shape[dim]});
  }
  template <typename T, std::size_t count>
  void put(const std::array<T, count>& list) {
    for (const T& value : list) put(value);
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    if constexpr (Number<T>) {
      bytes_.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T));
    } else {
      for (const T& value : list) put(value);
    }
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <Fields T>
  void put(const T& message) {
    std::apply([&](const auto&... field) { (put(field), ...); }, T::fields(message));
  }
  void put(const FunctionName& name) { put(name.text); }
  void put(const Config& config);

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  bool at_end() const { return left_.empty(); }

  template <Number T>
  void get(T& number) {
    std::memcpy(&number, take(sizeof number), sizeof number);
  }
  void get(bool& flag);
  template <typename T>
  requires std::is_enum_v<T>
  void get(T& value) {
    const std::uint8_t byte = number<std::uint8_t>();
    if (byte >= static_cast<std::uint8_t>(T::end)) throw BadMessage("a value that its field can't have");
    value = static_cast<T>(byte);
  }
  void get(std::string& text);
  void get(Shape& shape);
  template <typename T, std::size_t count>
  void get(std::array<T, count>& list) {
    for (T& value : list) get(value);
  }
  template <typename T>
  void get(std::vector<T>& list) {
    list.clear();
    if constexpr (Number<T>) {
      const std::size_t size = count(sizeof(T));
      list.resize(size);
      if (size > 0) std::memcpy(list.data(), take(size * sizeof(T)), size * sizeof(T));
    } else {
      for (std::size_t left = count(1); left > 0; --left) get(list.emplace_back());
    }
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool present = false;
    get(present);
    value.reset();
    if (present) get(value.emplace());
  }
  template <Fields T>
  void get(T& message) {
    std::apply([&](auto&... field) { (get(field), ...); }, T::fields(message));
  }
  void get(FunctionName& name);
  void get(Config& config);

 private:
  template <typename T>
  T number() {
    T value{};
    get(value);
    return value;
  }
  /// A count of things that take at least `least` bytes each, so that there can't be more than what is left.
  std::size_t count(std::size_t least);
  const char* take(std::size_t count);

  std::string_view left_;
};

/// Elements of a storage, from `offset` on.
struct Run {
  std::uint64_t offset = 0;
  std::vector<float> values;
  static auto fields(auto& self) { return std::tie(self.offset, self.values); }
};
using Runs = std::vector<Run>;

/// What must be written over `before` to make it `after`, bit by bit; of equal size.
Runs changes(std::span<const float> before, std::span<const float> after);
/// All of it.
Runs everything(std::span<const float> values);
/// Throws BadMessage, before anything is written, if a run lies outside of `storage`.
void patch(std::span<float> storage, const Runs& runs);

/// A stretch of memory. The worker has a copy of it under `handle`; unknown handles begin as zeros.
struct Storage {
  std::uint32_t handle = 0;
  std::uint64_t size = 0;
  bool writable = false;  ///< the answer tells what changed in it
  bool kept = false;      ///< beyond the call
  Runs runs;              ///< what the worker's copy lacks
  static auto fields(auto& self) {
    return std::tie(self.handle, self.size, self.writable, self.kept, self.runs);
  }
};

/// A view of one of the call's storages, or no tensor at all, or something that only the worker has.
struct ViewOf {
  enum class Where : std::uint8_t { nowhere, storage, worker, end };
  Where where = Where::nowhere;
  std::uint32_t index = 0;  ///< of the call's storages; of the worker's own views
  std::uint64_t offset = 0;
  Shape shape;
  View::Strides strides{};
  std::string name;
  static auto fields(auto& self) {
    return std::tie(self.where, self.index, self.offset, self.shape, self.strides, self.name);
  }
};

/// Whether each element of the view lies in a storage of `size` elements.
bool fits(const ViewOf& view, std::uint64_t size);

/// A KvCache: its tensors k, v, k, v, … are `storages` of the call from `first` on.
struct Cache {
  std::uint32_t handle = 0;
  std::uint64_t capacity = 0, n_layers = 0, n_kv_heads = 0, head_dim = 0;
  std::uint64_t length = 0;
  std::uint32_t first = 0;
  static auto fields(auto& self) {
    return std::tie(self.handle, self.capacity, self.n_layers, self.n_kv_heads, self.head_dim, self.length,
                    self.first);
  }
};

/// A contract function's arguments, each kind in the order of the parameters.
struct Call {
  FunctionName function;
  std::vector<Storage> storages;
  std::vector<ViewOf> views;
  std::vector<float> numbers;
  std::vector<std::uint64_t> counts;
  std::vector<std::vector<TokenId>> ids;
  std::vector<std::string> names;  ///< of load_params's tensors
  std::optional<Config> config;
  std::optional<Cache> cache;
  bool traced = false;
  static auto fields(auto& self) {
    return std::tie(self.function, self.storages, self.views, self.numbers, self.counts, self.ids, self.names,
                    self.config, self.cache, self.traced);
  }
};

struct Exception {
  enum class Type : std::uint8_t {
    not_implemented,
    error,
    invalid_argument,
    out_of_range,
    other,
    not_standard,
    end
  };
  Type type = Type::other;
  std::string text;                     ///< may be empty
  std::string function, file, section;  ///< of a stub
  static auto fields(auto& self) {
    return std::tie(self.type, self.text, self.function, self.file, self.section);
  }
};

/// The exception that is being handled, as it can be told to the other side.
Exception current_exception();
/// Throws what the other side has told; its text is bounded and made printable.
[[noreturn]] void raise(const Exception& exception);

struct Answer {
  std::optional<Exception> exception;
  std::vector<Runs> changes;  ///< of the writable storages, in their order
  std::uint64_t cache_length = 0;
  std::vector<TokenId> ids;
  std::vector<ViewOf> views;
  static auto fields(auto& self) {
    return std::tie(self.exception, self.changes, self.cache_length, self.ids, self.views);
  }
};

struct TracePoint {
  std::string name;
  Shape shape;
  std::vector<float> values;
  static auto fields(auto& self) { return std::tie(self.name, self.shape, self.values); }
};

/// A call of generate's `forward`, with the cache that generate was given or with a copy of it.
struct AskForward {
  std::uint64_t logits = 0;
  std::vector<TokenId> tokens;
  bool own_cache = false;
  std::uint64_t cache_length = 0;
  std::vector<Runs> cache;  ///< what changed in its tensors; of a copy, everything
  static auto fields(auto& self) {
    return std::tie(self.logits, self.tokens, self.own_cache, self.cache_length, self.cache);
  }
};

struct TellToken {
  TokenId token = 0;
  static auto fields(auto& self) { return std::tie(self.token); }
};

struct Reply {
  std::optional<Exception> exception;
  std::vector<float> values;  ///< logits, or the uniform number
  std::uint64_t cache_length = 0;
  std::vector<Runs> cache;
  static auto fields(auto& self) {
    return std::tie(self.exception, self.values, self.cache_length, self.cache);
  }
};

/// Every view of `layer`, every view of `params`; both sides go through them in this order.
std::vector<ConstView*> views_of(LayerParams& layer);
std::vector<ConstView*> views_of(Params& params);
constexpr std::size_t views_per_layer = layer_weights.size();

/// All elements of a cache's tensors: k, v, k, v, …
std::vector<std::span<float>> tensors_of(KvCache& cache);

struct Frame {
  Kind kind = Kind::end;
  std::string body;
};

/// What stands before a frame's body.
struct Header {
  std::uint64_t length = 0;  ///< of the body
  Kind kind = Kind::end;
  static constexpr std::size_t size = 9;
  static auto fields(auto& self) { return std::tie(self.length, self.kind); }
};

template <typename T>
Frame frame(Kind kind, const T& message) {
  Writer writer;
  writer.put(message);
  return {kind, writer.bytes()};
}

/// Throws BadMessage if `body` isn't exactly one T.
template <typename T>
T read(std::string_view body) {
  Reader reader(body);
  T message;
  reader.get(message);
  if (!reader.at_end()) throw BadMessage("bytes behind the last field");
  return message;
}

}  // namespace lab::wire
