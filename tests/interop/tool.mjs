// SPDX-License-Identifier: MIT
// Asks sello_tool many questions at once.
import { spawnSync } from "node:child_process";

export function ask(tool, questions) {
  const input = questions.map((question) => JSON.stringify(question)).join("\n") + "\n";
  const run = spawnSync(tool, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (run.error || run.status !== 0) throw run.error ?? new Error(`sello_tool ended with ${run.status}: ${run.stderr}`);
  const answers = run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  if (answers.length !== questions.length) throw new Error(`${questions.length} questions, ${answers.length} answers`);
  for (const answer of answers) if (answer.failed) throw new Error(`sello_tool: ${answer.failed}`);
  return answers;
}
