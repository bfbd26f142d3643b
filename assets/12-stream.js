/* Keeps the store up to date: the whole picture once, then the event stream, or fetching changes where no stream is to
 * be had. Says when the picture froze and since when. Never shows old data as new, and never draws. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, stats } = ops;

  const API = "/api/v1/picture";
  const POLL_MS = 2000;
  const LOAD_APART_MS = 2000; // between two fetches of the whole picture
  const FETCH_TIMEOUT_MS = 20000;
  const BACKOFF_MS = [1000, 2000, 4000, 8000];
  const STREAM_AGAIN_MS = [2000, 5000, 15000, 30000, 60000];
  const BOARDS_TOLD_MS = 400;

  let source = null; // the open EventSource
  let pollTimer = 0;
  let againTimer = 0;
  let failures = 0; // fetches that failed in a row
  let streamFailures = 0; // streams that failed in a row
  let busy = false; // a fetch is under way
  let heardAt = Date.now(); // last word of the server that was about a fresh database
  let frozenSince = null;
  let loadedAt = 0; // when the whole picture came last
  let behind = 0; // times in a row that the server named a revision before ours
  let reason = null; // why the last fetch failed
  let leaving = false;
  let lastTick = Date.now();

  const frozenAfterMs = () => 1000 * (Number(ops.setting("frozenAfter")) || 5);

  async function get(path) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), FETCH_TIMEOUT_MS);
    try {
      const answer = await fetch(path, { signal: stop.signal, credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.status === 401) return await signIn(path);
      if (answer.status === 403) return forbidden();
      if (!answer.ok) throw new Error(answer.status === 503 ? await refusal(answer) : `the server answered ${answer.status}`);
      return await answer.json();
    } catch (failed) {
      throw new Error(failed.name === "AbortError" ? "the server did not answer in time" : failed instanceof TypeError ? "the server cannot be reached" : failed.message);
    } finally {
      clearTimeout(timer);
    }
  }

  /* Why the server cannot serve now, in its own words. */
  const refusal = (answer) => answer.json().then((said) => said.error, () => null).then((text) => text || "the server answered 503");

  /* The page goes to the sign-in; where somebody has typed something it stays until they are signed in again. */
  async function signIn(path) {
    closeStream();
    await ops.session.ended();
    return get(path);
  }

  /* Not for this reader: no picture, no freezing, no further asking. */
  function forbidden() {
    leaving = true;
    closeStream();
    stats.mode = "forbidden";
    return new Promise(() => {});
  }

  /* The server spoke; `checked` is when it last saw the database, in its own clock. */
  function heard(now, checked) {
    store.heardClock(now);
    const silent = Number.isFinite(checked) && Number.isFinite(now) ? Math.max(0, now - checked) : 0;
    heardAt = Math.max(heardAt, Date.now() - silent);
    stats.heardAt = heardAt + store.clockOffset;
    if (silent < frozenAfterMs()) thaw();
  }

  function thaw() {
    reason = null;
    if (frozenSince === null) return;
    const since = frozenSince;
    frozenSince = null;
    ops.announce("ops:thawed", { since });
  }

  function freeze() {
    frozenSince = heardAt + store.clockOffset;
    ops.announce("ops:frozen", { since: frozenSince, reason: reason || "nothing heard from the server" });
  }

  /* ---- whole picture ---- */

  async function load() {
    if (busy || leaving) return;
    closeStream();
    clearTimeout(pollTimer);
    const rest = loadedAt + LOAD_APART_MS - Date.now();
    if (rest > 0) return void (pollTimer = setTimeout(load, rest)); // a server that always says "resync" is not stormed
    busy = true;
    try {
      const picture = await get(`${API}?format=columns`);
      failures = 0;
      behind = 0;
      loadedAt = Date.now();
      store.replaceAll(picture);
      stats.applied++;
      heard(picture.now);
      tellBoards();
      busy = false;
      openStream();
    } catch (failed) {
      busy = false;
      fetchFailed(failed, load);
    }
  }

  function fetchFailed(failed, next) {
    reason = failed.message;
    stats.mode = store.loaded ? "polling" : "loading";
    const wait = BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)] * (0.8 + 0.4 * Math.random()); // not all screens at once
    clearTimeout(pollTimer);
    pollTimer = setTimeout(next, wait);
    if (!store.loaded && frozenSince === null) freeze();
  }

  /* ---- stream ---- */

  function closeStream() {
    clearTimeout(againTimer);
    if (source) source.close();
    source = null;
  }

  function openStream() {
    if (leaving || document.wasDiscarded) return;
    closeStream();
    const stream = new EventSource(`${API}/stream?since=${store.revision}`);
    source = stream;
    const mine = (act) => (event) => stream === source && act(event);
    const data = (event) => JSON.parse(event.data);
    stream.addEventListener("open", mine(() => {
      stats.mode = "stream";
      clearTimeout(pollTimer);
    }));
    stream.addEventListener("change", mine((event) => take(data(event))));
    stream.addEventListener("beat", mine((event) => beat(data(event))));
    stream.addEventListener("resync", mine(() => load()));
    stream.addEventListener("end", mine(() => load()));
    stream.addEventListener("error", mine(() => streamLost()));
  }

  function beat(word) {
    streamFailures = 0;
    failures = 0;
    if (wentBack(word.revision)) return void load();
    heard(word.now, word.checked);
    ops.announce("ops:beat", word);
  }

  function streamLost() {
    closeStream();
    poll(); // at once: it also tells a refusal (401) from a lost line
    againSoon(STREAM_AGAIN_MS[Math.min(streamFailures++, STREAM_AGAIN_MS.length - 1)]);
  }

  function againSoon(wait) {
    clearTimeout(againTimer);
    againTimer = setTimeout(() => (failures ? againSoon(STREAM_AGAIN_MS[0]) : openStream()), wait);
  }

  /* ---- fetching changes ---- */

  async function poll() {
    clearTimeout(pollTimer);
    if (busy || leaving || stats.mode === "stream" && source && source.readyState === EventSource.OPEN) return;
    busy = true;
    stats.mode = "polling";
    try {
      const changes = await get(`${API}/changes?since=${store.revision}`);
      busy = false;
      if (failures) againSoon(0); // the line is back: the stream was lost with it, not refused
      failures = 0;
      take(changes);
      heard(changes.now, changes.checked);
      ops.announce("ops:beat", { now: changes.now, revision: changes.revision, checked: changes.checked });
      pollTimer = setTimeout(poll, POLL_MS);
    } catch (failed) {
      busy = false;
      fetchFailed(failed, poll);
    }
  }

  /* Twice in a row a revision before ours: the server's database was put back to an earlier state. */
  function wentBack(revision) {
    behind = revision < store.revision ? behind + 1 : 0;
    return behind > 1;
  }

  function take(changes) {
    if (changes.resync || (stats.mode === "polling" && wentBack(changes.revision))) return void load();
    if (store.applyChanges(changes)) stats.applied++;
    tellBoards();
  }

  /* ---- telling that boards may have moved (17-due.js looks which) ---- */

  let boardsTimer = 0;

  function tellBoards() {
    if (boardsTimer) return;
    boardsTimer = setTimeout(() => {
      boardsTimer = 0;
      ops.announce("ops:boards");
    }, BOARDS_TOLD_MS);
  }

  /* ---- watching over it ---- */

  function watch() {
    const now = Date.now();
    const slept = now - lastTick > 15000; // the machine slept, or the tab was put aside
    lastTick = now;
    if (leaving) return;
    if (slept) {
      store.forgetClock();
      streamFailures = failures = 0;
      if (store.loaded && now - heardAt > frozenAfterMs()) streamLost();
    }
    const silent = now - heardAt;
    if (frozenSince === null && store.loaded && silent > frozenAfterMs()) freeze();
    if (source && silent > 3 * frozenAfterMs() && stats.mode === "stream") streamLost(); // a line that is dead but not closed
  }

  function start() {
    if (document.body.dataset.picture === "no") return void forbidden(); // the server would refuse it
    setInterval(watch, 500);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && watch());
    window.addEventListener("online", () => store.loaded && stats.mode !== "stream" && streamLost());
    window.addEventListener("pagehide", () => {
      leaving = true; // so that a closing stream is not taken for a lost one
      closeStream();
    });
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      leaving = false;
      load();
    });
    load();
  }

  ops.stream = {
    /* Since when nothing was heard, in ms by the server's clock, and why; null while the picture is fresh. */
    frozen: () => (frozenSince === null ? null : { since: frozenSince, reason }),
    /* Age of the picture in seconds. */
    age: () => Math.max(0, (Date.now() - heardAt) / 1000),
    reload: load,
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
