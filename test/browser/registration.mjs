// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident registers with the My Number card at the kiosk (個人), by keyboard alone. Every page of the way is
// looked at, also what can be wrong on it.

import assert from "node:assert/strict";
import { change, control, insert, startService, stopService } from "./card.mjs";
import { banners, heading, path, PIN, SIGNING, sql, summary } from "./certificate.mjs";
import { enter, look, print, tabTo, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, DESKTOP, leave, press, receipt, topOfLabel, typed } from "./visitor.mjs";

const ADDRESS = ["prefecture", "municipality", "town", "lot", "building"];

async function findTheWay(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/`);
  await enter(page, page.getByRole("link", { name: "利用者登録について" }));
  await look(visitor, "60-registration");
  await page.reload();
  await enter(page, page.getByRole("link", { name: "公的認証 新規利用者登録(個人)" }));
}

async function readTerms(visitor) {
  const { page } = visitor;
  await look(visitor, "61-terms");
  await walk(page, "61-terms");
  await page.reload();
  await enter(page, button(page, "同意しない"));
  await test("not agreeing leads back, and nothing is registered", async () => {
    assert.equal(path(page), "/registration");
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'jpki'"), "0");
  });
  await page.goto(`${visitor.origin}/jpki/register/start`);
  await test("nobody gets past the terms without agreeing", async () => assert.equal(path(page), "/jpki/register/terms"));
  await enter(page, button(page, "同意する"));
}

async function hasForm(page) {
  return (await page.locator("#signing-pin").count()) === 1;
}

// Leaves the card in the reader.
async function getReady(visitor) {
  const { page } = visitor;
  const again = () => enter(page, page.getByRole("link", { name: "もう一度確認する" }));
  const bare = await startService("--no-reader");
  await again();
  await look(visitor, "62-start-no-reader");
  await test("no reader: said so, and no PIN is asked for", async () => {
    assert.match(await banners(page), /カードリーダーが見つかりません/);
    assert.equal(await hasForm(page), false);
  });
  await stopService(bare);
  const service = await startService("--out");
  await again();
  await look(visitor, "63-start-no-card");
  await test("no card: said so, and no PIN is asked for", async () => {
    assert.match(await banners(page), /カードが入っていません/);
    assert.equal(await hasForm(page), false);
  });
  await insert();
  await again();
  await look(visitor, "64-start");
  await walk(page, "64-start");
  await test("all is there: what one needs, and how many tries each PIN has", async () => {
    assert.match(await banners(page), /カードを読み取りました/);
    assert.deepEqual(await page.locator(".remaining").allInnerTexts(),
      ["署名用の暗証番号は、あと5回まで入力できます。", "利用者証明用の暗証番号は、あと3回まで入力できます。"]);
    assert.match(await page.locator("main").innerText(), /ご用意いただくもの[^]*マイナンバーカード[^]*英数字6～16文字/);
  });
  await page.reload();
  return service;
}

async function mistypePins(visitor) {
  const { page } = visitor;
  await enter(page, button(page, "はい"));
  await look(visitor, "65-start-empty");
  await test("nothing typed: both fields are named, and no try is spent", async () => {
    assert.equal(visitor.status, 422);
    assert.deepEqual(await page.locator("#error-summary a").evaluateAll((all) => all.map((one) => one.hash)), ["#signing-pin", "#pin"]);
    assert.equal(await control("get sign-tries"), "5");
  });
  await write(page, "signing-pin", "XYZ789");
  await write(page, "pin", PIN);
  await enter(page, button(page, "はい"));
  await look(visitor, "66-start-pin-wrong");
  await test("a wrong signing PIN: which one, and how often one may be wrong again", async () => {
    assert.equal(visitor.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#signing-pin");
    assert.match(await summary(page), /あと4回/);
    assert.deepEqual(await typed(page, ["signing-pin", "pin"]), { "signing-pin": "", pin: "" });
  });
  await write(page, "signing-pin", SIGNING);
  await page.keyboard.press("Tab");
  await page.keyboard.type("4321");
  await enter(page, button(page, "はい"));
  await test("a wrong PIN for log-in: that one is named", async () => {
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#pin");
    assert.match(await summary(page), /あと2回/);
  });
}

async function comeIn(visitor) {
  const { page } = visitor;
  await write(page, "signing-pin", SIGNING.toLowerCase());
  await page.keyboard.press("Tab");
  await page.keyboard.type(PIN);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await look(visitor, "67-input");
  await walk(page, "67-input");
  await test("the form shows what the certificate says, as text, and that this is no log-in yet", async () => {
    assert.equal(path(page), "/jpki/register");
    assert.match(await page.locator("#section-holder").innerText(), /川崎　太郎[^]*1980年3月4日\(昭和55年\)[^]*川崎区旭町１丁目３番３号/);
    assert.equal(await page.locator("#section-holder :is(input, select)").count(), 0);
    assert.match(await page.locator(".visitor").innerText(), /川崎　太郎さんの利用者登録の手続き中です/);
  });
  await page.reload();
}

async function leaveOut(visitor) {
  const { page } = visitor;
  await enter(page, button(page, "次へ進む"));
  await look(visitor, "68-input-errors");
  await test("nothing typed: what must be there is named, in the form's order", async () => {
    const ids = await page.locator("#error-summary a").evaluateAll((all) => all.map((one) => one.hash.slice(1)));
    assert.deepEqual(ids, ["kana", "result-mail", "arrival-mail", "magazine", "municipality", "town"]);
  });
}

async function choose(page, id, presses) {
  await tabTo(page, page.locator(`#${id}`));
  for (let i = 0; i < presses; i += 1) await page.keyboard.press("ArrowDown");
}

async function fillIn(visitor) {
  const { page } = visitor;
  await write(page, "kana", "ｶﾜｻｷ　ﾀﾛｳ");
  await write(page, "phone", "０４４ー２００ー２１１１");
  for (const id of ["result-mail", "arrival-mail", "magazine"]) await choose(page, id, 2);
  await test("a post code of one address fills it in quietly as it is typed", async () => {
    await write(page, "post-code", "２１０−０００５");
    await page.waitForFunction(() => document.getElementById("town").value !== "");
    assert.deepEqual(await typed(page, ADDRESS.slice(0, 3)), { prefecture: "神奈川県", municipality: "川崎市川崎区", town: "東田町" });
  });
  await test("and says so at its field, which a screen reader reads", async () => {
    assert.match(await page.locator("#post-code-told[role=status]").innerText(), /住所を入力しました/);
    assert.match(await page.getAttribute("#post-code", "aria-describedby"), /\bpost-code-told\b/);
  });
  await test("one of no address is told there, too", async () => {
    await write(page, "post-code", "9999999");
    await page.locator("#post-code-told", { hasText: "見つかりませんでした" }).waitFor();
    assert.equal(await page.inputValue("#town"), "東田町");
  });
  await test("another one replaces what was filled in; what was typed by hand stays", async () => {
    await write(page, "post-code", "2100006");
    await page.waitForFunction(() => document.getElementById("town").value === "砂子");
    await write(page, "town", "旭町二丁目");
    await page.focus("#kana");
    await write(page, "post-code", "2100005");
    await page.waitForTimeout(1000);
    assert.equal(await page.inputValue("#town"), "旭町二丁目");
  });
}

async function choosePostCode(visitor) {
  const { page } = visitor;
  const name = "郵便番号から住所を入力";
  await write(page, "post-code", "4980000");
  await enter(page, button(page, name));
  await look(visitor, "69-input-addresses");
  await test("a post code of several addresses: a choice of them, and all that was typed is there", async () => {
    assert.match(await page.locator("#post-code-told").innerText(), /住所がいくつかあります/);
    assert.deepEqual(await page.locator(".choices button").allInnerTexts(), ["愛知県弥富市", "三重県桑名郡木曽岬町"]);
    assert.equal(await page.inputValue("#town"), "旭町二丁目");
    assert.equal(new URL(page.url()).hash, "#post-code");
  });
  await enter(page, button(page, "三重県桑名郡木曽岬町"));
  await test("the chosen one is filled in", async () =>
    assert.deepEqual(await typed(page, ["prefecture", "municipality", "town", "kana"]),
      { prefecture: "三重県", municipality: "桑名郡木曽岬町", town: "", kana: "ｶﾜｻｷ　ﾀﾛｳ" }));
  await write(page, "post-code", "9999999");
  await enter(page, button(page, name));
  await test("one of none: said at the field, which is seen and has the focus, and in the summary", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await page.locator("#post-code-error").innerText(), /見つかりませんでした/);
    assert.match(await summary(page), /見つかりませんでした/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "post-code");
    assert.ok(await topOfLabel(page.locator("#post-code")) >= 0);
  });
  await look(visitor, "69-input-no-address");
  await write(page, "post-code", "2100005");
  await enter(page, button(page, name));
  await test("one of one address fills it in, over what stood there", async () => {
    assert.match(await page.locator("#post-code-told").innerText(), /住所を入力しました/);
    assert.deepEqual(await typed(page, ADDRESS.slice(0, 3)), { prefecture: "神奈川県", municipality: "川崎市川崎区", town: "東田町" });
  });
}

async function compare(visitor) {
  const { page } = visitor;
  await write(page, "lot", "3-3");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await look(visitor, "70-input-mismatch");
  await test("another address than the certificate's: both side by side, and which part differs", async () => {
    assert.equal(visitor.status, 422);
    const rows = await page.locator(".comparison tbody tr").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split("\t")[1]), ["同じ", "同じ", "違います", "書き方の違い", "同じ"]);
    assert.match(rows[2], /東田町\s+旭町１丁目/);
    assert.match(await summary(page), /住所\[町丁名\]が、電子証明書と違います。/);
  });
  await test("on a narrow screen every part stands below the other, and nothing is cut off", async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    const sides = await page.locator(".comparison tbody :is(th, td)").evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => left >= 0 && right <= 360));
    assert.deepEqual(sides, Array(20).fill(true));
    await page.setViewportSize(DESKTOP);
  });
  await enter(page, button(page, "電子証明書の住所を入れる"));
  await test("one button takes over the certificate's wording", async () => {
    assert.equal(await page.locator(".comparison").count(), 0);
    assert.deepEqual(await typed(page, ["municipality", "town", "lot", "building"]),
      { municipality: "川崎市川崎区", town: "旭町１丁目", lot: "３番３号", building: "" });
    assert.equal(await page.inputValue("#kana"), "ｶﾜｻｷ　ﾀﾛｳ");
  });
  await enter(page, button(page, "次へ進む"));
}

async function confirm(visitor) {
  const { page } = visitor;
  await look(visitor, "71-confirm");
  await walk(page, "71-confirm");
  await print(page, "71-confirm");
  await page.reload();
  await enter(page, page.getByRole("link", { name: /^住所を\s*変更/ }));
  await test("[変更] leads to its part, with what was typed", async () => {
    assert.equal(new URL(page.url()).hash, "#section-address");
    assert.deepEqual(await typed(page, ["kana", "phone", "lot"]), { kana: "カワサキタロウ", phone: "044-200-2111", lot: "３番３号" });
  });
  await page.focus("#building");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await enter(page, button(page, "戻る"));
  await test("so does [戻る]", async () => assert.equal(await page.inputValue("#kana"), "カワサキタロウ"));
  await enter(page, button(page, "次へ進む"));
  await write(page, "signing-pin", "XYZ789");
  await enter(page, button(page, "登録"));
  await look(visitor, "72-confirm-pin-wrong");
  await test("a wrong PIN at the end: said at its field, and nothing is registered", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), /あと4回/);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'jpki' AND state <> 2"), "0");
  });
}

async function finish(visitor) {
  const { page } = visitor;
  await write(page, "signing-pin", SIGNING);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await look(visitor, "73-complete");
  await walk(page, "73-complete");
  await print(page, "73-complete");
  const number = await receipt(page);
  await test("complete: a receipt, and logged in", async () => {
    assert.equal(await heading(page), "公的認証 利用者登録完了(個人)");
    assert.match(number, /^\d{8}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.match(await page.locator("main").innerText(), /登録しました。[^]*次からは、カードと数字4けたの[^]*カードを忘れずに/);
    assert.match(await page.locator(".visitor").innerText(), /川崎　太郎さんがログイン中です/);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'jpki' AND state = 0"), "1");
  });
  await page.reload();
  await test("loaded again it is the same", async () => assert.equal(await receipt(page), number));
  await page.goto(`${visitor.origin}/`);
  await look(visitor, "74-top-registered");
  await page.goto(`${visitor.origin}/account/ledger`);
  await look(visitor, "75-ledger");
  await press(page, "ログアウト");
}

export async function registration(browser, origin) {
  const visitor = await arrive(browser, origin);
  await findTheWay(visitor);
  await readTerms(visitor);
  const service = await getReady(visitor);
  await change("reader/card");
  await mistypePins(visitor);
  await comeIn(visitor);
  await leaveOut(visitor);
  await fillIn(visitor);
  await choosePostCode(visitor);
  await compare(visitor);
  await confirm(visitor);
  await finish(visitor);
  await stopService(service);
  await leave(visitor, "registration");
}
