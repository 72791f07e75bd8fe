// SPDX-License-Identifier: Apache-2.0
//
// Chapter: every judge of look.mjs and visitor.mjs finds a planted fault, so that its silence elsewhere counts.

import assert from "node:assert/strict";
import { axe, htmlValidate, sideways, smallTargets, strayFocus } from "./look.mjs";
import { test } from "./tap.mjs";
import { arrive } from "./visitor.mjs";

const page = (body, head = "") =>
  `<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8"><title>planted</title>${head}</head><body>${body}</body></html>\n`;

const FAULTS = {
  "axe: a field without a label": [axe, page('<main><h1>a</h1><input name="a"></main>')],
  "axe: pale text": [axe, page('<main><h1>a</h1><p style="color: #999">pale words</p></main>')],
  "a small target": [smallTargets, page('<main><h1>a</h1><button style="font-size: 4px">a</button></main>')],
  "a wide page": [sideways, page('<main><h1>a</h1><div style="width: 500px">a</div></main>')],
  "no outline": [strayFocus, page("<a href='/'>a</a>", "<style>a:focus { outline: none }</style>")],
  "another order": [strayFocus, page("<a href='/'>a</a> <a href='/' tabindex='1'>b</a>")],
};

async function breakRules(visitor) {
  await visitor.page.goto(`${visitor.origin}/`);
  await visitor.page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", '<p style="color: red">a</p>');
    const image = document.body.appendChild(new Image());
    return new Promise((resolve) => {
      image.onerror = resolve;
      image.src = "https://127.0.0.1:1/elsewhere.png";
    });
  });
}

export async function planted(browser, origin) {
  const visitor = await arrive(browser, origin);
  for (const [title, [judge, source]] of Object.entries(FAULTS)) {
    await test(`planted: ${title}`, async () => {
      await visitor.page.setContent(source);
      assert.notDeepEqual(await judge(visitor.page), []);
    });
  }
  await test("planted: html-validate: an id twice", async () =>
    assert.match((await htmlValidate(page('<h1 id="a">a</h1><p id="a">b</p>'))).join(), /no-dup-id/));
  await test("planted: an inline style and a request elsewhere are told", async () => {
    await breakRules(visitor);
    assert.match(visitor.faults.join("\n"), /inline style[^]*Content Security Policy/);
    assert.match(visitor.faults.join("\n"), /elsewhere\.png/);
  });
  await visitor.context.close();
}
