#include "kit/tensor_map.h"

#include "kit/error.h"

namespace lab {

void TensorMap::insert(std::string name, ConstView tensor) {
  const auto [place, is_new] = tensors_.try_emplace(std::move(name));
  if (!is_new) throw Error("there are two tensors named \"{}\"", printable(place->first));
  place->second = tensor.named(place->first.c_str());
}

ConstView TensorMap::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end())
    throw Error("there is no tensor named \"{}\" among the {} here", printable(name), tensors_.size());
  return found->second;
}

}  // namespace lab
