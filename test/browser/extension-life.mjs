// SPDX-License-Identifier: Apache-2.0
//
// Chapter: an account by certificate from its registration to its deletion, from home with the extension: a person's with
// the card, a company's with its file. After each signature the database is looked at.

import assert from "node:assert/strict";
import { setTurns } from "./browser-extension.mjs";
import {
  agree, atHome, COMPANY, fillIn, HANG, logInByCertificate, openLogin, PERSON, pressAndSign, query, readiness, verifyEvidence,
} from "./extension-home.mjs";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { button, fill, press, receipt } from "./visitor.mjs";

function title(page) {
  return page.locator("h1").innerText();
}

function path(page) {
  return new URL(page.url()).pathname;
}

// What is stored of the account for which this was signed.
async function stored(number) {
  const account = `(SELECT account FROM evidence WHERE receipt = '${number}')`;
  const fields = await query(`SELECT name || '=' || value FROM account_field WHERE account = ${account}`);
  return Object.fromEntries(fields.split("\n").map((line) => line.split(/=(.*)/s)));
}

// Every answer that was signed stands in the row, as it was signed; gives the row.
async function expectRowAsSigned(number) {
  const manifest = await query(`SELECT manifest FROM evidence WHERE receipt = '${number}'`);
  const fields = await stored(number);
  const signed = manifest.split("\n\n")[1].split("\n").map((line) => line.split("\t"));
  for (const [name, , value] of signed) if (name in fields) assert.equal(fields[name], value, name);
  for (const name of ["kana", "phone", "town", "lot"]) assert.ok(signed.some(([signedName]) => signedName === name), name);
  await verifyEvidence();
  return fields;
}

async function getReady(desk, who) {
  const { page } = desk.visitor;
  await agree(desk, who);
  const { code, text } = await readiness(page);
  await look(desk.visitor, `70-${who.kind}-start`);
  await test(`${who.kind} at home: everything is ready; no PIN is asked for in the page`, async () => {
    assert.equal(code, "OK");
    if (who === PERSON) assert.match(text, /署名用の暗証番号は、あと5回[^]*利用者証明用の暗証番号は、あと3回/);
    assert.equal(await page.locator("input[type=password]").count(), 0);
  });
}

async function lookAtWork(desk, who) {
  const { pc, visitor } = desk;
  await setTurns(pc, HANG);
  await button(visitor.page, "はい").click();
  await visitor.page.getByText("電子署名を作成中です").waitFor();
  await look(visitor, `71-${who.kind}-work`);
  await visitor.page.getByRole("link", { name: "キャンセル" }).click();
  await readiness(visitor.page);
  await test(`${who.kind} at home: キャンセル leads back to the page before, the consent is kept`, async () =>
    assert.match(visitor.page.url(), /\/register\/start\?consent=/));
}

async function register(desk, who) {
  const { page } = desk.visitor;
  await pressAndSign(desk, "はい", who.registers);
  await test(`${who.kind} at home: the form shows who it is`, async () =>
    assert.match(await page.locator("main").innerText(), new RegExp(`電子証明書に記載された利用者情報[^]*${who.name}`)));
  await fillIn(desk, who);
  await readiness(page);
  await look(desk.visitor, `72-${who.kind}-confirm`);
  await pressAndSign(desk, "登録", who.signs);
  await look(desk.visitor, `73-${who.kind}-complete`);
  const number = await receipt(page);
  await test(`${who.kind} at home: registered; the row is what was signed`, async () => {
    assert.equal(path(page), `/${who.kind}/register/complete/${number}`);
    await expectRowAsSigned(number);
  });
  await press(page, "ログアウト");
}

async function amend(desk, who) {
  const { page } = desk.visitor;
  await openLogin(desk, who);
  await readiness(page);
  await look(desk.visitor, `74-${who.kind}-login`);
  await logInByCertificate(desk, who);
  await fill(page, { phone: "044-200-3333" });
  await press(page, "次へ進む");
  await pressAndSign(desk, "登録", who.signs);
  const number = await receipt(page);
  await test(`${who.kind} at home: changed; the row is what was signed`, async () => {
    assert.match(await title(page), /修正完了/);
    assert.equal((await expectRowAsSigned(number)).phone, "044-200-3333");
  });
}

async function resign(desk, who) {
  const { page } = desk.visitor;
  await page.goto(`${desk.visitor.origin}/${who.kind}/edit`);
  await press(page, "削除");
  await readiness(page);
  await look(desk.visitor, `75-${who.kind}-delete`);
  await pressAndSign(desk, "削除", who.signs);
  const number = await receipt(page);
  await look(desk.visitor, `76-${who.kind}-deleted`);
  await test(`${who.kind} at home: deleted, the evidence stays, and nobody is logged in`, async () => {
    assert.equal(path(page), `/${who.kind}/deleted/${number}`);
    assert.deepEqual(await stored(number), { "": undefined });
    await verifyEvidence();
    assert.equal(await page.getByRole("button", { name: "ログアウト" }).count(), 0);
  });
  await agree(desk, who);
  await pressAndSign(desk, "はい", who.registers);
  await test(`${who.kind} at home: registering at once is refused, and from when it is possible is said`, async () => {
    assert.match(await page.locator("#error-summary").innerText(), /\d+月\d+日/);
    assert.equal(path(page), `/${who.kind}/register/start`);
  });
  await look(desk.visitor, `77-${who.kind}-locked-out`);
}

export async function life(browser, origin) {
  await atHome(origin, {}, async (desk) => {
    for (const who of [PERSON, COMPANY]) {
      await getReady(desk, who);
      await lookAtWork(desk, who);
      await register(desk, who);
      await amend(desk, who);
      await resign(desk, who);
    }
  });
}
