// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident who types wrong things, keeps half a form for later, and starts again.

import assert from "node:assert/strict";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, fill, leave, logIn, openForm, press, topOfLabel, typed } from "./visitor.mjs";

const WRONG = { kana: "", phone: "12", email: "hanako＠example", "email-again": "hanako@example.jp", "own-post-code": "21" };
const WRONG_PASSWORDS = { "new-password": "abc", "new-password-again": "abd" };
const FIELDS_IN_ERROR = ["kana", "phone", "email", "email-again", "own-post-code", "current-password", "new-password", "new-password-again"];

function activeId(page) {
  return page.evaluate(() => document.activeElement.id);
}

async function judgeSummary(visitor, name) {
  const { page } = visitor;
  await test(`${name}: 422, the title begins with エラー：, the summary has the focus`, async () => {
    assert.equal(visitor.status, 422);
    assert.match(await page.title(), /^エラー：/);
    assert.equal(await activeId(page), "error-summary");
  });
  await test(`${name}: each line leads to its field, which says the same`, async () => {
    const links = await page.locator("#error-summary li a").all();
    assert.match(await page.locator("#error-summary-title").textContent(), new RegExp(`が${links.length}か所`));
    for (const link of links) {
      const id = (await link.getAttribute("href")).slice(1);
      await link.click();
      assert.equal(await activeId(page), id);
      const field = page.locator(`[id='${id}']`);
      assert.equal(await field.getAttribute("aria-invalid"), "true");
      assert.ok((await field.getAttribute("aria-describedby")).split(" ").includes(`${id}-error`), id);
      assert.equal(await page.locator(`[id='${id}-error']`).textContent(), `エラー：${await link.textContent()}`);
      assert.ok(await topOfLabel(field) >= 0, `${id}: its label is seen`);
    }
  });
}

async function failToLogIn(visitor) {
  const { page } = visitor;
  await logIn(visitor, "86000002", "tamagawa02");
  await look(visitor, "10-login-refused");
  await judgeSummary(visitor, "log-in refused");
  await test("log-in refused: the number stays, the password does not", async () =>
    assert.deepEqual(await typed(page, ["number", "password"]), { number: "86000002", password: "" }));
  await page.fill("#number", "");
  await press(page, "市民カードログイン");
  await judgeSummary(visitor, "nothing typed");
}

async function typeWrongThings(visitor) {
  const { page } = visitor;
  await page.uncheck("[name='services.inkan']");
  await fill(page, { ...WRONG, ...WRONG_PASSWORDS });
  await press(page, "次へ進む");
  await look(visitor, "11-form-errors");
  await judgeSummary(visitor, "form refused");
  await test("form refused: every wrong field is in the summary, in the form's order", async () => {
    const links = await page.locator("#error-summary li a").evaluateAll((all) => all.map((one) => one.hash.slice(1)));
    assert.deepEqual(links, FIELDS_IN_ERROR.filter((id) => links.includes(id)));
    for (const id of ["kana", "phone", "email", "own-post-code", "new-password"]) assert.ok(links.includes(id), id);
  });
  await test("form refused: what was typed stays as it was typed, except passwords", async () => {
    assert.deepEqual(await typed(page, Object.keys(WRONG)), WRONG);
    assert.deepEqual(await typed(page, Object.keys(WRONG_PASSWORDS)), { "new-password": "", "new-password-again": "" });
    assert.equal(await page.isChecked("[name='services.inkan']"), false);
  });
}

async function needAnAddress(visitor) {
  const { page } = visitor;
  await openForm(visitor);
  await page.check("#magazine");
  await fill(page, { email: "", "email-again": "" });
  await press(page, "次へ進む");
  await test("a mail wished for, and no address: said at the address", async () => {
    assert.equal(visitor.status, 422);
    assert.deepEqual(await page.locator("#error-summary li").allTextContents(),
      ["メールでのお知らせを希望するときは、連絡先メールアドレスを入力してください。"]);
  });
}

async function keepForLater(visitor) {
  const { page } = visitor;
  await fill(page, { kana: "タカハシ", phone: "まだ決めていません" });
  await press(page, "入力した内容を一時保存する");
  await look(visitor, "12-saved");
  await test("saved: said so, and shown as it was typed, not judged", async () => {
    assert.match(await page.locator(".banner:not(.banner-bad)").textContent(), /一時保存しました/);
    assert.deepEqual(await typed(page, ["kana", "phone"]), { kana: "タカハシ", phone: "まだ決めていません" });
  });
  await press(page, "ログアウト");
  await logIn(visitor, "86000002");
  await test("saved: there again after a new log-in, and nothing is registered", async () => {
    assert.deepEqual(await typed(page, ["kana", "phone"]), { kana: "タカハシ", phone: "まだ決めていません" });
    assert.equal(await page.isChecked("#magazine"), true);
  });
}

async function startAgain(visitor) {
  const { page } = visitor;
  await press(page, "リセット");
  await test("[リセット] shows what is registered", async () => {
    assert.deepEqual(await typed(page, ["kana", "phone", "email", "email-again"]), {
      kana: "タカハシハナコ", phone: "044-000-0002", email: "hanako@example.jp", "email-again": "hanako@example.jp",
    });
    assert.equal(await page.isChecked("#magazine"), false);
    assert.equal(await page.isChecked("[name='services.inkan']"), true);
  });
  await press(page, "次へ進む");
  await look(visitor, "13-nothing-changed");
  await test("nothing changed: said so on the way to confirm", async () => {
    assert.match(await page.locator(".banner").textContent(), /変更された項目はありません/);
    assert.equal(await page.locator(".changed").count(), 0);
    assert.equal(await page.getByRole("button", { name: "登録", exact: true }).count(), 0);
  });
}

export async function mistakes(browser, origin) {
  const visitor = await arrive(browser, origin);
  await failToLogIn(visitor);
  await logIn(visitor, "86000002");
  await typeWrongThings(visitor);
  await needAnAddress(visitor);
  await keepForLater(visitor);
  await startAgain(visitor);
  await leave(visitor, "mistakes");
}
