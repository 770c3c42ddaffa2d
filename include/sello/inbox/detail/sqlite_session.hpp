// SPDX-License-Identifier: MIT
// One worker's connection to its effects in SQLite: marks, savepoints, and the commit that holds both.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sello/inbox/detail/sqlite_effects_file.hpp>
#include <sello/inbox/detail/sqlite_transaction.hpp>
#include <sello/inbox/effects.hpp>

namespace sello::inline v0::sqlite::detail {

using sello::detail::mark;

class session {
 public:
  using transaction = sqlite::transaction;

  explicit session(std::shared_ptr<effects_file> file)
      : file_{std::move(file)},
        connection_{ready(*file_)},
        begin_{connection_->prepare("BEGIN IMMEDIATE")},
        commit_{connection_->prepare("COMMIT")},
        savepoint_{connection_->prepare("SAVEPOINT sello_effect")},
        release_{connection_->prepare("RELEASE sello_effect")},
        back_{connection_->prepare("ROLLBACK TO sello_effect")},
        insert_{connection_->prepare("INSERT INTO main.sello_mark VALUES (?, ?, ?, ?, ?, ?, ?) "
                                     "ON CONFLICT(endpoint, provider, key, generation, occasion) DO NOTHING")},
        find_{connection_->prepare("SELECT 1 FROM main.sello_mark WHERE endpoint = ? AND provider = ? AND key = ? AND "
                                   "generation = ? AND occasion = ?")},
        transaction_{connection_->get()},
        fence_{connection_->get()} {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session() {
    if (!file_->is_own_process()) {
      connection_.release()->abandon();  // forked: closing would take the parent's locks
      return;
    }
    rollback();
    sqlite3_set_authorizer(connection_->get(), nullptr, nullptr);
  }

  [[nodiscard]] result<bool> begin(const mark& what, timestamp now) noexcept {
    auto begun = watched([&] {
      if (!turn_.owns_lock()) open();
      if (!connection_->in_transaction()) throw ended();
      savepoint_.run();
      const bool fresh = insert_(what.endpoint, what.provider, what.key, what.generation, what.occasion,
                                 count_of(what.arrived), count_of(now))
                             .run() == 1;
      if (!fresh && !find(what)) fail("`sello_mark` does not keep what is written into it; is there a trigger on it?");
      return fresh;
    });
    if (!begun) {
      rollback();
    } else if (!*begun) {
      undo();
    }
    return begun;
  }
  [[nodiscard]] transaction& current() noexcept { return transaction_; }
  [[nodiscard]] static constexpr bool was_ended() noexcept { return false; }  // no handler can: the commit hook refuses
  [[nodiscard]] static constexpr bool met_full_disk() noexcept {
    return false;
  }  // the commit does, of which no handler knows
  [[nodiscard]] static result<void> reach_standbys() noexcept { return {}; }
  [[nodiscard]] bool is_open() const noexcept { return turn_.owns_lock(); }

  [[nodiscard]] result<void> keep() noexcept {
    return watched([&] {
      finish_statements();  // with one in the middle no savepoint ends
      try {
        release_.run();
      } catch (const fault& thrown) {  // there is no such savepoint any more
        if (thrown.is_of_disk()) throw;
        throw ended();
      }
      ++kept_;
    });
  }

  void undo() noexcept {
    const auto undone = watched([&] {
      back_.run();
      release_.run();
    });
    if (!undone || kept_ == 0) rollback();
  }

  [[nodiscard]] result<void> commit() noexcept {
    auto done = watched([&] {
      if (!turn_.owns_lock() || !connection_->in_transaction() || !fence_.stands()) throw ended();
      file_->require_same();
      sqlite3_wal_hook(connection_->get(), &log_grew, file_.get());  // a handler may have set its own
      try {
        commit_.run();
      } catch (const fault& thrown) {
        if (!thrown.is_constraint()) throw;
        throw bad_result{
            {errc::handler_failed, "a constraint that is checked at the commit (a foreign key?) is broken"}};
      }
      end();
    });
    if (!done) rollback();
    return done;
  }

  void rollback() noexcept {
    if (!turn_.owns_lock()) return;
    static_cast<void>(watched([&] {
      if (connection_->in_transaction()) connection_->execute("ROLLBACK");
    }));
    end();
  }

  [[nodiscard]] result<bool> marked(const mark& what) noexcept {
    return watched([&] {
      file_->require_same();
      if (!turn_.owns_lock()) {
        const std::unique_lock lock = file_->take_turn();
        file_->make_certain();
      }
      return find(what);
    });
  }

  /// A thousand in the order of the key at a time, so that no handler waits long for its turn.
  [[nodiscard]] result<std::size_t> prune(std::string_view endpoint, timestamp before,
                                          timestamp marked_before) noexcept {
    return watched([&] {
      std::size_t count = 0;
      mark from{};
      for (bool more = true; more;) {
        open();
        statement last = connection_->prepare(
            "SELECT provider, key, generation, occasion FROM main.sello_mark WHERE endpoint = ? AND (provider, key, "
            "generation, occasion) > (?, ?, ?, ?) ORDER BY provider, key, generation, occasion LIMIT 1 OFFSET 999");
        more = last(endpoint, from.provider, from.key, from.generation, from.occasion).step();
        mark to{
            .provider = last.text(0), .key = last.text(1), .generation = last.integer(2), .occasion = last.integer(3)};
        last.reset();
        statement gone = connection_->prepare(
            "DELETE FROM main.sello_mark WHERE endpoint = ? AND (provider, key, generation, occasion) > (?, ?, ?, ?) "
            "AND (NOT ? OR (provider, key, generation, occasion) <= (?, ?, ?, ?)) AND "
            "coalesce(nullif(abs(occasion), 0), arrived) < ? AND marked < ?");
        gone(endpoint, from.provider, from.key, from.generation, from.occasion, more, to.provider, to.key,
             to.generation, to.occasion, count_of(before), count_of(marked_before));
        count += static_cast<std::size_t>(gone.run());
        from = std::move(to);
        if (const auto done = commit(); !done) throw bad_result{done.error()};
      }
      return count;
    });
  }

 private:
  [[nodiscard]] static std::unique_ptr<connection> ready(effects_file& file) {
    file.require_same();
    file.prepare();
    auto made = std::make_unique<connection>(file.path(), file.patience);
    set_up(*made, "FULL");
    made->execute("PRAGMA foreign_keys=1");  // as declared; in a handler's transaction it could not be set
    return made;
  }

  /// The worker's own statements: within the fence, and with an eye on the disk.
  template <class Work>
  [[nodiscard]] sello::detail::guarded_result<Work> watched(const Work& work) noexcept {
    const fence::opening ours{fence_};
    return guarded([&] {
      try {
        return work();
      } catch (const fault& thrown) {
        if (thrown.is_of_disk()) file_->certain = false;
        throw;
      }
    });
  }

  [[nodiscard]] bool find(const mark& what) {
    const bool found = find_(what.endpoint, what.provider, what.key, what.generation, what.occasion).step();
    find_.reset();
    return found;
  }

  void open() {
    file_->require_same();
    std::unique_lock turn = file_->take_turn();
    file_->make_certain();
    begin_.run();
    turn_ = std::move(turn);
    file_->holder = std::this_thread::get_id();
    kept_ = 0;
  }

  void end() noexcept {
    finish_statements();
    file_->tidy();
    kept_ = 0;
    file_->holder = std::thread::id{};
    turn_ = {};
  }

  /// What a handler left in the middle would keep its snapshot, and the log. Its rows are written from the first step on.
  void finish_statements() noexcept {
    for (sqlite3_stmt* one = nullptr; (one = sqlite3_next_stmt(connection_->get(), one)) != nullptr;)
      if (sqlite3_stmt_busy(one) != 0) sqlite3_reset(one);
  }

  [[nodiscard]] static bad_result ended() {
    return bad_result{
        {errc::handler_failed,
         "the handler ended the worker's transaction (INSERT OR ROLLBACK?), or replaced its commit hook"}};
  }

  static int log_grew(void* file, sqlite3*, const char*, int pages) {
    static_cast<effects_file*>(file)->log_pages = pages;  // with `turn`, as every commit
    return SQLITE_OK;
  }

  std::shared_ptr<effects_file> file_;
  std::unique_ptr<connection> connection_;
  statement begin_, commit_, savepoint_, release_, back_, insert_, find_;
  transaction transaction_;
  fence fence_;
  std::unique_lock<std::mutex> turn_{};
  std::size_t kept_ = 0;
};

}  // namespace sello::inline v0::sqlite::detail
