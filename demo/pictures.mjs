// SPDX-License-Identifier: Apache-2.0
//
// The README's pictures, of a demo city that has just started and that nobody has registered in:
//     make start && node demo/pictures.mjs docs
// Not a test: the chapters look at every page.

import { execFileSync } from "node:child_process";
import { launch } from "../test/browser/visitor.mjs";

const ORIGIN = process.env.CITY ?? "https://127.0.0.1:8443";
const SIZE = { width: 800, height: 640 };
const SIGNING = "ABC123";
const PIN = "1234";

const [directory] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ viewport: SIZE, locale: "ja-JP", ignoreHTTPSErrors: true });
const page = await context.newPage();

function press(name) {
  return Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
}

async function begin() {
  await page.goto(`${ORIGIN}/jpki/register`);
  await press("同意する");
  await page.fill("#signing-pin", SIGNING);
  await page.fill("#pin", PIN);
  await press("はい");
}

async function fillIn(kana, code, parts) {
  await page.fill("#kana", kana);
  await page.fill("#phone", "044-200-2111");
  for (const id of ["result-mail", "arrival-mail", "magazine"]) await page.selectOption(`#${id}`, "no");
  await page.fill("#post-code", code);
  await press("郵便番号から住所を入力");
  for (const [id, value] of Object.entries(parts)) await page.fill(`#${id}`, value);
  await press("次へ進む");
}

async function take(name, from = "body") {
  await page.locator(from).first().evaluate((place) => scrollTo(0, place.getBoundingClientRect().top + scrollY - 24));
  await page.screenshot({ path: `${directory}/${name}.png` });
}

await begin();
await take("registration");
await fillIn("カワサキタロウ", "210-0808", { town: "旭町1丁目", lot: "3-3" });
await page.fill("#signing-pin", SIGNING);
await press("登録");
await take("receipt");
await press("ログアウト");
execFileSync("demo/card", ["change"]);
await begin();
await fillIn("タカナシサクラ", "213-0015", { town: "梶ヶ谷3丁目", lot: "12-4", building: "北24条コーポ𩵋住210" });
await take("comparison", "#comparison-title");
await browser.close();
