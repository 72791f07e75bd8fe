/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages do beyond HTML: the error summary gets the focus, a form is not sent twice by a double click, says when it
 * is waiting for a card and can stop waiting, a post code fills in its address, whoever is logged in is warned before the
 * session times out, and a kiosk's page goes when the card does. Without it every page works.
 */
(function () {
  'use strict';

  const RESEND_AFTER = 10000; /* ms: an answer that takes longer was lost, so the button works again */
  const TICK = 1000;          /* ms */
  const CARD_TICK = 4000;     /* ms: a card that is gone is noticed within five seconds */
  const PARTS = ['prefecture', 'municipality', 'town'];
  const TYPING = 300;         /* ms: who types no longer has finished */
  const STORED = 'kawasaki-session-ends';

  function focusSummary() {
    const summary = document.getElementById('error-summary');
    if (summary && !window.location.hash) summary.focus(); /* else the answer is about the field that has the focus */
  }

  /* The address at which this form's page is opened anew. */
  function addressOf(form) {
    const address = new URL(form.getAttribute('action'), window.location.href);
    for (const name of ['consent', 'purpose']) {
      const input = form.querySelector('input[name=' + name + ']');
      if (input && input.value) address.searchParams.set(name, input.value);
    }
    return address.href;
  }

  /* Gives the function that says whether a card is waited for. */
  function makeWaiting(form, place) {
    const cancel = document.createElement('button');
    cancel.type = 'button';
    cancel.className = 'button';
    cancel.textContent = 'キャンセル';
    cancel.hidden = true;
    cancel.addEventListener('click', function () {
      window.stop();
      window.location.assign(addressOf(form));
    });
    place.after(cancel);
    return function (waits) {
      place.textContent = waits ? place.dataset.busy : '';
      cancel.hidden = !waits;
    };
  }

  /* The pressed button must stay enabled, or it would not be among the values sent. A form that needs the card asks for
   * it with its first button, the one that Enter presses. */
  function sendOnce(form) {
    const place = form.querySelector('[data-busy]');
    const show = place ? makeWaiting(form, place) : function () {};
    let sentAt = -RESEND_AFTER;
    form.addEventListener('submit', function (event) {
      if (event.timeStamp - sentAt < RESEND_AFTER) event.preventDefault();
      else sentAt = event.timeStamp;
      if (event.submitter === form.querySelector('button[type=submit]')) show(true);
    });
    window.addEventListener('pageshow', function () {
      sentAt = -RESEND_AFTER;
      show(false);
    });
  }

  /* The addresses of this post code, and what is told of them. */
  async function findAddresses(code) {
    const answer = await fetch('/post-code/' + code, { redirect: 'error' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const all = Array.from(page.querySelectorAll('li[data-town]'), function (item) { return item.dataset; });
    return { all: all, told: page.querySelector('[data-told]').textContent };
  }

  /* Nobody's own words are overwritten: only fields that are empty or that stand as they were filled in here. Several
   * addresses or no answer: nothing happens, the button beside the field says more. */
  function watchPostCode(field) {
    const told = document.getElementById('post-code-told');
    const filled = {};
    let timer = 0;

    function part(name) {
      return document.getElementById(name);
    }

    if (!PARTS.every(part)) return;

    function isFree(name) {
      return part(name).value === '' || part(name).value === filled[name];
    }

    function code() {
      return field.value.normalize('NFKC').replace(/[^0-9]/g, '');
    }

    async function look() {
      const asked = code();
      if (asked.length !== 7 || !isFree('municipality') || !isFree('town')) return;
      try {
        const found = await findAddresses(asked);
        if (found.all.length > 1 || asked !== code() || !isFree('municipality') || !isFree('town')) return;
        told.textContent = found.told;
        for (const address of found.all)
          for (const name of PARTS) part(name).value = filled[name] = address[name];
      } catch (unreachable) {
        /* The button asks again. */
      }
    }

    field.addEventListener('input', function () {
      told.textContent = ''; /* it was of another one */
      window.clearTimeout(timer);
      timer = window.setTimeout(look, TYPING);
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

  /* What was typed goes along and is kept; whoever sees the page after that sees no more of it. */
  function goWithCard() {
    const save = document.querySelector('button[value=save]');
    if (save) save.form.requestSubmit(save);
    else window.location.replace('/logged-out/card');
  }

  /* The session lives by the card in the kiosk's reader: is it still there? */
  function watchCard(ended) {
    async function look() {
      if (document.visibilityState !== 'visible' || document.querySelector('.busy:not(:empty)') || ended.open) return;
      try {
        const answer = await fetch('/session/card', { redirect: 'error' });
        if (answer.status === 403) goWithCard();
        if (answer.status === 404) window.location.replace('/logged-out');
      } catch (unreachable) {
        /* Asked again soon. */
      }
    }

    window.setInterval(look, CARD_TICK);
    document.addEventListener('visibilitychange', look);
  }

  focusSummary();
  document.querySelectorAll('form[method="post"]').forEach(sendOnce);
  const warning = document.getElementById('session-warning');
  const ended = document.getElementById('session-ended');
  if (warning) watchSession(warning, ended);
  if (warning && 'card' in warning.dataset) watchCard(ended);
  const postCode = document.getElementById('post-code');
  if (postCode) watchPostCode(postCode);
})();
