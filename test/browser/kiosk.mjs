// SPDX-License-Identifier: Apache-2.0
//
// Chapters: a resident with a My Number card at the counter's kiosk, by keyboard alone, whatever is missing and whatever
// goes wrong; and somebody who looks for the kiosk at home.

import assert from "node:assert/strict";
import { change, control, insert, remove, startService, stopService } from "./card.mjs";
import { enter, look, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, leave, press } from "./visitor.mjs";

const PAGE = "/certificate/check";
const LINK = "カードと電子証明書の確認";
const PIN = "1234"; // the test card's
const WRONG = "9876";

async function open(visitor) {
  await visitor.page.goto(visitor.origin + PAGE);
}

// Types the PIN and presses Enter, as somebody without a mouse would.
async function tryPin(visitor, pin) {
  const { page } = visitor;
  await write(page, "pin", pin);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

function banner(page) {
  return page.locator(".banner").innerText();
}

function summary(page) {
  return page.locator("#error-summary").innerText();
}

function tries() {
  return control("get auth-tries").then(Number);
}

function hasPinField(page) {
  return page.locator("#pin").count().then((count) => count === 1);
}

// The page as it is opened: its banner says this, and there is a field for the PIN or none.
async function says(visitor, name, sentence, asks) {
  const { page } = visitor;
  await open(visitor);
  await look(visitor, name);
  await test(`${name}: the page says so${asks ? " and asks for the PIN" : ", and asks for nothing"}`, async () => {
    assert.equal(visitor.status, 200);
    assert.match(await banner(page), sentence);
    assert.equal(await hasPinField(page), asks);
  });
}

async function comeIn(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/`);
  await look(visitor, "40-kiosk-top");
  await page.reload();
  await enter(page, page.getByRole("link", { name: LINK }));
  await test("the first page leads to the check", async () => assert.equal(new URL(page.url()).pathname, PAGE));
}

// Leaves the card in the reader.
async function putTogether(visitor) {
  const { page } = visitor;
  await says(visitor, "41-no-service", /が動いていません.*職員に声をかけて/, false);
  const bare = await startService("--no-reader");
  await says(visitor, "42-no-reader", /カードリーダーが見つかりません/, false);
  await stopService(bare);
  const service = await startService("--out");
  await says(visitor, "43-no-card", /カードが入っていません/, false);
  await insert();
  await enter(page, page.getByRole("link", { name: "もう一度確認する" }));
  await look(visitor, "44-card-ready");
  await walk(page, "44-card-ready");
  await test("the card is ready: how many tries are left stands beside the field; none was spent", async () => {
    const section = await page.locator("section", { has: page.locator("#pin") }).innerText();
    assert.match(await banner(page), /カードを読み取りました/);
    assert.match(section, /あと3回まで入力できます/);
    assert.equal(await control("count VERIFY"), "0");
  });
  await page.reload();
  return service;
}

async function mistype(visitor) {
  const { page } = visitor;
  await tryPin(visitor, "12");
  await look(visitor, "45-pin-form");
  await test("what is no PIN costs no try", async () => {
    assert.equal(visitor.status, 422);
    assert.equal(await page.evaluate(() => document.activeElement.id), "error-summary");
    assert.equal(await tries(), 3);
  });
  await open(visitor);
  await tryPin(visitor, WRONG);
  await look(visitor, "46-pin-wrong");
  await test("a wrong PIN: the summary and the field say how often one may be wrong again", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await page.title(), /^エラー：/);
    assert.match(await summary(page), /利用者証明用の暗証番号.*が違います。あと2回/);
    assert.match(await page.locator(".remaining").innerText(), /あと2回/);
    assert.equal(await page.inputValue("#pin"), "");
    assert.equal(await tries(), 2);
  });
}

// The page that waits is gone before a test could look at it, so it leaves a note for the next one.
function noteWhatIsSaidMeanwhile(page) {
  return page.evaluate(() => addEventListener("submit", () =>
    sessionStorage.setItem("meanwhile", document.querySelector("[data-busy]").innerText)));
}

async function beAccepted(visitor) {
  const { page } = visitor;
  await noteWhatIsSaidMeanwhile(page);
  await tryPin(visitor, PIN);
  await test("while the card works the page says so", async () =>
    assert.match(await page.evaluate(() => sessionStorage.getItem("meanwhile")), /カードを動かさずに/));
  await look(visitor, "47-accepted");
  await walk(page, "47-accepted");
  await test("the right PIN: usable, until when, and not to forget the card", async () => {
    assert.equal(visitor.status, 200);
    assert.match(await banner(page), /このカードは使えます/);
    assert.match(await page.locator("main").innerText(), /カードを忘れずに[^]*結果\s+使えます[^]*利用者証明用電子証明書[^]*23時59分/);
    assert.equal(await tries(), 3);
    assert.equal(await hasPinField(page), false);
  });
}

async function takeOut(visitor) {
  const { page } = visitor;
  await open(visitor);
  await control("remove-at after SIGN");
  await tryPin(visitor, PIN);
  await look(visitor, "48-card-out");
  await test("the card is out while it signs: said so, and the form is still there", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), /途中でカードが外れました/);
    assert.equal(await hasPinField(page), true);
  });
  await insert();
  await tryPin(visitor, PIN);
  await test("it is back: the same page goes on", async () => assert.match(await banner(page), /このカードは使えます/));
}

async function refuse(visitor, card, sentence) {
  const { page } = visitor;
  await change(card);
  await open(visitor);
  await tryPin(visitor, PIN);
  await look(visitor, `49-${card}`);
  await test(`a certificate that is ${card}: refused, and why`, async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), sentence);
    assert.doesNotMatch(await page.locator("main").innerText(), /使えます/);
    assert.equal(await hasPinField(page), false);
  });
}

async function lookAtOthers(visitor) {
  await control("set auth-certificate none");
  await says(visitor, "50-no-certificate", /利用者証明用電子証明書が入っていません/, false);
  await control("set auth-certificate present");
  await control("set label FOREIGN");
  await says(visitor, "51-another-card", /このカードは使えません/, false);
}

async function useLastTry(visitor) {
  const { page } = visitor;
  await change("reader/card");
  await control("set auth-tries 1");
  await open(visitor);
  await look(visitor, "52-last-try");
  await test("the last try: said first of all, and what happens if it is wrong", async () =>
    assert.match(await banner(page), /あと1回だけです。まちがえるとロックされ/));
  await walk(page, "52-last-try");
  await page.reload();
  await tryPin(visitor, PIN);
  await look(visitor, "53-last-try-not-confirmed");
  await test("the last try is not used without an explicit yes, not even for the right PIN", async () => {
    assert.equal(visitor.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#last-try");
    assert.equal(await tries(), 1);
  });
  await write(page, "pin", WRONG);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await enter(page, button(page, "確認する"));
  await look(visitor, "54-blocked-now");
  await test("with it, and wrong: locked, where to go, nothing to type any more", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), /ロックされています.*市区町村の窓口/);
    assert.equal(await hasPinField(page), false);
    assert.equal(await tries(), 0);
  });
  await says(visitor, "55-blocked", /ロックされています.*市区町村の窓口/, false);
}

// With the mouse, and without scripts.
async function goWithoutScripts(browser, origin) {
  const visitor = await arrive(browser, origin, { javaScriptEnabled: false });
  const { page } = visitor;
  await control("set auth-tries 3");
  await open(visitor);
  await page.fill("#pin", WRONG);
  await press(page, "確認する");
  await test("without scripts: a wrong PIN is told, the summary has the focus", async () => {
    assert.match(await summary(page), /あと2回/);
    assert.equal(await page.locator("#error-summary:focus").count(), 1);
  });
  await page.fill("#pin", PIN);
  await press(page, "確認する");
  await test("without scripts: accepted", async () => assert.match(await banner(page), /このカードは使えます/));
  await leave(visitor, "kiosk without scripts");
}

export async function kiosk(browser, origin) {
  const visitor = await arrive(browser, origin);
  await comeIn(visitor);
  const service = await putTogether(visitor);
  await mistype(visitor);
  await beAccepted(visitor);
  await takeOut(visitor);
  await refuse(visitor, "revoked", /使えなくなりました（理由：新しい電子証明書に替わったため）/);
  await refuse(visitor, "expired", /有効期間が終わっているか.*更新の手続き/);
  await lookAtOthers(visitor);
  await useLastTry(visitor);
  await leave(visitor, "kiosk");
  await goWithoutScripts(browser, origin);
  await remove();
  await stopService(service);
}

export async function elsewhere(browser, origin) {
  const visitor = await arrive(browser, origin);
  const { page } = visitor;
  await page.goto(`${origin}/`);
  await test("elsewhere the first page has no link to the check", async () =>
    assert.equal(await page.getByRole("link", { name: LINK }).count(), 0));
  await open(visitor);
  await look(visitor, "56-elsewhere");
  await test("elsewhere the check says where it is and what to bring", async () => {
    assert.match(await page.locator("main").innerText(), /窓口にある専用の端末で行います[^]*お持ちいただくもの[^]*マイナンバーカード/);
    assert.equal(await page.locator("main form").count(), 0);
  });
  await leave(visitor, "elsewhere");
}
