#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "kit/checkpoint/json.h"

/// How long reading arrays of objects takes, by their size: `ninja json_benchmark &&
/// tests/kit/json_benchmark`.
int main() {
  for (std::size_t count = 30'000; count <= 960'000; count *= 2) {
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) text += fmt::format(R"({{"id":{:7}}},)", i);
    text.back() = ']';
    const auto begin = std::chrono::steady_clock::now();
    const lab::Json json = lab::Json::parse(text, "text");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::printf("%8zu objects %9zu bytes %9.1f ms %7.1f ns per byte\n", json.size(), text.size(),
                took.count(), 1e6 * took.count() / static_cast<double>(text.size()));
  }
}
