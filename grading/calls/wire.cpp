#include "grading/calls/wire.h"

#include <algorithm>
#include <new>
#include <system_error>

#include "kit/error.h"

namespace lab::wire {
namespace {

template <typename Config>
auto fields_of(Config& config) {
  return std::tie(config.vocab_size, config.hidden_size, config.intermediate_size, config.n_layers,
                  config.n_heads, config.n_kv_heads, config.head_dim, config.max_position_embeddings,
                  config.rms_norm_eps, config.rope_theta, config.tie_word_embeddings, config.bos_token_id,
                  config.eos_token_ids);
}

template <typename Scaling>
auto fields_of_scaling(Scaling& scaling) {
  return std::tie(scaling.factor, scaling.low_freq_factor, scaling.high_freq_factor,
                  scaling.original_max_position_embeddings);
}

bool same_bits(const float* a, const float* b, std::size_t count) {
  return std::memcmp(a, b, count * sizeof(float)) == 0;
}

/// The first element from `i` on that differs; their size if none does.
std::size_t next_difference(std::span<const float> a, std::span<const float> b, std::size_t i) {
  constexpr std::size_t block = 256;  // most of a large storage is as it was
  while (i + block <= a.size() && same_bits(&a[i], &b[i], block)) i += block;
  while (i < a.size() && same_bits(&a[i], &b[i], 1)) ++i;
  return i;
}

}  // namespace

void Writer::put(const Config& config) {
  std::apply([&](const auto&... field) { (put(field), ...); }, fields_of(config));
  put(config.rope_scaling.has_value());
  if (config.rope_scaling)
    std::apply([&](const auto&... field) { (put(field), ...); }, fields_of_scaling(*config.rope_scaling));
}

void Reader::get(Config& config) {
  std::apply([&](auto&... field) { (get(field), ...); }, fields_of(config));
  bool scaled = false;
  get(scaled);
  config.rope_scaling.reset();
  if (scaled)
    std::apply([&](auto&... field) { (get(field), ...); }, fields_of_scaling(config.rope_scaling.emplace()));
}

void Reader::get(bool& flag) {
  const std::uint8_t byte = number<std::uint8_t>();
  if (byte > 1) throw BadMessage("a flag that is neither 0 nor 1");
  flag = byte == 1;
}

void Reader::get(std::string& text) {
  const std::size_t size = count(1);
  text.assign(take(size), size);
}

void Reader::get(FunctionName& name) {
  get(name.text);
  if (name.text.size() > FunctionName::longest) throw BadMessage("a function's name that is too long");
}

void Reader::get(Shape& shape) {
  const std::size_t rank = number<std::uint8_t>();
  if (rank > Shape::max_rank) throw BadMessage("a shape of too many dimensions");
  std::array<std::size_t, Shape::max_rank> sizes{};
  for (std::size_t dim = 0; dim < rank; ++dim) sizes[dim] = number<std::uint64_t>();
  shape = Shape(std::span<const std::size_t>(sizes.data(), rank));
}

std::size_t Reader::count(std::size_t least) {
  const std::uint64_t count = number<std::uint64_t>();
  if (count > left_.size() / least) throw BadMessage("a count of more than the message holds");
  return count;
}

const char* Reader::take(std::size_t count) {
  if (count > left_.size()) throw BadMessage("a message that is too short");
  const char* bytes = left_.data();
  left_.remove_prefix(count);
  return bytes;
}

Runs changes(std::span<const float> before, std::span<const float> after) {
  constexpr std::size_t gap = 8;  // equal elements that cost less than a run of their own
  Runs runs;
  for (std::size_t i = next_difference(before, after, 0); i < after.size();) {
    std::size_t end = i + 1;
    std::size_t next = next_difference(before, after, end);
    for (; next < after.size() && next < end + gap; next = next_difference(before, after, end))
      end = next + 1;
    runs.push_back({i, {after.begin() + i, after.begin() + end}});
    i = next;
  }
  return runs;
}

Runs everything(std::span<const float> values) { return {{0, {values.begin(), values.end()}}}; }

void patch(std::span<float> storage, const Runs& runs) {
  for (const Run& run : runs) {
    if (run.offset > storage.size() || run.values.size() > storage.size() - run.offset)
      throw BadMessage("elements outside of a storage");
  }
  for (const Run& run : runs) std::ranges::copy(run.values, storage.begin() + run.offset);
}

bool fits(const ViewOf& view, std::uint64_t size) {
  if (view.offset > size) return false;
  std::uint64_t left = size - view.offset;  // elements from the view's first one on
  bool has_elements = true;
  for (std::size_t dim = 0; dim < view.shape.rank(); ++dim) has_elements &= view.shape[dim] > 0;
  if (!has_elements) return true;
  for (std::size_t dim = 0; dim < view.shape.rank(); ++dim) {
    const std::uint64_t steps = view.shape[dim] - 1;
    const std::uint64_t stride = view.strides[dim];
    if (steps == 0 || stride == 0) continue;
    if (left == 0 || steps > (left - 1) / stride) return false;
    left -= steps * stride;
  }
  return left > 0;
}

Exception current_exception() {
  using Type = Exception::Type;
  const auto as = [](Type type, const std::exception& error) {
    const char* text = error.what();
    return Exception{type, text == nullptr ? "" : text, "", "", ""};
  };
  const auto with = [](Exception exception, std::string_view advice) {
    if (!advice.empty()) exception.text.append(" (").append(advice).append(")");
    return exception;
  };
  try {
    throw;
  } catch (const NotImplemented& stub) {
    return {Type::not_implemented, "", stub.function(), stub.file(), stub.section()};
  } catch (const Error& error) {
    return as(Type::error, error);
  } catch (const std::invalid_argument& error) {
    return as(Type::invalid_argument, error);
  } catch (const std::out_of_range& error) {
    return as(Type::out_of_range, error);
  } catch (const std::bad_alloc& error) {
    return with(as(Type::other, error), "more memory than a worker may have: allocate less, and free it");
  } catch (const std::system_error& error) {
    const bool refused = error.code() == std::errc::resource_unavailable_try_again;
    return with(as(Type::other, error),
                refused ? "no more threads than these: start fewer, and join them" : "");
  } catch (const std::exception& error) {
    return as(Type::other, error);
  } catch (...) {
    return {Type::not_standard, "", "", "", ""};
  }
}

void raise(const Exception& exception) {
  using Type = Exception::Type;
  struct NotStandard {};
  const std::string text = printable(exception.text, 1000);
  if (exception.type == Type::not_implemented)
    throw NotImplemented(printable(exception.function), printable(exception.file),
                         printable(exception.section));
  if (exception.type == Type::error) throw Error("{}", text);
  if (exception.type == Type::invalid_argument) throw std::invalid_argument(text);
  if (exception.type == Type::out_of_range) throw std::out_of_range(text);
  if (exception.type == Type::not_standard) throw NotStandard{};
  throw std::runtime_error(text);
}

std::vector<std::span<float>> tensors_of(KvCache& cache) {
  std::vector<std::span<float>> tensors;
  for (std::size_t layer = 0; layer < cache.n_layers(); ++layer) {
    for (const View& tensor : {cache.k(layer), cache.v(layer)})
      tensors.emplace_back(tensor.data(), tensor.numel());
  }
  return tensors;
}

std::vector<ConstView*> views_of(LayerParams& layer) {
  std::vector<ConstView*> views;
  for (const LayerWeight& weight : layer_weights) views.push_back(&(layer.*weight.view));
  return views;
}

std::vector<ConstView*> views_of(Params& params) {
  std::vector<ConstView*> views{&params.embed_tokens, &params.norm, &params.lm_head};
  for (LayerParams& layer : params.layers) {
    for (ConstView* view : views_of(layer)) views.push_back(view);
  }
  return views;
}

}  // namespace lab::wire
