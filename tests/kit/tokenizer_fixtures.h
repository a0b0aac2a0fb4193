#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "kit/config.h"

namespace lab {

/// Ids with the hashes of their text as the tokenizers library decodes it.
struct RecordedIds {
  std::vector<TokenId> ids;
  std::uint32_t hash_without_special;
  std::uint32_t hash_with_special;
};
struct RecordedTokenizer {
  std::vector<RecordedIds> encoded;  ///< of the strings, in order
  std::vector<RecordedIds> random;
};

inline std::filesystem::path tokenizer_fixture(const std::string& name) {
  return std::filesystem::path(LAB_REFERENCE_DATA) / "tokenizers" / name;
}

inline std::string read_fixture(const std::string& name) {
  std::ifstream file(tokenizer_fixture(name), std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + tokenizer_fixture(name).string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Numbers and bytes of a fixture, which scripts/make_tokenizer_fixtures.py wrote in little-endian order.
class FixtureReader {
 public:
  explicit FixtureReader(const std::string& name) : bytes_(read_fixture(name)) {}

  std::string take(std::size_t size) {
    if (size > bytes_.size() - at_) throw std::runtime_error("a fixture is too short");
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    const std::string bytes = take(size);
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::vector<RecordedIds> rows() {
    std::vector<RecordedIds> result(number(4));
    for (RecordedIds& row : result) {
      row.ids.resize(number(2));
      for (TokenId& id : row.ids) id = static_cast<TokenId>(number(2));
      row.hash_without_special = number(4);
      row.hash_with_special = number(4);
    }
    return result;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

inline std::vector<std::string> read_strings() {
  FixtureReader reader("strings.bin");
  std::vector<std::string> strings(reader.number(4));
  for (std::string& text : strings) text = reader.take(reader.number(4));
  return strings;
}

inline RecordedTokenizer read_recorded(const std::string& name) {
  FixtureReader reader(name + ".bin");
  RecordedTokenizer recorded;
  recorded.encoded = reader.rows();
  recorded.random = reader.rows();
  return recorded;
}

/// FNV-1a of 32 bits.
inline std::uint32_t hash_of(const std::string& text) {
  std::uint32_t value = 0x811c9dc5;
  for (char byte : text) value = (value ^ static_cast<unsigned char>(byte)) * 0x01000193;
  return value;
}

}  // namespace lab
