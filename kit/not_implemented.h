#pragma once

// Apart from kit/error.h, whose formatting takes a seventh of the time that a stub needs to compile.

#include <stdexcept>
#include <string>
#include <string_view>

namespace lab {

/// What an untouched stub throws; the step's tests turn it into one line that says what to write and where.
class NotImplemented : public std::logic_error {
 public:
  /// `function` as its contract names it, `section` of the step's handout that explains it.
  NotImplemented(std::string_view function, std::string_view file, std::string_view section);
  NotImplemented(const NotImplemented&);  // written out of line, so that a stub compiles quickly
  NotImplemented& operator=(const NotImplemented&) = delete;
  ~NotImplemented() override;

  const std::string& function() const { return function_; }
  const std::string& file() const { return file_; }
  const std::string& section() const { return section_; }

 private:
  std::string function_, file_, section_;
};

}  // namespace lab
