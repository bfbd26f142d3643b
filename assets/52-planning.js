/* Planning in the browser: which window and units are shown, bars that are dragged or moved by keys, and the dialogs. It draws
 * no rows (layouts/planning_board.py does). Whatever is moved is tried first (acts plans/check): what is clear is saved at once
 * and can be undone, what is not opens the form with its conflicts.
 *
 * Keys on the board: arrows go from bar to bar, Enter opens, Shift+arrows move a bar (up and down: to another unit), Ctrl+left
 * and right move its end, then Enter saves and Escape leaves it; Delete cancels, a assigns, u undoes, [ ] earlier and later. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const root = document.documentElement;
  const DAY = 86400000;
  const MINUTE = 60000;
  const STEP_MIN = { 1: 15, 3: 30, 7: 60, 14: 120, 30: 360 }; // what a bar moves by, for each span shown
  const TYPED_MS = 250;
  const EDGE_PX = 7;
  const DRAG_PX = 4;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const page = () => document.getElementById("planning-page");
  const here = () => root.dataset.page === "planning" && page() && page().dataset.tab === "units";
  const rows = () => $("#planning-board .plan-rows");

  /* ---- what is shown ---- */

  const shown = { days: 7, from: null, page: 0, filter: {} };

  function midnight(ms, daysOn = 0) {
    const p = ops.zoned.partsOf(ms);
    return ops.zoned.fromLocal(p.year, p.month, p.day + daysOn, 0, 0);
  }
  const from = () => (shown.from === null ? midnight(ops.zoned.now()) : shown.from);
  const until = () => midnight(from() + DAY / 2, shown.days);

  function tell() {
    if (root.dataset.page !== "planning" || !page()) return;
    for (const button of $$("[data-plan-days]")) button.setAttribute("aria-pressed", String(Number(button.dataset.planDays) === shown.days));
    ops.tellDash("planning-query", { data: { tab: page().dataset.tab, from: from(), until: until(), page: shown.page, ...shown.filter } });
  }

  function move(days) {
    shown.from = midnight(from() + DAY / 2, days);
    tell();
  }

  /* Half a window at a time, so that one keeps one's bearings; a day moves by a day. */
  const half = () => Math.max(1, Math.floor(shown.days / 2));

  function span(days) {
    shown.days = days;
    tell();
  }

  function operationOf(text) {
    const known = $("#plan-known");
    const word = text.trim().toUpperCase().split(/\s/)[0];
    const number = known ? JSON.parse(known.dataset.operations || "{}")[word] : undefined;
    return word === "" ? 0 : number === undefined ? -1 : number;
  }

  function readFilter() {
    const value = (name) => {
      const field = $(`[data-plan-find=${name}]`);
      return !field ? "" : field.type === "checkbox" ? field.checked : field.value.trim();
    };
    const operation = operationOf(value("operation"));
    const field = $("[data-plan-find=operation]");
    if (field) field.setAttribute("aria-invalid", String(operation < 0));
    shown.filter = { text: value("text"), agency: value("agency"), type: value("type"), capability: value("capability"), place: value("place"), operation: Math.max(0, operation), conflicts: value("conflicts") };
    shown.page = 0;
    tell();
  }

  function visit({ slug, path }) {
    if (slug !== "planning" || !page()) return;
    const tab = path.split("/").filter(Boolean)[1] || "units";
    page().dataset.tab = ["units", "sufficiency", "proposals"].includes(tab) ? tab : "units";
    for (const link of $$("[data-tab-link]")) link.dataset.tabLink === page().dataset.tab ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    setTimeout(() => (tell(), sought())); // after Dash heard which page is shown
  }

  /* /planning?operation=D26-014&from=…: only units for it, from its first day on. Its number is known once the forms are drawn. */
  function sought(tries = 60) {
    const asked = new URLSearchParams(window.location.search);
    const reference = (asked.get("operation") || "").slice(0, 40);
    if (!reference || !here()) return;
    const field = $("[data-plan-find=operation]");
    if (!field || !$("#plan-known")) return void (tries && setTimeout(() => sought(tries - 1), 100));
    const starts = Number(asked.get("from"));
    if (starts > ops.zoned.now()) shown.from = midnight(starts);
    for (const other of $$("[data-plan-find]")) other.type === "checkbox" ? (other.checked = false) : (other.value = "");
    field.value = reference;
    readFilter();
  }
  document.addEventListener("ops:address", ({ detail }) => visit(detail));

  /* ---- bars ---- */

  const number = (text) => (text === undefined || text === "" ? undefined : Number(text));
  const rowOf = (element) => element.closest(".plan-row");
  const editable = (bar) => bar && bar.dataset.edit !== undefined;
  const step = () => (STEP_MIN[shown.days] || 60) * MINUTE;
  const snapped = (ms) => from() + Math.round((ms - from()) / step()) * step();
  const clock = (ms) => ops.zoned.short(ms);

  /* What a bar stands for, as the acts want it. */
  function bodyOf(bar) {
    const { dataset } = bar;
    return {
      unit: Number(rowOf(bar).dataset.unit), kind: dataset.sort, starts_at: Number(dataset.starts), ends_at: Number(dataset.ends),
      operation: number(dataset.operation), place: dataset.place, lat: number(dataset.lat), lon: number(dataset.lon),
      crew: number(dataset.crew), note: dataset.note,
    };
  }
  const changeOf = (bar) => ({ assignment: Number(bar.dataset.edit), version: Number(bar.dataset.version) });
  const clean = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== "" && value !== null));

  /* Try it; save it when nothing stands against it, else show what does. */
  async function propose(body, change) {
    try {
      const told = await ops.act("plans/check", clean({ ...body, assignment: change && change.assignment }));
      if (!told.clear) return void open(body, change, told);
      const answer = await ops.act(change ? "plans/change" : "plans/assign", clean({ ...body, ...change }));
      ops.say(`${answer.said}${answer.notes && answer.notes.length ? ` Note: ${answer.notes.join("; ")}.` : ""} u undoes it.`);
    } catch (failed) {
      ops.say(failed.message, "failed");
    }
  }

  /* ---- a ghost where a bar would go ---- */

  const ghost = document.createElement("div");
  ghost.className = "plan-ghost";
  ghost.hidden = true;
  document.body.append(ghost);

  function showGhost(row, starts, ends) {
    const lane = $(".plan-lane", row);
    const board = rows();
    if (!lane || !board) return;
    const box = lane.getBoundingClientRect();
    const whole = Number(board.dataset.windowUntil) - Number(board.dataset.windowFrom);
    const at = (ms) => box.left + (box.width * Math.min(1, Math.max(0, (ms - Number(board.dataset.windowFrom)) / whole)));
    ghost.style.left = `${at(starts)}px`;
    ghost.style.width = `${Math.max(3, at(ends) - at(starts))}px`;
    ghost.style.top = `${box.top + 2}px`;
    ghost.style.height = `${box.height - 4}px`;
    ghost.textContent = `${row.dataset.callsign} ${clock(starts)} – ${clock(ends)}`;
    ghost.hidden = false;
  }

  function noGhost() {
    ghost.hidden = true;
    for (const bar of $$(".plan-bar.moving")) bar.classList.remove("moving");
  }

  /* ---- dragging ---- */

  let drag = null;
  const mayRow = (row) => row && row.dataset.may === "yes";
  const msAt = (x) => {
    const board = rows();
    const box = $(".plan-lane", board).getBoundingClientRect();
    return Number(board.dataset.windowFrom) + ((x - box.left) / box.width) * (Number(board.dataset.windowUntil) - Number(board.dataset.windowFrom));
  };

  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !here()) return;
    const bar = event.target.closest("#planning-board .plan-bar");
    const row = event.target.closest("#planning-board .plan-row");
    if (bar ? !editable(bar) : !(mayRow(row) && event.target.closest(".plan-lane"))) return;
    const edges = bar && bar.getBoundingClientRect();
    const mode = !bar ? "new" : event.clientX > edges.right - EDGE_PX && edges.width > 3 * EDGE_PX ? "end" : event.clientX < edges.left + EDGE_PX && edges.width > 3 * EDGE_PX ? "start" : "move";
    drag = { mode, row, x: event.clientX, y: event.clientY, at: msAt(event.clientX), body: bar && bodyOf(bar), change: bar && changeOf(bar), bar, moved: false };
  });

  function whereTo(event) {
    const { mode, body, row, at } = drag;
    const by = msAt(event.clientX) - at;
    if (mode === "new") {
      const [one, two] = [snapped(Math.min(at, at + by)), snapped(Math.max(at, at + by))];
      return { row, starts: one, ends: Math.max(two, one + step()) };
    }
    if (mode === "end") return { row, starts: body.starts_at, ends: Math.max(body.starts_at + 15 * MINUTE, snapped(body.ends_at + by)) };
    if (mode === "start") return { row, starts: Math.min(body.ends_at - 15 * MINUTE, snapped(body.starts_at + by)), ends: body.ends_at };
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const to = under && under.closest("#planning-board .plan-row");
    const starts = Math.abs(event.clientX - drag.x) < DRAG_PX ? body.starts_at : snapped(body.starts_at + by);
    return { row: mayRow(to) ? to : row, starts, ends: starts + body.ends_at - body.starts_at };
  }

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_PX) return;
    if (!drag.moved && drag.bar) drag.bar.classList.add("moving");
    drag.moved = true;
    event.preventDefault();
    const { row, starts, ends } = whereTo(event);
    showGhost(row, starts, ends);
  });

  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { moved, mode, body, change } = drag;
    const to = moved ? whereTo(event) : null;
    drag = null;
    noGhost();
    if (!to) return;
    suppressClick = true;
    setTimeout(() => (suppressClick = false));
    const unit = Number(to.row.dataset.unit);
    if (mode === "new") open({ unit, kind: "operation", starts_at: to.starts, ends_at: to.ends }, null, null);
    else if (unit !== body.unit || to.starts !== body.starts_at || to.ends !== body.ends_at) propose({ ...body, unit, starts_at: to.starts, ends_at: to.ends }, change);
  });
  document.addEventListener("pointercancel", () => ((drag = null), noGhost()));
  let suppressClick = false;

  /* ---- the form of one assignment ---- */

  const form = () => $("form[data-plan-form=assign]");
  let editing = null; // {change, lat, lon, place}
  let tried = 0;
  let timer = 0;

  function open(body, change, told) {
    const fields = form() && form().elements;
    if (!fields) return;
    editing = { change, lat: body.lat, lon: body.lon, place: body.place };
    form().reset();
    $("[data-own=plan-title]").textContent = change ? "Change assignment" : "Assign";
    $("[data-plan=cancel]", form()).hidden = !change;
    for (const name of ["unit", "kind", "operation", "place", "crew", "note"]) if (body[name] !== undefined) fields[name].value = String(body[name]);
    fields.starts_at.value = ops.moments.textOf(body.starts_at);
    fields.ends_at.value = ops.moments.textOf(body.ends_at);
    $("[data-answer]", form()).textContent = "";
    sense();
    show(told);
    const dialog = form().closest("dialog");
    if (!dialog.open) dialog.showModal();
    if (!told) check();
    (told ? fields.reason.offsetParent ? fields.reason : fields.starts_at : fields.unit).focus();
  }

  /* An operation is asked for only where there is one, a place only where it means something. */
  function sense(of = form()) {
    const fields = of.elements;
    fields.operation.closest(".head-field").hidden = fields.kind.value !== "operation";
    fields.place.closest(".head-field").hidden = ["rest", "maintenance"].includes(fields.kind.value);
  }

  function wanted() {
    const fields = form().elements;
    const kind = fields.kind.value;
    const place = ["rest", "maintenance"].includes(kind) ? "" : fields.place.value.trim().toUpperCase();
    const kept = editing && !place && !editing.place && editing.lat !== undefined ? { lat: editing.lat, lon: editing.lon } : {};
    return clean({
      unit: Number(fields.unit.value), kind, operation: kind === "operation" ? number(fields.operation.value) : undefined, place, ...kept,
      starts_at: ops.moments.momentOf(fields.starts_at.value), ends_at: ops.moments.momentOf(fields.ends_at.value),
      crew: number(fields.crew.value), note: fields.note.value.trim(),
    });
  }

  /* What is asked for, once it is whole: nothing is asked of the server before. */
  function whole(body) {
    if (!body.unit || !body.starts_at || !body.ends_at || body.ends_at <= body.starts_at) return "Give a unit and a time that ends after it begins.";
    if (body.kind === "operation" && !body.operation) return "Choose the operation.";
    return body.kind === "deployment" && !body.place && body.lat === undefined ? "Say at which place." : "";
  }

  async function check() {
    const body = wanted();
    const mine = ++tried;
    const lacks = whole(body);
    if (lacks) return void show(null, lacks);
    try {
      const told = await ops.act("plans/check", clean({ ...body, assignment: editing.change ? editing.change.assignment : undefined }));
      if (mine === tried) show(told);
    } catch (failed) {
      if (mine === tried) show(null, failed.message);
    }
  }

  const WEIGHTS = { forbids: ["■", "cannot be accepted"], "needs a reason": ["▲", "needs a reason"], note: ["·", "note"] };

  function show(told, words = "") {
    const place = $("[data-own=plan-conflicts]");
    const found = told ? told.conflicts : [];
    place.replaceChildren(...lines(found));
    if (!found.length) place.textContent = words || (told ? "Nothing stands against it." : "");
    const needs = found.some((one) => one.weight === "needs a reason");
    $(".plan-reason", form()).hidden = !needs;
    form().elements.reason.required = needs;
  }

  const lines = (found) => found.map((one) => {
    const line = document.createElement("p");
    const [mark, words] = WEIGHTS[one.weight] || ["·", one.weight];
    line.className = `plan-conflict ${one.weight === "forbids" ? "forbids" : one.weight === "note" ? "note" : "warns"}`;
    line.textContent = `${mark} ${one.words} (${one.kind}: ${words})`;
    return line;
  });

  async function save() {
    const answer = $("[data-answer]", form());
    const reason = form().elements.reason.value.trim();
    const body = wanted();
    const lacks = whole(body);
    if (lacks) return void (answer.textContent = lacks);
    try {
      const done = await ops.act(editing.change ? "plans/change" : "plans/assign", clean({ ...body, ...editing.change, reason }));
      ops.say(done.said);
      form().closest("dialog").close("done");
    } catch (failed) {
      answer.textContent = failed.message;
      check();
    }
  }

  async function cancel(change, words) {
    if (!(await ops.ask(`Cancel this assignment? ${words}`))) return;
    try {
      const done = await ops.act("plans/cancel", change);
      ops.say(`${done.said} u undoes it.`);
      const dialog = $("#plan-assign");
      if (dialog && dialog.open) dialog.close("done");
    } catch (failed) {
      ops.say(failed.message, "failed");
    }
  }

  async function undo() {
    try {
      const done = await ops.act("plans/undo", {});
      ops.say(done.said);
    } catch (failed) {
      ops.say(failed.message, "failed");
    }
  }

  /* ---- pattern, calendar, file ---- */

  async function pattern(fields, answer) {
    const value = (name) => fields[name].value.trim();
    const days = [...fields.days].filter((box) => box.checked).map((box) => Number(box.value));
    if (!days.length) return void (answer.textContent = "Choose at least one day.");
    const kind = value("kind");
    const done = await ops.act("plans/pattern", clean({
      unit: Number(value("unit")), kind, operation: kind === "operation" ? number(value("operation")) : undefined, place: value("place").toUpperCase(), days, starts: value("starts").slice(0, 5), ends: value("ends").slice(0, 5),
      since: value("since"), until: value("until"), every_weeks: number(value("every_weeks")), crew: number(value("crew")), note: value("note"), skip_booked: fields.skip_booked.checked, reason: value("reason"),
    }));
    ops.say(done.said);
    $("#plan-patterns").close("done");
  }

  async function calendar(fields) {
    const done = await ops.act("plans/calendar", clean({ agency: fields.agency.value, label: fields.label.value.trim() }));
    const address = /^https?:/.test(done.address) ? done.address : new URL(done.address, window.location.origin).href;
    $("[data-own=plan-address]").textContent = `${done.said} ${address}`;
  }

  let file = null; // {text, token}

  async function preview(input) {
    const place = $("[data-own=plan-preview]");
    const answer = $("[data-answer]", input.form);
    file = null;
    place.replaceChildren();
    answer.textContent = "";
    if (!input.files.length) return;
    try {
      const text = await input.files[0].text();
      const told = await ops.act("plans/import-preview", { text });
      file = { text, token: told.token };
      const needs = told.rows.some((row) => row.conflicts.some((one) => one.weight === "needs a reason"));
      $(".plan-reason", input.form).hidden = !needs;
      place.replaceChildren(told_(told));
    } catch (failed) {
      answer.textContent = failed.message;
    }
  }

  function told_(told) {
    const all = document.createElement("div");
    const head = document.createElement("p");
    head.textContent = told.said;
    all.append(head);
    for (const row of told.rows.filter((one) => one.does !== "unchanged" && one.does !== "left alone").slice(0, 300)) {
      const line = document.createElement("div");
      line.className = `plan-preview-row does-${row.does}`;
      const words = document.createElement("p");
      words.textContent = `line ${row.line} · ${row.does} · ${row.words}${row.was ? ` (was ${row.was})` : ""}`;
      line.append(words, ...lines(row.conflicts));
      all.append(line);
    }
    return all;
  }

  async function apply(fields, answer) {
    if (!file) return void (answer.textContent = "Choose a file first.");
    const done = await ops.act("plans/import-apply", clean({ ...file, reason: fields.reason.value.trim() }));
    ops.say(done.said);
    $("#plan-import").close("done");
  }

  function exportCsv() {
    const { text, ...filter } = shown.filter;
    const asked = new URLSearchParams(clean({ from: from(), until: until(), q: text, ...filter, operation: filter.operation || "", conflicts: filter.conflicts ? "1" : "" }));
    const link = document.createElement("a");
    link.href = `/api/v1/plan/export.csv?${asked}`;
    link.download = "";
    link.click();
  }

  /* ---- presses ---- */

  const ACTS = {
    assign: () => openNew(),
    undo,
    import: () => {
      const fields = $("form[data-plan-form=import]");
      if (!fields) return;
      fields.reset();
      file = null;
      $("[data-own=plan-preview]").replaceChildren();
      $(".plan-reason", fields).hidden = true;
      fields.closest("dialog").showModal();
    },
    export: exportCsv,
    earlier: () => move(-half()),
    later: () => move(half()),
    today: () => ((shown.from = null), tell()),
    "page-back": () => ((shown.page = Math.max(0, shown.page - 1)), tell()),
    "page-on": () => (shown.page++, tell()),
    cancel: () => editing && editing.change && cancel(editing.change, ""),
  };

  function openNew() {
    const row = document.activeElement && document.activeElement.closest("#planning-board .plan-row");
    const starts = Math.max(from(), Math.ceil(ops.zoned.now() / (60 * MINUTE)) * 60 * MINUTE);
    open({ unit: mayRow(row) ? Number(row.dataset.unit) : undefined, kind: "operation", operation: shown.filter.operation || undefined, starts_at: starts, ends_at: starts + 8 * 60 * MINUTE }, null, null);
  }

  document.addEventListener("click", (event) => {
    if (suppressClick) return;
    const act = event.target.closest("[data-plan]");
    const days = event.target.closest("[data-plan-days]");
    const bar = event.target.closest("#planning-board .plan-bar");
    if (act && ACTS[act.dataset.plan]) ACTS[act.dataset.plan]();
    else if (days) span(Number(days.dataset.planDays));
    else if (bar) press(bar);
  });

  function press(bar) {
    focus(bar);
    if (editable(bar)) open(bodyOf(bar), changeOf(bar), null);
    else ops.say(bar.title.split("\n").join(" · "));
  }

  document.addEventListener("input", (event) => {
    const find = event.target.closest("[data-plan-find]");
    const field = event.target.closest("form[data-plan-form=assign]");
    if (event.target.name === "kind" && event.target.closest("form[data-plan-form]")) sense(event.target.form);
    if (!find && !field) return;
    clearTimeout(timer);
    if (field && event.target.name === "reason") return;
    timer = setTimeout(find ? readFilter : check, TYPED_MS);
  });
  document.addEventListener("change", (event) => event.target.id === "plan-file" && preview(event.target));

  document.addEventListener("submit", async (event) => {
    const sent = event.target.closest("form[data-plan-form]");
    if (!sent) return;
    event.preventDefault();
    const answer = $("[data-answer]", sent);
    answer.textContent = "";
    const acts = { assign: save, import: apply, pattern, calendar };
    try {
      await acts[sent.dataset.planForm](sent.elements, answer);
    } catch (failed) {
      answer.textContent = failed.message;
    }
  });

  /* ---- keys ---- */

  let held = null; // a bar moved by keys and not saved yet: {bar, change, body, row}
  let focused = null; // key of the bar that has the focus, found again when rows are drawn anew

  function focus(bar) {
    if (!bar) return;
    bar.focus({ preventScroll: false });
    focused = bar.dataset.bar;
  }

  const barsOf = (row) => $$(".plan-bar", row);
  const middle = (bar) => Number(bar.dataset.starts) + (Number(bar.dataset.ends || bar.dataset.starts) - Number(bar.dataset.starts)) / 2;

  function go(bar, key) {
    const row = rowOf(bar);
    const all = barsOf(row).sort((a, b) => a.dataset.starts - b.dataset.starts);
    if (key === "ArrowLeft" || key === "ArrowRight") return focus(all[all.indexOf(bar) + (key === "ArrowRight" ? 1 : -1)]);
    const next = (from) => (key === "ArrowDown" ? from.nextElementSibling : from.previousElementSibling);
    for (let other = next(row); other; other = next(other)) {
      const near = barsOf(other).sort((a, b) => Math.abs(middle(a) - middle(bar)) - Math.abs(middle(b) - middle(bar)));
      if (near.length) return focus(near[0]);
    }
    return undefined;
  }

  function nudge(bar, event) {
    if (!editable(bar)) return;
    if (!held || held.change.assignment !== Number(bar.dataset.edit)) held = { bar, change: changeOf(bar), body: bodyOf(bar), row: rowOf(bar) };
    const { body } = held;
    const by = (event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0) * step();
    if (event.ctrlKey) body.ends_at = Math.max(body.starts_at + 15 * MINUTE, body.ends_at + by);
    else if (by) (body.starts_at += by), (body.ends_at += by);
    else {
      const all = $$("#planning-board .plan-row").filter(mayRow);
      const to = all[all.indexOf(held.row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (to) (held.row = to), (body.unit = Number(to.dataset.unit));
    }
    bar.classList.add("moving");
    showGhost(held.row, body.starts_at, body.ends_at);
    ops.say(`${held.row.dataset.callsign} ${clock(body.starts_at)} to ${clock(body.ends_at)}. Enter saves, Escape leaves it.`);
  }

  function release(keep) {
    if (!held) return false;
    const { body, change } = held;
    held = null;
    noGhost();
    if (keep) propose(body, change);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!here() || $("dialog[open]") || event.altKey || event.metaKey) return;
    const typing = event.target.matches("input, select, textarea");
    const bar = event.target.closest && event.target.closest("#planning-board .plan-bar");
    const arrow = /^Arrow/.test(event.key);
    const done = () => (event.preventDefault(), event.stopPropagation());
    if (bar && arrow && (event.shiftKey || (event.ctrlKey && /Left|Right/.test(event.key)))) return done(), nudge(bar, event);
    if (event.ctrlKey || typing) return undefined;
    if (bar && arrow) return done(), held ? undefined : go(bar, event.key);
    if (bar && event.key === "Enter" && held) return done(), release(true);
    if (event.key === "Escape" && held) return done(), release(false);
    if (bar && event.key === "Delete" && editable(bar)) return done(), cancel(changeOf(bar), bar.title.split("\n").slice(0, 2).join(", "));
    if (event.target === rows() && arrow) return done(), focus($(".plan-bar", rows()));
    const key = { a: "assign", u: "undo", "[": "earlier", "]": "later", PageDown: "page-on", PageUp: "page-back" }[event.key];
    const button = key && $(`[data-plan=${key}]`);
    if (key && event.target.closest("#planning-board, body") && !(/^Page/.test(event.key) && !button)) return done(), button && !button.hidden && ACTS[key]();
    return undefined;
  }, true);

  /* ---- after the board was drawn ---- */

  document.addEventListener("focusin", ({ target }) => {
    const bar = target.closest && target.closest("#planning-board .plan-bar");
    focused = bar ? bar.dataset.bar : null;
  });

  document.addEventListener("ops:painted", () => {
    const board = rows();
    if (board) page().dataset.edits = board.dataset.edits;
    const active = document.activeElement;
    if (!board || !focused || !active || !active.closest("#planning-board .plan-bar") || active.dataset.bar === focused) return;
    focus($$(".plan-bar", board).find((bar) => bar.dataset.bar === focused) || active);
  });

  document.addEventListener("ops:page", ({ detail }) => detail.slug === "planning" && visit({ slug: "planning", path: window.location.pathname }));
  visit({ slug: root.dataset.page, path: window.location.pathname });
})();
