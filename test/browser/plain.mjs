// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a person and a company at the kiosk whose browsers run no scripts, each from registration to deletion, with a
// mistake on the way.

import assert from "node:assert/strict";
import { change, startService, stopService } from "./card.mjs";
import { begin, changeFile, PASSWORD, path, PIN, sign, SIGNING, summary, wishNothing } from "./certificate.mjs";
import { test } from "./tap.mjs";
import { arrive, fill, leave, press, receipt } from "./visitor.mjs";

const PERSON = {
  kind: "jpki", pins: { "signing-pin": SIGNING, pin: PIN }, secret: SIGNING, code: "2160007", town: "小台", word: "住所",
  entries: { kana: "ミヤマエハナコ" }, wrong: /暗証番号.*が違います/,
};
const COMPANY = {
  kind: "corporate", pins: { pin: PASSWORD }, secret: PASSWORD, code: "2100004", town: "宮本町", word: "所在地",
  entries: { kana: "ミヤモトチョウショウジ", "representative-kana": "カワサキタロウ" }, wrong: /パスワードが違います/,
};

async function register({ page }, { kind, secret, code, town, word, entries, wrong }) {
  await fill(page, { ...entries, "post-code": code });
  await wishNothing(page);
  await press(page, "郵便番号から住所を入力");
  await test(`${kind}, without scripts: a post code's address is filled in`, async () =>
    assert.equal(await page.inputValue("#town"), town));
  await page.fill("#town", "川崎大師");
  await press(page, "次へ進む");
  await test(`${kind}, without scripts: another address is told, the summary has the focus`, async () => {
    assert.equal(await page.locator("#error-summary:focus").count(), 1);
    assert.equal(await page.locator(".comparison-different").count() > 0, true);
  });
  await press(page, `電子証明書の${word}を入れる`);
  await press(page, "次へ進む");
  await sign(page, "ZZZ999");
  await test(`${kind}, without scripts: a wrong secret is told`, async () => assert.match(await summary(page), wrong));
  await press(page, "戻る");
  await test(`${kind}, without scripts: [戻る] keeps what was typed`, async () =>
    assert.equal(await page.inputValue("#kana"), entries.kana));
  await press(page, "次へ進む");
  await sign(page, secret);
  await test(`${kind}, without scripts: registered`, async () => assert.match(await receipt(page), /^\d{8}-/));
}

async function changeAndDelete(visitor, { kind, secret }) {
  const { page } = visitor;
  await page.goto(`${visitor.origin}/${kind}/edit`);
  await page.fill("#phone", "044-856-3113");
  await press(page, "次へ進む");
  await sign(page, secret);
  await test(`${kind}, without scripts: changed`, async () => assert.match(path(page), new RegExp(`^/${kind}/edit/complete/`)));
  await page.goto(`${visitor.origin}/${kind}/edit`);
  await press(page, "削除");
  await sign(page, secret, "削除");
  await test(`${kind}, without scripts: deleted`, async () => assert.match(path(page), new RegExp(`^/${kind}/deleted/`)));
}

export async function plain(browser, origin) {
  const service = await startService("--out");
  await change("hanako");
  await changeFile("company/other");
  for (const who of [PERSON, COMPANY]) {
    const visitor = await arrive(browser, origin, { javaScriptEnabled: false });
    await begin(visitor, who.kind, who.pins);
    await register(visitor, who);
    await changeAndDelete(visitor, who);
    await leave(visitor, `${who.kind}, without scripts`);
  }
  await stopService(service);
}
