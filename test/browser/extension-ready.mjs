// SPDX-License-Identifier: Apache-2.0
//
// Chapter: what the page says is ready or missing before anything is signed, at home: reader, card, tries, file, helper,
// extension; each in the words of the page.

import assert from "node:assert/strict";
import { makePc, openBrowser } from "./browser-extension.mjs";
import { control, insert, remove } from "./card.mjs";
import { agree, atHome, BELIEVED, COMPANY, openLogin, PERSON, PIN, pressAndSign, query, readiness } from "./extension-home.mjs";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, leave } from "./visitor.mjs";

async function says(desk, name, code, sentence) {
  const { page } = desk.visitor;
  const found = await readiness(page);
  await test(`ready, ${name}: ${code}`, async () => {
    assert.equal(found.code, code);
    assert.match(found.text, sentence);
    assert.equal(await page.locator("[data-info] [data-code]:visible").count(), 1);
  });
}

// Asks once more, as somebody would who has put the card in.
async function again({ visitor }) {
  await Promise.all([visitor.page.waitForEvent("load"), button(visitor.page, "もう一度確認する").click()]);
}

async function handleCard(desk) {
  await agree(desk, PERSON);
  await says(desk, "all is there", "OK", /署名用の暗証番号は、あと5回[^]*利用者証明用の暗証番号は、あと3回/);
  await remove();
  await again(desk);
  await says(desk, "the card is out", "NO_CARD", /カードが入っていません/);
  await look(desk.visitor, "80-home-no-card");
  await insert();
  await control("set label FOREIGN");
  await again(desk);
  await says(desk, "another card", "UNSUPPORTED_CARD", /マイナンバーカードを入れてください/);
  await control("set label JPKIAPICCTOKEN2");
  await control("set sign-tries 1");
  await again(desk);
  await says(desk, "one try left", "OK", /署名用の暗証番号は、あと1回/);
  await control("set sign-tries 0");
  await again(desk);
  await says(desk, "no try left", "SIGNING_PIN_BLOCKED", /署名用電子証明書の暗証番号.*ロックされています.*市区町村の窓口/);
  await openLogin(desk, PERSON);
  await says(desk, "no try left for the other PIN", "OK", /^準備ができています。利用者証明用の暗証番号は、あと3回まで入力できます。$/);
  await control("set sign-tries 5");
  await control("set auth-certificate none");
  await again(desk);
  await says(desk, "no such certificate", "CERT_MISSING", /利用者証明用電子証明書が入っていません/);
  await control("set auth-certificate present");
}

async function handleFile(desk) {
  await openLogin(desk, COMPANY);
  await says(desk, "the file", "OK", /^準備ができています。$/);
}

// A PC that lacks something, in a browser of its own. settings: makePc's, where its helper is another one.
async function atAnotherPc(desk, name, { settings, ...changes }, chapter) {
  const pc = settings ? Object.assign(await makePc(desk.visitor.origin, settings), { arguments: desk.pc.arguments }) : desk.pc;
  const visitor = await arrive(await openBrowser(pc, changes), desk.visitor.origin);
  await chapter({ pc, visitor });
  await leave(visitor, name);
}

async function lack(desk) {
  await atAnotherPc(desk, "no extension", { extension: null }, async (bare) => {
    const { page } = bare.visitor;
    await openLogin(bare, PERSON);
    await says(bare, "no extension", "MISSING", /拡張機能が入っていません[^]*署名プログラム（kawasaki-signer）をパソコンに入れます/);
    await look(bare.visitor, "81-home-no-extension");
    await button(page, "はい").click();
    await page.getByText("署名プログラムを呼び出せませんでした").waitFor();
    await look(bare.visitor, "82-home-work-no-extension");
    await test("no extension: the page that works explains, offers nothing to send, and leads back", async () => {
      assert.equal(await page.getByRole("button", { name: "送信する" }).count(), 0);
      await page.getByRole("link", { name: "キャンセル" }).click();
      await page.waitForURL("**/login/jpki?purpose=jpki-edit");
    });
  });
  await atAnotherPc(desk, "no helper", { native: false }, async (hostless) => {
    await openLogin(hostless, PERSON);
    await says(hostless, "no helper", "NO_HOST", /署名プログラム（kawasaki-signer）が見つかりません/);
    await pressAndSign(hostless, "はい", []);
    await test("no helper: pressing on is refused", async () =>
      assert.match(await hostless.visitor.page.locator("#error-summary").innerText(), /動いていません/));
    await look(hostless.visitor, "83-home-no-helper");
  });
  await atAnotherPc(desk, "no pinentry", { settings: { origins: BELIEVED, pinentry: "/usr/bin/no-pinentry" } }, async (mute) => {
    await openLogin(mute, PERSON);
    await says(mute, "no pinentry", "NO_PINENTRY", /^暗証番号やパスワードの入力画面を出せません。.*（pinentry）をパソコンに入れて/);
    await look(mute.visitor, "83-home-no-pinentry");
    await pressAndSign(mute, "はい", []);
    await test("no pinentry: pressing on says so, too, and not that the card can't be read", async () =>
      assert.match(await mute.visitor.page.locator("#error-summary").innerText(), /暗証番号やパスワードの入力画面を出せません/));
    await openLogin(mute, COMPANY);
    await says(mute, "no pinentry and no file", "FILE_MISSING", /ファイルが見つかりません/);
  });
  await atAnotherPc(desk, "another server's helper", { settings: {} }, async (foreign) => {
    const sessions = await query("SELECT count(*) FROM session");
    await openLogin(foreign, PERSON);
    await says(foreign, "another server's helper", "REQUEST_INVALID", /時計が合っているか/);
    await pressAndSign(foreign, "はい", [PIN]);
    await test("another server's helper: refused, nobody is logged in", async () => {
      assert.match(await foreign.visitor.page.locator("#error-summary").innerText(), /受け付けませんでした/);
      assert.equal(await query("SELECT count(*) FROM session"), sessions);
    });
  });
}

export async function ready(browser, origin) {
  await atHome(origin, {}, async (desk) => {
    await handleCard(desk);
    await handleFile(desk);
    await lack(desk);
  });
}
