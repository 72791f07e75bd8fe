// SPDX-License-Identifier: Apache-2.0
//
// The chapters, each with residents of its own, four at a time. Their names as arguments choose some of them.

import { mkdirSync } from "node:fs";
import { company } from "./company.mjs";
import { counter, receipt } from "./counter.mjs";
import { extension } from "./extension.mjs";
import { life } from "./extension-life.mjs";
import { mishaps } from "./extension-mishaps.mjs";
import { ready } from "./extension-ready.mjs";
import { keyboard } from "./keyboard.mjs";
import { elsewhere, kiosk } from "./kiosk.mjs";
import { mistakes } from "./mistakes.mjs";
import { modification } from "./modification.mjs";
import { password } from "./password.mjs";
import { plain } from "./plain.mjs";
import { planted } from "./planted.mjs";
import { pulled } from "./pulled.mjs";
import { registration } from "./registration.mjs";
import { scriptless } from "./scriptless.mjs";
import { session } from "./session.mjs";
import { test, plan } from "./tap.mjs";
import { twice } from "./twice.mjs";
import { launch } from "./visitor.mjs";

const { CITY, HASTY, KIOSK, SCREENS } = process.env;
const chosen = process.argv.slice(2);

// A chapter that breaks off has failed; the others go on.
async function read(chapters, browser, origin) {
  for (const chapter of chapters) {
    if (chosen.length > 0 && !chosen.includes(chapter.name)) continue;
    await test(`${chapter.name}: to its end`, () => chapter(browser, origin));
  }
}

if (SCREENS) mkdirSync(SCREENS, { recursive: true });
const browser = await launch();
await Promise.all([
  read([planted, keyboard, scriptless], browser, CITY),
  read([mistakes, twice, elsewhere], browser, CITY).then(() => read([company, receipt], browser, KIOSK)),
  read([counter], browser, CITY)
    .then(() => read([kiosk, registration, modification, pulled, plain, extension, ready, life, mishaps], browser, KIOSK)), // one reader
  read([session], browser, HASTY).then(() => read([password], browser, CITY)),
]);
await browser.close();
plan();
process.exit(); // with the code that test() has set: what a broken chapter has left running ends, too
