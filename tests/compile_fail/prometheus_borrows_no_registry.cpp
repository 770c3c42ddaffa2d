// SPDX-License-Identifier: MIT
// error: give the registry as a std::shared_ptr<prometheus::Registry>
// A receiver keeps its observer, which would count into a registry that is gone.
#include <memory>

#include <sello/observe/prometheus.hpp>

auto observer() {
#ifdef SELLO_COMPILE_FAIL
  prometheus::Registry registry;
  return sello::observe::prometheus{registry};
#else
  return sello::observe::prometheus{std::make_shared<prometheus::Registry>()};
#endif
}
