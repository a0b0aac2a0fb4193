#include "testing/golden/arguments.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "kit/error.h"

namespace lab {
namespace {

constexpr std::size_t guard_size = 16;
const float guard = std::numeric_limits<float>::quiet_NaN();

bool is_intact(std::span<const float> elements) {
  for (float element : elements) {
    if (std::memcmp(&element, &guard, sizeof guard) != 0) return false;
  }
  return true;
}

}  // namespace

std::vector<const Arguments*>& Arguments::living() {
  static std::vector<const Arguments*> all;
  return all;
}

Arguments::~Arguments() { std::erase(living(), this); }

std::span<const float> Arguments::storage_around(const float* element) {
  const std::less_equal<const float*> not_after;
  for (const Arguments* arguments : living()) {
    for (const auto& [name, storage] : arguments->storages_) {
      const std::vector<float>& all = storage.guarded;
      if (not_after(all.data(), element) && not_after(element, all.data() + all.size() - 1)) return all;
    }
  }
  return {};
}

Arguments::Arguments(const Case& golden_case) : case_(golden_case) {
  for (const std::string& name : golden_case.storages_before()) {
    const ConstView before = golden_case.before(name);
    Storage storage{before.shape(), name, std::vector<float>(before.numel() + 2 * guard_size, guard)};
    std::copy_n(before.data(), before.numel(), storage.guarded.begin() + guard_size);
    storages_.emplace(name, std::move(storage));
  }
  living().push_back(this);
}

View Arguments::whole(Storage& storage) {
  return View(storage.guarded.data() + guard_size, storage.shape, storage.name.c_str());
}

View Arguments::view(const std::string& parameter) {
  const std::string name = case_.storage_of(parameter);
  const auto storage = storages_.find(name);
  if (storage == storages_.end()) throw Error("case {} has no storage {}", case_.name(), name);
  return case_.seen(parameter, whole(storage->second));
}

Outcome Arguments::run(const std::function<void(Outcome&)>& body) {
  Outcome outcome;
  try {
    body(outcome);
  } catch (const NotImplemented&) {
    throw;
  } catch (const CallLost&) {
    throw;
  } catch (...) {
    outcome.thrown = thrown_now();
  }
  for (auto& [name, storage] : storages_) {
    const std::span<const float> all = storage.guarded;
    if (!is_intact(all.first(guard_size)) || !is_intact(all.last(guard_size)))
      outcome.overrun.push_back(name);
  }
  for (const std::string& name : case_.storages_after()) {
    const auto storage = storages_.find(name);
    if (storage == storages_.end()) continue;  // `body` has put it into the outcome
    outcome.tensors.insert_or_assign(name, copy_of(name, whole(storage->second)));
  }
  return outcome;
}

}  // namespace lab
