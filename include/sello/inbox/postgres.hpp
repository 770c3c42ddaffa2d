// SPDX-License-Identifier: MIT
// The durable inbox in PostgreSQL, one for many machines, and effects there; link with -lpq (CMake: sello::postgres).
#pragma once

#include <sello/inbox/detail/postgres_effects.hpp>
#include <sello/inbox/detail/postgres_store.hpp>
#include <sello/inbox/inbox.hpp>
#include <sello/inbox/worker.hpp>

namespace sello::inline v0::postgres {

/// `sello::postgres::inbox inbox{"host=… dbname=…"};` The tables are in the schema `sello` of that database, made at the first
/// opening. Any number of programs and machines may open it. Up to 15 connections a program, opened as they are needed. A
/// standby that follows asynchronously may lack the last acknowledged deliveries: failing over to it loses them, unless
/// `synchronous_standby_names` names it.
using inbox = basic_inbox<detail::store>;

}  // namespace sello::inline v0::postgres
