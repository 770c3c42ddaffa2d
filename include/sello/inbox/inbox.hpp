// SPDX-License-Identifier: MIT
// A durable inbox over any store: its endpoints for receivers, and the owner's view of what is in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/guarded.hpp>
#include <sello/inbox/detail/incoming.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/receipt.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/store.hpp>
#include <sello/route/destination.hpp>
#include <sello/route/receiver.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0 {

namespace detail {

/// What the copies of one inbox share.
template <store Store>
struct inbox_state {
  std::shared_ptr<Store> store;
  std::mutex mutex{};
  std::map<std::string, endpoint_options, std::less<>> endpoints{};
  std::set<std::pair<std::string, std::string>> rings{};  ///< by provider, of this process's receivers

  [[nodiscard]] std::set<std::string> rings_of(std::string_view provider) {
    const std::lock_guard lock{mutex};
    std::set<std::string> names;
    for (const auto& [sender, name] : rings)
      if (sender == provider) names.insert(name);
    return names;
  }

  explicit inbox_state(std::shared_ptr<Store> opened) : store{std::move(opened)} {}
};

/// An endpoint, as a receiver sees it: no outcome comes out of it but by a receipt.
template <class Endpoint, class Delivery>
class shelved final : public destination<Delivery> {
 public:
  explicit shelved(Endpoint to) : to_{std::move(to)} {}

  [[nodiscard]] result<outcome> take(const Delivery& proven, visit& visited) const noexcept override {
    noted seen;
    const result<receipt> stored = to_.accept(proven, &seen);
    visited.type = std::move(seen.type);
    visited.id = std::move(seen.key);
    visited.misfits = std::move(seen.misfits);
    visited.decoded = seen.read;
    visited.storing = std::chrono::steady_clock::now() - seen.read.value_or(std::chrono::steady_clock::now());
    if (!stored) return stored.error();
    return stored->outcome();
  }
  [[nodiscard]] std::string_view endpoint() const noexcept override { return to_.name(); }
  [[nodiscard]] bool keeps(errc code) const noexcept override {
    return code == errc::signature_mismatch && to_.options().quarantine.count != 0;
  }
  void suspect(header_list&& headers, std::string_view body) const noexcept override {
    to_.template suspect<typename Delivery::provider_type>(std::move(headers), body);
  }

 private:
  Endpoint to_;
};

}  // namespace detail

/// Where one sender's deliveries of one kind are stored: a receiver's second argument. Sandbox and production of a sender
/// are two endpoints. Keeps the inbox open; copies are the same endpoint.
template <detail::store Store>
class inbox_endpoint {
 public:
  inbox_endpoint(const inbox_endpoint&) = default;  // and no move, as of the inbox
  inbox_endpoint& operator=(const inbox_endpoint&) = default;
  ~inbox_endpoint() = default;

  /// Stores a delivery, and returns when it outlives a power cut: `queued`, `duplicate` or `conflict`. `store_unavailable`
  /// with a sentence where that cannot be said. Never throws. Safe from several threads, whose deliveries share syncs.
  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<receipt> accept(const delivery<S, P>& proven, detail::noted* seen = nullptr) const noexcept {
    return detail::guarded([&] {
      const detail::incoming what{proven, name_, options_, state_->store->now()};
      if (seen != nullptr)
        *seen = {detail::restored(what.type), detail::restored(what.key), what.misfits,
                 std::chrono::steady_clock::now()};
      return state_->store->put(what);
    });
  }

  /// What a receiver takes of it.
  template <class Delivery>
  [[nodiscard]] std::shared_ptr<const detail::destination<Delivery>> destination() const {
    if (options_.quarantine.count != 0) {
      const std::lock_guard lock{state_->mutex};
      state_->rings.emplace(Delivery::provider_type::name, name_);
    }
    return std::make_shared<const detail::shelved<inbox_endpoint, Delivery>>(*this);
  }
  [[nodiscard]] receiver_options reception() const {
    return {.body_limit = options_.body_limit,
            .request_id_header = options_.request_id_header,
            .observer = options_.observer};
  }

  /// Keeps what no secret of `Provider`'s verifier signed, if the endpoint has a ring. Says nothing: it is answered 401.
  template <class Provider>
  void suspect(std::vector<std::pair<std::string, std::string>> headers, std::string_view body) const noexcept {
    if (options_.quarantine.count == 0) return;
    static_cast<void>(detail::guarded([&] {
      return state_->store->quarantine({.endpoint = name_,
                                        .provider = std::string{Provider::name},
                                        .arrived = state_->store->now(),
                                        .headers = std::move(headers),
                                        .body = std::string{body}},
                                       options_.quarantine);
    }));
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const endpoint_options& options() const noexcept { return options_; }

 private:
  template <detail::store>
  friend class basic_inbox;
  inbox_endpoint(std::shared_ptr<detail::inbox_state<Store>> state, std::string name, endpoint_options options)
      : state_{std::move(state)}, name_{std::move(name)}, options_{std::move(options)} {}

  std::shared_ptr<detail::inbox_state<Store>> state_;
  std::string name_;
  endpoint_options options_;
};

/// Deliveries that were answered 2xx, each until its effect is committed, and for a while after it. Safe from several
/// threads; copies are the same inbox; nothing below throws unless it says so. A process that forks opens its own.
template <detail::store Store>
class basic_inbox {
 public:
  using store_type = Store;

  basic_inbox(const basic_inbox&) = default;  // and no move: one that was moved from would be no inbox
  basic_inbox& operator=(const basic_inbox&) = default;
  ~basic_inbox() = default;

  /// Opens or makes it; throws `bad_result` where it could not keep its promise there, with a sentence that says why.
  explicit basic_inbox(const std::string& location, const inbox_options& options = {})
      : basic_inbox{create(location, options).value()} {}

  /// The same without an exception.
  [[nodiscard]] static result<basic_inbox> create(const std::string& location, const inbox_options& options = {}) {
    auto opened = Store::open(location, options);
    if (!opened) return std::move(opened).error();
    return basic_inbox{*std::move(opened)};
  }

  /// For `receiver{verifier, inbox.endpoint("akua")}`. Throws `bad_result` for a name that is none, a negative retention, and a body limit over 256 MiB. The
  /// name is stored, and so is what `identify` gives: to change either makes new deliveries of those that come again.
  [[nodiscard]] inbox_endpoint<Store> endpoint(std::string name, endpoint_options options = {}) const {
    if (name.empty()) throw bad_result{{errc::malformed_option, "an endpoint needs a name"}};
    if (name.size() > 128 || !detail::is_plain(name))
      throw bad_result{
          {errc::malformed_option, "an endpoint's name is UTF-8 without control characters, of 128 bytes at most"}};
    if (options.body_limit > 268'435'456)
      throw bad_result{{errc::malformed_option, "body_limit: a database gives back no more than 256 MiB at once"}};
    if (options.key_retention && options.key_retention->count() < 0)
      throw bad_result{{errc::malformed_option, "key_retention: it is negative; leave it unset for the sender's own"}};
    {
      const std::lock_guard lock{state_->mutex};
      state_->endpoints.insert_or_assign(name, options);
    }
    return {state_, std::move(name), std::move(options)};
  }

  [[nodiscard]] result<inbox_stats> stats() const noexcept { return state_->store->stats(); }
  /// By id, so by arrival. The next page: `{.after = last.id}`.
  [[nodiscard]] result<std::vector<delivery_row>> list(const delivery_filter& filter = {}) const noexcept {
    return state_->store->list(filter);
  }
  /// `malformed_option` if there is none with this id; so for the next two.
  [[nodiscard]] result<delivery_details> show(delivery_id id) const noexcept { return state_->store->show(id); }
  /// Handles it again. A parked delivery goes back to work; one that waits for its next try is tried now; one that has taken
  /// effect takes effect once more. Needs its body.
  [[nodiscard]] result<void> replay(delivery_id id) const noexcept { return state_->store->replay(id); }
  /// All that fit, `limit` aside: those that are parked or were ignored, and others only if `filter.state` names them. How
  /// many.
  [[nodiscard]] result<std::size_t> replay(const delivery_filter& filter) const noexcept {
    return state_->store->replay(filter);
  }
  /// Sets a waiting delivery aside until it is replayed. A handler that runs just now is not stopped, and
  /// the next of its `serial_by` key does not wait for it.
  [[nodiscard]] result<void> park(delivery_id id) const noexcept { return state_->store->park(id); }
  /// Removes bodies and keys whose time is over; to be called now and then, once a day say.
  [[nodiscard]] result<pruned_rows> prune() const noexcept { return state_->store->prune(); }

  /// Verifies what is in quarantine at this endpoint, as of its arrival, and stores what is the sender's own: how many that
  /// were, those that a retry brought meanwhile among them. A secret proves nothing at another endpoint than its own, so the
  /// name is that of the verifier's receiver. `malformed_option` for one that this process has not named with `endpoint`: its
  /// rule for keys decides what a retry is.
  template <class Verifier>
  [[nodiscard]] result<std::size_t> requalify(const Verifier& verifier, std::string_view endpoint) const noexcept {
    return detail::guarded([&]() -> result<std::size_t> {
      const auto options = options_of(endpoint);
      if (!options)
        return error{errc::malformed_option, "call inbox.endpoint(\"" + std::string{endpoint} +
                                                 "\", ...) first, with the options of its receiver"};
      std::size_t count = 0;
      each_suspect(Verifier::provider_type::name, [&](const quarantined& suspect) {
        if (suspect.endpoint != endpoint) return;
        const auto proven = verifier.verify(suspect.headers, suspect.body, suspect.arrived);
        if (!proven) return;
        const detail::incoming what{*proven, suspect.endpoint, *options, suspect.arrived};
        // Once more where a pruning has taken its key in this moment: there is no sender who would.
        if (!state_->store->put(what)) static_cast<void>(state_->store->put(what).value());
        if (state_->store->dismiss(suspect.id).value()) ++count;  // else another one that requalifies has counted it
      });
      return count;
    });
  }
  /// The same where the sender has one endpoint with a ring. `malformed_option` where there are several, with their names.
  template <class Verifier>
  [[nodiscard]] result<std::size_t> requalify(const Verifier& verifier) const noexcept {
    return detail::guarded([&]() -> result<std::size_t> {
      constexpr std::string_view sender = Verifier::provider_type::name;
      std::set<std::string> names = state_->rings_of(sender);
      each_suspect(sender, [&](const quarantined& suspect) { names.insert(suspect.endpoint); });
      if (names.size() > 1) {
        std::string all;
        for (const std::string& name : names) all += (all.empty() ? "\"" : ", \"") + name + '"';
        return error{errc::malformed_option, "its endpoints are " + all + ": write inbox.requalify(verifier, \"" +
                                                 *names.begin() + "\"), with the endpoint whose secret it has"};
      }
      return names.empty() ? result<std::size_t>{std::size_t{0}} : requalify(verifier, *names.begin());
    });
  }

  [[nodiscard]] const std::shared_ptr<Store>& store() const noexcept { return state_->store; }

 private:
  explicit basic_inbox(std::shared_ptr<Store> opened)
      : state_{std::make_shared<detail::inbox_state<Store>>(std::move(opened))} {}

  /// In order of arrival. Throws what the store says.
  template <class Work>
  void each_suspect(std::string_view provider, const Work& work) const {
    for (auto next = state_->store->suspects(0).value(); next; next = state_->store->suspects(next->id).value())
      if (next->provider == provider) work(*next);
  }

  [[nodiscard]] std::optional<endpoint_options> options_of(std::string_view name) const {
    const std::lock_guard lock{state_->mutex};
    const auto found = state_->endpoints.find(name);
    return found == state_->endpoints.end() ? std::nullopt : std::optional{found->second};
  }

  std::shared_ptr<detail::inbox_state<Store>> state_;
};

}  // namespace sello::inline v0
