/* The page of the duty log: filters, endless list, one entry opened at /log/<number>. Fetches /api/v1/log; draws by nodes and
 * textContent alone. New entries come in at the top when the stream says that the log moved; a reader who has scrolled is told
 * how many there are instead. Also the centre's local time, for whoever reads or writes times (ops.zoned). */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const PAGE = 100;
  const MOST_NEW = 500; // when more than that are new, the list begins anew: at once for who reads its top, else when asked
  const SEARCH_AFTER_MS = 250;
  const MINUTE = 60000;
  const $ = (id) => document.getElementById(id);

  /* ---- local time of the centre ---- */

  const formats = new Map();
  function format(name, options) {
    const zone = ops.setting("timeZone", "UTC");
    const key = `${zone} ${name}`;
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-NZ", { timeZone: zone, hourCycle: "h23", ...options }));
    return formats.get(key);
  }
  const time = (ms) => format("time", { hour: "2-digit", minute: "2-digit" }).format(ms);
  const day = (ms) => format("day", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ms);
  const short = (ms) => `${format("short", { weekday: "short", day: "numeric", month: "short" }).format(ms)} ${time(ms)}`;
  const utc = (ms) => `${new Date(ms).toISOString().replace("T", " ").slice(0, 19)} UTC`;
  function partsOf(ms) {
    const found = {};
    const parts = format("parts", { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" }).formatToParts(ms);
    for (const { type, value } of parts) found[type] = Number(value);
    return found;
  }
  const asUtc = (p) => Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute);
  /* Milliseconds of a local time. In the hour that is repeated in autumn: the first; in the one left out in spring: as if it were not. */
  function fromLocal(year, month, date, hour, minute) {
    const wanted = Date.UTC(year, month - 1, date, hour, minute);
    let ms = wanted - (asUtc(partsOf(wanted)) - wanted);
    return ms - (asUtc(partsOf(ms)) - wanted);
  }
  const now = () => (ops.store && ops.store.loaded ? ops.store.serverNow() : Date.now());
  ops.zoned = { time, day, short, utc, partsOf, fromLocal, now };

  /* ---- nodes ---- */

  function node(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
    return element;
  }
  const link = (text, href, className) => {
    const element = node("a", className, text);
    element.href = href;
    element.dataset.follow = "";
    return element;
  };
  const button = (text, className, name, value) => {
    const element = node("button", className, text);
    element.type = "button";
    element.dataset[name] = value;
    return element;
  };
  const ON_MAP = new Set(["track", "target", "unit", "place"]);
  function thing(one) {
    const element = leading(one);
    if (one[0] !== "operation" && one[0] !== "entry") element.prepend(node("span", "log-link-kind", `${one[0]} `));
    return element;
  }
  function leading([kind, id, label]) {
    if (kind === "entry") return link(label, `/log/${encodeURIComponent(id)}`, "log-link");
    if (kind === "operation") return /^\d+$/.test(id) ? link(`#${label}`, `/operations/${id}`, "log-link") : button(`#${label}`, "log-link", "logOperation", label);
    if (ON_MAP.has(kind)) {
      const element = button(label, "log-link", "select", `${kind}:${id}`);
      element.dataset.go = "/";
      element.title = `${kind}: show on the wall`;
      return element;
    }
    return link(label, `/chain/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`, "log-link");
  }

  function timeOf(entry) {
    const place = node("time", "log-time", time(entry.occurred_at));
    place.title = utc(entry.occurred_at);
    place.dateTime = new Date(entry.occurred_at).toISOString();
    if (Math.abs(entry.recorded_at - entry.occurred_at) < MINUTE) return [place];
    const same = day(entry.recorded_at) === day(entry.occurred_at);
    if (!same) place.textContent = short(entry.occurred_at);
    const late = node("span", "log-late", `written ${time(entry.recorded_at)}`);
    late.title = utc(entry.recorded_at);
    return [place, late];
  }

  function states(entry) {
    const word = entry.by_system ? "annotated by" : "corrected by";
    return [
      ...entry.corrected_by.map((seq) => node("span", "log-mended", `${word} `, link(`entry ${seq}`, `/log/${seq}`))),
      entry.corrects && node("span", "log-mends", "corrects ", link(`entry ${entry.corrects}`, `/log/${entry.corrects}`), entry.detail.reason ? ` · ${entry.detail.reason}` : ""),
    ];
  }

  function words(entry) {
    const struck = entry.corrected_by.length && !entry.by_system;
    const text = struck ? node("del", null, entry.text) : document.createTextNode(entry.text);
    const place = node("p", "log-text", text);
    place.dir = "auto";
    return place;
  }
  const by = (entry) => {
    const place = node("span", "log-by", entry.by_system && entry.author === "system" ? "centre" : entry.author_name || entry.author);
    if (!entry.by_system || entry.author !== "system") place.append(node("span", "log-agency", ` ${entry.agency}`));
    if (entry.decider) place.append(node("span", "log-decider", ` · by authority of ${entry.decider}`));
    return place;
  };

  function row(entry) {
    const element = node(
      "li",
      "log-entry",
      node("span", "log-when", ...timeOf(entry)),
      node("span", "chip log-kind", entry.kind),
      node("div", "log-said", words(entry), node("p", "log-links", ...entry.links.map(thing), ...states(entry))),
      by(entry),
      node("span", "handling", entry.owner, ` TLP:${entry.marking}`),
      link(`${entry.seq}`, `/log/${entry.seq}`, "log-seq"),
    );
    element.querySelector(".log-seq").setAttribute("aria-label", `Entry ${entry.seq}`);
    element.dataset.seq = entry.seq;
    element.dataset.day = day(entry.recorded_at);
    element.dataset.by = entry.by_system ? "centre" : "people";
    element.tabIndex = -1;
    return element;
  }
  function dayMark(name) {
    const mark = node("li", "log-day", node("h2", null, name));
    mark.dataset.mark = name;
    return mark;
  }

  /* ---- what is asked for ---- */

  const FIELDS = ["text", "since", "until", "kinds", "by", "author", "unit", "operation", "agency"];
  let thingWanted = ""; // thing=target:12, from an address
  const form = () => $("log-filters");
  const shown = () => document.documentElement.dataset.page === "log" && Boolean($("log-list"));

  function wanted() {
    const asked = new URLSearchParams();
    for (const name of FIELDS) {
      const value = form().elements[name].value.trim();
      if (!value) continue;
      if (name === "since" || name === "until") {
        const ms = ops.moments.momentOf(value);
        if (ms !== null) asked.set(name, String(name === "until" ? ms + MINUTE - 1 : ms));
      } else asked.set(name, value);
    }
    if (thingWanted) asked.set("thing", thingWanted);
    return asked;
  }
  function takeAddress() {
    const asked = new URLSearchParams(window.location.search);
    thingWanted = asked.get("thing") || "";
    for (const name of FIELDS) {
      let value = asked.get(name) || "";
      if (value && (name === "since" || name === "until")) {
        value = ops.moments.textOf(Number(value));
      }
      const field = form().elements[name];
      if (name === "unit" && value && ![...field.options].some((option) => option.value === value)) field.append(new Option(`unit ${value}`, value));
      field.value = value;
    }
  }
  function writeAddress() {
    const asked = wanted().toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${asked ? `?${asked}` : ""}`);
    for (const one of document.querySelectorAll("#log-page a[data-export]")) one.href = `/api/v1/log/export?format=${one.dataset.export}${asked ? `&${asked}` : ""}`;
  }

  async function ask(path, signal) {
    const answer = await fetch(path, { signal, credentials: "same-origin", headers: { Accept: "application/json" } });
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 401) throw new Error("Your session has ended. Sign in again.");
    if (!answer.ok) throw Object.assign(new Error(said.error || `The server answered ${answer.status}.`), { status: answer.status });
    return said;
  }
  const why = (failed) => (failed instanceof TypeError ? "The server cannot be reached." : failed.message);

  /* ---- the list ---- */

  let era = 0; // counts lists begun: what was asked for an earlier one is not put into this one
  let asking = null; // AbortController of the page under way
  let oldest = null;
  let newest = 0;
  let more = false;
  let waiting = []; // newer entries that the reader has not been shown yet
  let tooMany = false; // more of them than are kept waiting
  let filled = false;

  function state(text, kind, act) {
    const place = $("log-state");
    place.dataset.kind = kind;
    place.replaceChildren(text);
    if (act) place.append(" ", button(act, "button", "log", "again"));
    place.hidden = !text;
  }
  function lastDay() {
    const rows = $("log-list").querySelectorAll(".log-entry");
    return rows.length ? rows[rows.length - 1].dataset.day : null;
  }
  function append(entries) {
    const list = $("log-list");
    let present = lastDay();
    for (const entry of entries) {
      const element = row(entry);
      if (element.dataset.day !== present) list.append(dayMark((present = element.dataset.day)));
      list.append(element);
      mend(entry);
    }
    if (!list.querySelector('.log-entry[tabindex="0"]') && list.querySelector(".log-entry")) list.querySelector(".log-entry").tabIndex = 0;
    remember(entries);
  }
  function prepend(entries) {
    const list = $("log-list");
    for (const entry of [...entries].reverse()) {
      const element = row(entry);
      const first = list.firstElementChild;
      if (first && first.dataset.mark === element.dataset.day) first.after(element);
      else list.prepend(dayMark(element.dataset.day), element);
      mend(entry);
    }
    remember(entries);
  }
  /* An entry that corrects one in the list changes how that one stands there. */
  function mend(entry) {
    const old = entry.corrects && $("log-list").querySelector(`.log-entry[data-seq="${entry.corrects}"]`);
    if (!old || old.querySelector(".log-mended")) return;
    const text = old.querySelector(".log-text");
    if (old.dataset.by === "people" && !text.querySelector("del")) text.replaceChildren(node("del", null, ...text.childNodes));
    old.querySelector(".log-links").append(...states({ ...entry, by_system: old.dataset.by === "centre", corrected_by: [entry.seq], corrects: null }).filter(Boolean));
  }
  const authors = new Set();
  function remember(entries) {
    for (const { author } of entries) {
      if (authors.has(author) || author === "system") continue;
      authors.add(author);
      $("log-authors").append(new Option(author));
    }
  }

  async function load(anew) {
    if (!anew && (asking || !more)) return;
    if (asking) asking.abort();
    const stop = (asking = new AbortController());
    if (anew) {
      era++;
      state("Loading …", "loading");
      writeAddress();
    }
    const asked = wanted();
    asked.set("limit", String(PAGE));
    if (anew) asked.set("count", "1");
    else asked.set("before", String(oldest));
    try {
      const said = await ask(`/api/v1/log?${asked}`, stop.signal);
      if (anew) begin(said);
      append(said.entries);
      more = said.more;
      if (said.entries.length) oldest = said.entries[said.entries.length - 1].seq;
      told(anew && !said.entries.length);
    } catch (failed) {
      if (failed.name !== "AbortError") state(`The log could not be read. ${why(failed)}`, "failed", "Try again");
    } finally {
      if (asking === stop) asking = null;
    }
    fillScreen();
  }
  function begin(said) {
    $("log-list").replaceChildren();
    $("log-scroll").scrollTop = 0;
    newest = said.entries.length ? said.entries[0].seq : 0;
    oldest = null;
    filled = true;
    setWaiting([]);
    const { number, capped } = said.count;
    const words = capped ? `more than ${number.toLocaleString("en-NZ")} entries` : `${number.toLocaleString("en-NZ")} ${number === 1 ? "entry" : "entries"}`;
    $("log-count").textContent = thingWanted ? `${words} about ${thingWanted.replace(":", " ")}` : words;
  }
  function told(none) {
    const narrowed = [...wanted().keys()].length > 0;
    if (none) state(narrowed ? "No entry matches, or none that is released to you." : "The log is empty. Press n to write the first entry.", "empty");
    else state(more ? "Loading more …" : "This is where the log begins.", more ? "more" : "end");
    if (!none && !more && narrowed) state("No older entry matches.", "end");
  }
  function fillScreen() {
    const place = $("log-scroll");
    if (more && !asking && shown() && place.scrollHeight - place.scrollTop - place.clientHeight < 800) load(false);
  }

  function setWaiting(entries, beyond = false) {
    waiting = entries;
    tooMany = beyond;
    const words = beyond ? `${MOST_NEW} or more new entries` : `${entries.length} new ${entries.length === 1 ? "entry" : "entries"}`;
    $("log-new").textContent = beyond || entries.length ? words : ""; // empty: not shown
  }
  const atTop = () => $("log-scroll").scrollTop < 40;
  function showNewest() {
    if (tooMany) return void load(true);
    prepend(waiting);
    setWaiting([]);
    $("log-scroll").scrollTop = 0;
  }
  let movedAt = null; // revision at which the log last moved for this reader

  let fetching = false;
  let again = false;
  async function fetchNew() {
    if (!filled || !shown() || tooMany) return undefined;
    if (asking) return void setTimeout(fetchNew, 300); // the list is being begun or goes on
    if (fetching) return void (again = true);
    fetching = true;
    again = false;
    try {
      const asked = wanted();
      asked.set("after", String(newest));
      asked.set("limit", String(MOST_NEW));
      const asker = era;
      const said = await ask(`/api/v1/log?${asked}`);
      if (asker !== era) again = true;
      else if (said.more || waiting.length + said.entries.length > MOST_NEW) await overflow();
      else if (said.entries.length) take(said.entries);
    } catch {
      /* the next movement of the log asks again; a frozen picture says so itself */
    } finally {
      fetching = false;
      if (again) fetchNew();
    }
  }
  async function overflow() {
    if (atTop()) await load(true);
    else setWaiting([], true);
  }
  function take(entries) {
    newest = entries[0].seq;
    if ($("log-state").dataset.kind === "empty") told(false);
    setWaiting([...entries, ...waiting]);
    if (atTop()) showNewest();
  }

  /* ---- one entry ---- */

  let opened = null;
  const fact = (name, ...value) => node("div", null, node("dt", null, name), node("dd", null, ...value));
  async function open(seq) {
    opened = seq;
    const place = $("log-card");
    place.hidden = false;
    place.replaceChildren(node("p", "quiet", "Loading …"));
    mark();
    try {
      const said = await ask(`/api/v1/log/${seq}`);
      if (opened === seq) drawCard(said);
    } catch (failed) {
      if (opened !== seq) return;
      const gone = failed.status === 404 || failed.status === 422;
      place.replaceChildren(
        head(gone ? "No such entry" : "Not read"),
        node("p", null, gone ? "There is no such entry, or it is not released to you." : why(failed)),
        node("p", null, link("The whole log", "/log", "button")),
      );
    }
    place.focus({ preventScroll: true });
  }
  function head(text) {
    const close = link("Close", "/log", "button quiet-button");
    close.dataset.log = "close";
    return node("div", "log-card-head", node("h2", null, text), close);
  }
  function drawCard({ entry, corrections, before, after, may_correct, why_not }) {
    const own = button("Correct …", "button", "logCorrect", String(entry.seq));
    own.dataset.text = entry.text;
    const respond = link("Respond", `/respond?about=entry:${entry.seq}`, "button");
    const chain = link("Chain", `/chain/entry/${entry.seq}`, "button");
    const contingency = $("contingency-dialog") && button("Contingency", "button", "opens", "contingency-dialog"); // only for who may open one
    if (contingency) Object.assign(contingency.dataset, { with: JSON.stringify({ kind: "entry", thing: String(entry.seq) }), about: `entry ${entry.seq}`, name: entry.text.slice(0, 80) });
    $("log-card").replaceChildren(
      head(`Entry ${entry.seq}`),
      words(entry),
      node("p", "log-links", ...entry.links.map(thing), ...states(entry)),
      node(
        "dl",
        "facts",
        fact("Happened", `${short(entry.occurred_at)} · ${utc(entry.occurred_at)}`),
        fact("Written", `${short(entry.recorded_at)} · ${utc(entry.recorded_at)}`),
        fact("Kind", entry.kind, entry.by_system ? " · written by the centre" : " · written by a person"),
        fact("Author", `${entry.author_name} (${entry.author}), ${entry.author_role}, ${entry.agency}`),
        entry.decider && fact("By authority of", entry.decider),
        fact("Marking", `${entry.owner} TLP:${entry.marking}`, entry.releases.length ? ` · released to ${entry.releases.join(", ")}` : ""),
        ...Object.entries(entry.detail).map(([name, value]) => fact(name.replace(/_/g, " "), typeof value === "string" ? value : JSON.stringify(value))),
        fact("Sealed as", node("code", null, entry.leaf_hash)),
        fact("Chain", node("code", null, entry.chain_hash)),
      ),
      corrections.length ? node("section", null, node("h3", null, "Corrections"), node("ol", "log-chain", ...corrections.map((one) => node("li", one.seq === entry.seq ? "here" : null, link(`${one.seq}`, `/log/${one.seq}`), ` ${short(one.recorded_at)} ${one.author_name}: `, words(one))))) : "",
      node("p", "log-acts", before && link("Older", `/log/${before}`, "button"), after && link("Newer", `/log/${after}`, "button"), chain, respond, contingency || "", may_correct ? own : ""),
      !may_correct && why_not ? node("p", "quiet", why_not) : "",
    );
  }
  function close() {
    opened = null;
    const card = $("log-card");
    const held = card.contains(document.activeElement);
    card.hidden = true;
    mark();
    if (held) ($("log-list").querySelector('.log-entry[tabindex="0"]') || $("log-scroll")).focus({ preventScroll: true });
  }
  function mark() {
    for (const one of $("log-list").querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
    const here = opened && $("log-list").querySelector(`.log-entry[data-seq="${opened}"]`);
    if (here) here.setAttribute("aria-current", "true");
  }
  function correct(seq, text) {
    const dialog = $("log-correct");
    const sent = dialog.querySelector("form");
    sent.dataset.with = JSON.stringify({ entry: Number(seq) });
    sent.querySelector("[data-answer]").textContent = "";
    $("log-correct-title").textContent = `Correct entry ${seq}`;
    $("log-correct-text").value = text;
    $("log-correct-reason").value = "";
    dialog.showModal();
    $("log-correct-text").focus();
  }

  /* ---- keys ---- */

  const rows = () => [...$("log-list").querySelectorAll(".log-entry")];
  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((one) => one.tabIndex === 0);
    const next = all[document.activeElement === all[at] || opened ? Math.max(0, Math.min(all.length - 1, at + by)) : Math.max(0, at)];
    if (all[at]) all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    if (opened && String(opened) !== next.dataset.seq) ops.go(`/log/${next.dataset.seq}${window.location.search}`);
    if (all.indexOf(next) > all.length - 10) load(false);
  }
  const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  document.addEventListener("keydown", (event) => {
    if (!shown() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Enter" && event.target.form === form()) (event.preventDefault(), load(true));
      return;
    }
    const focused = event.target.classList && event.target.classList.contains("log-entry");
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "/") ($("log-text").focus(), $("log-text").select());
    else if (event.key === "Enter" && focused) ops.go(`/log/${event.target.dataset.seq}${window.location.search}`);
    else if (event.key === "Escape" && opened) ops.go(`/log${window.location.search}`);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    if ((hit = on("[data-log]"))) {
      const act = hit.dataset.log;
      if (act === "newest") showNewest();
      else if (act === "again") load(oldest === null);
      else if (act === "clear") {
        thingWanted = "";
        form().reset();
        load(true);
      }
    } else if ((hit = on("[data-log-operation]"))) {
      form().elements.operation.value = hit.dataset.logOperation;
      load(true);
    } else if ((hit = on("[data-log-correct]"))) correct(hit.dataset.logCorrect, hit.dataset.text);
  });

  /* ---- coming and going ---- */

  let timer = 0;
  function begun() {
    if (!$("log-filters") || form().dataset.begun) return;
    form().dataset.begun = "true";
    form().addEventListener("submit", (event) => (event.preventDefault(), load(true)));
    form().addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => load(true), SEARCH_AFTER_MS);
    });
    $("log-scroll").addEventListener("scroll", fillScreen, { passive: true });
  }
  function units() {
    const field = form().elements.unit;
    const known = new Set([...field.options].map((option) => option.value));
    const fresh = [...((ops.store && ops.store.units) || new Map()).values()].filter((unit) => !known.has(String(unit.id)));
    for (const unit of fresh.sort((a, b) => a.callsign.localeCompare(b.callsign))) field.append(new Option(unit.callsign, unit.id));
  }
  let visited = null;
  function visit() {
    if (!shown()) return void (visited = null);
    begun();
    units();
    const path = window.location.pathname;
    if (visited === path) return;
    if (visited === null) {
      takeAddress();
      load(true);
    }
    visited = path;
    const seq = /^\/log\/(\d{1,18})$/.exec(path);
    if (seq) open(Number(seq[1]));
    else if (path !== "/log") open(0);
    else close();
  }
  document.addEventListener("ops:address", () => setTimeout(visit));
  document.addEventListener("ops:painted", () => visited === null && visit());
  document.addEventListener("ops:picture", (event) => {
    const moved = ops.store.boards.log;
    if (!event.detail || (!event.detail.whole && moved === movedAt)) return;
    movedAt = moved;
    fetchNew();
  });
  document.addEventListener("ops:acted", (event) => {
    if (!event.detail.name.startsWith("log/")) return;
    fetchNew();
    if (event.detail.name === "log/correct" && opened && shown()) ops.go(event.detail.answer.href);
  });
})();
