// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident at the kiosk who pulls the card out at every step, presses buttons twice, reloads, goes back and
// uses two tabs. Nothing is written twice, nothing typed is lost, and nothing is signed that nobody waits for.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { change, control, insert, remove, startService, stopService } from "./card.mjs";
import { banners, begin, logInBy, path, PIN, prove, sign, SIGNING, sql, summary, wishNothing } from "./certificate.mjs";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, fill, leave, press, receipt, typed } from "./visitor.mjs";

const PINS = { "signing-pin": SIGNING, pin: PIN };
const ADDRESS = { municipality: "川崎市多摩区", town: "登戸", lot: "1775-1" };
const SOON = 7000; // ms: the page asks every 4 seconds, and pcscd looks every 0.4
const SLOW = 500; // ms for each answer of the card

// Pulled out at these commands of the card, one after the other: the same page says so. With the card back, come() leads to
// that page once more, and goOn() goes on.
async function pullAt(visitor, step, commands, { come, goOn, proves }) {
  const { page } = visitor;
  for (const command of commands) {
    await come();
    await control(`remove-at ${command}`);
    await goOn();
    await test(`${step}: pulled out ${command}: said so, and the form is still there`, async () => {
      assert.equal(visitor.status, 422);
      assert.match(await summary(page), /途中でカードが外れました|カードが入っていません/);
      assert.equal(await page.locator("#signing-pin").count(), 1);
    });
    await insert();
  }
  await come();
  await goOn();
  await test(`${step}: back in, it goes on`, proves);
}

async function beginAgainAndAgain(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/jpki/register/terms`);
  await press(page, "同意する");
  await pullAt(visitor, "begin", ["before VERIFY", "after READ", "after SIGN 2"], {
    come: () => assert.equal(path(page), "/jpki/register/start"), // with the card back the same page does
    goOn: () => prove(page, PINS),
    proves: () => assert.equal(path(page), "/jpki/register"),
  });
}

// The page notices by itself.
async function pullBetweenPages(visitor) {
  const { page } = visitor;
  await fill(page, { kana: "タマジロウ", ...ADDRESS });
  await wishNothing(page);
  await Promise.all([page.waitForURL("**/logged-out/card", { timeout: SOON }), remove()]);
  await look(visitor, "57-card-gone");
  await test("the card is gone: within seconds the page is, too, and says why", async () =>
    assert.match(await banners(page), /カードが取り出されたため/));
  await insert();
  await page.goto(`${visitor.origin}/jpki/register`);
  await test("put back, the session is still over", async () => assert.equal(path(page), "/jpki/register/terms"));
  await begin(visitor, "jpki", PINS);
  await test("what was typed is there again", async () =>
    assert.deepEqual(await typed(page, ["kana", "lot", "magazine"]), { kana: "タマジロウ", lot: "1775-1", magazine: "no" }));
}

// Before the page has noticed.
async function pullAndPress(visitor) {
  const { page } = visitor;
  await page.fill("#phone", "044-935-3113");
  await control("remove");
  await sleep(500);
  await press(page, "次へ進む");
  await test("sent without the card: logged out, and what was sent is kept", async () => assert.equal(path(page), "/logged-out/card"));
  await insert();
  await begin(visitor, "jpki", PINS);
  await test("and is there again", async () => assert.equal(await page.inputValue("#phone"), "044-935-3113"));
  await press(page, "次へ進む");
}

// As it looks while the card works: the browser says nothing of a page that is about to be replaced.
async function lookWhileItWaits(visitor) {
  const { page } = visitor;
  await page.evaluate(() => document.querySelector("main form").addEventListener("submit", (event) => event.preventDefault()));
  await button(page, "登録").click();
  await look(visitor, "58-waiting");
  await test("while the card works the page says so, and offers to stop", async () => {
    assert.match(await page.locator(".busy").innerText(), /カードを動かさずに/);
    assert.equal(await button(page, "キャンセル").isVisible(), true);
  });
  await page.reload();
  await test("[戻る] needs no card, and says nothing of it", async () => {
    await press(page, "戻る");
    await press(page, "次へ進む");
    assert.equal(await button(page, "キャンセル").isVisible(), false);
  });
}

async function cancel(visitor) {
  const { page } = visitor;
  const before = Number(await control("count VERIFY"));
  await control(`slow ${SLOW}`);
  await page.fill("#signing-pin", SIGNING);
  await page.keyboard.press("Enter");
  while (Number(await control("count VERIFY")) === before) await sleep(50);
  for (const key of ["Tab", "Tab", "Tab"]) await page.keyboard.press(key);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter").then(() => control("slow 0"))]);
  await sleep(4 * SLOW);
  await page.goto(`${visitor.origin}/jpki/register/confirm`);
  await test("[キャンセル] while the card signs: the same page, nothing lost, nothing registered", async () => {
    assert.match(await page.locator("main").innerText(), /044-935-3113/);
    assert.equal(await sql("SELECT count(*) FROM account_field WHERE name = 'kana' AND value = 'タマジロウ'"), "0");
  });
}

// Here the session has ended with the card.
async function confirm(visitor) {
  const { page } = visitor;
  await pullAt(visitor, "confirm", ["before VERIFY", "after VERIFY", "after READ", "before SIGN"], {
    come: async () => {
      await begin(visitor, "jpki", PINS);
      await press(page, "次へ進む");
    },
    goOn: () => sign(page, SIGNING),
    proves: async () => assert.match(await receipt(page), /^\d{8}-/),
  });
}

async function clickTwice(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/jpki/edit`);
  await page.fill("#fax", "044-935-3114");
  await press(page, "次へ進む");
  const posts = visitor.posts;
  await page.fill("#signing-pin", SIGNING);
  await Promise.all([page.waitForURL("**/complete/*"), button(page, "登録").dblclick()]);
  const number = await receipt(page);
  await test("two clicks send and sign once; loaded again it is the same", async () => {
    assert.equal(visitor.posts, posts + 1);
    await page.reload();
    assert.equal(await receipt(page), number);
  });
  await page.goBack();
  await test("after the end, going back asks for the steps anew", async () => assert.equal(await button(page, "登録").count(), 0));
}

async function useTwoTabs(visitor) {
  const first = visitor.page;
  const second = await visitor.context.newPage();
  for (const page of [first, second]) await page.goto(`${visitor.origin}/jpki/edit`);
  await first.fill("#fax", "044-935-0001");
  await press(first, "次へ進む");
  await second.fill("#daytime-phone", "044-935-0002");
  await press(second, "次へ進む");
  await test("another tab was first: told, with what was typed there", async () => {
    assert.equal(visitor.status, 409);
    assert.equal(await second.inputValue("#daytime-phone"), "044-935-0002");
  });
  await press(second, "次へ進む");
  await sign(first, SIGNING);
  await test("what another tab has overtaken is not signed: what would be registered now is shown", async () => {
    assert.equal(visitor.status, 409);
    assert.match(await first.locator(".row", { hasText: "日中連絡先電話番号" }).innerText(), /044-935-0002/);
  });
  await second.close();
}

async function pullAtDeletion(visitor) {
  const { page } = visitor;
  await pullAt(visitor, "delete", ["before VERIFY", "after SIGN"], {
    come: async () => {
      await logInBy(visitor, "jpki", PIN);
      await press(page, "削除");
    },
    goOn: () => sign(page, SIGNING, "削除"),
    proves: () => assert.match(path(page), /^\/jpki\/deleted\//),
  });
}

export async function pulled(browser, origin) {
  const visitor = await arrive(browser, origin);
  const service = await startService("--out");
  await change("jiro");
  await beginAgainAndAgain(visitor);
  await pullBetweenPages(visitor);
  await pullAndPress(visitor);
  await lookWhileItWaits(visitor);
  await cancel(visitor);
  await confirm(visitor);
  await clickTwice(visitor);
  await useTwoTabs(visitor);
  await press(visitor.page, "ログアウト");
  await pullAtDeletion(visitor);
  await stopService(service);
  await leave(visitor, "pulled");
}
