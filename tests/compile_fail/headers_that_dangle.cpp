// SPDX-License-Identifier: MIT
// error: no matching (member )?function for call to .*verify
// A range that makes its strings anew would leave views of strings that are gone.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

template <class Text>
struct made_anew {
  struct iterator {
    using value_type = std::pair<Text, Text>;
    using difference_type = std::ptrdiff_t;
    const std::string* at = nullptr;

    value_type operator*() const { return {*at, *at}; }
    iterator& operator++() {
      ++at;
      return *this;
    }
    iterator operator++(int) { return iterator{at++}; }
    friend bool operator==(const iterator&, const iterator&) = default;
  };
  [[nodiscard]] iterator begin() const { return {&line}; }
  [[nodiscard]] iterator end() const { return {&line + 1}; }

  std::string line;
};

bool receive(const sello::verifier<sello::svix_v1>& verifier, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  const made_anew<std::string> headers{"line"};
#else
  const made_anew<std::string_view> headers{"line"};
#endif
  return verifier.verify(headers, body).has_value();
}
