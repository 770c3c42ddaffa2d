// SPDX-License-Identifier: MIT
// The door to Standard Webhooks: verifiers and deliveries of every service that follows the specification. The events are yours.
#pragma once

#include <sello/standard_webhooks/provider.hpp>
