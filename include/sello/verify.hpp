// SPDX-License-Identifier: MIT
// The door to the verify wing alone: from headers and a raw body to a proof. Needs OpenSSL; reads no header of JSON.
#pragma once

// clang-format off
#include <sello/version.hpp>

#include <sello/base/error.hpp>
#include <sello/base/result.hpp>
#include <sello/verify/secret.hpp>
#include <sello/verify/headers.hpp>

#include <sello/verify/scheme.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/delivery.hpp>
#include <sello/verify/verification.hpp>
#include <sello/verify/verifier.hpp>
#include <sello/verify/signer.hpp>

#include <sello/verify/compiled.hpp>
// clang-format on
