// SPDX-License-Identifier: MIT
// A delivery that comes back out of a durable store: the proof, once more, of what was let in.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <sello/base/timestamp.hpp>

namespace sello::inline v0 {

namespace detail {
class shelf;

/// The columns of a claimed delivery.
struct stored_fields {
  std::int64_t id = 0;
  std::int64_t generation = 0;
  std::int64_t token = 0;  ///< of the claim
  std::string endpoint{};
  std::string provider{};
  std::string key{};              ///< as it is stored, and in its mark
  std::string idempotency_key{};  ///< as the rule for keys gave it; of a long one the digest
  std::int64_t occasion = 0;      ///< as in its mark
  std::string type{};
  timestamp arrived{};
  std::string message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};
  std::string hint_header{};
  std::string hint_value{};  ///< empty: the header's lines said different things
  std::string body{};
  std::int64_t attempts = 0;
  std::int64_t crashes = 0;
};
}  // namespace detail

/// A claimed delivery. Only a store makes one, from what was stored of a proof: whoever can write the store is trusted. A
/// quarantined delivery is another type, and never becomes one but through a verifier.
class stored {
 public:
  [[nodiscard]] const detail::stored_fields* operator->() const noexcept { return &fields_; }
  [[nodiscard]] const detail::stored_fields& operator*() const noexcept { return fields_; }

 private:
  friend class detail::shelf;
  explicit stored(detail::stored_fields fields) : fields_{std::move(fields)} {}

  detail::stored_fields fields_;
};

namespace detail {

/// The second, private place where a proof is minted; for the stores.
class shelf {
 public:
  [[nodiscard]] static stored take(stored_fields fields) { return stored{std::move(fields)}; }
};

}  // namespace detail
}  // namespace sello::inline v0
