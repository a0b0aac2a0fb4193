#pragma once

#include <cstddef>

namespace lab {

/// What the worker of these tests does when it is asked for narrow_copy(out, x, dim, start), by `dim`.
enum class Odd : std::size_t {
  behaves,
  writes_into_guards,
  says_whether_it_aliases,
  writes_to_what_is_const,
  throws_error,
  throws_invalid_argument,
  throws_out_of_range,
  throws_other,
  throws_no_exception,
  throws_not_implemented,
  throws_error_without_text,
  throws_other_without_text,
  crashes,
  exits,
  hangs,
  closes,
  leaves_a_child,
  answers_garbage,
  answers_too_much,
  answers_outside,
  answers_too_few,
  answers_too_many,
  traces_unasked,
  asks_unasked,
  floods,
  end
};

}  // namespace lab
