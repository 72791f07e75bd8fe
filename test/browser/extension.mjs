// SPDX-License-Identifier: Apache-2.0
//
// Chapter: a resident at home, with the browser extension (docs/extension.md), the real helper and the emulated card. The
// pages are small ones of the test's own; what is tried is the way from page to card and back.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, makePc, makeRequest, openBrowser, run, setTurns, started, widen } from "./browser-extension.mjs";
import { control, insert, remove, startService, stopService } from "./card.mjs";
import { infoPage, serve, workPage } from "./page-server.mjs";
import { test } from "./tap.mjs";
import { arrive, leave } from "./visitor.mjs";

const CARDS = process.env.CARDS;
const RIGHT = "pin 1234"; // the test card's, for fake-pinentry
const WRONG = "pin 9876";
const SIGNING = "pin ABC123";
const CANCEL = "refuse 83886179"; // GPG_ERR_CANCELED, as pinentry says it
const HANG = "mute";
const PATIENCE = 10_000; // ms
const MOMENT = 500; // ms, for what must not happen
const AT_ONCE = { waitUntil: "commit" }; // a page that was kept is not loaded
const FORM = [["name", "氏名", "川崎　太郎"], ["address", "住所", "川崎区旭町１丁目３番３号"]];

async function until(condition, what) {
  for (const end = Date.now() + PATIENCE; !(await condition()); await sleep(20)) assert.ok(Date.now() < end, what);
}

function shown(page) {
  return page.locator("main p:visible").allInnerTexts().then((texts) => texts.join("|"));
}

function waitFor(page, text) {
  return page.getByText(text).waitFor({ state: "visible", timeout: PATIENCE });
}

async function build() {
  const wrong = ["", "https://", "http://a.jp", "https://a.jp/", "https://A.jp", "https://a..jp", "https://-a.jp", "https://a.jp:443",
    "https://a.jp:0", "https://a.jp:65536", "https://a.jp\nhttps://b.jp", "https://*.a.jp", "https://a.jp|"];
  const outcome = (settings) => run("htdocs/extension/build", [`${CARDS}/built`], { env: { ...process.env, ...settings } })
    .then(() => 0, ({ code }) => code);
  await test("extension: built for one origin as browsers write it, and for nothing else", async () => {
    for (const ORIGIN of wrong) assert.equal(await outcome({ ORIGIN }), 2, ORIGIN);
    for (const path of ["kawasaki-signer", "/a b", "/a'b", "/a\nb"])
      for (const setting of ["HELPER", "PINENTRY"])
        assert.equal(await outcome({ ORIGIN: "https://a.jp", [setting]: path }), 2, `${setting}=${path}`);
  });
  await test("extension: HOST, which some shells export, is not asked", async () => {
    assert.equal(await outcome({ ORIGIN: "https://a.jp", HOST: "pc-17" }), 0);
    assert.match(await readFile(`${CARDS}/built/host/kawasaki-signer-browser`, "utf8"), /^exec \/usr\/local\/bin\/kawasaki-signer /m);
  });
}

// A shop takes nothing but a higher version, a browser fetches nothing else.
async function grow() {
  const wrong = ["1.", "v1", "1.0-2", "1.2.3.4.5", "01", "65536", "1.70000", "0.0", "1\n2"];
  const place = `${CARDS}/built`;
  const make = (VERSION) => run("htdocs/extension/build", [place], { env: { ...process.env, ORIGIN: "https://a.jp", VERSION } });
  const manifest = async (browser) => JSON.parse(await readFile(`${place}/${browser}/manifest.json`, "utf8"));
  const manifests = async (VERSION) => make(VERSION).then(() => Promise.all(["chromium", "firefox"].map(manifest)));
  await test("extension: the version is the city's word, and nothing else changes with it", async () => {
    const old = await manifests("");
    for (const { version } of old) assert.equal(version, "1.0");
    assert.deepEqual(await manifests("65535.0.10.3"), old.map((one) => ({ ...one, version: "65535.0.10.3" })));
    for (const VERSION of wrong) await assert.rejects(make(VERSION), { code: 2 }, VERSION);
  });
}

// Opens a page with these inputs, and gives the answers that were posted from it.
async function work(desk, ...inputs) {
  const { visitor, server } = desk;
  const before = server.posts.length;
  server.pages["/work"] = workPage(...inputs);
  await visitor.page.goto(`${visitor.origin}/work`);
  await visitor.page.waitForURL("**/done");
  assert.equal(server.posts.length, before + 1);
  return server.posts.at(-1);
}

// One input, one answer.
async function askOnce({ pc, ...desk }, turn, changes) {
  await setTurns(pc, turn);
  const form = await work(desk, ["token", makeRequest(pc, "auth", changes).jws]);
  return JSON.parse(form.get("token"));
}

async function verifyToken(origin, nonce, token) {
  const child = run("node", ["test/card/verify-token.mjs", origin, nonce]);
  child.child.stdin.end(token);
  assert.match((await child).stdout, /^ok RS256/);
}

async function verifyCms({ directory }, { manifest }, cms) {
  await writeFile(`${directory}/form`, manifest);
  await writeFile(`${directory}/form.p7s`, Buffer.from(cms, "base64url"));
  await run("openssl", ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any",
    "-in", `${directory}/form.p7s`, "-content", `${directory}/form`, "-CAfile", `${CARDS}/trust/jpki-signing/3.pem`,
    "-out", `${directory}/verified`]);
}

async function logInAndSign(desk, browser) {
  const { pc } = desk;
  const login = makeRequest(pc, "auth");
  const form = makeRequest(pc, "sign", { lines: FORM });
  await setTurns(pc, RIGHT, SIGNING);
  const posted = await work(desk, ["token", login.jws], ["answer", form.jws]);
  await test(`${browser}: a token and a CMS, one after the other, and the form is sent as by its button`, async () => {
    await verifyToken(pc.origin, login.nonce, JSON.parse(posted.get("token")).token);
    await verifyCms(pc, form, JSON.parse(posted.get("answer")).cms);
    assert.equal(posted.get("action"), "signed");
  });
  await test(`${browser}: the helpers have ended`, () =>
    until(async () => !(await started(pc)).some(isAlive), "a helper is still there"));
}

// A browser that keeps pages shows the one that worked once more, others load the page before it.
async function comeBack({ pc, visitor, server }, browser, sentence) {
  const { page } = visitor;
  const [posts, helpers] = [server.posts.length, (await started(pc)).length];
  await page.goBack(AT_ONCE);
  await sleep(MOMENT);
  await test(`${browser}: back: nothing is signed or sent again`, async () => {
    assert.equal(new URL(page.url()).pathname, "/before");
    assert.equal(await shown(page), sentence);
    assert.equal(server.posts.length, posts);
    assert.equal((await started(pc)).length, helpers);
  });
}

async function fail(desk) {
  const { pc } = desk;
  await setTurns(pc, WRONG, RIGHT);
  const posted = await work(desk, ["token", makeRequest(pc, "auth").jws], ["answer", makeRequest(pc, "auth").jws]);
  await test("extension: a wrong PIN ends it, and the second request is not made", async () => {
    const { error, tries } = JSON.parse(posted.get("token"));
    assert.deepEqual({ error, tries }, { error: "PIN_WRONG", tries: 2 });
    assert.equal(posted.get("answer"), "");
    assert.equal(await control("get auth-tries"), "2");
  });
  const answers = {
    CANCELLED: await askOnce(desk, CANCEL),
    ORIGIN_DENIED: await askOnce(desk, RIGHT, { origin: "https://elsewhere.example.jp" }),
    REQUEST_INVALID: await askOnce(desk, RIGHT, { iat: 1 }),
  };
  for (const [code, { error }] of Object.entries(answers))
    await test(`extension: the helper says ${code}`, () => assert.equal(error, code));
  await askOnce(desk, RIGHT); // and the card's tries are whole again
}

// Opens a page whose helper waits for a PIN that nobody types; gives the helper's process id.
async function beginWork({ pc, visitor, server }) {
  const helpers = (await started(pc)).length;
  await setTurns(pc, HANG);
  server.pages["/work"] = workPage(["token", makeRequest(pc, "auth").jws]);
  await visitor.page.goto(`${visitor.origin}/work`);
  await until(async () => (await started(pc)).length > helpers, "no helper");
  return (await started(pc)).at(-1);
}

async function goAway(desk) {
  const { pc, visitor, server } = desk;
  const { page } = visitor;
  const posts = server.posts.length;
  const helper = await beginWork(desk);
  await test("extension: while the helper waits, the page says so", async () => {
    assert.match(await shown(page), /^電子署名を作成中/);
    assert.ok(isAlive(helper));
  });
  await page.getByRole("link", { name: "キャンセル" }).click();
  await test("extension: キャンセル ends the helper", () => until(() => !isAlive(helper), "it is still there"));
  await page.goBack(AT_ONCE);
  await sleep(MOMENT);
  await test("extension: and back: the page that worked is gone from the history, nothing was sent", async () => {
    assert.doesNotMatch(await shown(page), /電子署名/);
    assert.equal(server.posts.length, posts);
  });
}

async function closeTab(desk) {
  const { visitor } = desk;
  const helper = await beginWork(desk);
  const old = visitor.page;
  visitor.page = await visitor.context.newPage();
  await old.close();
  await test("extension: closing the tab ends the helper", () => until(() => !isAlive(helper), "it is still there"));
  await test("extension: the next one is served", async () => assert.ok((await askOnce(desk, RIGHT)).token));
}

async function info(desk) {
  const { pc, visitor, server } = desk;
  const { page } = visitor;
  const refresh = () => { server.pages["/info"] = infoPage(makeRequest(pc, "info").jws); };
  refresh();
  await page.goto(`${visitor.origin}/info`);
  await waitFor(page, "OK");
  await test("extension: what is ready, and how many tries are left", async () =>
    assert.equal(await shown(page), "OK|署名用5|利用者証明用3"));
  await remove();
  refresh();
  await page.getByRole("button", { name: "もう一度" }).click();
  await waitFor(page, "NO_CARD");
  await test("extension: asked again, without the card", async () => assert.match(await shown(page), /^NO_CARD\|/));
  await insert();
  await control("set label FOREIGN");
  refresh();
  await page.reload();
  await waitFor(page, "FAILED");
  await test("extension: a code that the page has no words for", async () => assert.match(await shown(page), /^FAILED\|/));
  await control("set label JPKIAPICCTOKEN2");
}

// A browser that loads pages again on the way back.
async function forget({ pc, server }) {
  const visitor = await arrive(await openBrowser(pc, { keeps: false }), server.origin);
  const desk = { pc, server, visitor };
  await logInAndSign(desk, "extension, forgetful browser");
  await comeBack(desk, "extension, forgetful browser", "");
  const { page } = visitor;
  server.pages["/info"] = infoPage(makeRequest(pc, "info").jws);
  await page.goto(`${visitor.origin}/info`);
  await waitFor(page, "OK");
  await page.goto(`${visitor.origin}/before`);
  server.pages["/info"] = infoPage(makeRequest(pc, "info").jws);
  await page.goBack(AT_ONCE);
  await waitFor(page, "OK");
  await test("extension, forgetful browser: back: what is ready is asked anew", async () =>
    assert.equal(await shown(page), "OK|署名用5|利用者証明用3"));
  await leave(visitor, "extension, forgetful browser");
}

// Another server, on the same host.
async function beElsewhere({ pc }) {
  const server = await serve(pc.directory);
  const helpers = (await started(pc)).length;
  server.pages["/work"] = workPage(["token", makeRequest(pc, "auth").jws]);
  for (const [which, extension, sentence] of [["as it is", pc.extension, "拡張機能がありません"], ["widened", await widen(pc), ""]]) {
    const visitor = await arrive(await openBrowser(pc, { extension }), server.origin);
    await visitor.page.goto(`${server.origin}/work`);
    if (sentence) await waitFor(visitor.page, sentence);
    else await visitor.page.waitForURL("**/done");
    await test(`extension, ${which}: a page of another port gets nothing, and no helper is started`, async () => {
      if (!sentence) assert.equal(server.posts.at(-1).get("token"), '{"error":"ORIGIN_DENIED"}');
      assert.equal((await started(pc)).length, helpers);
    });
    await leave(visitor, `extension, ${which}, elsewhere`);
  }
  server.close();
}

async function lack({ pc, server }) {
  const hostless = await arrive(await openBrowser(pc, { native: false }), server.origin);
  await test("extension: without the helper the answer says so", async () =>
    assert.deepEqual(await askOnce({ pc, server, visitor: hostless }), { error: "NO_SERVICE" }));
  server.pages["/info"] = infoPage(makeRequest(pc, "info").jws);
  await hostless.page.goto(`${hostless.origin}/info`);
  await waitFor(hostless.page, "NO_HOST");
  await test("extension: without the helper what is ready says so", async () =>
    assert.match(await shown(hostless.page), /^NO_HOST\|/));
  await leave(hostless, "extension without helper");

  const bare = await arrive(await openBrowser(pc, { extension: null }), server.origin);
  const { page } = bare;
  const posts = server.posts.length;
  server.pages["/work"] = workPage(["token", makeRequest(pc, "auth").jws]);
  server.pages["/info"] = infoPage(makeRequest(pc, "info").jws);
  await page.goto(`${bare.origin}/work`);
  await test("no extension: first it is waited for", async () => assert.match(await shown(page), /^電子署名を作成中/));
  await waitFor(page, "拡張機能がありません");
  await test("no extension: then the page says so, and nothing is sent", async () => {
    assert.equal(await shown(page), "拡張機能がありません");
    assert.equal(server.posts.length, posts);
  });
  await page.goto(`${bare.origin}/info`);
  await test("no extension: what is ready is waited for, too", async () => assert.match(await shown(page), /^WAIT\|/));
  await waitFor(page, "MISSING");
  await test("no extension: what is ready says so, too", async () => assert.match(await shown(page), /^MISSING\|/));
  await leave(bare, "no extension");
}

export async function extension() {
  await build();
  await grow();
  const service = await startService("--out");
  await insert();
  const server = await serve(CARDS);
  const pc = await makePc(server.origin);
  const visitor = await arrive(await openBrowser(pc), server.origin);
  const desk = { pc, server, visitor };
  await logInAndSign(desk, "extension");
  await comeBack(desk, "extension", "前の画面に戻る");
  await fail(desk);
  await info(desk);
  await goAway(desk);
  await closeTab(desk);
  await leave(visitor, "extension");
  await forget(desk);
  await beElsewhere(desk);
  await lack(desk);
  server.close();
  await stopService(service);
}
