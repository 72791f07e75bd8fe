// SPDX-License-Identifier: Apache-2.0
//
// Chapter: what goes wrong between a page at home and its card: PINs, a card that is pulled out, pages gone back to,
// loaded again or left, two tabs, too long a wait. Whatever happens, nothing is stored that wasn't signed, and the next
// try goes on from there.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, setTurns, started } from "./browser-extension.mjs";
import { control, insert } from "./card.mjs";
import {
  agree, atHome, CANCEL, COMPANY, fillIn, HANG, openLogin, PERSON, PIN, pressAndSign, query, readiness, SIGNING,
} from "./extension-home.mjs";
import { test } from "./tap.mjs";
import { button, press } from "./visitor.mjs";

const PATIENCE = 10_000; // ms
const MOMENT = 500; // ms, for what must not happen
const LIFE = 300; // seconds of a challenge
const WORKING = "電子署名を作成中です";

function summary(page) {
  return page.locator("#error-summary").innerText();
}

async function until(condition, what) {
  for (const end = Date.now() + PATIENCE; !(await condition()); await sleep(20)) assert.ok(Date.now() < end, what);
}

function countEvidence() {
  return query("SELECT count(*) FROM evidence");
}

/* The ways a card fails at a step that wants one PIN: what happens, what pinentry does, what the page says. */
function mishapsOf(key, right, wrong) {
  return [
    ["a wrong PIN", "", wrong, key === "auth" ? /あと2回/ : /あと4回/],
    ["cancelled in the helper's window", "", CANCEL, /取りやめました/],
    ["out before VERIFY", "remove-at before VERIFY", right, /カードが外れました/],
    ["out after VERIFY", "remove-at after VERIFY", right, /カードが外れました/],
    ["out before SIGN", "remove-at before SIGN", right, /カードが外れました/],
    ["out after SIGN", "remove-at after SIGN", right, /カードが外れました/],
  ];
}

// Each of them, and after each the same page takes the next try.
async function stumble(desk, step, name, mishaps) {
  const { page } = desk.visitor;
  const before = await countEvidence();
  for (const [what, fault, turn, sentence] of mishaps) {
    if (fault) await readiness(page).then(() => control(fault));
    await pressAndSign(desk, name, [turn]);
    await test(`${step}, ${what}: said so, nothing is stored`, async () => {
      assert.match(await summary(page), sentence);
      assert.equal(await countEvidence(), before);
    });
    if (fault) await insert();
    if (fault) await page.locator("[data-info-again]").click();
    if (fault) await page.waitForLoadState();
  }
}

// Presses the button; the helper waits for a PIN that nobody types. Gives its process id.
async function hang({ pc, visitor }, name) {
  await readiness(visitor.page);
  const before = (await started(pc)).length;
  await setTurns(pc, HANG);
  await button(visitor.page, name).click();
  await visitor.page.getByText(WORKING).waitFor();
  await until(async () => (await started(pc)).length > before, "no helper");
  return (await started(pc)).at(-1);
}

// Away from the page that works: the helper ends, and nothing is signed.
const WAYS = {
  キャンセル: (page) => page.getByRole("link", { name: "キャンセル" }).click(),
  back: (page) => page.goBack({ waitUntil: "commit" }),
  reload: (page) => page.reload({ waitUntil: "commit" }),
};

async function leaveWork(desk, step, name, ways = Object.keys(WAYS)) {
  const { page } = desk.visitor;
  const before = await countEvidence();
  for (const way of ways) {
    const helper = await hang(desk, name);
    await WAYS[way](page);
    await test(`${step}, ${way}: the helper ends, the page before is there, nothing is stored`, async () => {
      await until(() => !isAlive(helper), "it is still there");
      await button(page, name).waitFor();
      assert.equal(await page.locator("#error-summary").count(), 0);
      assert.equal(await countEvidence(), before);
    });
  }
}

// The answer comes too late: the challenge has aged meanwhile.
async function beLate(desk, step, name, right) {
  const { pc, visitor } = desk;
  const before = await countEvidence();
  await readiness(visitor.page);
  await setTurns(pc, right);
  await visitor.page.route("**/*", async (route) => {
    if (/action=signed/.test(route.request().postData() ?? ""))
      await query(`UPDATE challenge SET created_at = created_at - ${LIFE}000000`);
    await route.continue();
  });
  await pressAndSign(desk, name, [right]);
  await visitor.page.unroute("**/*");
  await test(`${step}, later than ${LIFE} s: refused, and to be tried again`, async () => {
    assert.match(await summary(visitor.page), /もう一度お試しください/);
    assert.equal(await countEvidence(), before);
  });
}

// Two tabs: the older one's challenge is gone when its answer comes.
async function useTwoTabs(desk, step, name, right) {
  const { pc, visitor } = desk;
  const { page } = visitor;
  const before = await countEvidence();
  const other = await visitor.context.newPage();
  await other.goto(page.url());
  await readiness(other);
  const first = await hang(desk, name);
  await pressAndSign({ pc, visitor: { ...visitor, page: other } }, name, [CANCEL]);
  await test(`${step}, two tabs: the card is the first one's, the second says it is in use`, async () => {
    assert.match(await summary(other), /ほかの操作で使われています|取りやめました/);
    assert.ok(isAlive(first));
  });
  await other.close();
  await page.getByRole("link", { name: "キャンセル" }).click();
  await test(`${step}, two tabs: nothing was stored`, async () => assert.equal(await countEvidence(), before));
}

async function register(desk) {
  const { page } = desk.visitor;
  await agree(desk, PERSON);
  await stumble(desk, "start", "はい", [
    ["a wrong PIN", "", "pin 9999", /あと2回/],
    ["out while it is read", "remove-at before READ", PIN, /カードが外れました/],
  ]);
  await pressAndSign(desk, "はい", [PIN, CANCEL]);
  await test("start, the second signature is cancelled: nobody is registered", async () =>
    assert.match(await summary(page), /取りやめました/));
  await pressAndSign(desk, "はい", PERSON.registers);
  await fillIn(desk, PERSON);
  await stumble(desk, "confirm", "登録", mishapsOf("sign", SIGNING, "pin ABC124"));
  await leaveWork(desk, "confirm", "登録");
  await beLate(desk, "confirm", "登録", SIGNING);
  await useTwoTabs(desk, "confirm", "登録", SIGNING);
  await pressAndSign(desk, "登録", PERSON.signs);
  await test("after all that it is registered", async () => assert.match(page.url(), /\/jpki\/register\/complete\//));
  const signed = await countEvidence();
  await page.goBack();
  await sleep(MOMENT);
  await test("back from there: nothing is signed again", async () => {
    assert.equal(await page.locator("#card-work").count(), 0);
    assert.equal(await countEvidence(), signed);
  });
  await page.goto(`${desk.visitor.origin}/`);
  await press(page, "ログアウト");
}

async function logIn(desk) {
  const { page } = desk.visitor;
  await openLogin(desk, PERSON);
  await stumble(desk, "log-in", "はい", mishapsOf("auth", PIN, "pin 9999"));
  await leaveWork(desk, "log-in", "はい", ["reload"]);
  await beLate(desk, "log-in", "はい", PIN);
  await pressAndSign(desk, "はい", PERSON.logsIn);
  await test("after all that one is logged in", async () => assert.match(page.url(), /\/jpki\/edit$/));
}

async function remove(desk) {
  const { page } = desk.visitor;
  await press(page, "削除");
  await stumble(desk, "delete", "削除", mishapsOf("sign", SIGNING, "pin ABC124").slice(-1));
  await leaveWork(desk, "delete", "削除", ["キャンセル"]);
  await beLate(desk, "delete", "削除", SIGNING);
  await pressAndSign(desk, "削除", PERSON.signs);
  await test("after all that it is deleted", async () => assert.match(page.url(), /\/jpki\/deleted\//));
}

async function useFile(desk) {
  await agree(desk, COMPANY);
  await stumble(desk, "company", "はい", [
    ["a wrong password", "", "pin wrong", /パスワードが違います/],
    ["cancelled", "", CANCEL, /取りやめました/],
  ]);
  await leaveWork(desk, "company", "はい", ["キャンセル"]);
}

export async function mishaps(browser, origin) {
  await atHome(origin, {}, async (desk) => {
    await register(desk);
    await logIn(desk);
    await remove(desk);
    await useFile(desk);
  });
}
