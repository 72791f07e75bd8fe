// SPDX-License-Identifier: Apache-2.0
//
// Writes TAP: test() for each thing judged, plan() at the end. A test that throws has failed.

let count = 0;

function explain(error) {
  const text = error instanceof Error ? `${error.message}\n${error.stack.split("\n    at ").slice(1, 4).join("\n")}` : String(error);
  for (const line of text.split("\n").slice(0, 60)) console.log(`#   ${line}`);
}

/** Runs body and says how it went; never throws. */
export async function test(title, body) {
  let problem;
  try {
    await body();
  } catch (error) {
    problem = error;
  }
  count += 1;
  console.log(`${problem === undefined ? "ok" : "not ok"} ${count} - ${title}`);
  if (problem === undefined) return;
  process.exitCode = 1;
  explain(problem);
}

export function plan() {
  console.log(`1..${count}`);
}
