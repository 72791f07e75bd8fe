// SPDX-License-Identifier: Apache-2.0
//
// Chapter: the resident of registration.mjs logs in with the card and changes what is registered, then deletes it, with
// an application under way and without; by keyboard alone.

import assert from "node:assert/strict";
import { control, insert, startService, stopService } from "./card.mjs";
import { apply, begin, heading, logInBy, path, PIN, SIGNING, sql, summary } from "./certificate.mjs";
import { enter, look, print, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, leave, receipt } from "./visitor.mjs";

const WRONG = "XYZ789";

async function logIn(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/registration`);
  await enter(page, page.getByRole("link", { name: "公的認証 利用者情報修正・削除(個人)" }));
  await look(visitor, "76-login-purpose");
  await enter(page, page.getByRole("link", { name: "公的認証(個人)ログイン" }));
  await look(visitor, "77-login");
  await walk(page, "77-login");
  await page.reload();
  await write(page, "pin", "4321");
  await enter(page, button(page, "はい"));
  await look(visitor, "78-login-pin-wrong");
  await test("log-in: a wrong PIN is told", async () => assert.match(await summary(page), /あと2回/));
  await write(page, "pin", PIN);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

async function edit(visitor) {
  const { page } = visitor;
  await look(visitor, "79-edit");
  await walk(page, "79-edit");
  await test("logged in, at the form that was wanted, with what is registered", async () => {
    assert.equal(path(page), "/jpki/edit");
    assert.equal(await page.inputValue("#kana"), "カワサキタロウ");
    assert.equal(await button(page, "削除").count(), 1);
  });
  await enter(page, button(page, "次へ進む"));
  await look(visitor, "79-nothing-changed");
  await test("nothing changed: there is no need to sign, but with a new certificate", async () => {
    const text = await page.locator("main").innerText();
    assert.match(text, /変更された項目はありません。登録の必要はありません。［戻る］を押してください。[^]*電子証明書を新しくした方[^]*新しい電子証明書で/);
    assert.doesNotMatch(text, /よければ、下の［登録］/);
    assert.equal(await page.locator("main .button-primary").innerText(), "戻る");
  });
  await enter(page, button(page, "戻る"));
  await write(page, "daytime-phone", "044-200-3939");
  await enter(page, button(page, "次へ進む"));
}

// The last try is not used unasked; a card that is blocked goes no further.
async function mistypeToTheEnd(visitor) {
  const { page } = visitor;
  await control("set sign-tries 1");
  await page.reload();
  await look(visitor, "80-confirm-last-try");
  await test("the last try: said before anything is typed", async () => 
    assert.match(await page.locator("#section-last-try").innerText(), /あと1回だけです[^]*ロックされる/));
  await write(page, "signing-pin", SIGNING);
  await enter(page, button(page, "登録"));
  await look(visitor, "81-confirm-last-try-asked");
  await test("the last try needs an explicit yes, even for the right PIN", async () => {
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#last-try");
    assert.equal(await control("get sign-tries"), "1");
  });
  await write(page, "signing-pin", WRONG);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await enter(page, button(page, "登録"));
  await look(visitor, "82-confirm-blocked");
  await test("and wrong: which PIN is locked, where to go, nothing to type any more", async () => {
    assert.match(await summary(page), /署名用電子証明書の暗証番号[^]*ロックされ[^]*窓口/);
    assert.equal(await page.locator("#signing-pin").count(), 0);
  });
  await control("set sign-tries 5");
  await enter(page, page.getByRole("link", { name: "もう一度確認する" }));
}

async function register(visitor) {
  const { page } = visitor;
  await test("unlocked: the page goes on, with what was typed before", async () =>
    assert.match(await page.locator(".row:has(.changed)").innerText(), /日中連絡先電話番号\s+044-200-3939/));
  await write(page, "signing-pin", SIGNING);
  await enter(page, button(page, "登録"));
  await look(visitor, "83-change-complete");
  await test("changed: a receipt, and it is registered", async () => {
    assert.equal(await heading(page), "公的認証 利用者情報修正完了(個人)");
    assert.match(await receipt(page), /^\d{8}-/);
    assert.match(await page.locator("main").innerText(), /修正しました。[^]*新しい内容は/);
    assert.equal(await sql("SELECT value FROM account_field JOIN account ON id = account WHERE kind = 'jpki' AND name = 'daytime-phone'"), "044-200-3939");
  });
}

async function beHeldUp(visitor) {
  const { page } = visitor;
  await apply("2026-000123", "jpki", "犬の登録申請");
  await page.goto(`${visitor.origin}/jpki/edit`);
  await enter(page, button(page, "削除"));
  await look(visitor, "84-delete-pending");
  await walk(page, "84-delete-pending");
  await test("an application under way: which one, and no button that deletes", async () => {
    assert.match(await page.locator("main").innerText(), /犬の登録申請（2026-000123）\s*審査中/);
    assert.equal(await button(page, "削除").count(), 0);
  });
  await sql("UPDATE application SET state = 4 WHERE number = '2026-000123'");
  await page.reload();
}

async function remove(visitor) {
  const { page } = visitor;
  await look(visitor, "85-delete");
  await walk(page, "85-delete");
  await test("nothing in the way: what ends with it, and from when one may register again", async () =>
    assert.match(await page.locator("main").innerText(), /元には戻せません[^]*\d+月\d+日[^]*から登録できます[^]*氏名[^]*川崎　太郎/));
  await test("it is the step 内容確認, shows all that is deleted, and says what to do", async () => {
    assert.equal(await page.locator(".steps [aria-current=step]").innerText(), "内容確認");
    const text = await page.locator("main").innerText();
    assert.match(text, /登録されている次の内容を削除します[^]*氏名カナ\s+カワサキタロウ[^]*日中連絡先電話番号\s+044-200-3939[^]*審査結果通知\(Eメール\)\s+希望しない/);
    assert.match(text, /よければ、署名用の暗証番号を入力して、［削除］を押してください/);
  });
  await page.reload();
  await write(page, "signing-pin", WRONG);
  await enter(page, button(page, "削除"));
  await look(visitor, "86-delete-pin-wrong");
  await test("a wrong PIN: told, and nothing is deleted", async () => {
    assert.match(await summary(page), /あと4回/);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'jpki'"), "1");
  });
  await write(page, "signing-pin", SIGNING);
  await enter(page, button(page, "削除"));
  await look(visitor, "87-deleted");
  await walk(page, "87-deleted");
  await print(page, "87-deleted");
  await test("deleted: a receipt, when one may register again, logged out, and the row is gone", async () => {
    assert.match(path(page), /^\/jpki\/deleted\//);
    assert.equal(await heading(page), "公的認証 利用者情報削除完了");
    assert.equal(await page.locator(".steps [aria-current=step]").innerText(), "入力完了");
    assert.match(await receipt(page), /^\d{8}-/);
    assert.match(await page.locator("main").innerText(), /もう一度登録できるようになる日時\s+\d+年/);
    assert.equal(await page.locator(".visitor").count(), 0);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'jpki'"), "0");
  });
}

async function comeBack(visitor) {
  const { page } = visitor;
  const number = await receipt(page);
  await page.reload();
  await test("loaded again it is the same", async () => assert.equal(await receipt(page), number));
  await page.goto(`${visitor.origin}/jpki/edit`);
  await test("the pages of the account are gone", async () => assert.equal(path(page), "/login"));
  await begin(visitor, "jpki", { "signing-pin": SIGNING, pin: PIN });
  await look(visitor, "88-locked-out");
  await test("the same card can't register yet, and from when it can", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), /\d+月\d+日.*時/);
  });
  await logInBy(visitor, "jpki", PIN);
  await look(visitor, "89-unregistered");
  await test("nor log in: it is registered no more", async () => {
    assert.equal(visitor.status, 422);
    assert.match(await summary(page), /しばらくは同じ電子証明書で登録できません/);
  });
}

export async function modification(browser, origin) {
  const visitor = await arrive(browser, origin);
  const service = await startService("--out");
  await insert();
  await logIn(visitor);
  await edit(visitor);
  await mistypeToTheEnd(visitor);
  await register(visitor);
  await beHeldUp(visitor);
  await remove(visitor);
  await comeBack(visitor);
  await stopService(service);
  await leave(visitor, "modification");
}
