// SPDX-License-Identifier: MIT
// Works off an inbox: claims deliveries, calls their handlers, and commits each effect together with its mark.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/detail/lane.hpp>
#include <sello/inbox/detail/own_process.hpp>
#include <sello/inbox/effects.hpp>
#include <sello/inbox/inbox.hpp>
#include <sello/inbox/options.hpp>

namespace sello::inline v0 {

/// Any number of workers, threads and processes may work off one inbox: what counts is the mark, which only one of them can
/// commit. Keeps the inbox and the effects open.
template <detail::store Store, detail::effects Effects, class Router>
class worker {
  static_assert(detail::works<Router, typename Effects::transaction>,
                "sello: a worker takes a router of its effects' transaction, e.g. "
                "`sello::basic_router<sello::sqlite::transaction>`; a `sello::router` is for receivers");

 public:
  /// The router is copied, as by a receiver. Throws `bad_result` with `malformed_option` for options that cannot be meant,
  /// and for effects in the inbox's own file.
  worker(const basic_inbox<Store>& inbox, Effects effects, const Router& handlers, worker_options options = {})
      : shared_{new detail::workplace<Store, Effects, Router>{
            inbox.store(), std::move(effects), detail::router_access::give(handlers), std::move(options)}} {
    shared_->check();
  }
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker() {
    stop();
    // A handler that calls `std::exit` ends a static worker from within: what it runs on stays until the process is gone.
    if (!threads_.empty()) forget();
  }

  /// Starts the threads; nothing if they run. Throws `std::system_error` if there are none to be had, and `bad_result` in a
  /// process that was forked after the worker was made.
  void start() {
    if (!process_.is_here()) throw bad_result{forked()};
    if (is_on_own_thread()) return;
    const std::lock_guard lock{mutex_};
    if (shared_->stopping) end_threads();  // told so by one of them
    if (!threads_.empty()) return;
    shared_->stopping = false;
    shared_->leases.start();
    for (std::size_t i = 0; i < shared_->options.threads; ++i)
      threads_.emplace_back([own = std::make_unique<lane>(*shared_), place = shared_.get()] {
        own_place() = place;
        own->run();
      });
  }

  /// Claims no more, lets the handlers that run end, gives back what they did not begin, and returns when the threads have
  /// ended: so a handler that hangs holds it up; give what it calls a deadline. From a handler or an observer of its own it does
  /// not wait. In a process that was forked off the one that started them it returns at once.
  void stop() noexcept {
    if (!process_.is_here()) return forget();
    if (is_on_own_thread()) return tell_to_stop();
    const std::lock_guard lock{mutex_};
    if (threads_.empty()) return;
    tell_to_stop();
    end_threads();
  }

  /// Whether `stop` was called and some handler still runs.
  [[nodiscard]] bool is_stopping() const noexcept { return shared_->stopping; }

  /// For a loop of one's own: works off what one claim takes, on this thread, and gives how many deliveries that were; 0:
  /// nothing was due. One call at a time; refused in a handler or an observer that it calls itself.
  [[nodiscard]] result<std::size_t> poll_once() noexcept {
    return detail::guarded([&]() -> result<std::size_t> {
      if (!process_.is_here()) return forked();
      if (poller_ == std::this_thread::get_id())
        return error{errc::handler_failed, "a handler cannot use its worker; do that outside of it"};
      const std::lock_guard lock{own_mutex_};
      shared_->leases.start();
      if (!own_) own_ = std::make_unique<lane>(*shared_);
      poller_ = std::this_thread::get_id();
      auto done = own_->poll();
      poller_ = std::thread::id{};
      return done;
    });
  }

  /// Removes marks that no delivery can meet any more: those of deliveries that arrived longer ago than `keep`, and before
  /// all that still waits or is parked. How many. `keep` has to outlast the longest time after which a sender sends again,
  /// also to an inbox that was lost: 90 days for Akua (Svix, "Resend"). Only those of this inbox's endpoints: another inbox with
  /// the same effects has marks of its own there.
  [[nodiscard]] result<std::size_t> prune(std::chrono::seconds keep = std::chrono::days{180}) noexcept {
    if (keep < std::chrono::seconds{0}) return error{errc::malformed_option, "keep: it is negative"};
    return detail::guarded([&]() -> result<std::size_t> {
      const inbox_stats known = shared_->store->stats().value();
      const auto oldest = shared_->store->oldest_work();
      if (!oldest) return oldest.error();
      const timestamp before = shared_->store->now() - std::chrono::microseconds{detail::micros(keep)};
      auto session = shared_->effects.connect();
      if (!session) return session.error();
      std::set<std::string_view> names;
      for (const endpoint_stats& one : known.endpoints) names.insert(one.endpoint);
      std::size_t count = 0;
      for (const std::string_view name : names)
        count += (*session)->prune(name, (std::min)(before, oldest->value_or(before)), before).value();
      return count;
    });
  }

 private:
  using lane = detail::lane<Store, Effects, Router>;

  [[nodiscard]] static error forked() {
    return {
        errc::store_unavailable,
        "this process was forked after the worker was made; make the inbox, the effects and the worker after the fork"};
  }

  /// Whose thread this is.
  [[nodiscard]] static const void*& own_place() noexcept {
    thread_local const void* place = nullptr;
    return place;
  }
  [[nodiscard]] bool is_on_own_thread() const noexcept { return own_place() == shared_.get(); }

  void tell_to_stop() noexcept {
    shared_->stopping = true;
    shared_->store->wake();
  }
  void end_threads() noexcept {
    for (std::thread& one : threads_) one.join();
    threads_.clear();
    shared_->stopping = false;
  }

  /// Forked: the threads are the parent's, and so may be their locks; none of them can be waited for here.
  void forget() noexcept {
    if (process_.is_here()) static_cast<void>(shared_.release());
    static_cast<void>(new (std::nothrow) std::vector<std::thread>{std::move(threads_)});
    static_cast<void>(new (std::nothrow) std::unique_ptr<lane>{std::move(own_)});
  }

  detail::own_process process_{};
  std::unique_ptr<detail::workplace<Store, Effects, Router>> shared_;
  std::mutex mutex_{};
  std::vector<std::thread> threads_{};
  std::mutex own_mutex_{};
  std::unique_ptr<lane> own_{};
  std::atomic<std::thread::id> poller_{};  ///< who is in `poll_once`
};

}  // namespace sello::inline v0
