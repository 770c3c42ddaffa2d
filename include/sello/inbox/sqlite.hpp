// SPDX-License-Identifier: MIT
// The durable inbox in one SQLite file; link with -lsqlite3 (CMake: sello::sqlite).
#pragma once

#include <sello/inbox/detail/sqlite_effects.hpp>
#include <sello/inbox/detail/sqlite_store.hpp>
#include <sello/inbox/inbox.hpp>
#include <sello/inbox/worker.hpp>

namespace sello::inline v0::sqlite {

/// `sello::sqlite::inbox inbox{"inbox.db"};` A file of its own, on a local disk, in WAL mode (so with a "-wal" and a "-shm"
/// beside it), for any number of processes of one machine. Never open it in a program that closes its descriptor by
/// itself, nor copy it without its log: `sqlite3 inbox.db ".backup copy.db"`.
using inbox = basic_inbox<detail::store>;

}  // namespace sello::inline v0::sqlite
