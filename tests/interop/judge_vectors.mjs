// SPDX-License-Identifier: MIT
// How the official packages `svix` and `standardwebhooks` judge the cases of tests/vectors/verification.json, as a
// Markdown table of the differences. Fails where a difference has no explanation.
// node judge_vectors.mjs [directory of the packages]
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { packages } from "./packages.mjs";

const require = packages(process.argv[2] ?? join(tmpdir(), "sello-interop"));
const judges = { svix: require("svix").Webhook, standardwebhooks: require("standardwebhooks").Webhook };
const version = (name) => JSON.parse(readFileSync(require.resolve(name).replace(/\/dist\/.*/, "/package.json"))).version;

/// Why sello differs: by the rule and what sello says, unless the case has a reason of its own.
const reasons = {
  "1 refused": "The packages take each header from whichever family has it; sello wants one whole family, so that no header of an attacker's own joins a signed one.",
  "1 accepted": "An incomplete or empty `svix-*` family hides a complete `webhook-*` one from the package, header by header.",
  "2 refused": "The packages read the number with parseInt and sign that; sello takes at most eleven plain digits, as the specification writes seconds.",
  "4 refused": "The packages look at any number of signatures; sello at 16, so that the work that a stranger can cause is bounded.",
  "4 accepted": "The packages split the list at spaces and a token at its comma; proxies and frameworks also write tabs, commas and lines between, and the MAC is right.",
  "5 accepted": "The packages split the list at spaces and a token at its comma; proxies and frameworks also write tabs, commas and lines between, and the MAC is right.",
  "6 accepted": "The packages split the list at spaces and a token at its comma; proxies and frameworks also write tabs, commas and lines between, and the MAC is right.",
  "7 refused": "The specification forbids a dot in the id: with one, the boundary between id, time and body can be shifted under the same signature.",
  "8 accepted": "The packages' base64 takes neither white space around a secret nor a missing padding; both are what people paste.",
  "8 refused": "The packages take a key of any size and stop in silence where a secret has stray characters; sello refuses it when it is configured.",
  "9 accepted": "The packages turn the body into text before they sign it, so that bytes that are no UTF-8 are replaced and never match.",
  "12 refused": "Node joins repeated headers with a comma, and parseInt reads the first of them; to sello two different times are none.",
  "12 accepted": "Node joins repeated headers with a comma, and the packages take the joined text, and blanks around it, for the value; to sello equal values are one.",
  "svix-066": "A secret of no bytes is a key that everyone knows; the newer package refuses it as well.",
  "svix-694": "The packages take one secret each, and the good one of the three accepted it; sello refuses the whole configuration.",
  "svix-481": "The packages take one secret each, and the good one of the two accepted it; sello refuses the whole configuration.",
  "svix-482": "The packages take one secret each, and the good one of the two accepted it; sello refuses the whole configuration.",
};

/// A body that was refused only because it is no JSON was accepted as far as the signature goes.
function accepts(Webhook, secrets, headers, body) {
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch (thrown) {
      return thrown instanceof SyntaxError;
    }
  });
}

/// Header lines as Node's http module hands them over.
function joined(lines) {
  const headers = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

function body_of(form) {
  if ("text" in form) return Buffer.from(form.text);
  if ("base64" in form) return Buffer.from(form.base64, "base64");
  return Buffer.alloc(form.repeat.count, form.repeat.byte);
}

const { cases } = JSON.parse(readFileSync(new URL("../vectors/verification.json", import.meta.url)));
const escaped = (text) => text.replaceAll("|", "\\|").replaceAll(/[\u0000-\u001f]/g, " ");
const rows = [];
const totals = {};
let unexplained = 0;
for (const name of Object.keys(judges)) totals[name] = { same: 0, different: 0, "not applicable": 0 };

for (const test of cases) {
  if (test.scheme !== "svix_v1") continue;
  const ours = test.expect === "ok";
  const headers = joined(test.headers);
  const differing = [];
  const both = Object.keys(headers).some((key) => key.startsWith("svix-")) && Object.keys(headers).some((key) => key.startsWith("webhook-"));
  Date.now = () => test.now * 1000;
  for (const [name, Webhook] of Object.entries(judges)) {
    // The packages have no tolerance to set, and `standardwebhooks` knows one family: the other is given under its names.
    if (test.options || (name === "standardwebhooks" && both)) {
      totals[name]["not applicable"]++;
      continue;
    }
    const given = name === "svix" ? headers : Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.replace(/^svix-/, "webhook-"), value]));
    if (accepts(Webhook, test.secrets, given, body_of(test.body)) === ours) {
      totals[name].same++;
      continue;
    }
    totals[name].different++;
    differing.push(name);
  }
  if (differing.length === 0) continue;
  const reason = reasons[test.id] ?? reasons[`${test.rule} ${ours ? "accepted" : "refused"}`];
  if (!reason) unexplained++;
  rows.push([test.id, escaped(test.description), test.expect, `${ours ? "refused" : "accepted"} by ${differing.join(" and ")}`, reason ?? "**not explained**"]);
}

console.log("# How the official packages judge the verification vectors\n");
console.log("| package | version | same verdict | different | not applicable |\n|---|---|---|---|---|");
for (const [name, total] of Object.entries(totals)) {
  console.log(`| ${name} | ${version(name)} | ${total.same} | ${total.different} | ${total["not applicable"]} |`);
}
console.log("\n| case | description | sello | packages | why |\n|---|---|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
process.exit(unexplained ? 1 : 0);
