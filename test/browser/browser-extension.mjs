// SPDX-License-Identifier: Apache-2.0
//
// A resident's PC: Chromium with the extension as `make extension` makes it, the real kawasaki-signer behind it, and the
// pinentry of test/card/fake-pinentry; and the requests of a server that this helper believes. The card is card.mjs's.

import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const PROGRAM = resolve(process.env.SIGNER ?? "build/kawasaki-signer");
const NATIVE = "NativeMessagingHosts/kawasaki_signer.json";
const LIFE = 120; // seconds of a request

export const run = promisify(execFile);

function base64url(data) {
  return Buffer.from(data).toString("base64url");
}

// Notes its process id, which stays the same through exec, and lets pinentry do what the next line of `turns` says.
function launcher(directory) {
  return `#!/bin/sh
cd ${directory}
head -n 1 turns >pinentry.does
sed -i 1d turns
echo $$ >>started
export PCSCLITE_CSOCK_NAME=${process.env.CARDS}/reader/run/pcscd.comm
exec ${PROGRAM} "$@" --state ${directory}/state
`;
}

/** A PC for the pages of one origin, in a directory of its own below CARDS. origins: a file that says which servers its
 * helper believes, else makeRequest's; p12: a certificate file; pinentry: another program than fake-pinentry. */
export async function makePc(origin, { origins, p12 = "", pinentry } = {}) {
  const directory = await mkdtemp(`${process.env.CARDS}/pc-`);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pc = { origin, directory, key: privateKey, extension: `${directory}/extension/chromium` };
  const pin = publicKey.export({ format: "jwk" }).x;
  await writeFile(`${directory}/origins`, `${origin} ${pin}\nhttps://elsewhere.example.jp ${pin}\n`);
  if (origins) await copyFile(origins, `${directory}/origins`);
  await mkdir(`${directory}/state`, { mode: 0o700 });
  await writeFile(`${directory}/started`, "");
  await writeFile(`${directory}/kawasaki-signer`, launcher(directory));
  await chmod(`${directory}/kawasaki-signer`, 0o755);
  await copyFile("test/card/fake-pinentry", `${directory}/pinentry`);
  await setTurns(pc);
  const settings = {
    ORIGIN: origin, HELPER: `${directory}/kawasaki-signer`, ORIGINS: `${directory}/origins`, P12: p12,
    PINENTRY: pinentry ?? `${directory}/pinentry`,
  };
  await run("htdocs/extension/build", [`${directory}/extension`], { env: { ...process.env, ...settings } });
  await copyFile(`${directory}/extension/host/kawasaki-signer-browser`, `${directory}/kawasaki-signer-browser`);
  return pc;
}

/** What pinentry does at each of the requests to come (test/card/fake-pinentry), one word for each. */
export async function setTurns(pc, ...words) {
  await writeFile(`${pc.directory}/turns`, words.map((word) => `${word}\n`).join(""));
}

/** Process ids of the helpers that were started so far. */
export async function started(pc) {
  const lines = await readFile(`${pc.directory}/started`, "utf8");
  return lines.split("\n").filter(Boolean).map(Number);
}

export function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The browser, its profile new. native: whether it is told where the helper is; extension: a directory, or null; keeps:
 * whether it keeps pages as they are for the way back (bfcache), or loads them again. */
export async function openBrowser(pc, { native = true, extension = pc.extension, keeps = true } = {}) {
  const profile = await mkdtemp(`${pc.directory}/profile-`);
  if (native) {
    await mkdir(`${profile}/NativeMessagingHosts`);
    await copyFile(`${pc.directory}/extension/host/chromium/kawasaki_signer.json`, `${profile}/${NATIVE}`);
  }
  const extensions = extension ? [`--load-extension=${extension}`, `--disable-extensions-except=${extension}`] : [];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--headless=new", ...extensions, ...(pc.arguments ?? [])],
    ignoreDefaultArgs: ["--disable-extensions", ...(keeps ? ["--disable-back-forward-cache"] : [])],
    ignoreHTTPSErrors: true,
    locale: "ja-JP",
  });
  return { newContext: () => context }; // as visitor.mjs wants a browser
}

/** The extension as it would be if match patterns knew no ports, as Firefox's do. */
export async function widen(pc) {
  const wide = `${pc.directory}/wide`;
  await run("cp", ["-R", pc.extension, wide]);
  const manifest = JSON.parse(await readFile(`${wide}/manifest.json`, "utf8"));
  manifest.content_scripts[0].matches = ["https://127.0.0.1/*"];
  await writeFile(`${wide}/manifest.json`, JSON.stringify(manifest));
  return wide;
}

function manifestOf(pc, nonce, lines) {
  const head = {
    rules: "ab".repeat(32), city: "kawasaki", flow: "jpki.register", account: "", origin: pc.origin, nonce,
    time: new Date().toISOString().replace(/\.\d+/, ""),
  };
  const fields = Object.entries(head).map(([name, value]) => `${name}\t${value}\n`);
  return `kawasaki-manifest 1\n${fields.join("")}\n${lines.map((line) => `${line.join("\t")}\n`).join("")}`;
}

/** A signed request (docs/wire.md): { jws, nonce, manifest }. `lines` are those of the form, with "sign". */
export function makeRequest(pc, operation, { lines, ...changes } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(32).toString("base64");
  const manifest = lines && manifestOf(pc, nonce, lines);
  const payload = {
    id: randomBytes(12).toString("hex"), operation, source: "card", origin: pc.origin, nonce, iat: now, exp: now + LIFE,
    ...changes, ...(manifest && { manifest }),
  };
  const text = `${base64url('{"alg":"EdDSA"}')}.${base64url(JSON.stringify(payload))}`;
  return { jws: `${text}.${base64url(sign(null, Buffer.from(text), pc.key))}`, nonce, manifest };
}
