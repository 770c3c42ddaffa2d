// SPDX-License-Identifier: MIT
// A delivery whose body is still coming.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/base/text.hpp>
#include <sello/verify/claim.hpp>
#include <sello/verify/delivery.hpp>
#include <sello/verify/public_key_ring.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

template <scheme Scheme, class Provider>
class verifier;

/// What `verifier::begin` gives: a delivery whose body is still coming, hashed as it comes, so that at its end only the
/// comparison is left; with public keys, whose signatures take no pieces, judged at its end. It owns what it was fed, because
/// nothing else may become the proven body. For one thread; may outlive the headers, not the verifier.
template <scheme Scheme, class Provider>
class verification {
  using ring = detail::ring_of<Scheme>;

 public:
  using gives_views = void;
  using delivery_type = delivery<Scheme, Provider>;

  verification(const verification&) = delete;
  verification(verification&&) noexcept = default;
  verification& operator=(const verification&) = delete;
  verification& operator=(verification&&) = delete;
  ~verification() = default;

  /// The next bytes of the body, in order; what is hashed is the copy that is kept. Throws `std::bad_alloc`. Bounding the
  /// size is the caller's affair.
  void update(text_argument bytes);

  /// What came so far.
  [[nodiscard]] std::string_view body() const noexcept { return body_ ? std::string_view{*body_} : std::string_view{}; }

  /// To be called once, at the end: what `check` would say of the whole. The delivery owns the body, which nothing changes
  /// any more: it may outlive this, and this may be moved. A second call finds no running MAC that matches.
  [[nodiscard]] result<delivery_type, refusal> finish() & noexcept;

 private:
  friend class verifier<Scheme, Provider>;
  verification(std::shared_ptr<const ring> keys, const claim& claimed)
      : keys_{std::move(keys)},
        running_{keys_->begin(claimed)},
        claimed_{claimed},
        message_id_{std::string_view{claimed.message_id}},
        type_hint_{claimed.type_hint ? std::string_view{*claimed.type_hint} : std::string_view{}},
        body_{std::make_shared<std::string>()} {}

  std::shared_ptr<const ring> keys_;  // outlives the MACs that run with its keys
  typename ring::running running_;
  claim claimed_;
  std::string message_id_;
  std::string type_hint_;
  std::shared_ptr<std::string> body_;
};

template <scheme Scheme, class Provider>
void verification<Scheme, Provider>::update(text_argument bytes) {
  if (running_.empty()) return;
  const std::size_t before = body_->size();
  body_->append(std::string_view{bytes});
  ring::update(running_, std::string_view{*body_}.substr(before));
}

template <scheme Scheme, class Provider>
auto verification<Scheme, Provider>::finish() & noexcept -> result<delivery_type, refusal> {
  if (!keys_) return refusal{errc::internal_error, "the verification was moved from"};
  claimed_.message_id = std::string_view{message_id_};
  if (claimed_.type_hint) claimed_.type_hint = std::string_view{type_hint_};
  auto running = std::move(running_);
  running_.clear();
  return keys_->template prove<delivery_type>(running, claimed_, body_);
}

}  // namespace sello::inline v0
