/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages do that need a card or certificate file somewhere else than at a kiosk: they hand the server's requests to
 * the browser extension (docs/extension.md) and send its answers with the form, or show what is ready. Judges no answer:
 * that is the server's. Without scripts the pages say what is needed.
 */
(function () {
  'use strict';

  const PATIENCE = 1500; /* ms for the extension to be there */
  const BEGUN = 'kawasaki-card-';
  const STATES = ['working', 'missing', 'again'];
  let asked = 0;
  let left = false;

  function isThere() {
    return 'kawasakiSigner' in document.documentElement.dataset;
  }

  async function waitForExtension() {
    if (!isThere()) await new Promise(function (resolve) { window.setTimeout(resolve, PATIENCE); });
    return isThere();
  }

  /* Shows the parts of the page that belong to this state, and no other's. */
  function show(state) {
    for (const name of STATES)
      for (const part of document.querySelectorAll('[data-' + name + ']')) part.hidden = name !== state;
  }

  function ask(request) {
    const id = ++asked;
    return new Promise(function (resolve) {
      function take(event) {
        const data = event.data;
        if (event.source !== window || event.origin !== window.location.origin) return;
        if (!data || data.kawasaki !== 'answer' || data.id !== id) return;
        window.removeEventListener('message', take);
        resolve(data.answer);
      }
      window.addEventListener('message', take);
      window.postMessage({ kawasaki: 'request', id: id, request: request }, window.location.origin);
    });
  }

  /* Notes that this request's work has begun; false when it had before: whoever comes back must not sign again. */
  function begin(request) {
    const name = BEGUN + request.slice(-16);
    try {
      if (window.sessionStorage.getItem(name)) return false;
      window.sessionStorage.setItem(name, 'begun');
    } catch (blocked) {
      /* Then the helper refuses what it has seen before. */
    }
    return true;
  }

  /* The page before takes this one's place in the history: going back or loading again leads there, and asks nothing of
   * the card by itself. */
  function giveUpPlace(form) {
    const back = form.querySelector('[data-back]');
    if (back) window.history.replaceState(null, '', back.href);
  }

  /* In the document's order, up to the first that fails: after a wrong PIN nothing more is asked. */
  async function work(form) {
    const inputs = form.querySelectorAll('input[data-request]');
    if (!inputs.length) return;
    giveUpPlace(form);
    show('working');
    if (!await waitForExtension()) return show('missing');
    if (!begin(inputs[0].dataset.request)) return show('again');
    for (const input of inputs) {
      const answer = await ask(input.dataset.request);
      if (left) return;
      input.value = JSON.stringify(answer);
      if (answer.error) break;
    }
    form.requestSubmit(document.getElementById('card-work-send'));
  }

  function showCode(place, code) {
    const parts = Array.from(place.querySelectorAll('[data-code]'));
    const known = parts.some(function (part) { return part.dataset.code === code; });
    for (const part of parts) part.hidden = part.dataset.code !== (known ? code : 'FAILED');
  }

  /* A page that the browser shows once more has a request that was used; the server's next one has another. */
  function isOld() {
    return window.performance.getEntriesByType('navigation')[0].type === 'back_forward';
  }

  /* Of the PINs that the page speaks of: a card without that certificate, or without a try for it, is not ready. */
  function codeOfTries(place, info) {
    const keys = Array.from(place.querySelectorAll('[data-tries]'), function (number) { return number.dataset.tries; });
    for (const key of keys) {
      const which = key === 'signing' ? 'SIGNING_' : '';
      if (!info[key]) return which + 'CERT_MISSING';
      if (info[key + '_tries'] === 0) return which + 'PIN_BLOCKED';
    }
    return 'OK';
  }

  /* A helper tells in its info what is missing. An error NO_SERVICE is the extension's: there is no helper to tell. */
  function codeOf(place, answer) {
    if (answer.error) return answer.error === 'NO_SERVICE' ? 'NO_HOST' : answer.error;
    return answer.info.code === 'OK' ? codeOfTries(place, answer.info) : answer.info.code;
  }

  async function inform(place) {
    if (isOld()) return window.location.reload();
    showCode(place, 'WAIT');
    if (!await waitForExtension()) return showCode(place, 'MISSING');
    const answer = await ask(place.dataset.info);
    for (const number of place.querySelectorAll('[data-tries]'))
      number.textContent = answer.info?.[number.dataset.tries + '_tries'] ?? '？';
    showCode(place, codeOf(place, answer));
  }

  /* The browser may keep the page as it was left: its helper is gone, so there is nothing to wait for any more. */
  function watchReturn() {
    window.addEventListener('pagehide', function () { left = true; });
    window.addEventListener('pageshow', function (event) { if (event.persisted) show('again'); });
  }

  const form = document.getElementById('card-work');
  const place = document.querySelector('[data-info]');
  if (form) {
    watchReturn();
    work(form);
  }
  if (place) inform(place);
  for (const button of document.querySelectorAll('[data-info-again]')) {
    button.hidden = false;
    button.addEventListener('click', function () { window.location.reload(); });
  }
})();
