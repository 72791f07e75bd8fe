// SPDX-License-Identifier: Apache-2.0
//
// The steps that chapters with accounts by certificate share, at the kiosk: with the card, and with the company's file
// COMPANY, which belongs to the helper. Not for judging: each chapter says what it expects.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { press } from "./visitor.mjs";

const run = promisify(execFile);

export const PIN = "1234"; // those of every test card,
export const SIGNING = "ABC123";
export const PASSWORD = "kawasaki-p12"; // and of every file

/** Gives the helper another company's file: a name in CARDS. */
export async function changeFile(name) {
  await writeFile(process.env.COMPANY, await readFile(`${process.env.CARDS}/${name}.p12`));
}

/** Asks or changes the kiosk's database, as the city's other programs would. */
export async function sql(statement) {
  const { stdout } = await run("sqlite3", [process.env.DATABASE, `.timeout 5000`, `PRAGMA foreign_keys=ON; ${statement}`]);
  return stdout.trim();
}

/** An application of this account, under examination. */
export function apply(number, kind, title) {
  const now = `${Date.now()}000`;
  return sql(`INSERT INTO application (city, number, account, procedure, title, received_at, state, changed_at)
    SELECT 'kawasaki', '${number}', id, 'dog-registration', '${title}', ${now}, 2, ${now}
      FROM account WHERE city = 'kawasaki' AND kind = '${kind}' AND state <> 2`);
}

export function summary(page) {
  return page.locator("#error-summary").innerText();
}

export function banners(page) {
  return page.locator(".banner").allInnerTexts().then((texts) => texts.join("\n"));
}

export function path(page) {
  return new URL(page.url()).pathname;
}

export function heading(page) {
  return page.locator("h1").innerText();
}

/** Through terms and what must be ready, to the form, with the mouse. */
export async function begin(visitor, kind, pins) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/${kind}/register/terms`);
  await press(page, "同意する");
  await prove(page, pins);
}

/** Types these PINs (id to PIN) and presses [はい]. */
export async function prove(page, pins) {
  for (const [id, pin] of Object.entries(pins)) await page.fill(`#${id}`, pin);
  await press(page, "はい");
}

export async function logInBy(visitor, kind, pin) {
  await visitor.page.goto(`${visitor.origin}/login/${kind}?purpose=${kind}-edit`);
  await prove(visitor.page, { pin });
}

/** Signs what is shown with [登録] or [削除]. */
export async function sign(page, pin, name = "登録") {
  await page.fill("#signing-pin", pin);
  await press(page, name);
}

/** No mails are wished for: what must be chosen, and nothing else. */
export async function wishNothing(page) {
  for (const id of ["result-mail", "arrival-mail", "magazine"]) await page.selectOption(`#${id}`, "no");
}
