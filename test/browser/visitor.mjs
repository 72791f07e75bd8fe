// SPDX-License-Identifier: Apache-2.0
//
// A visitor: a browser of their own, which remembers what a console or a network log would show, and the steps that
// every chapter takes. Not for judging pages: look.mjs.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { test } from "./tap.mjs";

export const DESKTOP = { width: 1280, height: 800 };

const PATIENCE = 10_000; // ms
const FORM_TITLE = "市民カード 利用者情報参照・修正";

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

// The browser says of every answer from 400 on that it "failed to load": pages of ours may have such a status.
function isStatusOfPage(message, origin) {
  return message.text().startsWith("Failed to load resource: the server responded with a status of 4")
    && message.location().url.startsWith(origin)
    && !message.location().url.startsWith(`${origin}/static/`);
}

function watch(visitor, page) {
  const { faults, origin } = visitor;
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isStatusOfPage(message, origin)) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`asks ${request.url()}`);
    if (request.method() === "POST") visitor.posts += 1;
  });
  page.on("response", (response) => {
    const status = response.status();
    if (!response.request().isNavigationRequest() || (status >= 300 && status < 400)) return;
    visitor.status = status;
    visitor.source = response.text().catch(() => "");
  });
}

/** Somebody with an empty browser. `posts` counts what was sent, `status` and `source` are the last page's. */
export async function arrive(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "ja-JP", ignoreHTTPSErrors: true, ...options });
  const visitor = { context, origin, faults: [], posts: 0, status: 0, source: "" };
  context.on("page", (page) => watch(visitor, page));
  visitor.page = await context.newPage();
  return visitor;
}

/** Closes the browser and judges what its console and network log would have shown. */
export async function leave(visitor, chapter) {
  await visitor.context.close();
  await test(`${chapter}: no message on the console, no broken policy, nothing asked of others`, () => {
    assert.deepEqual(visitor.faults, []);
  });
}

export function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

/** Presses a button and waits for the page that comes. */
export async function press(page, name) {
  await Promise.all([page.waitForEvent("load"), button(page, name).click()]);
}

export async function logIn(visitor, card, password = `Tamagawa${card.slice(-2)}`, page = visitor.page) {
  await page.goto(`${visitor.origin}/login?purpose=card-edit`);
  await page.fill("#number", card);
  await page.fill("#password", password);
  await press(page, "市民カードログイン");
}

export async function openForm(visitor, page = visitor.page) {
  await page.goto(`${visitor.origin}/card/edit`);
  assert.equal(await page.locator("h1").textContent(), FORM_TITLE);
}

/** The values of the fields with these ids, as the page shows them. */
export async function typed(page, ids) {
  const values = {};
  for (const id of ids) values[id] = await page.inputValue(`#${id}`);
  return values;
}

export async function fill(page, values) {
  for (const [id, value] of Object.entries(values)) await page.fill(`#${id}`, value);
}

/** Where a field's label begins, in pixels below the window's upper edge. */
export function topOfLabel(field) {
  return field.evaluate((one) => one.closest(".field").querySelector(".label").getBoundingClientRect().top);
}

/** How often the account was written: a part of the form's token. */
export async function accountVersion(page) {
  return Number((await page.inputValue("main input[name=draft]")).split(".")[1]);
}

export function receipt(page) {
  return page.locator(".receipt").textContent();
}
