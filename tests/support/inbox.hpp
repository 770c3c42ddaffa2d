// SPDX-License-Identifier: MIT
// For tests of an inbox: a folder that goes away, a clock that stands, and signed deliveries.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

#include <sello/akua.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/kuenta.hpp>

#include "support/sender.hpp"

namespace support {

class temporary_folder {
 public:
  /// In memory where there is such a place: thousands of syncs of a disk that others use take minutes.
  temporary_folder() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code none;
    const auto where = std::filesystem::is_directory(memory, none) && ::access(memory.c_str(), W_OK) == 0
                           ? memory
                           : std::filesystem::temp_directory_path();
    std::string pattern = (where / "sello-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A time that only the test moves; to be shared by threads.
class manual_clock {
 public:
  [[nodiscard]] sello::timestamp now() const { return sello::timestamp{std::chrono::microseconds{count_.load()}}; }
  void advance(std::chrono::microseconds by) { count_ += by.count(); }
  [[nodiscard]] sello::inbox_options options(sello::inbox_options with = {}) const {
    with.clock = [this] { return now(); };
    return with;
  }

 private:
  std::atomic<std::int64_t> count_{1'700'000'000'000'000};  // 2023-11-14T22:13:20Z
};

/// What `to`'s endpoint says of a delivery of Akua's with this id.
template <class Endpoint>
[[nodiscard]] auto deliver_akua(
    const Endpoint& to, const std::string& id,
    std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})") {
  const request<sello::akua::verifier> sent{std::move(body), {.id = id}};
  return to.accept(prove(sent));
}

/// Kuenta gives no ids: the key is the digest of the body.
template <class Endpoint>
[[nodiscard]] auto deliver_kuenta(const Endpoint& to,
                                  std::string body = R"({"event":"credit.disbursed","data":{"id":"app_1"}})") {
  const request<sello::kuenta::verifier> sent{std::move(body)};
  return to.accept(prove(sent));
}

}  // namespace support
