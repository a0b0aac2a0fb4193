#include "kit/checkpoint/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <set>
#include <system_error>

#include "kit/checkpoint/json.h"
#include "kit/checkpoint/safetensors_header.h"
#include "kit/error.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

/// A file's bytes, read-only, paged in when they are touched.
class MappedFile {
 public:
  explicit MappedFile(const fs::path& path) {
    require_regular_file(path);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    const bool good = file >= 0 && fstat(file, &status) == 0;
    size_ = good ? static_cast<std::size_t>(status.st_size) : 0;
    // mmap refuses a length of 0; an empty file stays without a mapping, and its header is found missing.
    if (size_ > 0) data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    const int error = errno;
    if (file >= 0) close(file);
    if (!good || data_ == MAP_FAILED)
      throw Error("{}: can't be read: {}", printable_path(path), std::generic_category().message(error));
  }
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (size_ > 0) munmap(data_, size_);
  }

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// F16: 1 sign bit, 5 exponent bits with bias 15, 10 mantissa bits.
float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00)  // infinity and NaN keep their mantissa under float32's largest exponent
    return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
  if (magnitude >= 0x0400)  // the exponent's bias changes from 15 to 127
    return std::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(subnormal));
}

/// BF16: the upper half of a float32.
float bfloat16_to_float(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

/// Element `index` of an array of T, which need not be aligned.
template <typename T>
T load(const std::byte* bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
  return value;
}

std::vector<std::int32_t> read_integers(const TensorEntry& entry, const std::byte* bytes,
                                        const std::string& source) {
  std::vector<std::int32_t> values(entry.shape.numel());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t value =
        entry.dtype == DType::i32 ? load<std::int32_t>(bytes, i) : load<std::int64_t>(bytes, i);
    if (value != static_cast<std::int32_t>(value))
      throw Error("{}: tensor {}: element {} is {}; expected a number of 32 bits", source,
                  printable(entry.name), i, value);
    values[i] = static_cast<std::int32_t>(value);
  }
  return values;
}

constexpr const char* single_name = "model.safetensors";
constexpr const char* index_name = "model.safetensors.index.json";

/// Which shard each tensor is in, as the index says.
std::map<std::string, std::string> read_index(const fs::path& dir) {
  std::map<std::string, std::string> shard_of;
  for (const auto& [tensor, shard] : Json::read(dir / index_name).at("weight_map").members()) {
    const std::string& name = shard.string();
    if (!name.ends_with(".safetensors") || name.find_first_of("/\\") != name.npos ||
        name.find('\0') != name.npos)
      shard.refuse("the name of a .safetensors file in the same folder");
    shard_of.emplace(tensor, name);
  }
  return shard_of;
}

/// A shard that the index doesn't know is a sign of two checkpoints in one folder.
void refuse_stray_shards(const fs::path& dir, const std::set<std::string>& listed) try {
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("model-") && name.find("-of-") != name.npos && name.ends_with(".safetensors") &&
        !listed.contains(name))
      throw Error("{}: {} doesn't list it; remove it if it belongs to another checkpoint",
                  printable_path(entry.path()), index_name);
  }
} catch (const fs::filesystem_error& failure) {
  throw Error("{}: can't be listed: {}", printable_path(dir), failure.code().message());
}

}  // namespace

struct Safetensors::Storage {
  std::vector<MappedFile> files;
  std::vector<std::unique_ptr<float[]>> converted;

  /// Copies the elements of `entry` as float32.
  template <typename Stored, typename Convert>
  const float* convert(const TensorEntry& entry, const std::byte* bytes, Convert to_float) {
    const std::size_t count = entry.shape.numel();
    auto& values = converted.emplace_back(std::make_unique_for_overwrite<float[]>(count));
    for (std::size_t i = 0; i < count; ++i) values[i] = to_float(load<Stored>(bytes, i));
    return values.get();
  }

  const float* floats(const TensorEntry& entry, const std::byte* bytes) {
    if (entry.dtype == DType::f16) return convert<std::uint16_t>(entry, bytes, half_to_float);
    if (entry.dtype == DType::bf16) return convert<std::uint16_t>(entry, bytes, bfloat16_to_float);
    // The format asks for no alignment; writers pad, but need not.
    if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(float) == 0)
      return reinterpret_cast<const float*>(bytes);
    return convert<float>(entry, bytes, [](float value) { return value; });
  }
};

Safetensors::Safetensors(const fs::path& path) : storage_(std::make_unique<Storage>()) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    add_file(path, nullptr);
  } else if (fs::exists(path / single_name, error)) {  // transformers looks for it first, too
    add_file(path / single_name, nullptr);
  } else if (fs::exists(path / index_name, error)) {
    add_shards(path);
  } else {
    throw Error("{}: expected {} or {} in it, found neither; convert weights of another format first",
                printable_path(path), single_name, index_name);
  }
}

void Safetensors::add_shards(const fs::path& dir) {
  const std::map<std::string, std::string> shard_of = read_index(dir);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : shard_of) shards.insert(shard);
  refuse_stray_shards(dir, shards);
  for (const std::string& shard : shards) add_file(dir / shard, &shard_of);
  for (const auto& [tensor, shard] : shard_of)
    if (!tensors_.contains(tensor) && !integers_.contains(tensor))
      throw Error("{}: tensor {} is not in it, although {} says so; fetch both again",
                  printable_path(dir / shard), printable(tensor), index_name);
}

void Safetensors::add_file(const fs::path& path, const std::map<std::string, std::string>* shard_of) {
  const std::span<const std::byte> bytes = storage_->files.emplace_back(path).bytes();
  const std::string source = printable_path(path);
  const SafetensorsHeader header = parse_safetensors_header(bytes, source);
  metadata_.insert(header.metadata.begin(), header.metadata.end());
  for (const TensorEntry& entry : header.tensors) {
    if (shard_of) {
      const auto place = shard_of->find(entry.name);
      if (place == shard_of->end() || place->second != path.filename())
        throw Error("{}: tensor {} is in it, but {} {}; fetch both again", source, printable(entry.name),
                    index_name,
                    place == shard_of->end() ? "doesn't list it" : "says " + printable(place->second));
    }
    const std::byte* data = bytes.data() + entry.begin;
    if (entry.dtype == DType::i32 || entry.dtype == DType::i64) {
      integers_.emplace(entry.name, read_integers(entry, data, source));
    } else {
      tensors_.insert(entry.name, ConstView(storage_->floats(entry, data), entry.shape));
    }
  }
}

Safetensors::Safetensors(Safetensors&&) noexcept = default;
Safetensors& Safetensors::operator=(Safetensors&&) noexcept = default;
Safetensors::~Safetensors() = default;

const std::vector<std::int32_t>& Safetensors::integers(const std::string& name) const {
  const auto found = integers_.find(name);
  if (found == integers_.end())
    throw Error("there is no tensor of integers named \"{}\"{}", printable(name),
                tensors_.contains(name) ? ", but one of floating-point numbers" : "");
  return found->second;
}

}  // namespace lab
