/* Planning by mouse and by keys. Keys on the board: arrows go from bar to bar, Enter opens, Shift+arrows move a bar (up and down: to
 * another unit), Ctrl+left and right move its end, then Enter saves and Escape leaves it; Delete cancels, a assigns, u undoes,
 * [ ] earlier and later. The focus stays with a bar when rows are drawn anew, also where it went to another unit. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { planning } = ops;
  const { $, $$, MINUTE, here, rows, from, step, rowOf, mayRow, editable, bodyOf, changeOf } = planning;
  const TYPED_MS = 250;
  const EDGE_PX = 7;
  const DRAG_PX = 4;
  const LEAST = 15 * MINUTE;
  const snapped = (ms) => from() + Math.round((ms - from()) / step()) * step();

  /* ---- dragging ---- */

  let drag = null;
  let suppressClick = false;
  const msAt = (x) => {
    const board = rows();
    const box = $(".plan-lane", board).getBoundingClientRect();
    return Number(board.dataset.windowFrom) + ((x - box.left) / box.width) * (Number(board.dataset.windowUntil) - Number(board.dataset.windowFrom));
  };

  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !here()) return;
    const bar = event.target.closest("#planning-board .plan-bar");
    const row = event.target.closest("#planning-board .plan-row");
    if (!bar && !event.target.closest("dialog")) focused = null;
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
    if (mode === "end") return { row, starts: body.starts_at, ends: Math.max(body.starts_at + LEAST, snapped(body.ends_at + by)) };
    if (mode === "start") return { row, starts: Math.min(body.ends_at - LEAST, snapped(body.starts_at + by)), ends: body.ends_at };
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const to = under && under.closest("#planning-board .plan-row");
    const starts = Math.abs(event.clientX - drag.x) < DRAG_PX ? body.starts_at : snapped(body.starts_at + by);
    return { row: mayRow(to) ? to : row, starts, ends: starts + body.ends_at - body.starts_at };
  }

  document.addEventListener("pointermove", (event) => {
    if (!drag || drag.left) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_PX) return;
    if (!drag.moved && drag.bar) drag.bar.classList.add("moving");
    drag.moved = true;
    event.preventDefault();
    const { row, starts, ends } = whereTo(event);
    planning.showGhost(row, starts, ends);
  });

  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { moved, mode, body, change, left } = drag;
    const to = moved && !left ? whereTo(event) : null;
    drag = null;
    planning.noGhost();
    if (!moved) return;
    suppressClick = true;
    setTimeout(() => (suppressClick = false));
    if (!to) return;
    const unit = Number(to.row.dataset.unit);
    if (mode === "new") planning.open({ unit, kind: "operation", operation: planning.shown.filter.operation || undefined, starts_at: to.starts, ends_at: to.ends }, null, null);
    else if (unit !== body.unit || to.starts !== body.starts_at || to.ends !== body.ends_at) planning.propose({ ...body, unit, starts_at: to.starts, ends_at: to.ends }, change, body);
  });
  document.addEventListener("pointercancel", () => ((drag = null), planning.noGhost()));

  /* ---- presses ---- */

  const ACTS = {
    assign: () => openNew(),
    undo: planning.undo,
    import: planning.beginImport,
    export: planning.exportCsv,
    earlier: () => planning.move(-planning.half()),
    later: () => planning.move(planning.half()),
    today: () => ((planning.shown.from = null), planning.tell()),
    "page-back": () => ((planning.shown.page = Math.max(0, planning.shown.page - 1)), planning.tell()),
    "page-on": () => (planning.shown.page++, planning.tell()),
    cancel: planning.cancelOpen,
  };

  function openNew() {
    const row = document.activeElement && document.activeElement.closest("#planning-board .plan-row");
    const starts = Math.max(from(), Math.ceil(ops.zoned.now() / (60 * MINUTE)) * 60 * MINUTE);
    planning.open({ unit: mayRow(row) ? Number(row.dataset.unit) : undefined, kind: "operation", operation: planning.shown.filter.operation || undefined, starts_at: starts, ends_at: starts + 8 * 60 * MINUTE }, null, null);
  }

  document.addEventListener("click", (event) => {
    if (suppressClick) return;
    const act = event.target.closest("[data-plan]");
    const days = event.target.closest("[data-plan-days]");
    const bar = event.target.closest("#planning-board .plan-bar");
    if (act && ACTS[act.dataset.plan]) ACTS[act.dataset.plan]();
    else if (days) planning.span(Number(days.dataset.planDays));
    else if (bar) press(bar);
  });

  function press(bar) {
    focus(bar);
    if (editable(bar)) planning.open(bodyOf(bar), changeOf(bar), null);
    else ops.say(bar.title.split("\n").join(" · "));
  }

  let timer = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-plan-find]")) return;
    clearTimeout(timer);
    timer = setTimeout(planning.readFilter, TYPED_MS);
  });

  /* ---- keys ---- */

  let held = null; // a bar moved by keys and not saved yet: {bar, change, was, body, row}
  let focused = null; // the bar that has the focus, found again when rows are drawn anew: {key, unit, at}

  function focus(bar) {
    if (!bar) return;
    bar.focus({ preventScroll: false });
    focused = kept(bar);
  }

  const barsOf = (row) => $$(".plan-bar", row);
  const middle = (bar) => Number(bar.dataset.starts) + (Number(bar.dataset.ends || bar.dataset.starts) - Number(bar.dataset.starts)) / 2;
  const kept = (bar) => ({ key: bar.dataset.bar, unit: rowOf(bar).dataset.unit, at: middle(bar) });
  const nearest = (bars, at) => bars.sort((a, b) => Math.abs(middle(a) - at) - Math.abs(middle(b) - at))[0];

  function go(bar, key) {
    const row = rowOf(bar);
    const all = barsOf(row).sort((a, b) => a.dataset.starts - b.dataset.starts);
    if (key === "ArrowLeft" || key === "ArrowRight") return focus(all[all.indexOf(bar) + (key === "ArrowRight" ? 1 : -1)]);
    const next = (from) => (key === "ArrowDown" ? from.nextElementSibling : from.previousElementSibling);
    for (let other = next(row); other; other = next(other)) {
      const near = nearest(barsOf(other), middle(bar));
      if (near) return focus(near);
    }
    return undefined;
  }

  function nudge(bar, event) {
    if (!editable(bar)) return;
    if (!held || held.change.assignment !== Number(bar.dataset.edit)) held = { bar, change: changeOf(bar), was: bodyOf(bar), body: bodyOf(bar), row: rowOf(bar) };
    const { body } = held;
    const by = (event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0) * step();
    if (event.ctrlKey) body.ends_at = Math.max(body.starts_at + LEAST, body.ends_at + by);
    else if (by) (body.starts_at += by), (body.ends_at += by);
    else {
      const all = $$("#planning-board .plan-row").filter(mayRow);
      const to = all[all.indexOf(held.row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (to) (held.row = to), (body.unit = Number(to.dataset.unit));
    }
    bar.classList.add("moving");
    planning.showGhost(held.row, body.starts_at, body.ends_at);
    ops.say(`${held.row.dataset.callsign} ${planning.clock(body.starts_at)} to ${planning.clock(body.ends_at)}. Enter saves, Escape leaves it.`);
  }

  function release(keep) {
    if (!held) return false;
    const { body, change, was } = held;
    held = null;
    planning.noGhost();
    if (keep) planning.propose(body, change, was);
    else ops.say("It stays as it was.");
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
    if (event.key === "Escape" && drag) return done(), (drag.left = true), planning.noGhost();
    if (bar && event.key === "Delete" && editable(bar)) return done(), planning.cancel(changeOf(bar), bar.title.split("\n").slice(0, 2).join(", "));
    if (event.target === rows() && arrow) return done(), focus($(".plan-bar", rows()));
    const key = { a: "assign", u: "undo", "[": "earlier", "]": "later", PageDown: "page-on", PageUp: "page-back" }[event.key];
    const button = key && $(`[data-plan=${key}]`);
    if (key && event.target.closest("#planning-board, body") && !(/^Page/.test(event.key) && !button)) return done(), button && button.offsetParent && ACTS[key]();
    return undefined;
  }, true);

  /* ---- after the board was drawn ---- */

  document.addEventListener("focusin", ({ target }) => {
    const bar = target.closest && target.closest("#planning-board .plan-bar");
    if (bar) focused = kept(bar);
    else if (!target.closest || !target.closest("dialog")) focused = null; // a dialog gives the focus back
  });

  /* Rows are drawn over each other: a bar that has the focus may have become another one, or be gone. */
  document.addEventListener("ops:painted", () => {
    const board = rows();
    if (board) planning.page().dataset.edits = board.dataset.edits;
    const active = document.activeElement;
    const lost = !active || active === document.body;
    if (!board || !here() || !focused || $("dialog[open]") || !(lost || active.closest("#planning-board .plan-bar")) || (!lost && active.dataset.bar === focused.key)) return;
    const { key, unit, at } = focused;
    const again = $$(".plan-bar", board).find((bar) => bar.dataset.bar === key);
    const row = $(`.plan-row[data-unit="${unit}"]`, board);
    const to = again || (row && nearest(barsOf(row), at));
    if (to) focus(to);
    else board.focus();
  });
})();
