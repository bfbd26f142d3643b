/* The picture as this browser knows it: tracks, targets, units, feeds, alerts, taskings, enquiries, and the server's clock. Changed only by the
 * stream script; everybody else reads and listens to `ops:picture`. */
(() => {
  "use strict";
  const ops = window.opsCentre;

  const ROWS = ["targets", "units", "feeds", "alerts", "taskings", "enquiries", "operations", "hazards", "devices", "drawings"];
  const CLOCK_SAMPLES = 12;
  const clockSamples = []; // server minus browser in ms; the largest had the least delay

  ops.announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  /* A setting the server wrote on the page, as `data-…` of the body or the frame. */
  ops.setting = (name, otherwise) => {
    const frame = document.getElementById("shell");
    return document.body.dataset[name] || (frame && frame.dataset[name]) || otherwise;
  };

  /* Hand a value to a Dash component; quietly nothing where this page has none. */
  ops.tellDash = (id, props) => {
    const dash = window.dash_clientside;
    if (!dash || !dash.set_props || !document.getElementById("shell")) return false;
    try {
      dash.set_props(id, props);
      return true;
    } catch {
      return false; // the layout is not there yet; the next change tells it again
    }
  };

  const store = {
    tracks: new ops.TrackColumns(),
    targets: new Map(),
    units: new Map(),
    feeds: new Map(),
    alerts: new Map(),
    taskings: new Map(),
    enquiries: new Map(),
    operations: new Map(),
    hazards: new Map(),
    devices: new Map(), // in the field, those that are no known unit
    drawings: new Map(), // of devices in the field
    watch: null,
    boards: {},
    revision: 0,
    loaded: false,
    exercise: false,
    replay: false,
    changedTargets: 0, // counts up whenever targets, units or feeds changed, so that others may cache
    changedUnits: 0,
    changedTaskings: 0,

    /* Milliseconds since 1970 by the server's clock. */
    serverNow: () => Date.now() + store.clockOffset,
    clockOffset: 0,

    heardClock(serverMs) {
      if (!Number.isFinite(serverMs)) return;
      clockSamples.push(serverMs - Date.now());
      if (clockSamples.length > CLOCK_SAMPLES) clockSamples.shift();
      store.clockOffset = Math.max(...clockSamples);
    },

    forgetClock() {
      clockSamples.length = 0;
    },

    /* How long ago a track was observed, in seconds; a replay's feed shifts its clock. */
    ageOf(slot, now) {
      const feed = store.feeds.get(store.tracks.feed[slot]);
      return (now + ((feed && feed.clock_offset_ms) || 0)) / 1000 - store.tracks.observed[slot];
    },

    replaceAll(picture) {
      store.tracks.clear();
      for (const name of ROWS) store[name].clear();
      take(picture);
      store.changedTargets++;
      store.changedUnits++;
      store.changedTaskings++;
      store.loaded = true;
      ops.announce("ops:picture", { whole: true });
    },

    /* Apply a change set. Older ones than the picture are passed over: applying twice must do no harm. */
    applyChanges(changes) {
      if (changes.revision < store.revision) return false;
      take(changes);
      ops.announce("ops:picture", changes);
      return true;
    },
  };

  function take(set) {
    if (set.tracks) store.tracks.put(set.tracks);
    const touched = (rows, gone) => (rows && rows.length) || (gone && gone.length);
    const gone = set.gone || {};
    if (gone.tracks) store.tracks.remove(gone.tracks);
    if (touched(set.targets, gone.targets)) store.changedTargets++;
    if (touched(set.units, gone.units)) store.changedUnits++;
    if (touched(set.taskings, gone.taskings)) store.changedTaskings++;
    for (const name of ROWS) takeRows(store[name], set[name], gone[name]);
    if ("watch" in set) store.watch = set.watch;
    if (set.boards) store.boards = { ...store.boards, ...set.boards };
    if ("exercise" in set) store.exercise = set.exercise;
    if ("replay" in set) store.replay = set.replay;
    store.revision = set.revision;
    store.heardClock(set.now);
  }

  function takeRows(map, rows, gone) {
    for (const row of rows || []) map.set(row.id, row);
    for (const id of gone || []) map.delete(id);
  }

  ops.store = store;
  ops.stats = { draws: 0, drawMs: 0, applied: 0, lastFrameAt: 0, mode: "loading" };
})();
