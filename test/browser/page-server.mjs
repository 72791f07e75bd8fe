// SPDX-License-Identifier: Apache-2.0
//
// A server with a few pages of a test's own, over HTTPS on the loopback address: those that a card page is made of, with
// htdocs/static/card.js beside them, and what comes back from it. Nothing of the service is in it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import { run } from "./browser-extension.mjs";

const STATIC = { "/static/card.js": "text/javascript", "/static/favicon.svg": "image/svg+xml" };

async function makeIdentity(directory) {
  const [key, cert] = [`${directory}/page-server.key`, `${directory}/page-server.crt`];
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]);
  return { key: await readFile(key), cert: await readFile(cert) };
}

async function answer(server, request, response) {
  const path = new URL(request.url, "https://127.0.0.1").pathname;
  if (request.method === "POST") {
    let body = "";
    for await (const part of request) body += part;
    server.posts.push(new URLSearchParams(body));
  }
  if (path in STATIC) {
    response.setHeader("Content-Type", STATIC[path]).end(await readFile(`htdocs${path}`));
  } else {
    response.setHeader("Content-Security-Policy", "default-src 'self'");
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(server.pages[path] ?? page(""));
  }
}

/** `pages`: path to HTML, any other path is an empty page; `posts`: the forms that were sent. */
export async function serve(directory, port = 0) {
  const server = { pages: {}, posts: [] };
  const https = createServer(await makeIdentity(directory), (request, response) => answer(server, request, response));
  await new Promise((resolve) => { https.listen(port, "127.0.0.1", resolve); });
  server.origin = `https://127.0.0.1:${https.address().port}`;
  server.close = () => https.close() && https.closeAllConnections();
  return server;
}

function page(main) {
  return `<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>試験</title>
<link rel="icon" href="/static/favicon.svg"><script src="/static/card.js" defer></script></head>
<body><main><h1>試験</h1>${main}</main></body></html>`;
}

/** A page that needs the card: inputs [name, request]. */
export function workPage(...inputs) {
  const fields = inputs.map(([name, jws]) => `<input type="hidden" name="${name}" value="" data-request="${jws}">`);
  return page(`<form id="card-work" method="post" action="/done">${fields.join("")}
<p data-working role="status" hidden>電子署名を作成中 <a href="/before" data-back>キャンセル</a></p>
<p data-missing hidden>拡張機能がありません</p><p data-again hidden><a href="/before">前の画面に戻る</a></p>
<button id="card-work-send" name="action" value="signed" hidden>送信</button></form>`);
}

/** A page that shows what is ready. */
export function infoPage(jws) {
  const codes = ["WAIT", "OK", "NO_CARD", "FAILED", "MISSING", "NO_HOST"].map((code) => `<p data-code="${code}" hidden>${code}</p>`);
  return page(`<div data-info="${jws}">${codes.join("")}<p>署名用<b data-tries="signing"></b></p>
<p>利用者証明用<b data-tries="authentication"></b></p><button type="button" data-info-again hidden>もう一度</button></div>`);
}
