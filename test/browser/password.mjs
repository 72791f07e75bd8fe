// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a new password, with the same resident logged in elsewhere meanwhile.

import assert from "node:assert/strict";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, fill, leave, logIn, openForm, press } from "./visitor.mjs";

const CARD = "86000004";
const OLD = "Tamagawa04";
const NEW = "Ikuta2468";

async function change(page, current) {
  await fill(page, { "current-password": current, "new-password": NEW, "new-password-again": NEW });
  await press(page, "次へ進む");
}

async function proveWrongly(visitor) {
  const { page } = visitor;
  await logIn(visitor, CARD);
  await change(page, OLD.toLowerCase());
  await test("a wrong present password is refused, and no password comes back", async () => {
    assert.equal(visitor.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#current-password");
    assert.ok(!(await visitor.source).includes(NEW));
  });
}

async function wait(visitor) {
  const { page } = visitor;
  await change(page, OLD);
  await look(visitor, "14-confirm-password");
  await test("confirming never shows the password, only that there is one", async () => {
    assert.ok(!(await visitor.source).includes(NEW));
    const row = await page.locator(".row", { hasText: "新しいパスワード" }).innerText();
    assert.match(row, /変更あり/);
    assert.doesNotMatch(row, /未入力/);
  });
  await press(page, "戻る");
  await look(visitor, "15-password-pending");
  await test("back on the form, the new password still waits, unseen", async () => {
    assert.match(await page.locator(".banner").textContent(), /新しいパスワードを受け付けています/);
    assert.equal(await page.inputValue("#new-password"), "");
  });
}

async function commit(visitor, elsewhere) {
  await press(visitor.page, "次へ進む");
  await press(visitor.page, "登録");
  await test("a new password ends the sessions on other devices, not this one", async () => {
    await openForm(visitor);
    await elsewhere.page.goto(`${elsewhere.origin}/card/edit`);
    assert.equal(new URL(elsewhere.page.url()).pathname, "/login");
  });
  await test("the old password is over, the new one counts", async () => {
    await logIn(elsewhere, CARD, OLD);
    assert.equal(elsewhere.status, 422);
    await logIn(elsewhere, CARD, NEW);
    assert.equal(new URL(elsewhere.page.url()).pathname, "/card/edit");
  });
}

export async function password(browser, origin) {
  const visitor = await arrive(browser, origin);
  const elsewhere = await arrive(browser, origin);
  await logIn(elsewhere, CARD);
  await proveWrongly(visitor);
  await wait(visitor);
  await commit(visitor, elsewhere);
  await leave(elsewhere, "password, elsewhere");
  await leave(visitor, "password");
}
