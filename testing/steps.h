#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

/// What of an outcome is held against the golden case.
enum class Compare {
  tensors,  ///< each storage; facts besides
  layers,   ///< the same, and where one is wrong, the trace points of all layers in their order
  facts     ///< transcripts, token ids, names: no tensor
};

/// A contract function as labs/*/step.json describes it.
struct Function {
  struct Axes {
    std::string storage;             ///< a parameter's name, or one like "cache.k"
    std::vector<std::string> names;  ///< what each dimension counts, in phrases.h's English words
  };
  std::string name;
  std::string section;             ///< of the step's handout
  std::string call;                ///< as call.h shows it: "rms_norm(out, x, weight, $eps)"
  std::vector<std::string> calls;  ///< contract functions of this step and of earlier ones
  std::vector<Axes> axes;
  Compare compare;
  std::string first;                          ///< the storage or fact whose error explains the others'; or ""
  std::vector<std::string> read_off_tensors;  ///< facts that say less than the tensors they are read off
};

struct Step {
  std::string name;    ///< "step0"
  std::string folder;  ///< "step0_operators", in labs/, solutions/ and testing/stubs/
  std::string en, zh;  ///< its title
  std::vector<Function> functions;
};

/// An intermediate tensor that a forward pass records.
struct TracePoint {
  enum Where { first, each_layer, last };
  std::string name;  ///< in the layers without "model.layers.INDEX."
  Where where;
  std::vector<std::string> axes;
  std::string made_by;    ///< contract function
  std::string called_by;  ///< the function that calls that one; or ""
  std::string adds;       ///< instead: the projection whose product `made_by` adds to the residual
};

/// All steps in order.
const std::vector<Step>& steps();
/// Throws Error if there is no step of that name.
const Step& step_named(std::string_view name);
/// Throws Error if no step has a function of that name.
const Function& function_named(std::string_view name);
/// What the dimensions of one of the function's storages count; empty if its description doesn't say.
std::vector<std::string> axes_of(std::string_view function, std::string_view storage);
/// In the order in which a model computes them.
const std::vector<TracePoint>& trace_points();
/// The point that a forward pass records as `name`, of any layer; null if there is none.
const TracePoint* find_trace_point(std::string_view name);
/// The names of all points of a model with that many layers, in the same order.
std::vector<std::string> trace_point_names(std::size_t n_layers);

}  // namespace lab
