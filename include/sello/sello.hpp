// SPDX-License-Identifier: MIT
// sello: receives webhooks. Proves who sent each delivery, turns its bytes into a typed event, and hands that event to
// the right handler. This is the core, in reading order.
#pragma once

// clang-format off
#include <sello/version.hpp>

#include <sello/error.hpp>
#include <sello/result.hpp>
#include <sello/secret.hpp>
#include <sello/headers.hpp>

#include <sello/scheme.hpp>
#include <sello/scheme/hex_hmac.hpp>
#include <sello/scheme/gu1_hmac.hpp>
#include <sello/scheme/svix_v1.hpp>
#include <sello/delivery.hpp>
#include <sello/verifier.hpp>
#include <sello/signer.hpp>

#include <sello/timestamp.hpp>
#include <sello/decimal.hpp>
#include <sello/describe.hpp>
#include <sello/decode.hpp>

#include <sello/event.hpp>
#include <sello/router.hpp>
#include <sello/receiver.hpp>

#include <sello/kuenta.hpp>
#include <sello/akua.hpp>
#include <sello/gu1.hpp>
// clang-format on
