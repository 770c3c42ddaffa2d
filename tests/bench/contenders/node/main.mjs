// SPDX-License-Identifier: MIT
// The npm packages `svix` and `standardwebhooks`, whose verify parses the body too, and node:crypto for senders with a hex
// MAC. CPU time of the whole process, so that the collector counts.
//   node main.mjs <package> <directory of the packages> <directory of the bodies>
import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { packages } from "../../../interop/packages.mjs";

const [name, directory, bodies] = process.argv.slice(2);
const { Webhook } = packages(directory)(name);
const samples = new Map();
const repeats = new Map();

function read(file) {
  const path = join(bodies, file);
  if (!existsSync(`${path}.body`)) return null;
  const lines = readFileSync(`${path}.headers`, "utf8").trimEnd().split("\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(": ")).map(([key, value]) => [key.toLowerCase(), value]));
  for (const part of ["id", "timestamp", "signature"]) headers[`webhook-${part}`] ??= headers[`svix-${part}`];
  const secret = readFileSync(`${path}.secret`, "utf8");
  return { body: readFileSync(`${path}.body`, "utf8"), secret, headers };
}

function receive({ body, secret, headers }) {
  if (headers["svix-id"]) {
    new Webhook(secret).verify(body, headers);
    return;
  }
  const mac = createHmac("sha256", secret).update(body).digest();
  if (!timingSafeEqual(mac, Buffer.from(headers["x-webhook-signature"], "hex"))) throw new Error("not verified");
  JSON.parse(body);
}

function measured(times, work) {
  const begun = process.cpuUsage();
  for (let i = 0; i < times; ++i) work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) * 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [operation, file] = line.split(" ");
  if (!samples.has(file)) samples.set(file, read(file));
  const sample = samples.get(file);
  if (operation !== "receive" || !sample) {
    console.log("-");
    continue;
  }
  const work = () => receive(sample);
  if (!repeats.has(line)) {
    let times = 64; // the first ones are not compiled yet
    while (measured(times, work) < 2e7) times *= 2;
    repeats.set(line, times);
  }
  console.log((measured(repeats.get(line), work) / repeats.get(line)).toFixed(1));
}
