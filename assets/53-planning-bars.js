/* Bars of the plan: what each stands for as the acts want it, a ghost where one would go, and times in words. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { planning } = ops;
  const { $, $$, number } = planning;

  const rowOf = (element) => element.closest(".plan-row");

  function bodyOf(bar) {
    const { dataset } = bar;
    return {
      unit: Number(rowOf(bar).dataset.unit), kind: dataset.planSort, starts_at: Number(dataset.starts), ends_at: Number(dataset.ends),
      operation: number(dataset.operation), place: dataset.place, lat: number(dataset.lat), lon: number(dataset.lon),
      crew: number(dataset.crew), note: dataset.note,
    };
  }

  const ghost = document.createElement("div");
  ghost.className = "plan-ghost";
  ghost.hidden = true;
  document.body.append(ghost);

  function showGhost(row, starts, ends) {
    const lane = $(".plan-lane", row);
    const board = planning.rows();
    if (!lane || !board) return;
    const box = lane.getBoundingClientRect();
    const whole = Number(board.dataset.windowUntil) - Number(board.dataset.windowFrom);
    const at = (ms) => box.left + (box.width * Math.min(1, Math.max(0, (ms - Number(board.dataset.windowFrom)) / whole)));
    ghost.style.left = `${at(starts)}px`;
    ghost.style.width = `${Math.max(3, at(ends) - at(starts))}px`;
    ghost.style.top = `${box.top + 2}px`;
    ghost.style.height = `${box.height - 4}px`;
    ghost.textContent = `${row.dataset.callsign} ${planning.clock(starts)} – ${planning.clock(ends)}`;
    ghost.hidden = false;
  }

  function noGhost() {
    ghost.hidden = true;
    for (const bar of $$(".plan-bar.moving")) bar.classList.remove("moving");
  }

  /* The server's words say their times in UTC, as the log keeps them; beside bars in local time they are read in local time. No year
   * stands in them: the nearest is meant. */
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const UTC = /(\d\d) ([A-Z][a-z]{2}) (\d\d):(\d\d)(?: to (?:(\d\d) ([A-Z][a-z]{2}) )?(\d\d):(\d\d))? UTC/g;
  function nearest(day, month, hour, minute) {
    const now = ops.zoned.now();
    const year = new Date(now).getUTCFullYear();
    const tried = [year - 1, year, year + 1].map((one) => Date.UTC(one, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute)));
    return tried.sort((a, b) => Math.abs(a - now) - Math.abs(b - now))[0];
  }
  const local = (text) => text.replace(UTC, (whole, day, month, hour, minute, toDay, toMonth, toHour, toMinute) => {
    if (!MONTHS.includes(month)) return whole;
    const starts = planning.clock(nearest(day, month, hour, minute));
    return toHour === undefined ? starts : `${starts} to ${planning.clock(nearest(toDay || day, toMonth || month, toHour, toMinute))}`;
  });

  /* What came of an act on a proposal is said by whoever sent it (13-acts.js), after this. */
  document.addEventListener("ops:acted", ({ detail }) => {
    if (/^proposals\//.test(detail.name) && detail.answer.said) detail.answer.said = local(detail.answer.said);
  });

  Object.assign(planning, {
    local, rowOf, bodyOf, showGhost, noGhost,
    clock: (ms) => ops.zoned.short(ms),
    mayRow: (row) => row && row.dataset.may === "yes",
    editable: (bar) => bar && bar.dataset.edit !== undefined,
    changeOf: (bar) => ({ assignment: Number(bar.dataset.edit), version: Number(bar.dataset.version) }),
  });
})();
