// SPDX-License-Identifier: MIT
// Node's own ed25519 and sello's svix_v1a give the same verdicts on the same bytes: each signs for the other, and what was
// changed on its way is refused by both. The message is put together here from the specification, as it is nowhere in sello:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
// node svix_v1a.test.mjs <sello_tool> [seed] [deliveries]
import crypto from "node:crypto";

import { Random, seed } from "./random.mjs";
import { ask } from "./tool.mjs";

const [tool, seed_argument, count = "500"] = process.argv.slice(2);
const random = new Random(seed(seed_argument));
const now = 1_614_265_330;

// The 32 bytes of a key end its DER (RFC 8410).
const raw = (key, type) => key.export({ format: "der", type }).subarray(-32).toString("base64");
const message = ({ id, time, body }) => Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
const headers = ({ id, time, signature }) => [["webhook-id", id], ["webhook-timestamp", time], ["webhook-signature", signature]];

const deliveries = Array.from({ length: Number(count) }, (_, i) => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
  const delivery = { id: `msg_${i}`, time: String(now + random.below(600) - 300), body: Buffer.from(random.bytes(random.below(400))) };
  const signature = `v1a,${crypto.sign(null, message(delivery), privateKey).toString("base64")}`;
  return { ...delivery, signature, key: publicKey, public_key: `whpk_${raw(publicKey, "spki")}`, private_key: `whsk_${raw(privateKey, "pkcs8")}` };
});

let differences = 0;
function differs(what, delivery, answer) {
  if (++differences < 5) console.log(what, { ...delivery, body: delivery.body.toString("base64") }, answer);
}

function judged_by_node({ signature, key, ...delivery }) {
  const [version, text] = signature.split(",");
  return version === "v1a" && crypto.verify(null, message(delivery), key, Buffer.from(text, "base64"));
}

// What sello signs, node verifies: the same signature, since ed25519 has one for each message.
const signed = ask(tool, deliveries.map(({ id, time, body, private_key }) => ({
  op: "sign", scheme: "svix_v1a", secret: private_key, id, sent_at: Number(time), body_b64: body.toString("base64"),
})));
deliveries.forEach((delivery, i) => {
  const [, signature] = signed[i].headers.find(([name]) => name === "webhook-signature");
  if (signature !== delivery.signature || !judged_by_node({ ...delivery, signature })) differs("signed", delivery, signed[i]);
});

// What node signs, sello verifies; and nothing that was changed.
const claims = deliveries.map((delivery, i) => random.one_of([
  delivery, delivery, delivery,
  { ...delivery, id: `${delivery.id}0` },
  { ...delivery, time: String(Number(delivery.time) + (delivery.time > now ? -1 : 1)) },
  { ...delivery, body: Buffer.concat([delivery.body, Buffer.from(" ")]) },
  { ...delivery, signature: deliveries[(i + 1) % deliveries.length].signature },
  { ...delivery, key: deliveries[(i + 1) % deliveries.length].key, public_key: deliveries[(i + 1) % deliveries.length].public_key },
]));
const verdicts = ask(tool, claims.map((claim) => ({
  op: "verify", scheme: "svix_v1a", secret: claim.public_key, headers: headers(claim), body_b64: claim.body.toString("base64"), now,
})));
let accepted = 0;
claims.forEach((claim, i) => {
  const good = verdicts[i].verdict === "ok";
  accepted += good ? 1 : 0;
  if (good !== judged_by_node(claim) || (!good && verdicts[i].verdict !== "signature_mismatch")) differs("verified", claim, verdicts[i]);
});
console.log(`${claims.length} deliveries, ${accepted} accepted by both, ${differences} differences`);
process.exit(differences || accepted === 0 || accepted === claims.length ? 1 : 0);
