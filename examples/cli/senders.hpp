// SPDX-License-Identifier: MIT
// The senders that the program knows, each with its scheme, and how one is chosen by name.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/sello.hpp>

#include "exits.hpp"
#include "secrets.hpp"

namespace cli {

struct kuenta {
  static constexpr std::string_view name = "kuenta";
  using provider = sello::kuenta::provider;
  using scheme = sello::hex_hmac;
  using signing = sello::hex_hmac;
};
struct akua {
  static constexpr std::string_view name = "akua";
  using provider = sello::akua::provider;
  using scheme = sello::svix_v1;
  using signing = sello::svix_v1;
};
struct gu1 {
  static constexpr std::string_view name = "gu1";
  using provider = sello::gu1::provider;
  using scheme = sello::gu1_hmac;
  using signing = sello::gu1_hmac;
};
struct standard {
  static constexpr std::string_view name = "standard_webhooks";
  using provider = sello::standard_webhooks::provider;
  using scheme = sello::svix_v1;
  using signing = sello::standard_webhooks::sending_scheme;
};
struct standard_v1a {
  static constexpr std::string_view name = "standard_webhooks_v1a";
  using provider = sello::standard_webhooks::provider;
  using scheme = sello::svix_v1a;
  using signing = sello::svix_v1a;
};

/// `use.template operator()<Sender>()` for each, in order.
template <class Use>
void each_sender(Use use) {
  use.template operator()<kuenta>();
  use.template operator()<akua>();
  use.template operator()<gu1>();
  use.template operator()<standard>();
  use.template operator()<standard_v1a>();
}

[[nodiscard]] inline std::vector<std::string> sender_names() {
  std::vector<std::string> names;
  each_sender([&]<class Sender>() { names.emplace_back(Sender::name); });
  return names;
}

/// What its scheme does not fix.
struct sender_settings {
  std::string name{};
  std::optional<std::string> signature_header{};
  std::optional<std::int64_t> tolerance{};

  template <class Scheme>
  [[nodiscard]] Scheme scheme() const {
    Scheme options;
    if constexpr (requires { options.signature_header; }) {
      if (signature_header) options.signature_header = *signature_header;
    } else if (signature_header) {
      throw failure{wrong_usage, name + " has fixed headers; leave --signature-header out"};
    }
    if constexpr (requires { options.tolerance; }) {
      if (tolerance) options.tolerance = std::chrono::seconds{*tolerance};
    } else if (tolerance) {
      throw failure{wrong_usage, name + " signs no time; leave --tolerance out"};
    }
    return options;
  }
};

/// What `use.template operator()<Sender>()` gives for the sender of that name.
template <class Use>
auto with_sender(const std::string& name, Use use) {
  if (name == akua::name) return use.template operator()<akua>();
  if (name == gu1::name) return use.template operator()<gu1>();
  if (name == standard::name) return use.template operator()<standard>();
  if (name == standard_v1a::name) return use.template operator()<standard_v1a>();
  return use.template operator()<kuenta>();
}

/// The value of a result; what is wrong with a secret or an option as a `failure`.
template <class T>
[[nodiscard]] T value_of(sello::result<T> made) {
  if (made) return *std::move(made);
  const bool ours = made.error().code == sello::errc::internal_error;
  throw failure{ours ? broken : wrong_usage, made.error().message()};
}

template <class Sender>
using verifier_of = sello::verifier<typename Sender::scheme, typename Sender::provider>;

template <class Sender>
[[nodiscard]] verifier_of<Sender> make_verifier(const sender_settings& settings, const secret_list& secrets) {
  return value_of(verifier_of<Sender>::create(secrets.texts(), settings.scheme<typename Sender::scheme>()));
}

/// The options that say who sends, with which secret.
class sender_arguments {
 public:
  enum class role { signs, verifies, diagnoses };

  void add_to(CLI::App& app, role what) {
    auto* const sender = app.add_option("-s,--sender", settings_.name, "Who sends: " + listed(sender_names()));
    sender->type_name("NAME")->required(what != role::diagnoses)->check([](const std::string& name) {
      for (const std::string& known : sender_names()) {
        if (name == known) return std::string{};
      }
      return "it is one of " + listed(sender_names());
    });
    secrets_.add_to(app, what != role::signs);
    app.add_option("--signature-header", settings_.signature_header,
                   "The header of the signature, of kuenta and gu1 (default: X-Webhook-Signature)")
        ->type_name("NAME");
    if (what != role::signs)
      app.add_option("--tolerance", settings_.tolerance,
                     "How far the signed time may lie from now, of those that sign one (default: 300)")
          ->type_name("SECONDS");
  }

  [[nodiscard]] const sender_settings& settings() const noexcept { return settings_; }
  [[nodiscard]] secret_list secrets(output& to) const { return secrets_.read(to); }

  [[nodiscard]] static std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  }

 private:
  sender_settings settings_;
  secret_arguments secrets_;
};

}  // namespace cli
