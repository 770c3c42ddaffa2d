// SPDX-License-Identifier: MIT
// Receivers of all senders by path, behind one interface: for servers that have no router of their own.
#pragma once

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

/// A request that has its answer.
class refused final : public incoming {
 public:
  explicit refused(response answer) : answer_{std::move(answer)} {}
  const std::optional<response>& answered() const noexcept override { return answer_; }
  bool feed(std::string_view) noexcept override { return false; }
  response finish() noexcept override { return *answer_; }

 private:
  std::optional<response> answer_;
};

/// The receivers must outlive it.
class routes {
 public:
  /// Throws `std::logic_error` where the path is taken, or is none.
  template <class Verifier>
  void add(std::string path, const receiver<Verifier>& to) {
    check_path(path);
    if (doors_.contains(path)) throw mounted_twice(path);
    doors_.emplace(std::move(path), std::make_unique<door_to<Verifier>>(to));
  }

  /// Never null. Answered at once: an unknown path with 404, all but POST with 405, and what `fault_of` says.
  [[nodiscard]] std::unique_ptr<incoming> begin(std::string_view method, std::string_view target,
                                                const header_lines& headers) const {
    const door* const at = find(target);
    if (at == nullptr) return std::make_unique<refused>(response{.status = 404});
    const fault why = method == "POST" ? fault_of(headers) : fault{405, method};
    if (why.status != 0) return std::make_unique<refused>(at->refuse(why, headers));
    return at->begin(headers);
  }

  /// The answer to a request that the server itself refuses, and its record if a receiver is at that path.
  [[nodiscard]] response refuse(std::string_view target, const fault& why, const header_lines& headers = {}) const {
    const door* const at = find(target);
    return at != nullptr ? at->refuse(why, headers) : response{.status = why.status};
  }

 private:
  class door {
   public:
    virtual ~door() = default;
    [[nodiscard]] virtual std::unique_ptr<incoming> begin(const header_lines& headers) const = 0;
    [[nodiscard]] virtual response refuse(const fault& why, const header_lines& headers) const = 0;
  };

  template <class Verifier>
  class door_to final : public door {
   public:
    explicit door_to(const receiver<Verifier>& to) : to_{&to} {}
    std::unique_ptr<incoming> begin(const header_lines& headers) const override {
      return std::make_unique<gate>(to_->begin(headers));
    }
    response refuse(const fault& why, const header_lines& headers) const override {
      return to_->refuse(why.status, why.where, headers);
    }

   private:
    class gate final : public incoming {
     public:
      explicit gate(typename receiver<Verifier>::intake begun) : intake_{std::move(begun)} {}
      const std::optional<response>& answered() const noexcept override { return intake_.answered(); }
      bool feed(std::string_view bytes) noexcept override { return intake_.feed(bytes); }
      response finish() noexcept override { return intake_.finish(); }

     private:
      typename receiver<Verifier>::intake intake_;
    };

    const receiver<Verifier>* to_;
  };

  [[nodiscard]] const door* find(std::string_view target) const {
    const auto found = doors_.find(path_of(target));
    return found == doors_.end() ? nullptr : found->second.get();
  }

  std::map<std::string, std::unique_ptr<door>, std::less<>> doors_{};
};

}  // namespace sello::inline v0::server::detail
