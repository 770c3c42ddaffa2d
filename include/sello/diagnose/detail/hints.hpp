// SPDX-License-Identifier: MIT
// Faults that are seen without a MAC: what is missing, what has another size, which secret no verifier takes.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/advice.hpp>
#include <sello/diagnose/detail/as_it_is.hpp>
#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/codes.hpp>
#include <sello/diagnose/detail/contents.hpp>

namespace sello::inline v0::detail::diagnosis {

/// Which schemes a delivery may be of: the expected one, and those that its headers look like if that is not among them.
[[nodiscard]] inline std::vector<std::size_t> plausible(const question& of) {
  const bool hex = has_line(of.lines, of.options.signature_header);
  const bool svix = std::any_of(of.lines.begin(), of.lines.end(), [](const auto& line) {
    const std::string name = normal_name(line.first);
    return name.starts_with(families[0]) || name.starts_with(families[1]);
  });
  std::vector<std::size_t> seen{of_hex, of_svix, of_v1a};
  if (hex && !svix) seen = {of_hex};
  if (svix && !hex) seen = {of_svix, of_v1a};
  const auto expected = std::find(schemes.begin(), schemes.end(), of.options.expected);
  if (expected == schemes.end()) return seen;
  const auto index = static_cast<std::size_t>(expected - schemes.begin());
  if (std::find(seen.begin(), seen.end(), index) != seen.end()) return {index};
  seen.insert(seen.begin(), index);
  return seen;
}

/// Adds what can be seen.
class hint_collector {
 public:
  hint_collector(const question& of, const hearing& said, const code_collector& codes) : of_{of} {
    if (of.secrets.empty()) add(cause::secret_refused, "no secret was given");
    add_body();
    add_headers(codes);
    add_secrets(said);
  }

  [[nodiscard]] std::vector<finding> take() { return std::move(found_); }

 private:
  void add(cause why, std::string what, std::size_t secret = 0) {
    found_.push_back({.cause = why, .text = sentence({{why, std::move(what)}}), .secret = secret});
  }

  [[nodiscard]] std::string_view value_of(std::string_view name) const {
    const auto at = std::find_if(of_.lines.begin(), of_.lines.end(),
                                 [name](const auto& line) { return same_header_name(line.first, name); });
    return at == of_.lines.end() ? std::string_view{} : trimmed(at->second);
  }

  void add_body() {
    const std::string_view length = value_of("content-length");
    std::size_t size = 0;
    const auto [end, fault] = std::from_chars(length.data(), length.data() + length.size(), size);
    const bool read = !length.empty() && fault == std::errc{} && end == length.data() + length.size();
    if (of_.body.empty()) {
      add(cause::body_empty, "the body is empty");
    } else if (read && size != of_.body.size()) {
      add(cause::body_of_another_size, "the body has " + std::to_string(of_.body.size()) +
                                           " bytes, and Content-Length says " + std::to_string(size));
    }
    if (of_.body.starts_with("\x1f\x8b") || of_.body.starts_with("\x28\xb5\x2f\xfd"))
      add(cause::body_compressed, "the body is compressed");
  }

  void add_headers(const code_collector& codes) {
    const auto schemes_here = plausible(of_);
    const bool svix = schemes_here.front() != of_hex;
    if (of_.options.expected != signature_scheme::any && schemes_here.size() > 1)
      add(cause::another_scheme, "the headers look like those of " + std::string{name_of(schemes[schemes_here[1]])} +
                                     ", not of " + std::string{name_of(of_.options.expected)});
    if (codes.all().empty()) {
      add(cause::signature_missing, "no header has anything like a signature");
    } else if (svix && codes.only_asymmetric()) {
      const bool has_key = std::any_of(of_.secrets.begin(), of_.secrets.end(),
                                       [](const named_secret& each) { return svix_v1a::key(each.text()).has_value(); });
      if (!has_key) add(cause::signature_asymmetric, "the signature is of version v1a, which no shared secret makes");
    }
    if (!svix) {
      if (!has_line(of_.lines, of_.options.signature_header) && !codes.all().empty())
        add(cause::header_missing, name_of_header(of_, of_.options.signature_header) + " is missing");
      return;
    }
    const std::string_view family = own_family(of_.lines);
    for (const std::string_view part : {"id", "timestamp", "signature"}) {
      const std::string name = std::string{family}.append(part);
      if (!has_line(of_.lines, name)) add(cause::header_missing, name + " is missing");
    }
    const std::string time = std::string{family} + "timestamp";
    if (value_of(time).size() > 11)
      add(cause::time_in_milliseconds, time + " is no number of seconds; 13 digits are milliseconds");
  }

  /// Those that the verifiers of all schemes in question refuse, with the words of the first.
  void add_secrets(const hearing& said) {
    const auto here = plausible(of_);
    for (std::size_t i = 0; i < of_.secrets.size(); ++i) {
      const auto refused_as = [&](std::size_t scheme) {
        return std::find_if(said.refusals.begin(), said.refusals.end(), [&](const hearing::refused& one) {
          return one.by_secret && one.secret == i && one.scheme == schemes[scheme];
        });
      };
      if (std::all_of(here.begin(), here.end(),
                      [&](std::size_t one) { return refused_as(one) != said.refusals.end(); }))
        add(cause::secret_refused,
            name_of_secret(of_, i) + " is refused by its verifier, " + refused_as(here.front())->why.message(), i + 1);
    }
  }

  const question& of_;
  std::vector<finding> found_{};
};

}  // namespace sello::inline v0::detail::diagnosis
