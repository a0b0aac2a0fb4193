#include "grading/calls/worker.h"

#include "labs/step3_generate/generate.h"

namespace lab {
namespace {

SamplingOptions sampling_of(const WorkerCall& c) { return {c.number(0), c.count(0), c.number(1)}; }

const Worker::Functions step3({
    {"sampling_distribution",
     [](WorkerCall& c) { sampling_distribution(c.span(0), c.span(1), sampling_of(c)); }},
    {"sample", [](WorkerCall& c) { c.returns(sample(c.span(0), c.number(0))); }},
    {"generate",
     [](WorkerCall& c) {
       const ForwardFn forward = [&](std::span<float> logits, std::span<const TokenId> tokens,
                                     KvCache& cache) { c.ask_forward(logits, tokens, cache); };
       const GenerateOptions options{.vocab_size = c.count(1),
                                     .max_new_tokens = c.count(2),
                                     .eos_token_ids = c.ids(1),
                                     .sampling = sampling_of(c)};
       c.returns(generate(
           forward, c.ids(0), c.cache(), options, [&] { return c.ask_uniform(); },
           [&](TokenId token) { c.tell_token(token); }));
     }},
});

}  // namespace
}  // namespace lab
