// SPDX-License-Identifier: Apache-2.0
//
// Judges one state of one page by what holds for all of them: axe, html-validate, no scrolling sideways, targets large
// enough, Tab through everything in order. Screenshots go to SCREENS, for people.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { test } from "./tap.mjs";
import { DESKTOP } from "./visitor.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
const MIN_TARGET = 24; // CSS pixels, WCAG 2.5.8
const MIN_OUTLINE = 2;
const SIZES = [["390", 390, 844], ["320", 320, 640], ["400percent", 320, 256]]; // the last: 1280 × 1024 at 400 %
const FOCUSABLE = ":is(a[href], button, input:not([type=hidden]), select, textarea, summary):not([tabindex='-1'])";

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  rules: { "require-sri": ["error", { target: "crossorigin" }] }, // nothing comes from elsewhere
}));

/** What axe finds, one line each. */
export async function axe(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (tags) => (await window.axe.run(document, { runOnly: tags })).violations, AXE_TAGS);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** What html-validate finds in a page as it was served. */
export async function htmlValidate(source) {
  const { results } = await validator.validateString(source);
  return results.flatMap(({ messages }) =>
    messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId}: ${message}`));
}

/** What is too small to be hit. Links inside sentences are exempt (WCAG 2.5.8). */
export function smallTargets(page) {
  return page.evaluate(([focusable, min]) => {
    const found = [];
    for (const element of document.querySelectorAll(focusable)) {
      if (!element.checkVisibility() || element.matches("p a, li a, .skip")) continue;
      const { width, height } = element.getBoundingClientRect();
      if (width < min || height < min) found.push(`${element.outerHTML.slice(0, 100)}: ${width} × ${height}`);
    }
    return found;
  }, [FOCUSABLE, MIN_TARGET]);
}

async function screenshot(page, name, width, fullPage = true) {
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/${name}-${width}.png`, fullPage });
}

/** At which sizes the page is wider than the window. */
export async function sideways(page, name) {
  const found = [];
  for (const [label, width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    const needed = await page.evaluate(() => document.documentElement.scrollWidth);
    if (needed > width) found.push(`${label}: ${needed} pixels wide`);
    if (name) await screenshot(page, name, label, label !== "400percent");
  }
  await page.setViewportSize(DESKTOP);
  return found;
}

/** name: number and name of the state, such as "03-login". The page must be at DESKTOP size, and is so afterwards. */
export async function look(visitor, name, page = visitor.page) {
  const source = await visitor.source;
  await screenshot(page, name, DESKTOP.width);
  const judges = {
    "axe finds nothing": () => axe(page),
    "html-validate finds nothing": () => htmlValidate(source),
    [`targets of ${MIN_TARGET} pixels`]: () => smallTargets(page),
    "no scrolling sideways at 390 and 320 pixels, and 400 %": () => sideways(page, name),
  };
  for (const [title, judge] of Object.entries(judges))
    await test(`${name}: ${title}`, async () => assert.deepEqual(await judge(), []));
}

// What has the focus: its place among all that can have it, and whether a person sees that it does.
function focused(page) {
  return page.evaluate(([focusable, min]) => {
    const element = document.activeElement;
    const all = [...document.querySelectorAll(focusable)].filter((one) => one.checkVisibility());
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return {
      place: all.indexOf(element),
      count: all.length,
      html: element.outerHTML.slice(0, 100),
      seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= min && element.contains(there),
    };
  }, [FOCUSABLE, MIN_OUTLINE]);
}

/** Presses Tab through the whole page, just opened: what is out of order or without a focus that is seen. */
export async function strayFocus(page) {
  const found = [];
  const { count } = await focused(page);
  for (let place = 0; place < count; place += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now.place !== place || !now.seen) found.push(`${now.place + 1}. instead of ${place + 1}., seen ${now.seen}: ${now.html}`);
  }
  return found;
}

export async function walk(page, name) {
  await test(`${name}: Tab goes through everything in order, and the focus is always seen`, async () =>
    assert.deepEqual(await strayFocus(page), []));
}

/** Presses Tab until the element has the focus, as somebody without a mouse would. */
export async function tabTo(page, locator) {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if (await locator.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`80 times Tab, and not at ${locator}`);
}

/** Goes to a link or button by Tab, presses Enter, and waits for the page that comes. */
export async function enter(page, locator) {
  await tabTo(page, locator);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** Goes to a field by Tab and types over what is there. */
export async function write(page, id, text) {
  await tabTo(page, page.locator(`#${id}`));
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/** Prints on A4 and counts the pages. */
export async function print(page, name) {
  await test(`${name}: prints on one A4 page`, async () => {
    const path = process.env.SCREENS && `${process.env.SCREENS}/${name}.pdf`;
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true, path });
    assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1);
  });
}
