/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages do beyond HTML: the error summary gets the focus, a form is not sent twice by a double click and says when
 * it is waiting for a card, and whoever is logged in is warned before the session times out. Without it every page works.
 */
(function () {
  'use strict';

  const RESEND_AFTER = 10000; /* ms: an answer that takes longer was lost, so the button works again */
  const TICK = 1000;          /* ms */
  const STORED = 'kawasaki-session-ends';

  function focusSummary() {
    const summary = document.getElementById('error-summary');
    if (summary) summary.focus();
  }

  /* The pressed button must stay enabled, or it would not be among the values sent. */
  function sendOnce(form) {
    const busy = form.querySelector('[data-busy]');
    let sentAt = -RESEND_AFTER;
    form.addEventListener('submit', function (event) {
      if (event.timeStamp - sentAt < RESEND_AFTER) event.preventDefault();
      else sentAt = event.timeStamp;
      if (busy) busy.textContent = busy.dataset.busy;
    });
    window.addEventListener('pageshow', function () {
      sentAt = -RESEND_AFTER;
      if (busy) busy.textContent = '';
    });
  }

  /* The latest end that any tab knows of: what is done in one keeps the session of all alive. */
  function readEnd(own, limit) {
    try {
      const stored = Number(window.localStorage.getItem(STORED));
      return stored > own && stored <= limit ? stored : own;
    } catch (blocked) {
      return own;
    }
  }

  function storeEnd(end) {
    try {
      window.localStorage.setItem(STORED, String(end));
    } catch (blocked) {
      /* Then each tab knows of itself only. */
    }
  }

  /* As the server writes it, by the city's clock wherever the reader is. */
  function clockTime(at) {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
    const [hour, minute] = format.format(at).split(':');
    return Number(hour) + '時' + minute + '分';
  }

  function watchSession(warning, ended) {
    const extended = Number(warning.dataset.extended) * 1000;
    const warnAhead = Number(warning.dataset.warn) * 1000;
    const refusal = warning.querySelector('[data-refusal]');
    let end = 0;

    function restart(seconds) {
      end = Date.now() + Number(seconds) * 1000;
      storeEnd(end);
    }

    function showEnd() {
      document.querySelectorAll('[data-ends-at]').forEach(function (place) {
        place.textContent = clockTime(end);
      });
    }

    function giveUp() {
      window.clearInterval(timer);
      warning.close();
      document.getElementById('page-visitor').hidden = true;
      ended.showModal();
    }

    function look() {
      const latest = readEnd(end, Date.now() + extended);
      if (latest !== end) {
        end = latest;
        showEnd();
      }
      const left = end - Date.now();
      if (left <= 0) giveUp();
      else if (left > warnAhead) warning.close();
      else if (!warning.open) warning.showModal();
    }

    async function extend() {
      const body = new URLSearchParams({ csrf: warning.dataset.csrf });
      refusal.textContent = '';
      try {
        const answer = await fetch('/session/extend', { method: 'POST', body: body, redirect: 'error' });
        if (answer.status === 204) {
          restart(warning.dataset.extended);
          showEnd();
          look();
        } else if (answer.status < 500) giveUp();
        else throw new Error('no answer');
      } catch (unreachable) {
        refusal.textContent = '時間を延ばせませんでした。もう一度［このまま続ける］を押してください。';
      }
    }

    restart(warning.dataset.idle);
    const timer = window.setInterval(look, TICK);
    warning.querySelector('[data-extend]').addEventListener('click', extend);
    warning.addEventListener('cancel', function (event) {
      event.preventDefault();
      extend();
    });
  }

  focusSummary();
  document.querySelectorAll('form[method="post"]').forEach(sendOnce);
  const warning = document.getElementById('session-warning');
  if (warning) watchSession(warning, document.getElementById('session-ended'));
})();
