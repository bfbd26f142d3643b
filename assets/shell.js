/* The frame in the browser: which page is shown, theme, kiosk, keys, panels, search by keyboard, selection, saved views,
 * how many rows of a list fit. It draws nothing that came from a feed except by textContent. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const tell = (id, data) => {
    try {
      window.dash_clientside.set_props(id, { data });
    } catch {
      /* the layout is not there yet */
    }
  };

  /* ---- pages, theme, kiosk: set before anything is drawn ---- */

  const SLUGS = new Set(["alerts", "log", "operations", "planning", "debriefs", "past", "targets", "taskings", "watch", "enquiries", "units", "feeds", "lookouts", "load", "criteria", "admin", "respond", "chain"]);
  const WITH_MORE = new Set(["log", "chain", "watch", "enquiries", "operations", "planning", "debriefs", "feeds"]); // pages whose address goes on: /log/12
  const slugOf = (path) => {
    const [first, ...more] = path.split("/").filter(Boolean);
    if (first === undefined) return "wall";
    return SLUGS.has(first) && (!more.length || WITH_MORE.has(first)) ? first : "unknown";
  };

  function showPage(path) {
    const slug = slugOf(path);
    const changed = root.dataset.page !== slug;
    root.dataset.page = slug;
    for (const link of $$(".nav-link[href]")) {
      const here = slugOf(new URL(link.href).pathname) === slug;
      here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    }
    const frame = $("#shell");
    const title = slug === "unknown" ? "No such page" : ($(`.slot-${slug} h1`) || {}).textContent;
    if (frame) document.title = [title, frame.dataset.exercise === "true" ? "EXERCISE" : "", frame.dataset.centre].filter(Boolean).join(" · ");
    document.dispatchEvent(new CustomEvent("ops:address", { detail: { slug, path } }));
    if (changed) {
      closePanels();
      document.dispatchEvent(new CustomEvent("ops:page", { detail: { slug } }));
    }
    return slug;
  }

  const kept = (name, value) => {
    try {
      if (value === undefined) return window.localStorage.getItem(name);
      window.localStorage.setItem(name, value);
    } catch {
      /* storage is switched off; the choice lasts as long as the page */
    }
    return null;
  };
  const prefersLight = window.matchMedia("(prefers-color-scheme: light)");
  const setTheme = (theme) => (root.dataset.theme = theme);
  const ownTheme = () => (prefersLight.matches ? "light" : "dark");
  function turnTheme() {
    const theme = root.dataset.theme === "light" ? "dark" : "light";
    setTheme(theme);
    kept("ops-theme", theme);
  }
  setTheme(kept("ops-theme") || ownTheme());
  prefersLight.addEventListener("change", () => kept("ops-theme") || setTheme(ownTheme()));

  const kiosk = new URLSearchParams(window.location.search).has("kiosk");
  if (kiosk) root.dataset.kiosk = "";
  root.dataset.page = slugOf(window.location.pathname);

  /* ---- what Dash calls ---- */

  const dash = (window.dash_clientside = window.dash_clientside || {});
  dash.opsShell = {
    showPage: (path, search) => {
      const slug = showPage(path || "/");
      ops.due.shown(slug, path || "/", search || "");
      return slug;
    },
  };

  /* ---- panels and help ---- */

  const panelOf = (button) => document.getElementById(button.dataset.toggles);
  function setPanel(button, open) {
    const panel = panelOf(button);
    if (!panel) return;
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open && panel.id === "wall-layers") showLayers();
  }
  function togglePanel(button, focus = false) {
    const open = panelOf(button).hidden;
    closePanels();
    setPanel(button, open);
    const first = open && focus && $("button, input, a", panelOf(button));
    if (first) first.focus();
  }
  function closePanels() {
    const open = $$("[data-toggles]").filter((button) => panelOf(button) && !panelOf(button).hidden);
    for (const button of open) {
      if (panelOf(button).contains(document.activeElement)) button.focus();
      setPanel(button, false);
    }
    return open.length > 0;
  }
  const help = () => $("#shell-help");
  const openHelp = () => help() && !help().open && help().showModal();

  /* ---- selection ---- */

  let selected = null;
  const keyOf = (thing) => (thing ? `${thing.kind}:${thing.id}` : null);

  function select(key, lat, lon) {
    const cut = key.indexOf(":");
    const kind = key.slice(0, cut);
    const id = /^\d+$/.test(key.slice(cut + 1)) ? Number(key.slice(cut + 1)) : key.slice(cut + 1);
    const map = ops.map;
    if (map && map.fly && Number.isFinite(lat)) map.fly(lat, lon);
    if (map && map.select) map.select(kind, id);
    else tell("wall-selection", { kind, id });
    note({ kind, id });
  }

  function deselect() {
    if (!selected) return false;
    if (ops.map && ops.map.select) ops.map.select(null, null);
    else tell("wall-selection", null);
    note(null);
    return true;
  }

  function note(thing) {
    selected = thing && thing.kind ? { kind: thing.kind, id: thing.id } : null;
    showSelected();
  }
  function showSelected() {
    const key = keyOf(selected);
    for (const element of $$("[data-select]")) {
      if (element.getAttribute("role") === "option") continue;
      const here = element.dataset.select === key;
      if (here !== element.hasAttribute("aria-current")) here ? element.setAttribute("aria-current", "true") : element.removeAttribute("aria-current");
    }
  }
  document.addEventListener("ops:select", (event) => note(event.detail));

  /* The card is redrawn when what it shows changed, at most every two seconds. */
  let due = 0;
  let dueTimer = 0;
  document.addEventListener("ops:picture", (event) => {
    if (!selected || dueTimer || !concerns(event.detail, selected)) return;
    dueTimer = setTimeout(() => {
      dueTimer = 0;
      if (selected) tell("wall-card-due", ++due);
    }, 2000);
  });
  function concerns(change, thing) {
    if (!change || change.whole) return true;
    const listed = (rows, gone) => (rows || []).some((row) => row.id === thing.id) || (gone || []).includes(thing.id);
    const gone = change.gone || {};
    if (thing.kind === "track") return ((change.tracks && change.tracks.id) || []).includes(thing.id) || (gone.tracks || []).includes(thing.id);
    if (thing.kind === "target") return listed(change.targets, gone.targets);
    if (thing.kind === "unit") return listed(change.units, gone.units);
    if (thing.kind === "hazard") return listed(change.hazards, gone.hazards);
    if (thing.kind === "device") return listed(change.devices, gone.devices);
    if (thing.kind === "call") return listed(change.alerts, gone.alerts);
    if (thing.kind === "drawing") return listed(change.drawings, gone.drawings);
    return Boolean((change.targets || []).length || (change.units || []).length);
  }

  /* ---- a list that is redrawn keeps the reader's place ---- */

  let focusedKey = null;
  let pressedKey = null;
  document.addEventListener("focusin", (event) => (focusedKey = event.target.dataset ? event.target.dataset.select || null : null));
  document.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-select]");
    pressedKey = row ? row.dataset.select : null; // a list that moves under the finger does not change what was meant
  }, true);
  function keepFocus() {
    const active = document.activeElement;
    if (!focusedKey || !active || !active.dataset || !active.dataset.select || active.dataset.select === focusedKey) return;
    const same = $$("[data-select]").find((element) => element.dataset.select === focusedKey);
    if (same) same.focus({ preventScroll: true });
  }

  /* ---- how much of a list fits ---- */

  const HEAD_KEPT = 3; // on the kiosk the soonest stay while the rest turn over
  const TURN_MS = 12000;
  const turns = new WeakMap();

  function fit(list) {
    const items = [...list.children];
    const more = list.parentElement.querySelector("[data-more]");
    const scrolls = list.dataset.fit === "attention" && !kiosk;
    for (const item of items) if (item.hidden) item.hidden = false;
    if (!items.length) return;
    const bottom = list.getBoundingClientRect().bottom + 1;
    const visible = items.filter((item) => item.getBoundingClientRect().bottom <= bottom).length;
    if (scrolls) return say(more, items.length - visible, "below");
    if (visible >= items.length) return say(more, 0);
    const room = Math.max(1, visible);
    const head = list.dataset.fit === "attention" && room > HEAD_KEPT ? HEAD_KEPT : 0;
    const window_ = room - head;
    const rest = items.length - head;
    const turning = kiosk && list.dataset.fit === "attention";
    const pages = Math.ceil(rest / window_);
    const page = turning ? (turns.get(list) || 0) % pages : 0;
    const from = head + page * window_;
    items.forEach((item, place) => (item.hidden = !(place < head || (place >= from && place < from + window_))));
    if (turning && more) put(more, `+${items.length - room} more · ${from + 1}–${Math.min(from + window_, items.length)} of ${items.length}`);
    else say(more, items.length - room);
  }
  const put = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const say = (more, number, where) => more && put(more, number > 0 ? `+${number} more${where ? ` ${where}` : ""}` : "");
  const fitAll = () => {
    $$("[data-fit]").forEach(fit);
    fitLights();
  };

  let fittedLights = null; // what they were fitted for
  let fonts = 0;
  document.fonts.addEventListener("loadingdone", () => (fonts++, fitSoon()));
  function fitLights() {
    const list = $("#shell-lights");
    if (!list) return;
    const beside = ["#shell-alerts", "#shell-watch", "#shell-sound"].map((mark) => ($(mark) || list).textContent);
    const about = [window.innerWidth, fonts, list.textContent, ...beside, ...$$("[data-light]", list).map((one) => one.dataset.light)].join("|");
    if (about === fittedLights) return; // measuring lays the whole page out, several times
    fittedLights = about;
    list.removeAttribute("data-compact");
    list.removeAttribute("data-hides");
    for (const item of list.children) item.hidden = false;
    const live = $$('[data-light="live"]', list).length;
    const count = $("[data-live-count]", list);
    if (count) put(count, `${live} live`);
    for (const level of ["live", "small", "rows"]) {
      if (list.scrollHeight <= list.clientHeight + 2) return;
      list.dataset.compact = level; // counts the live ones; then smaller text; then two rows
    }
    hideLights(list, (hidden) => count && put(count, `+${hidden} not live`));
  }

  /* Where even two rows are too few: the worst stay, the others are counted in words that cannot be overlooked. */
  function hideLights(list, tell) {
    const grave = (item) => ["lost", "late"].indexOf($("[data-light]", item).dataset.light) >>> 0; // anything else comes last
    const shown = $$('li:has([data-light]):not(:has([data-light="live"]))', list).sort((a, b) => grave(a) - grave(b));
    for (let hidden = 1; shown.length > 1 && list.scrollHeight > list.clientHeight + 2; hidden++) {
      shown.pop().hidden = true;
      list.dataset.hides = hidden;
      tell(hidden);
    }
  }

  setInterval(() => {
    if (!kiosk) return;
    for (const list of $$('[data-fit="attention"]')) turns.set(list, (turns.get(list) || 0) + 1);
    fitAll();
  }, TURN_MS);

  let fitting = 0;
  const fitSoon = () => {
    if (!fitting) fitting = requestAnimationFrame(() => ((fitting = 0), fitAll()));
  };
  window.addEventListener("resize", fitSoon);
  window.addEventListener("load", fitSoon);
  if (document.fonts) document.fonts.ready.then(fitSoon);
  document.addEventListener("scroll", (event) => event.target.dataset && event.target.dataset.fit && fit(event.target), true);

  /* On the kiosk nothing can be pressed. */
  function takeAwayControls() {
    for (const link of $$(".wall a[data-follow], .topline a[data-follow]")) link.removeAttribute("href");
    for (const row of $$('[data-select][role="button"]')) {
      row.removeAttribute("role");
      row.removeAttribute("tabindex");
      delete row.dataset.select;
    }
    for (const frame of $$(".table-frame, #wall-map, .attention-list")) frame.removeAttribute("tabindex");
  }

  document.addEventListener("ops:redrawn", () => {
    if (kiosk) takeAwayControls();
    showPageAgain();
    keepFocus();
    showSelected();
    dressSearch();
    announceTargets();
    fitSoon();
  });
  let drawn = false;
  function showPageAgain() {
    if (drawn || !$("#shell")) return;
    drawn = true;
    showPage(window.location.pathname);
    if (frozenSince) showFrozen();
  }

  /* ---- what changed in the list, for those who listen ---- */

  let known = null;
  function announceTargets() {
    const rows = $$("[data-target]");
    const place = $("#wall-announce");
    if (!place) return;
    const present = new Map(rows.map((row) => [row.dataset.target, ($(".label", row) || {}).textContent || ""]));
    if (known) {
      const fresh = [...present].filter(([id]) => !known.has(id)).map(([, label]) => label);
      const gone = [...known].filter(([id]) => !present.has(id)).length;
      const words = [fresh.length ? `New: ${fresh.slice(0, 3).join(", ")}${fresh.length > 3 ? ` and ${fresh.length - 3} more` : ""}.` : "", gone ? `${gone} no longer listed.` : ""];
      if (fresh.length || gone) put(place, words.filter(Boolean).join(" "));
    }
    known = present;
  }

  /* ---- frozen ---- */

  let frozenSince = null;
  function showFrozen() {
    const banner = $("#shell-frozen");
    root.toggleAttribute("data-frozen", Boolean(frozenSince));
    if (!banner || !$("#wall-page")) return;
    if (frozenSince) put($(".frozen-since", banner), ops.ticking ? ops.ticking.clock(frozenSince) : "");
    banner.hidden = !frozenSince;
    fitSoon();
  }
  document.addEventListener("ops:frozen", (event) => {
    frozenSince = (event.detail && event.detail.since) || Date.now();
    showFrozen();
  });
  document.addEventListener("ops:thawed", () => {
    frozenSince = null;
    showFrozen();
  });

  /* ---- layers and views ---- */

  const layersNow = () => (ops.map && ops.map.layers ? ops.map.layers() : {});
  function showLayers() {
    const layers = layersNow();
    for (const button of $$("[data-layer]")) if (button.dataset.layer in layers) button.setAttribute("aria-pressed", String(Boolean(layers[button.dataset.layer])));
  }
  function turnLayer(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (ops.map && ops.map.setLayer) ops.map.setLayer(button.dataset.layer, on);
  }
  function actOnView(button) {
    const box = $("#wall-views-name");
    const input = box && (box.matches("input") ? box : $("input", box));
    if (button.dataset.viewApply !== undefined) {
      if (ops.map && ops.map.setView) ops.map.setView(JSON.parse(button.dataset.viewApply));
      showLayers();
      closePanels();
    } else if (button.dataset.viewDelete !== undefined) {
      tell("wall-views-act", { act: "delete", name: button.dataset.viewDelete, at: Date.now() });
    } else if (input && input.value.trim() && ops.map && ops.map.view) {
      tell("wall-views-act", { act: "save", name: input.value.trim(), view: ops.map.view(), at: Date.now() });
    } else if (input) input.focus();
  }

  const zoomBy = (step) => {
    const view = ops.map && ops.map.view && ops.map.view();
    if (view) ops.map.fly(view.lat, view.lon, view.zoom + step);
  };
  const home = () => ops.map && ops.map.home && ops.map.home();
  const ACTS = {
    theme: turnTheme,
    help: () => (closePanels(), openHelp()),
    "close-help": () => help().close(),
    "map-in": () => zoomBy(1),
    "map-out": () => zoomBy(-1),
    "map-home": home,
  };

  /* ---- search by keyboard ---- */

  const searchBox = () => $("#wall-search-text") && ($("#wall-search-text").matches("input") ? $("#wall-search-text") : $("#wall-search-text input"));
  const options = () => $$("#wall-search-results [data-select]");
  let chosen = 0;
  function dressSearch() {
    const box = searchBox();
    if (!box) return;
    box.setSelectionRange = () => {}; // Dash puts the caret back to where it was a debounce ago: letters typed since would change places
    const found = options();
    const set = (name, value) => box.getAttribute(name) === value || box.setAttribute(name, value);
    set("role", "combobox");
    set("aria-autocomplete", "list");
    set("aria-controls", "wall-search-results");
    set("aria-expanded", String(found.length > 0));
    choose(Math.min(chosen, Math.max(0, found.length - 1)));
  }
  function choose(place) {
    const found = options();
    const box = searchBox();
    chosen = place;
    found.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    if (found[place]) {
      box.setAttribute("aria-activedescendant", found[place].id);
      found[place].scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  }
  function take(option) {
    select(option.dataset.select, parseFloat(option.dataset.lat), parseFloat(option.dataset.lon));
    leaveSearch();
  }
  function leaveSearch() {
    const box = searchBox();
    if (!box) return;
    chosen = 0;
    box.blur();
    tellValue("wall-search-text", "");
  }
  const tellValue = (id, value) => {
    try {
      window.dash_clientside.set_props(id, { value });
    } catch {
      /* not there */
    }
  };
  function searchKey(event) {
    const found = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) choose((chosen + step + found.length) % found.length);
    else if (event.key === "Enter" && found[chosen]) take(found[chosen]);
    else if (event.key === "Escape") leaveSearch();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* ---- keys ---- */

  let leader = 0;
  const GO = { w: "/", a: "/alerts", l: "/log", t: "/targets", k: "/taskings", h: "/watch", e: "/enquiries", u: "/units", f: "/feeds", o: "/operations", p: "/planning", r: "/debriefs", y: "/past", b: "/lookouts", d: "/load", c: "/criteria", m: "/admin" };
  const goTo = (path) => {
    const link = $$(".nav-link[href]").find((one) => new URL(one.href).pathname === path);
    if (link) link.click();
    else if (slugOf(path.split("?")[0]) !== "unknown") follow(path);
    return Boolean(link);
  };
  /* To an address that has no entry of its own, such as /log/12, without loading the frame anew (as dcc.Link does). */
  function follow(path) {
    window.history.pushState({}, "", path);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  ops.go = follow;
  function stepList(step) {
    const rows = $$(".attention-list .target");
    if (!rows.length) return;
    const at = rows.findIndex((row) => row === document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))].focus();
  }
  const toggle = (id) => () => {
    const button = $(`[data-toggles="${id}"]`);
    if (button) togglePanel(button, true);
  };
  const onWall = (act) => () => root.dataset.page === "wall" && $("#wall-page") && act();
  const KEYS = {
    "/": () => {
      if (root.dataset.page !== "wall") return;
      const box = searchBox();
      if (box) (box.focus(), box.select());
    },
    "?": openHelp,
    n: () => ops.quickEntry && ops.quickEntry.open(),
    t: turnTheme,
    l: onWall(toggle("wall-layers")),
    v: onWall(toggle("wall-views")),
    h: onWall(home),
    "+": onWall(() => zoomBy(1)),
    "=": onWall(() => zoomBy(1)),
    "-": onWall(() => zoomBy(-1)),
    j: onWall(() => stepList(1)),
    k: onWall(() => stepList(-1)),
    Escape: () => (options().length ? (leaveSearch(), true) : closePanels() || deselect()),
  };
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  document.addEventListener("keydown", (event) => {
    if (event.target === searchBox()) return searchKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Enter" && event.target.closest("#wall-views")) actOnView($("[data-view-save]"));
      else if (event.key === "Escape") (event.target.blur(), closePanels());
      return;
    }
    if (kiosk && event.key !== "t") return;
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("[data-select][role=button]")) {
      event.preventDefault();
      return select(event.target.dataset.select);
    }
    if (leader && event.timeStamp - leader < 2000 && GO[event.key]) {
      leader = 0;
      if (goTo(GO[event.key])) event.preventDefault();
      return;
    }
    leader = event.key === "g" ? event.timeStamp : 0;
    const act = KEYS[event.key];
    if (!act || event.repeat && event.key !== "j" && event.key !== "k") return;
    if (act() !== false || event.key !== "Escape") event.preventDefault();
  }, true);

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = on("[role=option][data-select]"))) return take(hit);
    if ((hit = on("[data-select]"))) {
      const key = event.detail && pressedKey ? pressedKey : hit.dataset.select;
      pressedKey = null;
      if (!$("#wall-page")) return;
      if (hit.dataset.go) goTo(hit.dataset.go);
      return select(key);
    }
    if ((hit = on("a[data-follow]")) && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      return follow(hit.getAttribute("href"));
    }
    if (on("[data-deselect]")) return void deselect();
    if ((hit = on("[data-toggles]"))) return togglePanel(hit);
    if ((hit = on("[data-layer]"))) return turnLayer(hit);
    if ((hit = on("[data-view-apply],[data-view-delete],[data-view-save]"))) return actOnView(hit);
    if ((hit = on("[data-sort]"))) {
      const head = hit.closest("th");
      return tell("targets-order", { column: hit.dataset.sort, descending: head.getAttribute("aria-sort") === "ascending" });
    }
    if ((hit = on("[data-act]"))) return ACTS[hit.dataset.act] && ACTS[hit.dataset.act]();
    if (!on(".popover")) closePanels();
    if (!on("#wall-search")) tellValue("wall-search-text", "");
  });

  /* ---- kiosk: the pointer leaves after a while ---- */

  if (kiosk) {
    let idle = 0;
    const hideSoon = () => {
      delete root.dataset.idle;
      clearTimeout(idle);
      idle = setTimeout(() => (root.dataset.idle = ""), 3000);
    };
    window.addEventListener("pointermove", hideSoon, { passive: true });
    hideSoon();
  }

  ops.shell = { select, deselect, showPage, turnTheme, selected: () => selected };
})();
