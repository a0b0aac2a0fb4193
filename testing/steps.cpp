#include "testing/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "kit/error.h"

namespace lab {
namespace {

#include "lab_step_table.h"

}  // namespace

const std::vector<Step>& steps() { return step_table; }

const Step& step_named(std::string_view name) {
  const auto step = std::ranges::find(step_table, name, &Step::name);
  if (step == step_table.end()) throw Error("no folder of labs/ describes {}", name);
  return *step;
}

const Function& function_named(std::string_view name) {
  for (const Step& step : step_table) {
    const auto function = std::ranges::find(step.functions, name, &Function::name);
    if (function != step.functions.end()) return *function;
  }
  throw Error("no step.json in labs/ describes {}; add it to its step's", name);
}

std::vector<std::string> axes_of(std::string_view function, std::string_view storage) {
  const std::vector<Function::Axes>& all = function_named(function).axes;
  const auto axes = std::ranges::find(all, storage, &Function::Axes::storage);
  return axes == all.end() ? std::vector<std::string>{} : axes->names;
}

const std::vector<TracePoint>& trace_points() { return trace_table; }

const TracePoint* find_trace_point(std::string_view name) {
  bool in_layer = false;
  if (constexpr std::string_view layers = "model.layers."; name.starts_with(layers)) {
    name.remove_prefix(layers.size());
    name.remove_prefix(std::min(name.find_first_not_of("0123456789"), name.size()));
    if (!name.starts_with('.')) return nullptr;
    name.remove_prefix(1);
    in_layer = true;
  }
  const auto point = std::ranges::find_if(trace_table, [&](const TracePoint& each) {
    return each.name == name && (each.where == TracePoint::each_layer) == in_layer;
  });
  return point == trace_table.end() ? nullptr : &*point;
}

std::vector<std::string> trace_point_names(std::size_t n_layers) {
  std::vector<std::string> names;
  const auto add = [&](TracePoint::Where where, const std::string& prefix) {
    for (const TracePoint& point : trace_table) {
      if (point.where == where) names.push_back(prefix + point.name);
    }
  };
  add(TracePoint::first, "");
  for (std::size_t layer = 0; layer < n_layers; ++layer)
    add(TracePoint::each_layer, fmt::format("model.layers.{}.", layer));
  add(TracePoint::last, "");
  return names;
}

}  // namespace lab
