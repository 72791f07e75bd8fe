// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a clerk at the counter and the resident who stands there: locked out, let in again, given a new password,
// suspended; then somebody's new card. The clerk uses the keyboard alone.

import assert from "node:assert/strict";
import { logInBy, PASSWORD } from "./certificate.mjs";
import { enter, look, print, tabTo, walk, write } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive, button, fill, leave, logIn, openForm, press } from "./visitor.mjs";

const CLERK = { username: "madoguchi", password: "Mado-guchi1" };
const CARD = "86000020";
const NEW_CARD = "87654321";
const OWN_PASSWORD = "Mizonokuchi20";
const TRIES = 5; // the city's limit: this many wrong ones lock
const REASON = "本人の来庁による申し出";
const DOCUMENT = "運転免許証";
const HOLDER = {
  number: NEW_CARD,
  name: "高津　桜",
  kana: "タカツサクラ",
  "birth-date": "平成7年4月1日",
  "post-code": "213-0001",
  city: "川崎市高津区",
};

function pathOf(page) {
  return new URL(page.url()).pathname;
}

// The first document of the menu.
async function showDocument(page) {
  await tabTo(page, page.locator("#document"));
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#document option:checked").textContent(), DOCUMENT);
}

function state(page) {
  return page.locator("section", { has: page.locator("#counter-state") }).innerText();
}

async function stayOutside(resident) {
  await test("the counter is closed to everybody without the host's log-in", async () => {
    const pages = ["/counter", "/counter/issue", "/counter/account/1", "/counter/receipt/7KQ4-M2RD"];
    for (const path of pages) assert.equal((await resident.context.request.get(resident.origin + path)).status(), 401, path);
  });
}

async function getLocked(resident) {
  const { page } = resident;
  await logIn(resident, CARD);
  await press(page, "ログアウト");
  for (let tries = 0; tries < TRIES; tries += 1) await logIn(resident, CARD, "tamagawa20");
  await test("locked: the right password does not help", async () => {
    await logIn(resident, CARD);
    assert.equal(resident.status, 429);
    assert.equal(pathOf(page), "/login/card");
  });
  return page.locator("#error-summary .receipt").textContent();
}

async function findThem(clerk) {
  const { page } = clerk;
  await page.goto(`${clerk.origin}/counter`);
  await look(clerk, "22-counter");
  await walk(page, "22-counter");
  await page.reload();
  await write(page, "number", "８６０００ー０２０");
  await enter(page, button(page, "さがす"));
  await look(clerk, "23-counter-found");
  await test("found by number: one person, with what tells people of one name apart", async () => {
    assert.match(await page.title(), /^検索結果1件/);
    const found = await page.locator(".found li").allInnerTexts();
    assert.equal(found.length, 1);
    for (const word of ["松本　恵", "マツモトメグミ", "1977年12月12日", "川崎市高津区溝口", CARD]) assert.ok(found[0].includes(word), word);
  });
  await enter(page, page.getByRole("link", { name: "松本　恵" }));
}

async function readLock(clerk, receipt) {
  const { page } = clerk;
  await look(clerk, "24-counter-locked");
  await walk(page, "24-counter-locked");
  await test("the account's page: the lock, with the receipt that the resident was shown", async () => {
    const lock = page.locator("section", { has: page.getByRole("heading", { name: /ロック/ }) });
    assert.match(await state(page), /ロック\s*受け付けを止めています/);
    assert.ok((await lock.innerText()).includes(receipt), receipt);
  });
  await page.goto(`${clerk.origin}/counter`);
  await write(page, "receipt", receipt.toLowerCase());
  await enter(page, button(page, "調べる"));
  await look(clerk, "25-counter-receipt");
  await test("the receipt says what was refused, until when, and what to do now", async () => {
    assert.equal(pathOf(page), `/counter/receipt/${receipt}`);
    assert.match(await page.locator("main").innerText(), /受け付けを止めています[^]*いつまで[^]*このあとすること[^]*［解除する］/);
    assert.equal(await button(page, "解除する").count(), 0); // the account's page has it
  });
}

async function unlock(clerk, account) {
  const { page } = clerk;
  await page.goto(account);
  await enter(page, button(page, "解除する"));
  await look(clerk, "26-counter-no-reason");
  await test("nothing is done without a reason", async () => {
    assert.equal(clerk.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#reason");
    assert.equal(await page.evaluate(() => document.activeElement.id), "error-summary");
  });
  await write(page, "reason", REASON);
  await test("the Enter key in a field does nothing", async () => {
    const { posts } = clerk;
    await page.keyboard.press("Enter");
    assert.equal(clerk.posts, posts);
  });
  await enter(page, button(page, "解除する"));
  await look(clerk, "27-counter-unlocked");
  await test("unlocked: the page says so, and the record says why", async () => {
    assert.match(await state(page), /ロック\s*ありません/);
    assert.equal(await button(page, "解除する").count(), 0);
    const newest = await page.locator(".entries li", { hasText: "再開しました" }).innerText();
    assert.ok(newest.includes(CLERK.username) && newest.includes(REASON), newest);
  });
}

async function beWarned(resident) {
  const { page } = resident;
  await logIn(resident, CARD);
  await look(resident, "28-warned-of-failures");
  await test("let in again, the resident is told of the wrong tries", async () => {
    assert.equal(pathOf(page), "/card/edit");
    assert.match(await page.locator(".banner-bad").textContent(), /5回、ログインに失敗した記録があります/);
  });
  await page.goto(`${resident.origin}/account/ledger`);
  await look(resident, "29-ledger");
  await walk(page, "29-ledger");
  await test("the ledger tells it all in words, and who at the counter looked, without a name", async () => {
    const entries = (await page.locator(".entries").innerText()).split(/\s+/).join(" ");
    for (const words of ["ログインしました。 ご本人", "ログインに失敗しました。 インターネットから", "受け付けを止めました。 インターネットから",
      "登録内容を見ました。 窓口", "再開しました。 窓口"]) assert.ok(entries.includes(words), words);
    assert.ok(!entries.includes(CLERK.username) && !entries.includes(REASON));
  });
}

// Leaves the clerk at the account's page.
async function resetPassword(clerk, account) {
  const { page } = clerk;
  await page.goto(account);
  await write(page, "reason", REASON);
  await enter(page, button(page, "仮のパスワードを発行する"));
  await test("no new password before an identity document was seen", async () => {
    assert.equal(clerk.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#document");
    assert.equal(await page.inputValue("#reason"), REASON);
  });
  await write(page, "reason", REASON);
  await showDocument(page);
  await enter(page, button(page, "仮のパスワードを発行する"));
  await look(clerk, "30-one-time-password");
  await walk(page, "30-one-time-password");
  await print(page, "30-one-time-password");
  const password = await page.locator(".one-time").textContent();
  await test("the paper says what must be known to type the password", async () => {
    assert.match(password, /^[2-9a-km-np-z]{12}$/);
    assert.doesNotMatch(password, /[OIl]/);
    assert.match(await page.locator("main").innerText(), /小文字の英字と数字です/);
  });
  await page.reload();
  await test("shown once: sent again, the form gives no second password and not the first", async () => {
    assert.equal(clerk.status, 409);
    assert.ok(!(await clerk.source).includes(password));
    assert.match(await page.locator(".banner").textContent(), /今回の操作は行っていません/);
    assert.match(await state(page), /仮のパスワード（.*まで）/);
  });
  return password;
}

async function changePassword(resident, password) {
  const { page } = resident;
  await logIn(resident, CARD);
  await test("the old password is over", () => assert.equal(resident.status, 422));
  await logIn(resident, CARD, password);
  await look(resident, "31-must-change");
  await test("with the one-time password one comes in, and is told to change it", async () => {
    assert.equal(pathOf(page), "/card/edit");
    assert.match(await page.locator(".banner").last().textContent(), /仮のもの/);
    await press(page, "次へ進む");
    assert.equal(resident.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#new-password");
  });
  await fill(page, { "current-password": password, "new-password": OWN_PASSWORD, "new-password-again": OWN_PASSWORD });
  await press(page, "次へ進む");
  await press(page, "登録");
  await test("changed: nothing is asked any more", async () => {
    assert.match(pathOf(page), /\/complete\//);
    await openForm(resident);
    assert.equal(await page.locator(".banner").count(), 0);
  });
}

async function freeze(clerk, resident, account) {
  await clerk.page.goto(account);
  await write(clerk.page, "reason", REASON);
  await enter(clerk.page, button(clerk.page, "凍結する"));
  await look(clerk, "32-counter-frozen");
  await test("frozen: the counter sees it, and the resident's session is over", async () => {
    assert.match(await state(clerk.page), /凍結中/);
    await resident.page.reload();
    assert.equal(pathOf(resident.page), "/login");
  });
  await test("frozen: nobody learns of it without the password", async () => {
    await logIn(resident, CARD, "mizonokuchi20");
    assert.doesNotMatch(await resident.page.locator("#error-summary").innerText(), /お使いになれません/);
    await logIn(resident, CARD, OWN_PASSWORD);
    assert.match(await resident.page.locator("#error-summary").innerText(), /お使いになれません/);
  });
  await look(resident, "33-login-frozen");
}

async function release(clerk, resident) {
  await write(clerk.page, "reason", REASON);
  await enter(clerk.page, button(clerk.page, "凍結を解く"));
  await test("released: the same password opens again", async () => {
    assert.match(await state(clerk.page), /凍結されていません/);
    await logIn(resident, CARD, OWN_PASSWORD);
    assert.equal(pathOf(resident.page), "/card/edit");
    await press(resident.page, "ログアウト");
  });
}

async function issue(clerk) {
  const { page } = clerk;
  await enter(page, page.getByRole("link", { name: "市民カードの発行" }));
  await look(clerk, "34-counter-issue");
  await walk(page, "34-counter-issue");
  await page.reload();
  await write(page, "number", CARD);
  await enter(page, button(page, "発行する"));
  await look(clerk, "35-counter-issue-errors");
  await test("issuing: everything that lacks is said at once", async () => {
    assert.equal(clerk.status, 422);
    const missing = await page.locator("#error-summary a").evaluateAll((all) => all.map((one) => one.hash.slice(1)));
    assert.deepEqual(missing, [...Object.keys(HOLDER).slice(1), "document"]);
  });
  for (const [id, value] of Object.entries(HOLDER)) await write(page, id, value);
  await showDocument(page);
  await enter(page, button(page, "発行する"));
  await look(clerk, "36-counter-issued");
  await print(page, "36-counter-issued");
  await test("issued: the paper has name, number and password", async () => {
    assert.match(await page.locator("main").innerText(), /高津　桜 様/);
    assert.equal(await page.locator(".receipt").textContent(), NEW_CARD);
  });
  return page.locator(".one-time").textContent();
}

async function logInAnew(resident, password) {
  await logIn(resident, NEW_CARD, password);
  await test("the new card's holder comes in, and must choose a password", async () => {
    assert.equal(pathOf(resident.page), "/card/edit");
    assert.match(await resident.page.locator(".visitor p").textContent(), /^高津　桜さん/);
    assert.match(await resident.page.locator(".banner").textContent(), /仮のもの/);
  });
}

export async function counter(browser, origin) {
  const clerk = await arrive(browser, origin, { httpCredentials: CLERK });
  const resident = await arrive(browser, origin);
  await stayOutside(resident);
  const receipt = await getLocked(resident);
  await findThem(clerk);
  const account = clerk.page.url();
  await readLock(clerk, receipt);
  await unlock(clerk, account);
  await beWarned(resident);
  await changePassword(resident, await resetPassword(clerk, account));
  await freeze(clerk, resident, account);
  await release(clerk, resident);
  await logInAnew(resident, await issue(clerk));
  await leave(resident, "counter, the resident");
  await leave(clerk, "counter, the clerk");
}

async function lockFile(resident) {
  for (let tries = 0; tries < TRIES; tries += 1) await logInBy(resident, "corporate", "wrong");
  await look(resident, "37-file-locked");
  return resident.page.locator("#error-summary .receipt").textContent();
}

async function endLock(clerk, receipt) {
  const { page } = clerk;
  await page.goto(`${clerk.origin}/counter`);
  await write(page, "receipt", receipt);
  await enter(page, button(page, "調べる"));
  await look(clerk, "38-counter-file-locked");
  await walk(page, "38-counter-file-locked");
  await page.reload();
  await test("the receipt of a file's lock says which secret it was, and has the button itself", async () => {
    assert.equal(pathOf(page), `/counter/receipt/${receipt}`);
    assert.match(await page.locator("main").innerText(), /会社の電子証明書ファイルのパスワード[^]*本人確認/);
  });
  await write(page, "reason", REASON);
  await enter(page, button(page, "解除する"));
  await look(clerk, "39-counter-no-document");
  await test("it doesn't end before an identity document was seen", async () => {
    assert.equal(clerk.status, 422);
    assert.equal(await page.locator("#error-summary a").getAttribute("href"), "#document");
  });
  await showDocument(page);
  await enter(page, button(page, "解除する"));
  await look(clerk, "39-counter-file-unlocked");
  await test("ended: the page says so, and has no button any more", async () => {
    assert.match(await page.locator(".banner").textContent(), /再開しました/);
    assert.equal(await button(page, "解除する").count(), 0);
  });
}

// A company at the kiosk whose file is locked, and the clerk there.
export async function receipt(browser, origin) {
  const clerk = await arrive(browser, origin, { httpCredentials: CLERK });
  const resident = await arrive(browser, origin);
  await endLock(clerk, await lockFile(resident));
  await logInBy(resident, "corporate", PASSWORD);
  await test("the next password goes to the file again", async () => {
    assert.doesNotMatch(await resident.page.locator("main").innerText(), /受け付けを止めています|パスワードが違います/);
  });
  await leave(resident, "receipt, the resident");
  await leave(clerk, "receipt, the clerk");
}
