// SPDX-License-Identifier: MIT
// A view for the time of a call, of which a copy keeps the text.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sello/version.hpp>

namespace sello::inline v0 {

/// Text that a handler or an observer is given. While that runs it is a view of another's text, which costs nothing; a copy
/// keeps the text, so what was copied into a queue, or moved there, has all that it needs. Copies of a copy share. Copying
/// may throw `std::bad_alloc`.
class passing_view : public std::string_view {
 public:
  passing_view() = default;
  passing_view(std::string_view borrowed) noexcept : std::string_view{borrowed} {}
  passing_view(const char* borrowed) : std::string_view{borrowed} {}
  passing_view(std::string text) : passing_view{std::make_shared<const std::string>(std::move(text))} {}
  passing_view(const passing_view& other) : passing_view{other.kept()} {}
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment,cert-oop54-cpp): to itself it does no harm
  passing_view& operator=(const passing_view& other) {
    kept_ = other.kept();
    std::string_view::operator=(kept_ ? std::string_view{*kept_} : std::string_view{});
    return *this;
  }
  ~passing_view() = default;

  /// From now on it is this view, which is borrowed as by the constructor.
  void borrow(std::string_view text) noexcept {
    kept_.reset();
    std::string_view::operator=(text);
  }

  void swap(std::string_view& other) = delete;          // what a copy keeps would go another way: assign
  void remove_prefix(std::size_t characters) = delete;  // take `substr`, which leaves the text as it is
  void remove_suffix(std::size_t characters) = delete;

 private:
  using shared = std::shared_ptr<const std::string>;
  explicit passing_view(shared text) noexcept
      : std::string_view{text ? std::string_view{*text} : std::string_view{}}, kept_{std::move(text)} {}

  [[nodiscard]] shared kept() const {
    if (kept_ || empty()) return kept_;
    return std::make_shared<const std::string>(static_cast<const std::string_view&>(*this));
  }

  shared kept_{};
};

}  // namespace sello::inline v0
