/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the city's pages and the card helper (kawasaki-signer): starts one helper for each request, says which page it
 * comes from, and ends it when the page goes. Understands neither requests nor answers, keeps nothing, never sees a PIN.
 */
'use strict';

const HELPER = 'kawasaki_signer';
const PATIENCE = 5 * 60 * 1000; /* ms: no request lives longer (docs/wire.md) */
const CITY = new URL(chrome.runtime.getManifest().homepage_url).origin;

/* The content script takes one answer and closes its port, as leaving the page does: the one end of a request. */
function pass(message, page) {
  const helper = chrome.runtime.connectNative(HELPER);
  const timer = setTimeout(() => page.postMessage({ error: 'TIMEOUT' }), PATIENCE);

  helper.onMessage.addListener((answer) => page.postMessage(answer));
  helper.onDisconnect.addListener((port) => {
    console.warn(HELPER, (chrome.runtime.lastError ?? port.error)?.message);
    page.postMessage({ error: 'NO_SERVICE' });
  });
  page.onDisconnect.addListener(() => {
    clearTimeout(timer);
    helper.disconnect();
  });
  helper.postMessage(message);
}

/* Who asks is what the browser says of the page, never what the page says. The manifest's match patterns alone would not
 * do: Firefox's have no port. */
chrome.runtime.onConnect.addListener((page) => {
  const { origin, frameId } = page.sender;
  page.onMessage.addListener((request) => {
    if (origin === CITY && frameId === 0) pass({ request, origin }, page);
    else page.postMessage({ error: 'ORIGIN_DENIED' });
  });
});
