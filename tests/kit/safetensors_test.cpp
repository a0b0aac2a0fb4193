#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cmath>
#include <numeric>

#include "kit/checkpoint/checkpoint.h"
#include "tests/kit/files.h"

namespace lab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

/// Header entry of one tensor.
std::string entry(std::string_view name, std::string_view dtype, std::string_view shape, std::size_t begin,
                  std::size_t end) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype, shape, begin,
                     end);
}

Safetensors read(const std::string& content) {
  const TempDir dir;
  return Safetensors(write_file(dir / "t.safetensors", content));
}

Safetensors read(const std::string& entries, const std::string& data) {
  return read(safetensors_file("{" + entries + "}", data));
}

TEST(Safetensors, ReadsFloatsWithTheirShapeAndName) {
  const Safetensors file = read(entry("b", "F32", "[2,3]", 0, 24), bytes_of<float>({0, 1, 2, 3, 4, 5}));
  const ConstView view = file.tensors().at("b");
  EXPECT_EQ(view.shape(), Shape({2, 3}));
  EXPECT_THAT(view.row(1), ElementsAre(3, 4, 5));
  EXPECT_STREQ(view.name(), "b");
}

TEST(Safetensors, FindsTensorsByOffsetInAnyOrderOfTheHeader) {
  const Safetensors file =
      read(entry("first", "F32", "[1]", 4, 8) + "," + entry("second", "F32", "[1]", 0, 4),
           bytes_of<float>({1, 2}));
  EXPECT_EQ(file.tensors().at("first")(0), 2);
  EXPECT_EQ(file.tensors().at("second")(0), 1);
}

TEST(Safetensors, ReadsFloatsThatAreNotAligned) {
  for (const std::string padding : {"", " ", "  ", "   "}) {
    const Safetensors file = read(entry("a", "F32", "[2]", 0, 8) + padding, bytes_of<float>({1.5f, -2}));
    EXPECT_THAT(file.tensors().at("a").row(), ElementsAre(1.5f, -2));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.tensors().at("a").data()) % alignof(float), 0u);
  }
}

TEST(Safetensors, ReadsScalarsAndTensorsWithoutElements) {
  const Safetensors file =
      read(entry("scalar", "F32", "[]", 0, 4) + "," + entry("none", "F32", "[0,3]", 0, 0) + "," +
               entry("end", "F16", "[3,0]", 4, 4),
           bytes_of<float>({7}));
  EXPECT_EQ(file.tensors().at("scalar")(), 7);
  EXPECT_EQ(file.tensors().at("none").shape(), Shape({0, 3}));
  EXPECT_EQ(file.tensors().at("end").numel(), 0u);
}

TEST(Safetensors, AcceptsAFileWithoutTensorsAsTheFormatsLibraryDoes) {
  EXPECT_EQ(read(safetensors_file("{}      ", "")).tensors().size(), 0u);
}

std::vector<std::uint16_t> all_bit_patterns() {
  std::vector<std::uint16_t> patterns(65536);
  std::iota(patterns.begin(), patterns.end(), std::uint16_t{0});
  return patterns;
}

/// What sign, exponent and mantissa mean, by arithmetic.
double by_definition(bool negative, int exponent, int exponent_bits, int mantissa, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  double magnitude = std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
  if (exponent == 0) magnitude = std::ldexp(mantissa, 1 - bias - mantissa_bits);
  if (exponent == (1 << exponent_bits) - 1) magnitude = mantissa == 0 ? INFINITY : NAN;
  return negative ? -magnitude : magnitude;
}

void expect_all_patterns(const char* dtype, int exponent_bits, int mantissa_bits) {
  const Safetensors file = read(entry("x", dtype, "[256,256]", 0, 131072), bytes_of(all_bit_patterns()));
  const ConstView x = file.tensors().at("x");
  for (int bits = 0; bits < 65536; ++bits) {
    const float found = x(bits / 256, bits % 256);
    const double expected = by_definition(bits >> 15, bits >> mantissa_bits & ((1 << exponent_bits) - 1),
                                          exponent_bits, bits & ((1 << mantissa_bits) - 1), mantissa_bits);
    ASSERT_TRUE(std::isnan(expected) ? std::isnan(found) : found == expected)
        << dtype << " bits " << bits << ": expected " << expected << ", found " << found;
    ASSERT_EQ(std::signbit(found), bits >> 15 == 1) << dtype << " bits " << bits;
  }
}

TEST(Safetensors, ConvertsEveryF16) { expect_all_patterns("F16", 5, 10); }

TEST(Safetensors, ConvertsEveryBF16) { expect_all_patterns("BF16", 8, 7); }

TEST(Safetensors, ReadsIntegersOf32And64Bits) {
  const std::string data =
      bytes_of<std::int64_t>({-1, 2147483647, -2147483648}) + bytes_of<std::int32_t>({5, -6, 70000, 8});
  const Safetensors file =
      read(entry("long", "I64", "[3]", 0, 24) + "," + entry("ids", "I32", "[2,2]", 24, 40), data);
  EXPECT_THAT(file.integers("ids"), ElementsAre(5, -6, 70000, 8));
  EXPECT_THAT(file.integers("long"), ElementsAre(-1, 2147483647, -2147483648));
  EXPECT_EQ(file.integers().size(), 2u);
  EXPECT_EQ(file.tensors().size(), 0u);
}

TEST(Safetensors, RefusesIntegersBeyond32Bits) {
  for (const std::int64_t value : {2147483648, -2147483649, 4294967296, 8589934593})
    EXPECT_THAT(refusal([&] {
                  read(entry("ids", "I64", "[2]", 0, 16), bytes_of<std::int64_t>({1, value}));
                }),
                AllOf(HasSubstr("t.safetensors: tensor ids: element 1 is " + std::to_string(value)),
                      HasSubstr("32 bits")));
}

TEST(Safetensors, SaysWhichTensorIsNotThere) {
  const Safetensors file = read(entry("w", "F32", "[1]", 0, 4), bytes_of<float>({1}));
  EXPECT_THAT(refusal([&] { file.tensors().at("v"); }), HasSubstr("no tensor named \"v\" among the 1"));
  EXPECT_THAT(refusal([&] { file.integers("v"); }), HasSubstr("no tensor of integers named \"v\""));
  EXPECT_THAT(refusal([&] { file.integers("w"); }), HasSubstr("but one of floating-point numbers"));
}

TEST(Safetensors, GivesTheMetadata) {
  const Safetensors file = read(R"("__metadata__":{"format":"pt","bound":"1e-5"})", "");
  EXPECT_THAT(file.metadata(), UnorderedElementsAre(Pair("format", "pt"), Pair("bound", "1e-5")));
}

TEST(Safetensors, KeepsViewsAndNamesValidWhenMoved) {
  Safetensors file = read(entry("a", "F32", "[1]", 0, 4) + "," + entry("h", "BF16", "[1]", 4, 6),
                          bytes_of<float>({3}) + bytes_of<std::uint16_t>({0x4040}));
  const ConstView a = file.tensors().at("a");
  const ConstView h = file.tensors().at("h");
  Safetensors moved = read("", "");
  moved = Safetensors(std::move(file));
  EXPECT_EQ(a(0), 3);
  EXPECT_EQ(h(0), 3);
  EXPECT_STREQ(h.name(), "h");
  EXPECT_EQ(moved.tensors().at("a").data(), a.data());
}

/// Each wrong file gives one line with the file's name and what is wrong with it.
void expect_refused(const std::string& content, const std::string& problem) {
  EXPECT_THAT(refusal([&] { read(content); }),
              AllOf(HasSubstr("t.safetensors: "), HasSubstr(problem), Not(HasSubstr("\n"))))
      << content.substr(0, 300);
}

TEST(Safetensors, RefusesFilesThatAreCutShort) {
  const std::string whole =
      safetensors_file("{" + entry("w", "F32", "[2]", 0, 8) + "}", bytes_of<float>({1, 2}));
  EXPECT_EQ(read(whole).tensors().size(), 1u);
  expect_refused("", "has 0 bytes; a safetensors file starts with 8");
  expect_refused(whole.substr(0, 7), "has 7 bytes");
  expect_refused(whole.substr(0, 8), "and only 0 follow");
  expect_refused(whole.substr(0, 30), "and only 22 follow");
  expect_refused(whole.substr(0, whole.size() - 8),
                 "tensor w ends at byte 8 of the data, and the file has only 0");
  expect_refused(whole.substr(0, whole.size() - 1), "and the file has only 7");
  expect_refused(whole + "x", "its tensors end at byte 8 of the data, but the file has 9");
}

TEST(Safetensors, RefusesAbsurdHeaderLengths) {
  for (const std::uint64_t length : {std::uint64_t{100'000'001}, std::uint64_t{1} << 63, ~std::uint64_t{0}})
    expect_refused(bytes_of<std::uint64_t>({length}) + "{}", fmt::format("would have {} bytes", length));
  expect_refused(bytes_of<std::uint64_t>({100'000'000}) + "{}", "and only 2 follow");
  expect_refused("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer");
}

TEST(Safetensors, RefusesHeadersThatAreNoJsonObject) {
  const std::string w = entry("w", "F32", "[0]", 0, 0);
  for (const std::string header :
       {"", "{", "nonsense", "{'w':1}", "{\"w\":NaN}", "{} {}", "{\"\xff\":1}", "{\"a\nb\":1}"})
    expect_refused(safetensors_file(header, ""), "expected JSON");
  for (const std::string header : {"[]", "null", "3", "\"w\""})
    expect_refused(safetensors_file(header, ""), "expected an object, found ");
  expect_refused(safetensors_file("{" + w + "}" + std::string(2, '\0'), ""), "a NUL byte at offset");
  expect_refused(safetensors_file("\xef\xbb\xbf{}", ""), "byte order mark");
  expect_refused(safetensors_file("{" + w + "," + w + "}", ""), "\"w\" is given twice");
  expect_refused(safetensors_file(R"({"__metadata__":{"k":"1","k":"2"}})", ""), "\"k\" is given twice");
}

TEST(Safetensors, RefusesDeepNestingWithoutOverflowingTheStack) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    std::string deep = "{\"w\":";
    for (int i = 0; i < 100'000; ++i) deep += open;
    deep += "1";
    for (int i = 0; i < 100'000; ++i) deep += close;
    expect_refused(safetensors_file(deep + "}", ""), "nested deeper than 32 levels");
  }
}

TEST(Safetensors, RefusesWrongTensorFields) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("w":[])", "w: expected an object, found an array of 0"},
      {R"("w":{"shape":[2],"data_offsets":[0,8]})", "w: \"dtype\" is missing"},
      {R"("w":{"dtype":"F32","data_offsets":[0,8]})", "w: \"shape\" is missing"},
      {R"("w":{"dtype":"F32","shape":[2]})", "w: \"data_offsets\" is missing"},
      {R"("w":{"dtype":1,"shape":[2],"data_offsets":[0,8]})", "w.dtype: expected a string, found 1"},
      {entry("w", "F64", "[1]", 0, 8), "w.dtype: expected dtype F32, F16, BF16, I32 or I64, found \"F64\""},
      {entry("w", "f32", "[2]", 0, 8), "found \"f32\""},
      {entry("w", "F8_E4M3", "[8]", 0, 8), "found \"F8_E4M3\""},
      {entry("w", "F32", "2", 0, 8), "w.shape: expected an array of at most 4 sizes, found 2"},
      {entry("w", "F32", "[1,1,1,1,2]", 0, 8),
       "w.shape: expected an array of at most 4 sizes, found an array of 5"},
      {entry("w", "F32", "[-2]", 0, 8), "w.shape[0]: expected a whole number"},
      {entry("w", "F32", "[2.0]", 0, 8), "w.shape[0]: expected a whole number"},
      {entry("w", "F32", "[1,\"2\"]", 0, 8), "w.shape[1]: expected a whole number"},
      {entry("w", "F32", "[18446744073709551616]", 0, 8), "w.shape[0]: expected a whole number"},
      {entry("w", "F32", "[1073741824,2147483648]", 0, 8), "but shape (1073741824, 2147483648) of F32 needs"},
      {entry("w", "F32", "[4294967296,1073741824]", 0, 0),
       "w.shape: expected sizes whose product fits into 64 bits"},
      {entry("w", "F32", "[0,4294967296,4294967296]", 0, 0),
       "w.shape: expected sizes whose product fits into 64 bits"},
      {entry("w", "F32", "[3]", 0, 8),
       "tensor w: data_offsets are 0 and 8, but shape (3) of F32 needs 12 bytes"},
      {entry("w", "F16", "[2]", 0, 8), "needs 4 bytes"},
      {entry("w", "I64", "[2]", 0, 8), "needs 16 bytes"},
      {entry("w", "F32", "[2]", 8, 0), "tensor w: data_offsets are 8 and 0"},
      {entry("w", "F32", "[4611686018427387902]", 8, 0),
       "tensor w: data_offsets are 8 and 0"},  // 2^64 - 8 bytes
      {R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0]})", "w.data_offsets: expected an array of two"},
      {R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]})",
       "w.data_offsets: expected an array of two"},
      {R"("w":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]})",
       "w.data_offsets[0]: expected a whole number"},
      {R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8.5]})",
       "w.data_offsets[1]: expected a whole number"},
      {entry("w", "F32", "[2]", 8, 16), "tensor w ends at byte 16 of the data, and the file has only 8"},
      {R"("__metadata__":{"k":1})", "__metadata__.k: expected a string, found 1"},
      {R"("__metadata__":null)", "__metadata__: expected an object, found null"},
      {R"("\u001b[31m":1)", "\\x1b[31m: expected an object"},
  };
  for (const auto& [header, problem] : cases)
    expect_refused(safetensors_file("{" + header + "}", bytes_of<float>({1, 2})), problem);
}

TEST(Safetensors, RefusesOverlapsAndGaps) {
  const std::string data = bytes_of<float>({1, 2, 3});
  const std::string a = entry("a", "F32", "[2]", 0, 8) + ",";
  expect_refused(safetensors_file("{" + a + entry("b", "F32", "[2]", 4, 12) + "}", data),
                 "tensor b starts at byte 4 of the data; expected 8");
  expect_refused(safetensors_file("{" + a + entry("b", "F32", "[2]", 0, 8) + "}", data), "expected 8");
  expect_refused(safetensors_file("{" + entry("b", "F32", "[2]", 4, 12) + "}", data),
                 "tensor b starts at byte 4 of the data; expected 0");
  expect_refused(safetensors_file("{" + a + entry("b", "F16", "[1]", 10, 12) + "}", data),
                 "tensor b starts at byte 10 of the data; expected 8");
  expect_refused(safetensors_file("{" + a + entry("none", "F32", "[0]", 4, 4) + "}", data), "expected ");
}

TEST(Safetensors, RefusesWhatIsNoFile) {
  const TempDir dir;
  ASSERT_EQ(mkfifo((dir / "fifo.safetensors").c_str(), 0600), 0);
  std::filesystem::create_directory(dir / "model.safetensors");
  EXPECT_THAT(refusal([&] { Safetensors(dir / "gone.safetensors"); }), HasSubstr("there is no such file"));
  EXPECT_THAT(refusal([&] { Safetensors(dir / "fifo.safetensors"); }), HasSubstr("found a FIFO"));
  EXPECT_THAT(refusal([&] { Safetensors("/dev/zero"); }), HasSubstr("found a FIFO, socket or device"));
  EXPECT_THAT(refusal([&] { Safetensors(dir.path()); }),
              HasSubstr("expected a regular file, found a folder"));
}

/// A folder of two shards, "a" in the first and "b" in the second, and the index as given.
class Shards {
 public:
  explicit Shards(const std::string& index) {
    write(first, entry("a", "F32", "[1]", 0, 4), 1);
    write(second, entry("b", "F32", "[1]", 0, 4), 2);
    write_file(dir_ / "model.safetensors.index.json", index);
  }
  void write(const std::string& name, const std::string& entries, float value) {
    write_file(dir_ / name, safetensors_file("{" + entries + "}", bytes_of<float>({value})));
  }
  Safetensors read() const { return Safetensors(dir_.path()); }
  const TempDir& dir() const { return dir_; }

  static constexpr const char* first = "model-00001-of-00002.safetensors";
  static constexpr const char* second = "model-00002-of-00002.safetensors";

 private:
  TempDir dir_;
};

const std::string good_index =
    R"({"metadata":{"total_size":8},"weight_map":{"a":"model-00001-of-00002.safetensors",)"
    R"("b":"model-00002-of-00002.safetensors"}})";

TEST(Safetensors, ReadsAllShards) {
  const Safetensors file = Shards(good_index).read();
  EXPECT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors().at("a")(0), 1);
  EXPECT_EQ(file.tensors().at("b")(0), 2);
}

TEST(Safetensors, PrefersTheSingleFileAsTransformersDoes) {
  Shards shards(good_index);
  shards.write("model.safetensors", entry("only", "F32", "[1]", 0, 4), 3);
  EXPECT_EQ(shards.read().tensors().at("only")(0), 3);
}

void expect_index_refused(const std::string& index, const std::string& problem) {
  EXPECT_THAT(refusal([&] { Shards(index).read(); }),
              AllOf(HasSubstr("model.safetensors.index.json: "), HasSubstr(problem), Not(HasSubstr("\n"))))
      << index;
}

TEST(Safetensors, RefusesIndexesThatNameNoShards) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "index.json: expected JSON"},
      {"[]", "index.json: expected an object"},
      {"{}", "\"weight_map\" is missing"},
      {R"({"weight_map":[]})", "weight_map: expected an object"},
      {R"({"weight_map":{"a":1}})", "weight_map.a: expected a string"},
      {R"({"weight_map":{"a":"../model.safetensors"}})",
       "weight_map.a: expected the name of a .safetensors file"},
      {R"({"weight_map":{"a":"/etc/x.safetensors"}})", "in the same folder, found \"/etc/x.safetensors\""},
      {R"({"weight_map":{"a":"sub\\x.safetensors"}})", "in the same folder"},
      {R"({"weight_map":{"a":".."}})", "in the same folder"},
      {R"({"weight_map":{"a":"x\u0000.safetensors"}})", "in the same folder"},
      {R"({"weight_map":{"a":"config.json"}})", "expected the name of a .safetensors file"},
      {R"({"weight_map":{"a":"x","a":"y"}})", "\"a\" is given twice"},
  };
  for (const auto& [index, problem] : cases) expect_index_refused(index, problem);
}

TEST(Safetensors, RefusesShardsThatContradictTheIndex) {
  const auto message = [](Shards& shards) { return refusal([&] { shards.read(); }); };
  Shards missing(good_index);
  std::filesystem::remove(missing.dir() / Shards::second);
  EXPECT_THAT(message(missing), HasSubstr("model-00002-of-00002.safetensors: there is no such file"));

  Shards stray(good_index);
  stray.write("model-00003-of-00003.safetensors", entry("c", "F32", "[1]", 0, 4), 3);
  EXPECT_THAT(message(stray),
              HasSubstr("model-00003-of-00003.safetensors: model.safetensors.index.json doesn't list it"));

  Shards unlisted(good_index);
  unlisted.write(Shards::second, entry("c", "F32", "[1]", 0, 4), 3);
  EXPECT_THAT(message(unlisted),
              HasSubstr("00002.safetensors: tensor c is in it, but model.safetensors.index.json "
                        "doesn't list it"));

  Shards elsewhere(good_index);
  elsewhere.write(Shards::second, entry("a", "F32", "[1]", 0, 4), 3);
  EXPECT_THAT(message(elsewhere), HasSubstr("tensor a is in it, but model.safetensors.index.json says "
                                            "model-00001-of-00002.safetensors"));

  Shards absent(good_index);
  absent.write(Shards::second, entry("b", "F32", "[1]", 0, 4), 3);
  absent.write(Shards::first, R"("__metadata__":{})", 0);
  EXPECT_THAT(message(absent), HasSubstr("its tensors end at byte 0"));
  write_file(absent.dir() / Shards::first, safetensors_file("{}", ""));
  EXPECT_THAT(message(absent),
              HasSubstr("model-00001-of-00002.safetensors: tensor a is not in it, although"));
}

TEST(Safetensors, RefusesAFolderWithoutWeights) {
  const TempDir dir;
  EXPECT_THAT(
      refusal([&] { Safetensors(dir.path()); }),
      HasSubstr("expected model.safetensors or model.safetensors.index.json in it, found neither; convert"));
}

}  // namespace
}  // namespace lab
