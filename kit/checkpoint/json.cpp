#include "kit/checkpoint/json.h"

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "kit/error.h"

namespace lab {
namespace {

using nlohmann::json;

constexpr std::size_t max_depth = 32;
/// More than any configuration or index has; the safetensors format has the same limit for its header.
constexpr std::uintmax_t max_file_size = 100'000'000;

/// The library's message without its "[json.exception…]" in front; it quotes the file.
std::string problem(const json::exception& error) {
  const std::string_view text = error.what();
  const std::size_t bracket = text.find("] ");
  return printable(bracket == text.npos ? text : text.substr(bracket + 2), 200);
}

/// Builds a value from the tokens of a text, and refuses before it builds. The library has callbacks that
/// could do that, too, but with one it looks through all of an array again at the end of each object in it.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(const std::string& source) : source_(source) {}

  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(json::number_integer_t value) override { return add(value); }
  bool number_unsigned(json::number_unsigned_t value) override { return add(value); }
  bool number_float(json::number_float_t value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(json::binary_t&) override { return false; }  // no text has any
  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const auto [member, is_new] = open_.back()->emplace(name, nullptr);
    if (!is_new)
      throw Error("{}: \"{}\" is given twice in one object; expected once", source_, printable(name));
    member_ = &*member;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    throw Error("{}: expected JSON: {}", source_, problem(error));
  }

 private:
  /// Where the value stands that comes next.
  json& place() {
    if (open_.empty()) return root_;
    return open_.back()->is_array() ? open_.back()->emplace_back() : *member_;
  }

  bool add(json value) {
    place() = std::move(value);
    return true;
  }

  bool open(json value) {
    if (open_.size() == max_depth)
      throw Error("{}: nested deeper than {} levels, which no file of this kind is", source_, max_depth);
    json& placed = place();
    placed = std::move(value);
    open_.push_back(&placed);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& source_;
  json root_;
  std::vector<json*> open_;  ///< objects and arrays that have not ended; what stands in them doesn't move
  json* member_ = nullptr;   ///< of the innermost object
};

std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("an array of {}", value.size());
  if (value.is_string()) return fmt::format("\"{}\"", printable(value.get_ref<const std::string&>()));
  return value.dump();
}

}  // namespace

std::string printable_path(const std::filesystem::path& path) { return printable(path.string(), 300); }

void require_regular_file(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw Error("{}: there is no such file", printable_path(file));
  if (error) throw Error("{}: can't be read: {}", printable_path(file), error.message());
  if (!std::filesystem::is_regular_file(status))
    throw Error("{}: expected a regular file, found a {}", printable_path(file),
                std::filesystem::is_directory(status) ? "folder" : "FIFO, socket or device");
}

Json Json::parse(std::string_view text, const std::string& source) {
  // The library skips a byte order mark and takes a NUL for the end; the format's other readers refuse both.
  if (text.starts_with("\xef\xbb\xbf")) throw Error("{}: starts with a byte order mark; remove it", source);
  if (const std::size_t nul = text.find('\0'); nul != text.npos)
    throw Error("{}: expected JSON, found a NUL byte at offset {}", source, nul);
  Builder builder(source);
  json::sax_parse(text.begin(), text.end(), &builder);
  const Text parsed = std::make_shared<json>(builder.take());
  return Json(parsed, *parsed, source, "");
}

Json Json::read(const std::filesystem::path& file) {
  require_regular_file(file);
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream)
    throw Error("{}: can't be read: {}", printable_path(file), std::generic_category().message(errno));
  if (size > max_file_size)
    throw Error("{}: expected at most {} bytes of JSON, found {}", printable_path(file), max_file_size, size);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    throw Error("{}: only {} of its {} bytes could be read", printable_path(file), stream.gcount(), size);
  return parse(text, printable_path(file));
}

bool Json::is_null() const { return value_->is_null(); }
bool Json::is_object() const { return value_->is_object(); }
bool Json::is_array() const { return value_->is_array(); }
bool Json::is_number() const { return value_->is_number(); }
bool Json::is_boolean() const { return value_->is_boolean(); }

std::optional<Json> Json::find(const std::string& name) const {
  if (!is_object()) refuse("an object");
  const auto member = value_->find(name);
  if (member == value_->end()) return std::nullopt;
  return Json(text_, *member, source_, field_.empty() ? printable(name) : field_ + '.' + printable(name));
}

Json Json::at(const std::string& name) const {
  const std::optional<Json> member = find(name);
  if (!member)
    throw Error("{}: {}\"{}\" is missing", source_, field_.empty() ? "" : field_ + ": ", printable(name));
  return *member;
}

std::vector<std::pair<std::string, Json>> Json::members() const {
  if (!is_object()) refuse("an object");
  std::vector<std::pair<std::string, Json>> result;
  result.reserve(value_->size());
  for (const auto& [name, value] : value_->items()) result.emplace_back(name, at(name));
  return result;
}

Json Json::patched(const Json& patch) const {
  json result = *value_;
  result.merge_patch(*patch.value_);
  const Text text = std::make_shared<json>(std::move(result));
  return Json(text, *text, source_, field_);
}

std::size_t Json::size() const { return is_array() ? value_->size() : 0; }

Json Json::operator[](std::size_t index) const {
  return Json(text_, value_->at(index), source_, fmt::format("{}[{}]", field_, index));
}

bool Json::boolean() const {
  if (!is_boolean()) refuse("true or false");
  return value_->get<bool>();
}

double Json::number() const {
  if (!is_number()) refuse("a number");
  return value_->get<double>();
}

std::uint64_t Json::whole_number(std::uint64_t low, std::uint64_t high) const {
  // Also 2.0, -0 and what exceeds 64 bits is no unsigned number here, as in the safetensors library.
  const bool good = value_->is_number_unsigned();
  const std::uint64_t number = good ? value_->get<std::uint64_t>() : 0;
  if (!good || number < low || number > high) refuse(fmt::format("a whole number from {} to {}", low, high));
  return number;
}

const std::string& Json::string() const {
  if (!value_->is_string()) refuse("a string");
  return value_->get_ref<const std::string&>();
}

void Json::refuse(std::string_view expected) const {
  throw Error("{}: {}expected {}, found {}", source_, field_.empty() ? "" : field_ + ": ", expected,
              shown(*value_));
}

}  // namespace lab
