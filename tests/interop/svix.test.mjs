// SPDX-License-Identifier: MIT
// The official `svix` package signs and sello verifies, and the other way round, over random deliveries and tampered ones.
// node svix.test.mjs <sello_tool> <directory of the packages> [seed] [deliveries]
import { createHmac } from "node:crypto";

import { packages } from "./packages.mjs";
import { Random, seed } from "./random.mjs";
import { ask } from "./tool.mjs";

const [tool, directory, seed_argument, count = "12000"] = process.argv.slice(2);
const { Webhook } = packages(directory)("svix");
const random = new Random(seed(seed_argument));

const id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const body_kinds = ["json", "text", "binary"];

function random_body(kind) {
  const size = random.below(random.one_of([2, 60, 300, 1000]));
  if (kind === "binary") return random.bytes(size);
  if (kind === "text") return Buffer.from(random.text(size));
  return Buffer.from(JSON.stringify({ type: random.text(8), data: { text: random.text(size), number: random.bits() } }));
}

function random_delivery() {
  const kind = random.one_of(body_kinds);
  const key = random.bytes(16 + random.below(80));
  return {
    kind,
    key,
    secret: (random.below(2) ? "whsec_" : "") + key.toString("base64"),
    id: "msg_" + random.text(1 + random.below(40), id_alphabet),
    sent_at: 1_600_000_000 + random.below(400_000_000),
    body: random_body(kind),
  };
}

/// The package works on text; bytes that are no text are signed with Node's own HMAC.
function sign({ kind, key, secret, id, sent_at, body }) {
  if (kind !== "binary") return new Webhook(secret).sign(id, new Date(sent_at * 1000), body.toString());
  return "v1," + createHmac("sha256", key).update(`${id}.${sent_at}.`).update(body).digest("base64");
}

/// What the package says at the time `now`. That the body is no JSON is not its affair here.
function judged_by_svix({ secret }, headers, body, now) {
  const clock = Date.now;
  Date.now = () => now * 1000;
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) return false;
  } finally {
    Date.now = clock;
  }
  return true;
}

const flipped = (bytes) => {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return Buffer.from("x");
  copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
};
const with_value = (headers, index, change) => headers.map(([name, value], i) => [name, i === index ? change(value) : value]);

/// What can be done to a delivery on its way. Each must be refused.
const tamper = {
  body: (sent) => ({ ...sent, body: flipped(sent.body) }),
  longer: (sent) => ({ ...sent, body: Buffer.concat([sent.body, random.bytes(1)]) }),
  shorter: (sent) => ({ ...sent, body: sent.body.length ? sent.body.subarray(0, -1) : Buffer.from(" ") }),
  id: (sent) => ({ ...sent, headers: with_value(sent.headers, 0, (id) => id + "x") }),
  time: (sent) => ({ ...sent, headers: with_value(sent.headers, 1, (time) => String(Number(time) + 1)) }),
  signature: (sent) => ({
    ...sent,
    headers: with_value(sent.headers, 2, (token) => "v1," + flipped(Buffer.from(token.slice(3), "base64")).toString("base64")),
  }),
  cut: (sent) => ({ ...sent, headers: with_value(sent.headers, 2, (token) => token.slice(0, -1 - random.below(30))) }),
  version: (sent) => ({ ...sent, headers: with_value(sent.headers, 2, (token) => random.one_of(["v2,", "v1a,", "V1,", ""]) + token.slice(3)) }),
  secret: (sent) => ({ ...sent, secret: "whsec_" + flipped(sent.key).toString("base64") }),
  old: (sent) => ({ ...sent, now: sent.now + 301 + random.below(1000) + 300 }),
  new: (sent) => ({ ...sent, now: sent.now - 301 - random.below(1000) - 300 }),
  header: (sent) => ({ ...sent, headers: sent.headers.toSpliced?.(random.below(3), 1) ?? sent.headers.slice(1) }),
};

const counts = { accepted: 0, refused: 0, signed: 0, "judged by svix too": 0 };
const failures = [];
const deliveries = Array.from({ length: Number(count) }, random_delivery);

// svix signs, sello verifies.
const sent = deliveries.map((delivery) => {
  const family = random.one_of(["svix", "webhook", "Svix"]);
  const signature = random.one_of(["", "v1,AAAA ", "v1a,x  "]) + sign(delivery);
  const headers = [[`${family}-id`, delivery.id], [`${family}-timestamp`, String(delivery.sent_at)], [`${family}-signature`, signature]];
  const whole = { ...delivery, headers, now: delivery.sent_at + random.below(601) - 300, how: "untouched" };
  if (random.below(2)) return whole;
  const how = random.one_of(Object.keys(tamper));
  // Only a header of one token can be tampered with as a whole.
  const single = { ...whole, headers: with_value(headers, 2, (value) => value.split(" ").at(-1)) };
  return { ...tamper[how](single), how };
});
const verdicts = ask(tool, sent.map(({ secret, headers, body, now }) => ({
  op: "verify", scheme: "svix_v1", secret, headers, body_b64: body.toString("base64"), now,
})));
sent.forEach((delivery, i) => {
  const accepted = verdicts[i].verdict === "ok";
  if (accepted !== (delivery.how === "untouched")) failures.push(["sello", delivery, verdicts[i]]);
  counts[accepted ? "accepted" : "refused"]++;
  const text = delivery.body.toString();
  if (!Buffer.from(text).equals(delivery.body)) return; // not for the package
  counts["judged by svix too"]++;
  if (judged_by_svix(delivery, delivery.headers, text, delivery.now) !== accepted) failures.push(["svix", delivery, verdicts[i]]);
});

// sello signs, svix verifies.
const signed = ask(tool, deliveries.map(({ secret, id, sent_at, body }) => ({
  op: "sign", scheme: "svix_v1", secret, id, sent_at, body_b64: body.toString("base64"),
})));
deliveries.forEach((delivery, i) => {
  const { headers } = signed[i];
  const good = delivery.kind === "binary"
    ? headers[2][1] === sign(delivery)
    : judged_by_svix(delivery, headers, delivery.body.toString(), delivery.sent_at);
  if (!good) failures.push(["sello's signature", delivery, headers]);
  counts.signed++;
});

console.log(Object.entries(counts).map(([what, number]) => `${number} ${what}`).join(", "));
for (const [who, delivery, answer] of failures.slice(0, 5)) {
  console.log(`${who} differs:`, { ...delivery, key: undefined, body: delivery.body.toString("base64") }, answer);
}
console.log(failures.length ? `${failures.length} differences` : "no difference");
process.exit(failures.length || counts.accepted + counts.refused + counts.signed < 2 * Number(count) ? 1 : 0);
