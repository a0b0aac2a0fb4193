#include "apps/trace_expected.h"

#include <algorithm>
#include <cmath>

#include "kit/checkpoint/json.h"
#include "kit/error.h"

namespace lab {
namespace {

Json metadata(const Safetensors& file, const std::string& source, const std::string& key) {
  const auto entry = file.metadata().find(key);
  if (entry == file.metadata().end())
    throw Error("{}: the metadata lack {}; expected a file that scripts/dump_trace.py wrote", source, key);
  return Json::parse(entry->second, source + ": " + key);
}

}  // namespace

ExpectedTrace::ExpectedTrace(const std::filesystem::path& file)
    : source_(printable_path(file)), file_(file), tokens_(file_.integers("tokens")) {
  prompt_ = metadata(file_, source_, "prompt").string();
  const Json pieces = metadata(file_, source_, "pieces");
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces_.push_back(pieces[i].string());
  if (tokens_.empty() || pieces_.size() != tokens_.size())
    throw Error("{}: {} tokens and {} pieces of text; expected one piece for each token", source_,
                tokens_.size(), pieces_.size());

  const Json points = metadata(file_, source_, "points");
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::string name = points[i].at("name").string();
    const float bound = static_cast<float>(points[i].at("bound").number());
    if (!(bound >= 0) || !std::isfinite(bound)) points[i].at("bound").refuse("a number from 0 on");
    const ConstView expected = file_.tensors().at(name);
    if (expected.rank() == 0 || expected.numel() == 0)
      throw Error("{}: {} has shape {}; expected at least one dimension and one element", source_,
                  printable(name), expected.shape().to_string());
    points_.push_back({name, bound, expected});
  }
}

void ExpectedTrace::check_model(const Checkpoint& checkpoint) const {
  const Config& config = checkpoint.config;
  if (tokens_.size() > config.max_position_embeddings)
    throw Error("{} has {} tokens, but the model's context (max_position_embeddings) is {}", source_,
                tokens_.size(), config.max_position_embeddings);
  const ConstView table = checkpoint.weights.tensors().at("model.embed_tokens.weight");
  const auto embedded =
      std::ranges::find(points_, std::string_view("model.embed_tokens"), &ExpectedPoint::name);
  const Error another_model(
      "{} is the trace of another model, or this one has changed since; scripts/dump_trace.py writes it anew",
      source_);
  if (embedded == points_.end() || embedded->expected.shape() != Shape{tokens_.size(), config.hidden_size})
    throw another_model;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto id = static_cast<std::size_t>(tokens_[i]);
    if (tokens_[i] < 0 || id >= config.vocab_size ||
        !std::ranges::equal(table.row(id), embedded->expected.row(i)))
      throw another_model;
  }
}

}  // namespace lab
