/* Reports of the phone page on their way to the centre. A report is kept in the browser before anything is sent, with the
 * time of the press and a request id, so that it survives a reload, a closed page and an ended session, and is carried out
 * once however often it is sent. What the centre refuses stays, with the reason, until somebody puts it away.
 *
 *   opsField.queue.add(account, act, tasking, body, words)   keep and send
 *   opsField.queue.of(account)       its reports, oldest first: {id, act, tasking, body, words, pressed, tries, refused}
 *   opsField.queue.drop(id)          put one away
 *   opsField.queue.hurry()           try at once
 *   opsField.queue.onChange(f), onSent(f)
 *
 * Reports belong to the account that pressed: another account on the same phone neither sees nor sends them. */
(() => {
  "use strict";
  const field = (window.opsField = window.opsField || {});
  const KEY = "ops-field-queue";
  const TIMEOUT_MS = 15000;
  const FIRST_PAUSE_MS = 2000;
  const LONGEST_PAUSE_MS = 60000;
  const AGAIN_LATER = new Set([408, 425, 429]);

  let unkept = null; // where the browser keeps nothing (private mode, no room): in memory, and said so
  let account = null;
  let sending = false;
  let pause = FIRST_PAUSE_MS;
  let timer = 0;
  const changed = [];
  const sent = [];

  const requestId = () => (window.crypto && crypto.randomUUID ? crypto.randomUUID() : `f-${Date.now()}-${Math.random().toString(36).slice(2, 14)}`);

  function load() {
    if (unkept) return unkept;
    try {
      const read = JSON.parse(localStorage.getItem(KEY) || "[]");
      return Array.isArray(read) ? read : [];
    } catch {
      return [];
    }
  }

  function keep(reports) {
    try {
      if (!unkept) localStorage.setItem(KEY, JSON.stringify(reports));
    } catch {
      unkept = reports;
    }
    if (unkept) unkept = reports;
    for (const tell of changed) tell();
  }

  const of = (name) => load().filter((one) => one.account === name);
  const waiting = () => (account ? of(account).filter((one) => !one.refused) : []);
  const change = (id, parts) => keep(load().map((one) => (one.id === id ? { ...one, ...parts } : one)));
  const drop = (id) => keep(load().filter((one) => one.id !== id));

  function add(name, act, tasking, body, words) {
    keep([...load(), { id: requestId(), account: name, act, tasking, body, words, pressed: Date.now(), tries: 0, refused: null }]);
    hurry();
  }

  /* One report to the centre: "sent", "refused", "signed out", or "no line". */
  async function send(report) {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const answer = await fetch(`/api/v1/acts/${report.act}`, {
        method: "POST",
        signal: stop.signal,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ ...report.body, tasking: report.tasking, account: report.account, ago_ms: Math.max(0, Date.now() - report.pressed), request_id: report.id }),
      });
      if (answer.status === 401) return { state: "signed out" };
      const said = await answer.json(); // what is no JSON comes from somewhere else, such as a hotel's sign-in page
      if (answer.ok && said.said) return { state: "sent", said };
      if (answer.status >= 400 && answer.status < 500 && !AGAIN_LATER.has(answer.status) && said.error) return { state: "refused", said };
      return { state: "no line" };
    } catch {
      return { state: "no line" };
    } finally {
      clearTimeout(limit);
    }
  }

  function later() {
    clearTimeout(timer);
    if (!waiting().length) return;
    timer = setTimeout(run, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  /* In order, one at a time: "on scene" means nothing before "accepted". */
  async function run() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    let line = true;
    try {
      for (let next = waiting()[0]; next && line; next = waiting()[0]) {
        const { state, said } = await send(next);
        if (state === "sent") {
          pause = FIRST_PAUSE_MS;
          drop(next.id);
          for (const tell of sent) tell(next, said);
        } else if (state === "refused") change(next.id, { refused: said.error, tries: next.tries + 1 });
        else {
          line = false;
          change(next.id, { tries: next.tries + 1 });
          if (state === "signed out") for (const tell of sent) tell(next, null);
        }
      }
    } finally {
      sending = false;
    }
    later();
  }

  function hurry() {
    pause = FIRST_PAUSE_MS;
    run();
  }

  field.queue = {
    add,
    of,
    drop,
    hurry,
    begin: (name) => {
      if (account === name) return;
      account = name;
      hurry();
    },
    isKept: () => !unkept,
    onChange: (tell) => changed.push(tell),
    onSent: (tell) => sent.push(tell),
  };

  window.addEventListener("online", hurry);
  window.addEventListener("storage", (event) => event.key === KEY && changed.forEach((tell) => tell()));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
})();
