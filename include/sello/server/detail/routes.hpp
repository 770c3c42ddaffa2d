// SPDX-License-Identifier: MIT
// Receivers of all senders by path, behind one interface: for servers that have no router of their own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server::detail {

/// Header lines in the order of the request, as views into it.
using header_lines = std::vector<std::pair<std::string_view, std::string_view>>;

/// A delivery that is coming in: `receiver::intake`, whatever the sender.
class incoming {
 public:
  virtual ~incoming() = default;
  [[nodiscard]] virtual const std::optional<response>& answered() const noexcept = 0;
  [[nodiscard]] virtual bool feed(std::string_view bytes) noexcept = 0;
  [[nodiscard]] virtual response finish() noexcept = 0;
};

/// A request that no receiver is asked about.
class refused final : public incoming {
 public:
  explicit refused(int status) : answer_{response{.status = status}} {}
  const std::optional<response>& answered() const noexcept override { return answer_; }
  bool feed(std::string_view) noexcept override { return false; }
  response finish() noexcept override { return *answer_; }

 private:
  std::optional<response> answer_;
};

/// The receivers must outlive it.
class routes {
 public:
  template <class Verifier>
  void add(std::string path, const receiver<Verifier>& to) {
    class gate final : public incoming {
     public:
      explicit gate(typename receiver<Verifier>::intake begun) : intake_{std::move(begun)} {}
      const std::optional<response>& answered() const noexcept override { return intake_.answered(); }
      bool feed(std::string_view bytes) noexcept override { return intake_.feed(bytes); }
      response finish() noexcept override { return intake_.finish(); }

     private:
      typename receiver<Verifier>::intake intake_;
    };
    doors_[std::move(path)] = [&to](const header_lines& headers) { return std::make_unique<gate>(to.begin(headers)); };
  }

  /// Never null. Answered at once: an unknown path with 404, all but POST with 405, and what `refusal` says.
  [[nodiscard]] std::unique_ptr<incoming> begin(std::string_view method, std::string_view target,
                                                const header_lines& headers) const {
    const auto door = doors_.find(target.substr(0, target.find('?')));
    if (door == doors_.end()) return std::make_unique<refused>(404);
    if (method != "POST") return std::make_unique<refused>(405);
    if (const int status = refusal(header_view{headers}); status != 0) return std::make_unique<refused>(status);
    return door->second(headers);
  }

 private:
  std::map<std::string, std::function<std::unique_ptr<incoming>(const header_lines&)>, std::less<>> doors_;
};

}  // namespace sello::inline v0::server::detail
