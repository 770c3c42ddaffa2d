// SPDX-License-Identifier: MIT
// sello: receives webhooks. Proves who sent each delivery, turns its bytes into a typed event, and hands that event to
// the right handler. This is the core, in reading order.
#pragma once

// clang-format off
#include <sello/verify.hpp>
#include <sello/decode.hpp>

#include <sello/route/provider.hpp>
#include <sello/route/event.hpp>
#include <sello/route/handler.hpp>
#include <sello/route/record.hpp>
#include <sello/route/response.hpp>
#include <sello/route/router.hpp>
#include <sello/route/receiver.hpp>

#include <sello/kuenta.hpp>
#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/standard_webhooks.hpp>

#include <sello/compiled.hpp>
// clang-format on
