// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a slow resident, in the city whose sessions time out within seconds (test/browser/run).

import assert from "node:assert/strict";
import { look } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, fill, leave, logIn, press, typed } from "./visitor.mjs";

const CARD = "86000006";
const IDLE = 30_000; // ms: the city's time with room for a busy machine
const LATER = 1500; // ms: pages count whole seconds, so the server's end may come one second after theirs

async function extend(visitor) {
  const { page } = visitor;
  const warning = page.locator("#session-warning");
  await warning.waitFor({ state: "visible", timeout: IDLE });
  await test("the warning has the focus in it, and says until when", async () => {
    assert.equal(await warning.evaluate((dialog) => dialog.contains(document.activeElement)), true);
    assert.match(await warning.textContent(), /\d+時\d\d分に自動的にログアウトします/);
  });
  await look(visitor, "19-session-warning");
  await test("[このまま続ける] by keyboard: the session goes on beyond its first end", async () => {
    const [answer] = await Promise.all([
      page.waitForResponse("**/session/extend"),
      button(page, "このまま続ける").focus().then(() => page.keyboard.press("Enter")),
    ]);
    assert.equal(answer.status(), 204);
    await warning.waitFor({ state: "hidden" });
    assert.equal(await page.inputValue("#kana"), "サトウ");
    await warning.waitFor({ state: "visible", timeout: IDLE });
  });
  await test("Escape means to go on, too", async () => {
    await Promise.all([page.waitForResponse("**/session/extend"), page.keyboard.press("Escape")]);
    await warning.waitFor({ state: "hidden" });
  });
}

async function timeOut(visitor) {
  const { page } = visitor;
  const ended = page.locator("#session-ended");
  await ended.waitFor({ state: "visible", timeout: 2 * IDLE });
  await look(visitor, "20-session-ended");
  await test("timed out: said so, and what was typed can still be read", async () => {
    await button(page, "この画面に戻る").click();
    assert.equal(await page.inputValue("#fax"), "044-000-7006");
  });
}

async function logInAnew(visitor) {
  const { page } = visitor;
  await page.waitForTimeout(LATER);
  await press(page, "次へ進む");
  await look(visitor, "21-login-after-time-out");
  await test("timed out: sending the form leads to the log-in, which says why", async () => {
    assert.equal(new URL(page.url()).pathname, "/login");
    assert.match(await page.locator(".banner").textContent(), /しばらく操作がなかったため/);
  });
  await fill(page, { number: CARD, password: "Tamagawa06" });
  await press(page, "市民カードログイン");
  await test("timed out: after a new log-in, what was saved and what was sent too late is there again", async () =>
    assert.deepEqual(await typed(page, ["kana", "phone", "fax"]), { kana: "サトウ", phone: "044-000-9006", fax: "044-000-7006" }));
}

export async function session(browser, origin) {
  const visitor = await arrive(browser, origin);
  await logIn(visitor, CARD);
  await fill(visitor.page, { kana: "サトウ", phone: "044-000-9006" });
  await press(visitor.page, "入力した内容を一時保存する");
  await fill(visitor.page, { fax: "044-000-7006" });
  await extend(visitor);
  await timeOut(visitor);
  await logInAnew(visitor);
  await leave(visitor, "session");
}
