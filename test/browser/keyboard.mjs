// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident without a mouse, from the first page to logging out. Every page of the way is looked at.

import assert from "node:assert/strict";
import { enter, look, print, tabTo, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, leave, receipt, typed } from "./visitor.mjs";

const CARD = "８６０００ー０３６"; // as an input method leaves it
const PASSWORD = "Tamagawa36";

// WCAG 1.3.5 and the keyboards of telephones.
const EXPECTED = {
  kana: { inputmode: null, autocomplete: null },
  phone: { inputmode: "tel", autocomplete: "tel" },
  "daytime-phone": { inputmode: "tel" },
  fax: { inputmode: "tel" },
  email: { inputmode: "email", autocomplete: "email" },
  "email-again": { inputmode: "email" },
  "own-post-code": { inputmode: "numeric", autocomplete: "postal-code" },
  "current-password": { type: "password", autocomplete: "current-password" },
  "new-password": { type: "password", autocomplete: "new-password" },
  "new-password-again": { type: "password", autocomplete: "new-password" },
};

async function attributes(page) {
  const found = {};
  for (const [id, expected] of Object.entries(EXPECTED)) {
    found[id] = {};
    for (const name of Object.keys(expected)) found[id][name] = await page.locator(`#${id}`).getAttribute(name);
  }
  return found;
}

function currentStep(page) {
  return page.locator(".steps [aria-current=step]").allTextContents();
}

async function findTheWay(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/`);
  await look(visitor, "01-top");
  await page.reload();
  await walk(page, "01-top");
  await page.reload();
  await test("Tab first meets the link to the content, and it leads there", async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "page-content");
  });
  await enter(page, page.getByRole("link", { name: "利用者登録について" }));
  await look(visitor, "02-registration");
  await enter(page, page.getByRole("link", { name: "市民カード 利用者情報参照・修正" }));
}

async function logInByKeyboard(visitor) {
  const { page } = visitor;
  await look(visitor, "03-login");
  await walk(page, "03-login");
  await page.reload();
  await test("the log-in's fields are what password managers look for", async () => {
    assert.equal(await page.getAttribute("#number", "autocomplete"), "username");
    assert.equal(await page.getAttribute("#number", "inputmode"), "numeric");
    assert.equal(await page.getAttribute("#password", "autocomplete"), "current-password");
    assert.equal(await page.getAttribute("#password", "type"), "password");
  });
  await write(page, "number", CARD);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

async function readForm(visitor) {
  const { page } = visitor;
  await look(visitor, "04-form");
  await walk(page, "04-form");
  await test("the form says who is logged in, and which step this is", async () => {
    assert.match(await page.locator(".visitor p").textContent(), /^青木　進さんがログイン中です/);
    assert.deepEqual(await currentStep(page), ["情報入力"]);
  });
  await test("fields say what they want to browsers and telephones", async () =>
    assert.deepEqual(await attributes(page), EXPECTED));
  await test("no placeholders, no disabled fields, pasting is not stopped", async () => {
    assert.equal(await page.locator("[placeholder], [disabled], [readonly], [onpaste], [maxlength]").count(), 0);
    await page.locator("#kana").focus();
    const goesOn = await page.evaluate(() =>
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true })));
    assert.equal(goesOn, true);
  });
}

async function fillIn(visitor) {
  const { page } = visitor;
  await page.reload();
  await write(page, "kana", "ｱｵｷ　ｽｽﾑ");
  await write(page, "phone", "０４４ー０００ー９０３６");
  await tabTo(page, page.locator("#result-mail"));
  await page.keyboard.press("Space");
  await tabTo(page, page.locator("[name='services.inkan']"));
  await page.keyboard.press("Space");
  await enter(page, button(page, "次へ進む"));
}

async function checkAndGoBack(visitor) {
  const { page } = visitor;
  await look(visitor, "05-confirm");
  await walk(page, "05-confirm");
  await print(page, "05-confirm");
  await test("confirming shows what was typed in its normal form, and what it changes", async () => {
    assert.deepEqual(await currentStep(page), ["内容確認"]);
    const rows = await page.locator(".row:has(.changed)").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split(/\s+/).slice(0, 2).join(" ")).slice(0, 2),
      ["連絡先電話番号 044-000-9036", "審査結果通知(Eメール) 希望する"]);
    assert.equal(rows.length, 3);
    assert.match(await page.locator(".row", { hasText: "氏名カナ" }).innerText(), /アオキススム/);
    assert.match(await page.locator(".row", { hasText: "日中連絡先電話番号" }).innerText(), /未入力/);
  });
  await page.reload();
  await enter(page, page.getByRole("link", { name: /利用者情報登録を\s*変更/ }));
  await test("[変更] leads to its part of the form, with what was typed", async () => {
    assert.equal(new URL(page.url()).hash, "#section-contact");
    assert.deepEqual(await typed(page, ["kana", "phone"]), { kana: "アオキススム", phone: "044-000-9036" });
  });
  await test("Enter in a field presses [次へ進む]", async () => {
    await tabTo(page, page.locator("#own-post-code"));
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    assert.deepEqual(await currentStep(page), ["内容確認"]);
  });
}

async function finish(visitor) {
  const { page } = visitor;
  await enter(page, button(page, "戻る"));
  await test("[戻る] keeps what was typed", async () => {
    assert.deepEqual(await currentStep(page), ["情報入力"]);
    assert.equal(await page.inputValue("#phone"), "044-000-9036");
    assert.equal(await page.isChecked("#result-mail"), true);
    assert.equal(await page.isChecked("[name='services.inkan']"), false);
  });
  await enter(page, button(page, "次へ進む"));
  await enter(page, button(page, "登録"));
  await look(visitor, "06-complete");
  await walk(page, "06-complete");
  await print(page, "06-complete");
  await test("completion has a receipt and a time in Japan", async () => {
    assert.deepEqual(await currentStep(page), ["入力完了"]);
    assert.match(await receipt(page), /^\d{8}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const today = new Intl.DateTimeFormat("en-US", { timeZone: "Asia/Tokyo", year: "numeric", month: "numeric", day: "numeric" })
      .format(new Date()).replace(/(\d+)\/(\d+)\/(\d+)/, "$3年$1月$2日");
    assert.ok((await page.locator("dd").nth(1).textContent()).startsWith(today), "issued_at");
  });
}

async function goHome(visitor) {
  const { page } = visitor;
  await page.reload();
  await enter(page, page.getByRole("link", { name: "トップに戻る" }));
  await look(visitor, "07-top-logged-in");
  await page.reload();
  await enter(page, button(page, "ログアウト"));
  await look(visitor, "08-logged-out");
  await test("after logging out, going back shows nothing of theirs", async () => {
    await page.goto(`${visitor.origin}/card/edit`);
    assert.equal(new URL(page.url()).pathname, "/login");
    await page.goBack();
    await page.goBack();
    assert.doesNotMatch(await page.content(), /青木/);
  });
  await page.goto(`${visitor.origin}/no-such-page`);
  await look(visitor, "09-not-found");
}

export async function keyboard(browser, origin) {
  const visitor = await arrive(browser, origin);
  await findTheWay(visitor);
  await logInByKeyboard(visitor);
  await readForm(visitor);
  await fillIn(visitor);
  await checkAndGoBack(visitor);
  await finish(visitor);
  await goHome(visitor);
  await leave(visitor, "keyboard");
}
