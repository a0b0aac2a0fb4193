#include "testing/golden/outcome.h"

#include "kit/error.h"

namespace lab {
namespace {

/// Whether `fine` is `coarse` with some of its dimensions split in two or more.
bool splits(const Shape& fine, const Shape& coarse) {
  std::size_t dim = 0;
  for (std::size_t i = 0; i < coarse.rank(); ++i) {
    std::size_t product = 1;
    while (dim < fine.rank() && (product < coarse[i] || fine[dim] == 1)) product *= fine[dim++];
    if (product != coarse[i]) return false;
  }
  return dim == fine.rank();
}

}  // namespace

Tensor recorded(const std::string& name, ConstView value, const Shape& expected) {
  Tensor dense = copy_of(name, value);
  if (!splits(value.shape(), expected) && !splits(expected, value.shape())) return dense;
  return Tensor(name, expected, {dense.values().begin(), dense.values().end()});
}

Thrown thrown_now() {
  const auto as = [](const char* kind, const std::exception& error) {
    const char* text = error.what();
    return Thrown{kind, text == nullptr ? "" : text};
  };
  try {
    throw;
  } catch (const Error& error) {
    return as("Error", error);
  } catch (const std::invalid_argument& error) {
    return as("invalid_argument", error);
  } catch (const std::out_of_range& error) {
    return as("out_of_range", error);
  } catch (const std::exception& error) {
    return as("another exception", error);
  } catch (...) {
    return {"another exception", "what was thrown is no std::exception"};
  }
}

std::vector<std::string> Outcome::lines_of(const std::string& fact) const {
  if (fact == "raises" && thrown) return {thrown->kind};
  const auto lines = facts.find(fact);
  return lines == facts.end() ? std::vector<std::string>{} : lines->second;
}

}  // namespace lab
