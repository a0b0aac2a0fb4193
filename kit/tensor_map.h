#pragma once

#include <map>
#include <string>

#include "kit/tensor.h"

namespace lab {

/// Tensors by name, as a checkpoint has them; who holds the elements is somebody else's affair.
/// Each view bears its full name here, so that an index error says which weight it is. The names live in the
/// map: it can be moved, not copied.
class TensorMap {
 public:
  TensorMap() = default;
  TensorMap(TensorMap&&) = default;
  TensorMap& operator=(TensorMap&&) = default;

  /// Throws Error if there is one of that name already.
  void insert(std::string name, ConstView tensor);
  bool contains(const std::string& name) const { return tensors_.contains(name); }
  /// Throws Error, naming the tensor, if there is none of that name.
  ConstView at(const std::string& name) const;
  std::size_t size() const { return tensors_.size(); }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }
  /// The first tensor whose name is `name` or comes after it in the order of the names.
  auto lower_bound(const std::string& name) const { return tensors_.lower_bound(name); }

 private:
  std::map<std::string, ConstView> tensors_;
};

}  // namespace lab
