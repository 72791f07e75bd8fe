// SPDX-License-Identifier: Apache-2.0
//
// A resident's home and a company's office, as the kiosk's city sees them, with a card and a file that are nobody else's;
// and the steps of the flows by certificate from there. What is expected of them is the chapters'.

import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { makePc, openBrowser, run, setTurns } from "./browser-extension.mjs";
import { change, startService, stopService } from "./card.mjs";
import { arrive, button, fill, leave, press } from "./visitor.mjs";

const { CARDS } = process.env;
const CITY = `${CARDS}/../kiosk`; // its run directory, where test/browser/run has it
/** The servers that a helper at home believes: the kiosk's city. */
export const BELIEVED = `${CITY}/origins`;

const HOME = "127.0.0.2"; // the kiosk is 127.0.0.1
const PATIENCE = 10_000; // ms

/** What pinentry does, at each request (test/card/fake-pinentry). */
export const PIN = "pin 1234";
export const SIGNING = "pin ABC123";
export const PASSWORD = "pin kawasaki-p12";
export const CANCEL = "refuse 83886179"; // GPG_ERR_CANCELED, as pinentry says it
export const HANG = "mute";

/** The two kinds of account: where, and what it takes to register, to log in and to sign. */
export const PERSON = {
  kind: "jpki", name: "多摩　花子", registers: [PIN, SIGNING], logsIn: [PIN], signs: [SIGNING], fields: { kana: "タマハナコ" },
};
export const COMPANY = {
  kind: "corporate", name: "株式会社宮前", registers: [PASSWORD], logsIn: [PASSWORD], signs: [PASSWORD],
  fields: { kana: "ミヤマエ", "representative-kana": "カワサキタロウ" },
};

// Passes all bytes on; only the address they come from is another one.
async function makeRelay(port) {
  const relay = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port, localAddress: HOME });
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return relay;
}

// A person's card in the reader, and a company's file.
async function makeCertificates() {
  await run("test/card/certificates", [CARDS,
    "one", "home/sign", "profile=jpki-signing", "key=card/sign", `name=${PERSON.name}`,
    "one", "home/auth", "profile=jpki-authentication", "key=card/auth",
    "one", "home/company", "profile=registry", "key=company/company", `name=${COMPANY.name}`, "number=020001000001", "p12=yes"]);
  for (const name of ["sign.key", "auth.key", "sign-ca.der", "auth-ca.der"])
    await copyFile(`${CARDS}/card/${name}`, `${CARDS}/home/${name}`);
  await change("home");
}

/** A chapter at home: the card is new and in the reader, the browser has the extension, the helper believes the city.
 * changes: other settings of makePc and openBrowser. The chapter gets { pc, visitor }. */
export async function atHome(origin, changes, chapter) {
  const service = await startService("--out");
  const { host, port } = new URL(origin);
  const relay = await makeRelay(port);
  let visitor;
  try {
    await makeCertificates();
    const pc = await makePc(origin, { origins: BELIEVED, p12: `${CARDS}/home/company.p12`, ...changes });
    pc.arguments = [`--host-resolver-rules=MAP ${host} 127.0.0.1:${relay.address().port}`];
    visitor = await arrive(await openBrowser(pc, changes), origin);
    await chapter({ pc, visitor });
    await leave(visitor, "at home");
  } finally {
    await visitor?.context.close();
    relay.close();
    await stopService(service);
  }
}

/** What the city's database says: rows, their columns behind each other with |. */
export async function query(sql) {
  const { stdout } = await run("sqlite3", ["-cmd", ".timeout 5000", `${CITY}/db/kawasaki.db`, sql]);
  return stdout.trim();
}

/** Verifies all evidence there is, from the database alone. */
export function verifyEvidence() {
  return run(`${CITY}/bin/kawasaki`, ["evidence", "verify", "--all", "--database", `${CITY}/db/kawasaki.db`, "--sql", `${CITY}/sql`]);
}

/** What the helper has found, once it has: the part of the page that is shown for its code. */
export async function readiness(page) {
  const shown = page.locator("[data-info] [data-code]:visible");
  await page.locator("[data-info] [data-code]:not([data-code=WAIT]):visible").waitFor({ timeout: PATIENCE });
  return { code: await shown.getAttribute("data-code"), text: await shown.innerText() };
}

/** Presses a button that leads to the page which works, and waits for the page behind it. turns: pinentry's, and the first
 * must not be taken by the helper that finds out what is ready. */
export async function pressAndSign({ pc, visitor }, name, turns) {
  const { page } = visitor;
  let pages = 0;
  await readiness(page);
  await setTurns(pc, ...turns);
  await Promise.all([
    page.waitForEvent("domcontentloaded", { predicate: () => ++pages === 2 }),
    button(page, name).click(),
  ]);
  await page.waitForLoadState();
}

/** From the terms to the page that asks for what must be ready. */
export async function agree({ visitor }, who) {
  await visitor.page.goto(`${visitor.origin}/${who.kind}/register/terms`);
  await press(visitor.page, "同意する");
}

/** From the empty form to the confirmation: the address is taken over from the certificate. */
export async function fillIn({ visitor }, who) {
  const { page } = visitor;
  await fill(page, { ...who.fields, municipality: "川崎市", town: "旭町", phone: "044-200-2111" });
  for (const id of ["result-mail", "arrival-mail", "magazine"]) await page.selectOption(`#${id}`, "no");
  await press(page, "次へ進む");
  await press(page, who.kind === "corporate" ? "電子証明書の所在地を入れる" : "電子証明書の住所を入れる");
  await press(page, "次へ進む");
  assert.match(await page.locator("h1").innerText(), /内容確認/);
}

/** To the page where one logs in, and on to the form. */
export async function openLogin({ visitor }, who) {
  await visitor.page.goto(`${visitor.origin}/login/${who.kind}?purpose=${who.kind}-edit`);
}

export async function logInByCertificate(desk, who) {
  await openLogin(desk, who);
  await pressAndSign(desk, "はい", who.logsIn);
  assert.match(await desk.visitor.page.locator("main").innerText(), /^公的認証 利用者情報修正・削除/);
}
