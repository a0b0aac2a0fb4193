// A worker whose functions are odd on purpose; what it sends past the protocol is what hostile code could.
#include "odd_worker.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "grading/calls/worker.h"
#include "kit/error.h"
#include "testing/running/pipe.h"

namespace lab {
namespace {

using wire::Kind;

void send_bytes(const std::string& bytes) {
  if (!write_all(4, bytes)) _exit(3);
}

void send_header(std::uint64_t length, Kind kind) {
  wire::Writer writer;
  writer.put(wire::Header{length, kind});
  send_bytes(writer.bytes());
}

template <typename T>
void send(Kind kind, const T& message) {
  const wire::Frame frame = wire::frame(kind, message);
  send_header(frame.body.size(), kind);
  send_bytes(frame.body);
}

void send_changes(const std::vector<wire::Runs>& changes) {
  wire::Answer answer;
  answer.changes = changes;
  send(Kind::answer, answer);
}

struct WithoutText : std::exception {
  const char* what() const noexcept override { return nullptr; }
};

[[noreturn]] void hang() {
  for (;;) pause();
}

void narrow_copy(WorkerCall& c) {
  const View out = c.view(0);
  const View x = c.view(1);
  switch (static_cast<Odd>(c.count(0))) {
    case Odd::behaves:
      std::copy_n(x.data(), out.numel(), out.data());
      return;
    case Odd::writes_into_guards:
      out.data()[-1] = 7;
      out.data()[out.numel()] = 8;
      return;
    case Odd::says_whether_it_aliases:
      out.data()[0] = x.data() == out.data() + 1 ? 1 : 0;
      return;
    case Odd::writes_to_what_is_const:
      x.data()[0] = 9;
      return;
    case Odd::throws_error:
      throw Error("an error");
    case Odd::throws_invalid_argument:
      throw std::invalid_argument("an argument");
    case Odd::throws_out_of_range:
      out(99);
      return;
    case Odd::throws_other:
      throw std::length_error("too long");
    case Odd::throws_no_exception:
      throw 42;
    case Odd::throws_not_implemented:
      throw NotImplemented("f", "labs/f.cpp", "2");
    case Odd::throws_error_without_text:
      throw Error("{}", "");
    case Odd::throws_other_without_text:
      throw WithoutText();
    case Odd::crashes:
      std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make an exit status of it
      std::raise(SIGSEGV);
      return;
    case Odd::exits:
      std::exit(0);
    case Odd::hangs:
      hang();
    case Odd::closes:
      close(4);
      hang();
    case Odd::leaves_a_child: {
      const pid_t child = fork();
      if (child == 0) hang();
      out.data()[0] = static_cast<float>(child);
      return;
    }
    case Odd::answers_garbage:
      send_bytes(std::string(1000, '\xff'));
      hang();
    case Odd::answers_too_much:
      send_header(std::uint64_t{1} << 40, Kind::answer);
      hang();
    case Odd::answers_outside:
      send_changes({{{1000, {1}}}});
      hang();
    case Odd::answers_too_few:
      send_changes({});
      hang();
    case Odd::answers_too_many:
      send_changes({{}, {}, {}});
      hang();
    case Odd::traces_unasked:
      send(Kind::trace, wire::TracePoint{"point", {1}, {1}});
      hang();
    case Odd::asks_unasked:
      send_header(0, Kind::ask_uniform);
      hang();
    case Odd::floods:
      for (;;) send(Kind::trace, wire::TracePoint{"point", {1}, {1}});
    case Odd::end:
      break;
  }
}

/// Samples which process it is, and whether the first number has changed since it was last asked.
void sample(WorkerCall& c) { c.returns(static_cast<TokenId>(getpid())); }

/// As many layers as the vocabulary has tokens, each weight of which is another part of the first one.
Params many_views(const WorkerCall& c) {
  Params params;
  params.layers.resize(c.config().vocab_size);
  std::size_t start = 0;
  for (ConstView* view : wire::views_of(params)) {
    *view = c.view(0).slice(0, start, start + 2);
    ++start;
  }
  return params;
}

/// Returns a copy of the first weight, a part of the second and the whole third.
void load_params(WorkerCall& c) {
  if (c.config().vocab_size > 0) return c.returns(many_views(c));
  static std::vector<Tensor> copies;
  const Tensor& copy = copies.emplace_back("copy", c.view(0).shape());
  Params params;
  params.embed_tokens = copy.view();
  params.norm = c.view(1).slice(0, 1, 2);
  params.lm_head = c.view(2);
  copies.back().values()[0] = 0.5f;
  c.returns(params);
}

/// Traces the weights that it has got and advances the cache, writing one of its rows.
void forward(WorkerCall& c) {
  const Params params = c.params(1);
  c.trace().record("embed_tokens", params.embed_tokens);
  c.trace().layer(3).record("a\nb", params.norm);
  c.cache().k(0)(c.cache().length, 0, 0) = 0.25f;
  c.cache().length += c.ids(0).size();
  c.span(0)[0] = params.lm_head.data()[0];
}

/// A pass with the cache it got, a pass with a copy, and a callback of each kind.
void generate(WorkerCall& c) {
  std::vector<float> logits(c.count(1));
  const std::vector<TokenId> tokens = c.ids(0);
  c.cache().length = 0;
  c.ask_forward(logits, tokens, c.cache());
  KvCache copy = c.cache();
  copy.k(0)(0, 0, 1) = 42;
  c.ask_forward(std::span(logits).first(1), tokens, copy);
  c.tell_token(static_cast<TokenId>(copy.length));
  c.tell_token(static_cast<TokenId>(copy.k(0)(0, 0, 1)));
  logits[0] = c.ask_uniform();
  c.returns({static_cast<TokenId>(c.cache().length), static_cast<TokenId>(logits[0])});
}

const Worker::Functions odd({{"narrow_copy", narrow_copy},
                             {"sample", sample},
                             {"load_params", load_params},
                             {"forward", forward},
                             {"generate", generate}});

}  // namespace
}  // namespace lab
