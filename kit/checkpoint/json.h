#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lab {

/// Throws Error unless `file` is a regular file: reading a FIFO or a device could wait or go on for ever.
void require_regular_file(const std::filesystem::path& file);

/// A path as messages show it.
std::string printable_path(const std::filesystem::path& path);

/// One value of a JSON text. It knows where it stands, so that every error names file and field.
/// Copies share the parsed text, which lives as long as any of them.
class Json {
 public:
  /// `source` is the text's name in messages. Throws Error for what is no JSON, and for what readers disagree
  /// about or may be hurt by: a name that is given twice in one object, nesting deeper than 32 levels.
  static Json parse(std::string_view text, const std::string& source);
  static Json read(const std::filesystem::path& file);

  /// The text's name in messages.
  const std::string& source() const { return source_; }
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_number() const;
  bool is_boolean() const;

  /// The member `name` of an object; none if it is absent.
  std::optional<Json> find(const std::string& name) const;
  /// The member `name` of an object, which must be there.
  Json at(const std::string& name) const;
  std::vector<std::pair<std::string, Json>> members() const;

  /// This value with the changes of a JSON merge patch (RFC 7396): members of objects are replaced by those
  /// that the patch has, and dropped where it has null.
  Json patched(const Json& patch) const;

  /// Elements of an array; 0 for everything else.
  std::size_t size() const;
  Json operator[](std::size_t index) const;

  bool boolean() const;
  double number() const;
  std::uint64_t whole_number(std::uint64_t low, std::uint64_t high) const;
  const std::string& string() const;

  /// Throws Error: "SOURCE: FIELD: expected EXPECTED, found this value".
  [[noreturn]] void refuse(std::string_view expected) const;

 private:
  using Text = std::shared_ptr<const nlohmann::json>;
  Json(Text text, const nlohmann::json& value, std::string source, std::string field)
      : text_(std::move(text)), value_(&value), source_(std::move(source)), field_(std::move(field)) {}

  Text text_;
  const nlohmann::json* value_;
  std::string source_;
  std::string field_;  ///< "rope_parameters.factor"; empty for the whole text
};

}  // namespace lab
