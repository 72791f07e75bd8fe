// SPDX-License-Identifier: Apache-2.0
//
// The kiosk's reader and the emulated cards (docs/test-card.md), in the directory CARDS, which test/browser/run made.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READER = `${process.env.CARDS}/reader`;
const PATIENCE = 10_000; // ms
const POLL = 500; // ms: pcscd looks into its reader every 0.4 s

async function until(condition, what) {
  for (const end = Date.now() + PATIENCE; !(await condition()); await sleep(20)) assert.ok(Date.now() < end, what);
}

/** Starts the PC/SC service: "--no-reader", or "--out" with a reader and the card beside it. It never outlives us. */
export async function startService(how) {
  const sign = `${READER}/${how === "--out" ? "control" : "run/pcscd.comm"}`;
  rmSync(sign, { force: true }); // the last one's
  const service = spawn("setpriv", ["--pdeathsig", "TERM", "test/card/reader", READER, how], { stdio: "ignore" });
  await until(() => existsSync(sign), `no ${sign}`);
  return service;
}

export async function stopService(service) {
  service.kill();
  await once(service, "exit");
}

/** Asks something of the card, such as "remove-at after SIGN", and gives the answer's value. */
export async function control(line) {
  const socket = connect(`${READER}/control`).setEncoding("utf8");
  socket.write(`${line}\n`);
  let answer = "";
  for await (const part of socket) answer += part;
  assert.match(answer, /^ok/, line);
  return answer.slice(3).trim();
}

/** Comes back when pcscd believes in the card. */
export async function insert() {
  const before = Number(await control("count POWER"));
  await control("insert");
  await until(async () => Number(await control("count POWER")) > before, "the card has no power");
}

/** Comes back when pcscd has seen that it is gone. */
export async function remove() {
  await control("remove");
  await sleep(POLL);
}

/** Puts another card into the reader: a directory of CARDS. */
export async function change(name) {
  await control(`load ${process.env.CARDS}/${name}`);
  await sleep(POLL);
  await insert();
}
