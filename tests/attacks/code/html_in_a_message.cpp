#include <stdexcept>

namespace lab {

void attack() {
  throw std::runtime_error(
      "</pre><script>document.title='lab_attack'</script><img src=x onerror=alert(1)>&lt;");
}

}  // namespace lab
