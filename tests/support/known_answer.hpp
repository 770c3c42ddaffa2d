// SPDX-License-Identifier: MIT
// The known answer that Svix's own documentation and test suites use, and Akua's page as well.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <sello/verify/scheme.hpp>

namespace known_answer {

inline constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
inline constexpr std::string_view id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
inline constexpr std::string_view timestamp = "1614265330";
inline constexpr std::string_view body = R"({"test": 2432232314})";
inline constexpr std::string_view signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
/// The same content under v1a. Svix's own test suite has the key pair; the specification prints the signature.
inline constexpr std::string_view public_key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
inline constexpr std::string_view private_key =
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
inline constexpr std::string_view signature_v1a =
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
inline constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'614'265'330}};

[[nodiscard]] inline sello::header_list headers() {
  return {{"svix-id", std::string{id}},
          {"svix-timestamp", std::string{timestamp}},
          {"svix-signature", std::string{signature}}};
}

}  // namespace known_answer
