#include "testing/golden/outcome.h"

#include "kit/error.h"

namespace lab {

Thrown thrown_now() {
  const auto as = [](const char* kind, const std::exception& error) {
    const char* text = error.what();
    return Thrown{kind, text == nullptr ? "" : text};
  };
  try {
    throw;
  } catch (const Error& error) {
    return as("Error", error);
  } catch (const std::invalid_argument& error) {
    return as("invalid_argument", error);
  } catch (const std::out_of_range& error) {
    return as("out_of_range", error);
  } catch (const std::exception& error) {
    return as("another exception", error);
  } catch (...) {
    return {"another exception", "what was thrown is no std::exception"};
  }
}

std::vector<std::string> Outcome::lines_of(const std::string& fact) const {
  if (fact == "raises" && thrown) return {thrown->kind};
  const auto lines = facts.find(fact);
  return lines == facts.end() ? std::vector<std::string>{} : lines->second;
}

}  // namespace lab
