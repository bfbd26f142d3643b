/* What an officer hears of alerts, and is told by the desktop. Sounds are made here, one for each severity, for alerts that
 * become unseen while this page is open, never for those it found when it was loaded. One desk can be silenced, and shows
 * it. Of several pages of one browser one plays. An unacknowledged alert of top severity asks again until somebody answers.
 *
 * Settings of this desk (localStorage): ops-sound "off"; ops-notices "on". */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const APART_MS = 2000; // between two sounds
  const AGAIN_MS = 30000; // an unacknowledged top alert asks again
  const TEN_MINUTES = 600000;
  const FLOOD_ABOVE = 10; // alerts in ten minutes for one officer (EEMUA 191), until fewer than
  const FLOOD_UNTIL = 5;
  const NOTICES_AT_ONCE = 3;
  const RANK = { top: 0, high: 1, normal: 2 };
  const NAMES = Object.keys(RANK);

  /* Notes as [hertz, from second, seconds, loudness of at most 1]. */
  const SOUNDS = {
    top: [[880, 0, 0.16, 0.3], [622, 0.18, 0.16, 0.3], [880, 0.36, 0.16, 0.3], [622, 0.54, 0.16, 0.3], [880, 0.72, 0.16, 0.3], [622, 0.9, 0.22, 0.3]],
    high: [[740, 0, 0.4, 0.2]],
    normal: [[1320, 0, 0.05, 0.08]],
    frozen: [[440, 0, 0.25, 0.2], [330, 0.28, 0.4, 0.2]],
  };

  const kept = (name, value) => {
    try {
      if (value === undefined) return window.localStorage.getItem(name);
      window.localStorage.setItem(name, value);
    } catch {
      /* storage is switched off; the choice lasts as long as the page */
    }
    return null;
  };

  /* ---- the sound itself ---- */

  let silenced = kept("ops-sound") === "off";
  let context = null;
  let plays = !navigator.locks; // whether this is the page of the browser that plays
  const running = () => Boolean(context && context.state === "running");
  const hears = () => document.getElementById("shell-sound") !== null; // a reader who sees no alerts hears none

  /* Browsers let a page sound only after somebody touched it. */
  let woke = false; // whether the last gesture was the one that switched it on
  function unlock() {
    woke = !running();
    if (!woke) return;
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    context = context || new Context();
    context.onstatechange = show;
    const woken = context.resume ? context.resume() : undefined;
    Promise.resolve(woken).then(holdTheSound, () => {}).finally(show);
  }
  function holdTheSound() {
    if (!running() || plays || !navigator.locks) return;
    navigator.locks.request("ops-alert-sound", () => {
      plays = true;
      return new Promise(() => {}); // held until the page goes
    }).catch(() => (plays = true));
  }
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unlock, { capture: true, passive: true });

  function sound(name) {
    if (silenced || !running()) return false;
    if (!plays) return true; // the other page plays it
    const from = context.currentTime + 0.02;
    for (const [hertz, after, lasts, loud] of SOUNDS[name]) note(hertz, from + after, lasts, loud);
    return true;
  }
  function note(hertz, at, lasts, loud) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = "sine";
    tone.frequency.setValueAtTime(hertz, at);
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(loud, at + 0.012); // no click at either end
    volume.gain.setValueAtTime(loud, at + Math.max(0.012, lasts - 0.03));
    volume.gain.linearRampToValueAtTime(0, at + lasts);
    tone.connect(volume);
    volume.connect(context.destination);
    tone.start(at);
    tone.stop(at + lasts + 0.02);
  }

  /* At most one sound in two seconds: the worst of what came meanwhile. */
  let lastSound = -APART_MS;
  let waiting = null;
  let waitTimer = 0;
  function askFor(name) {
    if (waiting === null || RANK[name] < RANK[waiting]) waiting = name;
    if (waitTimer) return;
    waitTimer = setTimeout(() => {
      waitTimer = 0;
      const worst = waiting;
      waiting = null;
      lastSound = performance.now();
      sound(worst);
    }, Math.max(0, lastSound + APART_MS - performance.now()));
  }

  /* ---- what is new ---- */

  let known = null; // alert id -> when it last asked to be noticed; null before the first picture
  let flood = false;
  let again = 0;
  const unseen = () => [...ops.store.alerts.values()].filter((row) => row.state === "unseen");

  function hear(change) {
    if (!change || !(change.whole || (change.alerts && change.alerts.length) || ((change.gone || {}).alerts || []).length)) return;
    const fresh = known ? unseen().filter((row) => row.announced_at > (known.get(row.id) || 0)) : [];
    known = new Map([...ops.store.alerts.values()].map((row) => [row.id, row.announced_at]));
    judgeFlood();
    countInTitle();
    for (const row of fresh) if (row.severity === "top" || !flood) askFor(RANK[row.severity] === undefined ? "normal" : row.severity);
    if (fresh.length) notify(fresh);
    askAgain();
  }
  function judgeFlood() {
    const after = ops.store.serverNow() - TEN_MINUTES;
    const officers = Math.max(1, (ops.store.watch && ops.store.watch.officers) || 1);
    let lately = 0;
    for (const row of ops.store.alerts.values()) if (row.announced_at > after) lately++;
    const each = lately / officers;
    flood = flood ? each >= FLOOD_UNTIL : each > FLOOD_ABOVE;
  }
  function askAgain() {
    const asks = unseen().some((row) => row.severity === "top");
    if (asks && !again) again = setInterval(() => askFor("top"), AGAIN_MS);
    else if (!asks && again) {
      clearInterval(again);
      again = 0;
    }
  }
  document.addEventListener("ops:picture", (event) => hear(event.detail));
  document.addEventListener("ops:frozen", () => known && hears() && sound("frozen"));

  /* ---- the title of the page holds the number of unseen alerts ---- */

  const bare = (title) => title.replace(/^\(\d+\) /, "");
  function countInTitle() {
    const number = ops.store && ops.store.loaded && hears() ? unseen().length : 0;
    const title = `${number ? `(${number}) ` : ""}${bare(document.title)}`;
    if (document.title !== title) document.title = title;
  }
  const titleElement = document.querySelector("title");
  if (titleElement) new MutationObserver(countInTitle).observe(titleElement, { childList: true });

  /* ---- desktop notifications: text only, asked for by a press only ---- */

  const canNotify = () => "Notification" in window;
  const notifies = () => canNotify() && Notification.permission === "granted" && kept("ops-notices") === "on";
  function notify(fresh) {
    if (!notifies() || (!document.hidden && document.hasFocus())) return; // the page in front says it itself
    const heard = fresh.filter((row) => row.severity === "top" || !flood);
    if (heard.length > NOTICES_AT_ONCE) return void tellDesktop(`${heard.length} new alerts`, "The worst: " + worstOf(heard).title, "alerts", "/alerts");
    for (const row of heard) tellDesktop(`${row.severity.toUpperCase()}: ${row.title}`, row.text, `alert-${row.id}`, `/alerts?alert=${row.id}`);
  }
  const worstOf = (found) => [...found].sort((a, b) => RANK[a.severity] - RANK[b.severity])[0];
  function tellDesktop(title, body, tag, address) {
    try {
      const notice = new Notification(title, { body, tag, lang: "en" });
      notice.onclick = () => {
        window.focus();
        notice.close();
        if (ops.go) ops.go(address);
      };
    } catch {
      /* this browser tells only through a service worker; the page and the sound remain */
    }
  }
  async function turnNotices() {
    if (!canNotify()) return ops.say && ops.say("This browser has no desktop notifications.", "failed");
    if (notifies()) kept("ops-notices", "off");
    else if ((await Notification.requestPermission()) === "granted") kept("ops-notices", "on");
    else if (ops.say) ops.say("The browser refuses desktop notifications for this address; allow them in its settings.", "failed");
    return show();
  }

  /* ---- the switches and what they say ---- */

  function turnSound() {
    if (!silenced && woke) return void askFor("normal"); // the press itself has switched it on
    silenced = !silenced;
    kept("ops-sound", silenced ? "off" : "on");
    show();
    if (!silenced) askFor("normal");
  }
  const soundState = () => (silenced ? "off" : running() ? "on" : "waiting");
  const IN_LINE = { off: "Silent desk", waiting: "No sound", on: "" };
  const TITLES = { off: "Sound is off at this desk: press to switch it on", waiting: "Press anywhere to switch sound on", on: "" };
  const IN_KIOSK = { off: "Silent desk", waiting: "No sound yet", on: "" };
  const IN_MENU = { off: "Sound: off at this desk", waiting: "Sound: press to switch on", on: "Sound: on at this desk" };
  const put = (element, text) => element && element.textContent !== text && (element.textContent = text);
  function show() {
    const place = document.getElementById("shell-sound");
    if (!place) return;
    const state = soundState();
    const words = (root.dataset.kiosk === undefined ? IN_LINE : IN_KIOSK)[state];
    place.hidden = !words;
    place.dataset.sound = state;
    for (const word of place.querySelectorAll("[data-sound-word]")) put(word, words);
    place.title = TITLES[state];
    put(document.querySelector('[data-sound-switch="menu"]'), IN_MENU[state]);
    put(document.querySelector("[data-notices-switch]"), notifies() ? "Notifications: on" : "Notifications: off");
  }
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    if (on("[data-sound-switch]")) turnSound();
    else if (on("[data-notices-switch]")) turnNotices();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === "ops-sound") silenced = event.newValue === "off"; // switched in another page of this desk
    show();
  });
  document.addEventListener("ops:redrawn", show);
  show();

  ops.alertSound = { state: soundState, isFlood: () => flood, names: NAMES };
})();
