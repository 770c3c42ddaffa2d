// SPDX-License-Identifier: MIT
// Kuenta's own function for Node, as its page has it, and sello's hex_hmac give the same verdicts on the same bytes.
// node kuenta.test.mjs <sello_tool> [seed] [deliveries]
import nodeCrypto from "node:crypto";

import { Random, seed } from "./random.mjs";
import { ask } from "./tool.mjs";

const crypto = nodeCrypto;
// From the page, "Verificación de firmas":
function verifyWebhookSignature(payload, signature, secret) {
const expected = crypto
.createHmac("sha256", secret)
.update(payload)
.digest("hex");
return crypto.timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}

/// It throws where the lengths differ.
function judged_by_kuenta(payload, signature, secret) {
  try {
    return verifyWebhookSignature(payload, signature, secret);
  } catch {
    return false;
  }
}

const [tool, seed_argument, count = "5000"] = process.argv.slice(2);
const random = new Random(seed(seed_argument));

const deliveries = Array.from({ length: Number(count) }, () => {
  // Any text but what no secret can be: controls, and blanks or quotes at its ends.
  const secret = `s-${random.text(6 + random.below(100)).replaceAll(/\p{Cc}/gu, "0")}-e`;
  // The function takes text as well as bytes.
  const payload = random.below(2) ? random.text(random.below(400)) : random.bytes(random.below(400));
  return { secret, payload, body_b64: Buffer.from(payload).toString("base64") };
});

const signed = ask(tool, deliveries.map(({ secret, body_b64 }) => ({ op: "sign", scheme: "hex_hmac", secret, body_b64 })));
let differences = 0;
const claims = deliveries.map((delivery, i) => {
  const [[, signature]] = signed[i].headers;
  if (!judged_by_kuenta(delivery.payload, signature, delivery.secret)) differences++;
  const digit = random.below(64);
  const other = signature[digit] === "0" ? "1" : "0";
  return {
    ...delivery,
    signature: random.one_of([
      signature, signature, signature,
      signature.slice(0, digit) + other + signature.slice(digit + 1),
      signature.slice(1), signature + "0", "sha256=" + signature,
      crypto.createHmac("sha256", delivery.secret + "x").update(delivery.payload).digest("hex"),
      crypto.createHmac("sha256", delivery.secret).update(delivery.payload).update(" ").digest("hex"),
    ]),
  };
});
const verdicts = ask(tool, claims.map(({ secret, body_b64, signature }) => ({
  op: "verify", scheme: "hex_hmac", secret, body_b64, headers: [["X-Webhook-Signature", signature]],
})));
let accepted = 0;
claims.forEach(({ payload, signature, secret }, i) => {
  const good = verdicts[i].verdict === "ok";
  accepted += good ? 1 : 0;
  if (good !== judged_by_kuenta(payload, signature, secret)) {
    differences++;
    if (differences < 5) console.log("differs:", { payload, signature, secret }, verdicts[i]);
  }
});
console.log(`${claims.length} deliveries, ${accepted} accepted by both, ${differences} differences`);
process.exit(differences || accepted === 0 || accepted === claims.length ? 1 : 0);
