// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident whose browser runs no scripts, from the first page to logging out, with a mistake on the way.

import assert from "node:assert/strict";
import { test } from "./tap.mjs";
import { arrive, fill, leave, press, receipt } from "./visitor.mjs";

async function follow(page, name) {
  await Promise.all([page.waitForEvent("load"), page.getByRole("link", { name }).click()]);
}

async function enter(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/`);
  await follow(page, "利用者登録について");
  await follow(page, "市民カード 利用者情報参照・修正");
  await fill(page, { number: "86000005", password: "Tamagawa05" });
  await press(page, "市民カードログイン");
  await test("without scripts: logged in, at the page that was wanted", async () =>
    assert.equal(new URL(page.url()).pathname, "/card/edit"));
  await test("without scripts: the dialogs about timing out stay closed", async () => {
    assert.equal(await page.locator("#session-warning").isVisible(), false);
    assert.equal(await page.locator("#session-ended").isVisible(), false);
  });
}

async function mistake(visitor) {
  const { page } = visitor;
  await page.fill("#phone", "1");
  await press(page, "次へ進む");
  await test("without scripts: the mistake is told, the summary has the focus", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await page.title(), /^エラー：/);
    assert.equal(await page.locator("#error-summary:focus").count(), 1);
  });
}

async function finish(visitor) {
  const { page } = visitor;
  await page.fill("#phone", "044-000-9005");
  await press(page, "次へ進む");
  await press(page, "戻る");
  await test("without scripts: [戻る] keeps what was typed", async () =>
    assert.equal(await page.inputValue("#phone"), "044-000-9005"));
  await press(page, "次へ進む");
  await press(page, "登録");
  await test("without scripts: complete", async () => assert.match(await receipt(page), /^\d{8}-/));
  await press(page, "ログアウト");
  await test("without scripts: logged out", async () => assert.equal(new URL(page.url()).pathname, "/logged-out"));
}

export async function scriptless(browser, origin) {
  const visitor = await arrive(browser, origin, { javaScriptEnabled: false });
  await enter(visitor);
  await mistake(visitor);
  await finish(visitor);
  await leave(visitor, "scriptless");
}
