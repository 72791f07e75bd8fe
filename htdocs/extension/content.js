/* SPDX-License-Identifier: Apache-2.0
 *
 * In the city's pages: says that the extension is there, and hands the page's requests to the background and the answers
 * back. Who may ask is the background's question, what a request is the helper's.
 */
'use strict';

/* A port for each request, so that the background learns at once when the page goes. Firefox, which may keep the page for
 * the way back, would keep the port with it. */
function pass(id, request) {
  const give = (answer) => window.postMessage({ kawasaki: 'answer', id, answer }, location.origin);

  try {
    const background = chrome.runtime.connect();
    background.onMessage.addListener((answer) => {
      background.disconnect();
      give(answer);
    });
    background.onDisconnect.addListener(() => give({ error: 'NO_SERVICE' }));
    window.addEventListener('pagehide', () => background.disconnect(), { once: true });
    background.postMessage(request);
  } catch (removed) { /* the extension was updated or removed below this page */
    give({ error: 'NO_SERVICE' });
  }
}

window.addEventListener('message', ({ source, origin, data }) => {
  if (source !== window || origin !== location.origin || data?.kawasaki !== 'request') return;
  if (Number.isSafeInteger(data.id) && typeof data.request === 'string') pass(data.id, data.request);
});

document.documentElement.dataset.kawasakiSigner = chrome.runtime.getManifest().version;
