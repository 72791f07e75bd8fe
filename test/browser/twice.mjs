// SPDX-License-Identifier: Apache-2.0
//
// Chapter: an impatient resident: double clicks, reloads, the back button, two tabs. Nothing is written twice, nothing
// typed is lost.

import assert from "node:assert/strict";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { accountVersion, arrive, button, fill, leave, logIn, openForm, press, receipt } from "./visitor.mjs";

const CARD = "86000003";

async function clickTwice(visitor) {
  const { page } = visitor;
  await openForm(visitor);
  const before = await accountVersion(page);
  const posts = visitor.posts;
  await page.fill("#phone", "044-000-9003");
  await Promise.all([page.waitForURL("**/confirm"), button(page, "次へ進む").dblclick()]);
  await Promise.all([page.waitForURL("**/complete/*"), button(page, "登録").dblclick()]);
  const first = await receipt(page);
  await test("double clicks send once and write once", async () => {
    assert.equal(visitor.posts, posts + 2);
    await page.reload();
    assert.equal(await receipt(page), first);
    await openForm(visitor);
    assert.equal(await accountVersion(page), before + 1);
  });
}

async function goBackAndPressAgain(visitor) {
  const { page } = visitor;
  await page.fill("#phone", "044-000-9013");
  await press(page, "次へ進む");
  const before = Number((await page.inputValue("main input[name=draft]")).split(".")[1]);
  const form = await page.locator("main form").evaluate((one) => Object.fromEntries(new FormData(one)));
  await press(page, "登録");
  const first = await receipt(page);
  await test("the same confirmation sent again, twice at once, meets its own receipt", async () => {
    const send = () => visitor.context.request.post(`${visitor.origin}/card/edit/confirm`,
      { form: { ...form, action: "commit" }, maxRedirects: 0 });
    for (const answer of await Promise.all([send(), send()])) {
      assert.equal(answer.status(), 303);
      assert.ok(answer.headers().location.endsWith(`/complete/${first}`), answer.headers().location);
    }
  });
  await test("after the end, going back asks for the steps anew", async () => {
    await page.goBack();
    assert.equal(await button(page, "登録").count(), 0);
    await openForm(visitor);
    assert.equal(await accountVersion(page), before + 1);
    assert.equal(await page.inputValue("#phone"), "044-000-9013");
  });
}

async function goBackFromConfirm(visitor) {
  const { page } = visitor;
  await openForm(visitor);
  await page.fill("#fax", "044-000-7003");
  await press(page, "次へ進む");
  await page.goBack();
  await test("the browser's own back button keeps what was typed, too", async () =>
    assert.equal(await page.inputValue("#fax"), "044-000-7003"));
  await page.reload();
  await test("so does a reload", async () => assert.equal(await page.inputValue("#fax"), "044-000-7003"));
  await press(page, "リセット");
}

async function useTwoTabs(visitor) {
  const first = visitor.page;
  const second = await visitor.context.newPage();
  await openForm(visitor, first);
  await openForm(visitor, second);
  await fill(first, { phone: "044-000-9023" });
  await press(first, "次へ進む");
  await press(first, "登録");
  const version = await accountVersionOf(visitor, first);
  await fill(second, { fax: "044-000-8003" });
  await press(second, "次へ進む");
  await look(visitor, "16-changed-in-another-tab", second);
  await test("the other tab is told, with what was typed there", async () => {
    assert.equal(visitor.status, 409);
    assert.match(await second.locator(".banner").textContent(), /別の操作で変更されました|別の画面/);
    assert.equal(await second.inputValue("#fax"), "044-000-8003");
  });
  await test("telling wrote nothing; sending once more is accepted", async () => {
    assert.equal(await accountVersionOf(visitor, first), version);
    await press(second, "次へ進む");
    assert.equal(new URL(second.url()).pathname, "/card/edit/confirm");
  });
  await second.close();
}

async function accountVersionOf(visitor, page) {
  await openForm(visitor, page);
  return accountVersion(page);
}

async function confirmInTwoTabs(visitor) {
  const first = visitor.page;
  const second = await visitor.context.newPage();
  await first.goto(`${visitor.origin}/card/edit/confirm`);
  await openForm(visitor, second);
  await fill(second, { fax: "044-000-8013" });
  await press(second, "次へ進む");
  await press(first, "登録");
  await look(visitor, "17-confirm-other-tab", first);
  await test("a confirmation that another tab has overtaken shows what would be registered now", async () => {
    assert.equal(visitor.status, 409);
    assert.match(await first.locator(".banner").textContent(), /別の画面/);
    assert.match(await first.locator(".row", { hasText: "FAX番号" }).innerText(), /044-000-8013/);
  });
  await second.close();
}

async function skipAStep(visitor) {
  const { page } = visitor;
  await openForm(visitor);
  await press(page, "リセット");
  await page.goto(`${visitor.origin}/card/edit/confirm`);
  await look(visitor, "18-out-of-order");
  await test("confirming before anything was typed is refused, with a way on", async () => {
    assert.equal(visitor.status, 400);
    assert.match(await page.title(), /^エラー：/);
    await page.locator("main .button-primary").click();
    await page.waitForURL("**/card/edit");
  });
}

export async function twice(browser, origin) {
  const visitor = await arrive(browser, origin);
  await logIn(visitor, CARD);
  await clickTwice(visitor);
  await goBackAndPressAgain(visitor);
  await goBackFromConfirm(visitor);
  await useTwoTabs(visitor);
  await confirmInTwoTabs(visitor);
  await skipAStep(visitor);
  await leave(visitor, "twice");
}
