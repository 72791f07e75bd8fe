// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a company with its certificate's file at a kiosk of its own (法人): registers, changes, deletes, by keyboard
// alone. Pages that differ from a person's are looked at.

import assert from "node:assert/strict";
import { apply, banners, begin, changeFile, heading, logInBy, PASSWORD, path, sql, summary } from "./certificate.mjs";
import { enter, look, print, tabTo, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, leave, press, receipt, typed } from "./visitor.mjs";

async function comeIn(visitor) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/registration`);
  await enter(page, page.getByRole("link", { name: "公的認証 新規利用者登録(法人)" }));
  await enter(page, button(page, "同意する"));
  await look(visitor, "90-company-start");
  await walk(page, "90-company-start");
  await test("a company is told of its file and password, of no card and no PIN", async () => {
    const text = await page.locator("main").innerText();
    assert.match(text, /電子証明書のファイルが見つかりました[^]*パスワード/);
    assert.doesNotMatch(text, /マイナンバーカード|暗証番号/);
  });
  await page.reload();
  await write(page, "pin", "wrong");
  await enter(page, button(page, "はい"));
  await look(visitor, "91-company-password-wrong");
  await test("a wrong password is told", async () => assert.match(await summary(page), /パスワードが違います/));
  await write(page, "pin", PASSWORD);
  await enter(page, button(page, "はい"));
}

async function fillIn(visitor) {
  const { page } = visitor;
  await look(visitor, "92-company-input");
  await test("the form shows what the certificate says, as text", async () => {
    assert.match(await page.locator("#section-holder").innerText(), /株式会社多摩川[^]*川崎太郎[^]*宮本町１番地[^]*代表取締役/);
    assert.equal(await page.locator("[name^=services]").count(), 0);
  });
  await page.reload();
  await write(page, "kana", "カブシキガイシャタマガワ");
  await write(page, "representative-kana", "カワサキタロウ");
  await write(page, "email", "soumu@example.co.jp");
  for (const id of ["result-mail", "arrival-mail", "magazine"]) {
    await tabTo(page, page.locator(`#${id}`));
    await page.keyboard.press("ArrowDown");
  }
  await write(page, "municipality", "川崎市川崎区");
  await write(page, "town", "東田町");
  await write(page, "lot", "1");
  await enter(page, button(page, "次へ進む"));
  await look(visitor, "93-company-input-errors");
  await test("a mail wished for and its address not repeated; and another address than the certificate's", async () =>
    assert.deepEqual(await page.locator("#error-summary a").evaluateAll((all) => all.map((one) => one.hash)).then((all) => all[0]),
      "#email-again"));
  await write(page, "email-again", "soumu@example.co.jp");
  await enter(page, button(page, "次へ進む"));
  await test("the place differs in one part", async () => {
    const rows = await page.locator(".comparison-different").allInnerTexts();
    assert.equal(rows.length, 1);
    assert.match(rows[0], /所在地\[町丁名\]\s+違います\s+東田町\s+宮本町/);
  });
  await test("and is called what the form calls it", async () =>
    assert.deepEqual(await page.locator(".comparison thead th").allInnerTexts(), ["欄", "くらべた結果", "入力した所在地", "電子証明書の所在地"]));
  await enter(page, button(page, "電子証明書の所在地を入れる"));
  await test("also where it was taken over", async () => assert.match(await banners(page), /^電子証明書の所在地を入れました。/));
  await enter(page, button(page, "次へ進む"));
}

async function confirm(visitor) {
  const { page } = visitor;
  await look(visitor, "94-company-confirm");
  await walk(page, "94-company-confirm");
  await print(page, "94-company-confirm");
  await page.reload();
  await write(page, "signing-pin", "wrong");
  await enter(page, button(page, "登録"));
  await test("a wrong password at the end: told, and nothing is registered", async () => {
    assert.match(await summary(page), /パスワードが違います/);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'corporate' AND state = 0"), "0");
  });
  await write(page, "signing-pin", PASSWORD);
  await enter(page, button(page, "登録"));
  await look(visitor, "95-company-complete");
  await print(page, "95-company-complete");
  await test("complete: a receipt, and logged in", async () => {
    assert.equal(await heading(page), "公的認証 利用者登録完了(法人)");
    assert.match(await page.locator("main").innerText(), /次からは、電子証明書のファイルとパスワードで/);
    assert.match(await page.locator(".visitor").innerText(), /株式会社多摩川さんがログイン中です（公的認証\(法人\)）/);
  });
  await press(page, "ログアウト");
}

async function change(visitor) {
  const { page } = visitor;
  await begin(visitor, "corporate", { pin: PASSWORD });
  await look(visitor, "96-company-registered");
  await test("registered already: said so, with the way to log in", async () => {
    assert.match(await summary(page), /すでに利用者登録されています/);
    assert.equal(await page.getByRole("link", { name: "ログインして登録内容を見る" }).getAttribute("href"), "/corporate/edit");
  });
  await logInBy(visitor, "corporate", PASSWORD);
  await look(visitor, "97-company-edit");
  await write(page, "department", "総務課");
  await enter(page, button(page, "次へ進む"));
  await write(page, "signing-pin", PASSWORD);
  await enter(page, button(page, "登録"));
  await test("changed: a receipt, and it is registered", async () => {
    assert.equal(await heading(page), "公的認証 利用者情報修正完了(法人)");
    assert.equal(await sql("SELECT value FROM account_field WHERE name = 'department'"), "総務課");
  });
}

async function remove(visitor) {
  const { page } = visitor;
  await apply("2026-000200", "corporate", "屋外広告物の許可申請");
  await page.goto(`${visitor.origin}/corporate/edit`);
  await enter(page, button(page, "削除"));
  await test("an application under way: no button that deletes", async () => {
    assert.match(await page.locator("main").innerText(), /屋外広告物の許可申請（2026-000200）\s*審査中/);
    assert.equal(await button(page, "削除").count(), 0);
  });
  await sql("UPDATE application SET state = 4 WHERE number = '2026-000200'");
  await page.reload();
  await look(visitor, "98-company-delete");
  await page.reload();
  await write(page, "signing-pin", PASSWORD);
  await enter(page, button(page, "削除"));
  await look(visitor, "99-company-deleted");
  await print(page, "99-company-deleted");
  await test("deleted: a receipt, and the row is gone", async () => {
    assert.match(await receipt(page), /^\d{8}-/);
    assert.equal(await sql("SELECT count(*) FROM account WHERE kind = 'corporate'"), "0");
  });
  await begin(visitor, "corporate", { pin: PASSWORD });
  await test("the same certificate can't register yet", async () => assert.match(await summary(page), /\d+月\d+日.*時/));
}

export async function company(browser, origin) {
  const visitor = await arrive(browser, origin);
  await changeFile("company/company");
  await comeIn(visitor);
  await fillIn(visitor);
  await confirm(visitor);
  await change(visitor);
  await remove(visitor);
  await leave(visitor, "company");
}
