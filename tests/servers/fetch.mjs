// SPDX-License-Identifier: MIT
// Sends what stands in a file of JSON with fetch, and prints each status: node fetch.mjs <file>
import { readFileSync } from "node:fs";

const { url, headers, body, times } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (let i = 0; i < times; ++i) {
  try {
    const answer = await fetch(url, { method: "POST", headers, body });
    const text = await answer.text();
    console.log(text === "ok\n" || text === "refused\n" ? answer.status : `${answer.status} of another`);
  } catch (error) {
    console.log(`none: ${error.cause?.code ?? error}`);
  }
}
