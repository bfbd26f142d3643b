/* Every text that changes with the time alone: clocks, countdowns, ages, and the judgement of a feed's light. One timer
 * for the page; it only writes what differs, adds no element and keeps nothing, so it may run for months.
 *
 * An element asks for it by an attribute: data-clock="utc|local", data-zone-name="utc|local", data-at, data-until,
 * data-until-word, data-since, data-age-of [data-offset], data-feed-age, data-feed-rate, data-light, data-picture-age,
 * data-counts. Times are ms since 1970 (UTC). */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});

  const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const SOON = 30 * MINUTE; // a countdown below this stands out
  const RATE_OVER = MINUTE; // a feed's rate is taken over so long
  const WATCHED = ["data-at", "data-until", "data-until-word", "data-words", "data-since", "data-age-of", "data-offset", "data-light", "data-last-good"];
  const SELECTOR =
    "[data-clock],[data-zone-name],[data-at],[data-until],[data-until-word],[data-since],[data-age-of],[data-feed-age]," +
    "[data-feed-rate],[data-light],[data-picture-age],[data-counts],[data-replay]";

  const now = () => (ops.store && ops.store.serverNow ? ops.store.serverNow() : Date.now());
  const put = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const mark = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const two = (number) => String(number).padStart(2, "0");

  /* ---- words for times ---- */

  /* "12 s", "4 min", "2 h 05", "14 h", "3 d" */
  function lasting(ms) {
    const span = Math.max(0, ms);
    if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
    if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
    if (span < 10 * HOUR) return `${Math.floor(span / HOUR)} h ${two(Math.floor((span % HOUR) / MINUTE))}`;
    if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`;
    return `${Math.floor(span / DAY)} d`;
  }

  /* As `lasting`, but "12:41" within the last hour. */
  function left(ms) {
    if (ms < 0) return lasting(-ms);
    if (ms >= HOUR) return lasting(ms);
    return `${Math.floor(ms / MINUTE)}:${two(Math.floor((ms % MINUTE) / SECOND))}`;
  }

  const ago = (ms) => (ms < -5 * SECOND ? `in ${lasting(-ms)}` : `${lasting(ms)} ago`);

  const formats = new Map();
  function format(zone, name, options) {
    const key = `${zone} ${name}`;
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-NZ", { timeZone: zone, ...options }));
    return formats.get(key);
  }
  const HM = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const clockText = (ms, zone) => format(zone, "clock", { ...HM, second: "2-digit" }).format(ms);
  const timeText = (ms, zone) => format(zone, "time", HM).format(ms);
  const dayText = (ms, zone) => format(zone, "day", { year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
  const weekday = (ms, zone) => format(zone, "weekday", { weekday: "short" }).format(ms);
  const dayMonth = (ms, zone) => format(zone, "daymonth", { day: "numeric", month: "short" }).format(ms);
  function zoneName(ms, zone) {
    const part = format(zone, "zone", { timeZoneName: "short" }).formatToParts(ms).find((one) => one.type === "timeZoneName");
    return part ? part.value : zone;
  }
  function localTime(ms, zone, present) {
    const time = timeText(ms, zone);
    if (dayText(ms, zone) === dayText(present, zone)) return time;
    if (Math.abs(ms - present) < 6 * DAY) return `${weekday(ms, zone)} ${time}`;
    const year = Math.abs(ms - present) < 300 * DAY ? "" : `${dayText(ms, zone).slice(-4)} `; // which year, where it could be another
    return `${dayMonth(ms, zone)} ${year}${time}`;
  }

  let zoneHere = null;
  function localZone() {
    if (zoneHere) return zoneHere;
    const holder = document.body.dataset.timeZone ? document.body : document.querySelector("[data-time-zone]");
    if (!holder) return "UTC";
    zoneHere = holder.dataset.timeZone;
    try {
      format(zoneHere, "time", HM);
    } catch {
      zoneHere = "UTC"; // the browser does not know the zone; say UTC rather than a wrong time
    }
    return zoneHere;
  }

  /* ---- feeds ---- */

  const feedRow = (element) => ops.store && ops.store.feeds && ops.store.feeds.get(Number(element.dataset.feed));

  /* The light by when the feed last worked, as ops_centre.domain.feeds.light_of judges it. Needed here too: when the
   * worker is dead nobody stores a changed light, and the silence must show all the same. */
  function lightOf(element, present) {
    const row = feedRow(element);
    const said = row ? row.light : element.dataset.said || (element.dataset.said = element.dataset.light);
    const good = row ? row.last_good_at : Number(element.dataset.lastGood) || null;
    if (!["live", "late", "lost"].includes(said) || !good) {
      const since = row ? row.light_since : Number(element.dataset.lightSince) || null;
      return { light: said, since: said === "lost" || said === "late" ? since : null };
    }
    const silent = present - good;
    const late = row ? row.late_after_ms : Number(element.dataset.lateAfter);
    const lost = row ? row.lost_after_ms : Number(element.dataset.lostAfter);
    if (lost && silent >= lost) return { light: "lost", since: good };
    if (late && silent >= late) return { light: said === "lost" ? "lost" : "late", since: good };
    return { light: said, since: silent < -MINUTE ? null : good }; // stamped before the clock was set back: nobody knows since when
  }

  function tickLight(element, present) {
    const { light, since } = lightOf(element, present);
    mark(element, "data-light", light);
    const word = element.querySelector("[data-light-word]");
    if (word) put(word, (light === "late" || light === "lost") && since ? `${light} ${lasting(present - since)}` : light);
  }

  const samples = new Map(); // feed id -> [[ms, received], ...] of the last minute
  function sample(present) {
    if (!ops.store || !ops.store.feeds) return;
    for (const [id, row] of ops.store.feeds) {
      const kept = samples.get(id) || [];
      if (kept.length && present - kept[kept.length - 1][0] < 5 * SECOND) continue;
      kept.push([present, row.received]);
      while (kept.length > 1 && present - kept[1][0] >= RATE_OVER) kept.shift();
      samples.set(id, kept);
    }
    for (const id of samples.keys()) if (!ops.store.feeds.has(id)) samples.delete(id);
  }
  function rateText(element) {
    const kept = samples.get(Number(element.dataset.feed));
    if (!kept || kept.length < 3) return "";
    const [first, last] = [kept[0], kept[kept.length - 1]];
    const rate = ((last[1] - first[1]) * MINUTE) / (last[0] - first[0]);
    return rate >= 10 || rate === 0 ? Math.round(rate).toLocaleString("en-NZ") : rate.toFixed(1);
  }

  function feedAge(element, present) {
    const row = feedRow(element);
    const at = row ? row[element.dataset.feedAge] : Number(element.dataset.ageOf) || null;
    return at ? ago(present - at) : element.dataset.never || "never";
  }

  /* ---- the picture as a whole ---- */

  function pictureAge() {
    if (ops.store && !ops.store.loaded) return "Picture loading";
    const age = ops.stream && ops.stream.age ? ops.stream.age() : null;
    if (age === null) return "";
    return age < 10 ? `Picture ${age.toFixed(1)} s old` : `Picture ${lasting(age * SECOND)} old`;
  }

  function counts() {
    const store = ops.store;
    if (!store || !store.loaded) return "";
    const say = (number, one, many) => `${number.toLocaleString("en-NZ")} ${number === 1 ? one : many}`;
    const craft = store.tracks && store.tracks.size !== undefined ? store.tracks.size : 0;
    return [say(craft, "craft", "craft"), say(store.targets.size, "target", "targets"), say(store.units.size, "unit", "units")].join(" · ");
  }

  /* ---- one element ---- */

  function tick(element, present) {
    const data = element.dataset;
    const zone = localZone();
    if (data.light !== undefined) tickLight(element, present);
    else if (data.clock) put(element, data.clock === "utc" ? timeText(present, "UTC") : clockText(present, data.timeZone || zone));
    else if (data.zoneName) put(element, data.zoneName === "utc" ? "UTC" : zoneName(present, zone));
    else if (data.at) put(element, localTime(Number(data.at), zone, present));
    else if (data.until) tickCountdown(element, Number(data.until) - present);
    else if (data.untilWord) put(element, (data.words || "to arrival|since arrival").split("|")[Number(data.untilWord) < present ? 1 : 0]);
    else if (data.since) put(element, lasting(present - Number(data.since)));
    else if (data.feedAge) put(element, feedAge(element, present));
    else if (data.ageOf) put(element, ago(present + Number(data.offset || 0) - Number(data.ageOf)));
    else if (data.feedRate !== undefined) put(element, rateText(element));
    else if (data.pictureAge !== undefined) put(element, pictureAge());
    else if (data.counts !== undefined) put(element, counts());
    else if (data.replay !== undefined && ops.store && ops.store.loaded) element.hidden = !ops.store.replay;
  }

  function tickCountdown(element, ms) {
    put(element, left(ms));
    mark(element, "data-state", ms < 0 ? "past" : ms < SOON ? "soon" : "ahead");
  }

  function tickAll() {
    const present = now();
    sample(present);
    for (const element of document.querySelectorAll(SELECTOR)) tick(element, present);
  }

  /* New elements are filled before the browser paints them. */
  const inMap = (node) => node.nodeType === 1 && node.closest && node.closest("#wall-map");
  const watching = new MutationObserver((changes) => {
    if (!changes.every((change) => inMap(change.target) || isOwn(change))) redrawn();
  });
  function redrawn() {
    tickAll();
    watching.takeRecords(); // what led here, and what was written here
    document.dispatchEvent(new CustomEvent("ops:redrawn"));
  }
  /* Our own writing: a text put into an element that asked for one, or a light we judged. */
  const isOwn = (change) =>
    change.type === "childList"
      ? [...change.addedNodes, ...change.removedNodes].every((node) => node.nodeType === 3)
      : change.attributeName === "data-light";

  function everySecond() {
    tickAll();
    setTimeout(everySecond, 1000 - (now() % 1000) + 5); // just after the second turns
  }

  ops.ticking = { lasting, left, ago, localTime: (ms) => localTime(ms, localZone(), now()), clock: (ms) => clockText(ms, localZone()), tickAll };
  watching.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });
  everySecond();
  document.addEventListener("ops:painted", redrawn);
  document.addEventListener("ops:picture", (event) => event.detail && event.detail.whole && tickAll());
})();
