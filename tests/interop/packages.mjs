// SPDX-License-Identifier: MIT
// The pinned npm packages, installed into the build directory the first time that a test asks for them.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const skipped = 77; // what ctest takes for "skipped"

/// Ends the process: skipped, or failed where SELLO_REQUIRE_INTEROP is set.
export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(process.env.SELLO_REQUIRE_INTEROP ? 1 : skipped);
}

/// A `require` that finds the packages below `directory`.
export function packages(directory) {
  const here = dirname(fileURLToPath(import.meta.url));
  const lock = "package-lock.json";
  const stamp = join(directory, "node_modules", ".package-lock.json");
  mkdirSync(directory, { recursive: true });
  const same = existsSync(join(directory, lock)) && readFileSync(join(directory, lock)).equals(readFileSync(join(here, lock)));
  if (!same || !existsSync(stamp)) {
    for (const file of ["package.json", lock]) copyFileSync(join(here, file), join(directory, file));
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"];
    const npm = spawnSync("npm", ["ci", ...options], { cwd: directory, encoding: "utf8", timeout: 120_000 });
    if (npm.error || npm.status !== 0 || !existsSync(stamp)) {
      const reason = npm.error?.message ?? npm.stderr?.split("\n").find((line) => line.includes("error")) ?? "no reason given";
      skip(`npm could not install the packages of tests/interop/package.json (no network?): ${reason}`);
    }
  }
  return createRequire(join(directory, "package.json"));
}
