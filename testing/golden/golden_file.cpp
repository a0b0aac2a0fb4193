#include "testing/golden/golden_file.h"

#include "kit/error.h"

namespace lab {

void require_format(const Safetensors& file, const std::string& source) {
  const auto format = file.metadata().find("format");
  const std::string found = format == file.metadata().end() ? "none" : printable(format->second);
  if (found != data_format)
    throw Error(
        "{} has format {}; this kit reads format {}: make the data anew with ./lab regenerate, private ones "
        "with "
        "./lab grade seed",
        source, found, data_format);
}

GoldenFile::GoldenFile(const std::filesystem::path& data, const std::string& step)
    : file_(data / (step + ".safetensors")) {
  const std::string source = (data / (step + ".safetensors")).string();
  require_format(file_, source);
  const auto text = [&](const std::string& key) {
    const auto entry = file_.metadata().find(key);
    if (entry == file_.metadata().end())
      throw Error("{}: the metadata lack {}; regenerate the reference data", source, key);
    return Json::parse(entry->second, source + ": " + key);
  };
  for (const auto& [name, model] : text("models").members()) configs_.emplace(name, model.at("config"));
  const Json cases = text("cases");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::optional<Json> name = cases[i].find("model");
    cases_.emplace_back(cases[i], &file_.tensors(), name ? model(name->string(), data) : nullptr);
  }
}

const Case& GoldenFile::at(const std::string& name) const {
  for (const Case& golden_case : cases_) {
    if (golden_case.name() == name) return golden_case;
  }
  throw Error("the reference data have no case {}; regenerate them", name);
}

const GoldenModel* GoldenFile::model(const std::string& name, const std::filesystem::path& data) {
  if (const auto known = models_.find(name); known != models_.end()) return &known->second;
  GoldenModel loaded;
  std::string prefix;
  const TensorMap* from = &file_.tensors();
  if (name == "story") {
    bundled_ = load_checkpoint(data / "models" / "story");
    loaded.config = bundled_->config;
    from = &bundled_->weights.tensors();
  } else {
    const auto config = configs_.find(name);
    if (config == configs_.end()) throw Error("the reference data have no model {}; regenerate them", name);
    loaded.config = parse_config(config->second);
    prefix = "model." + name + "/";
  }
  for (const auto& [tensor_name, tensor] : *from) {
    if (tensor_name.starts_with(prefix)) loaded.tensors.insert(tensor_name.substr(prefix.size()), tensor);
  }
  return &models_.emplace(name, std::move(loaded)).first->second;
}

}  // namespace lab
