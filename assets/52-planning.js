/* Planning in the browser: which window and units are shown, and what its scripts share (`opsCentre.planning`). It draws no rows
 * (layouts/planning_board.py does). 53: bars, and where one would go; 54: the form of one assignment; 55: patterns, files, calendars;
 * 56: presses, dragging and keys. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const root = document.documentElement;
  const DAY = 86400000;
  const MINUTE = 60000;
  const STEP_MIN = { 1: 15, 3: 30, 7: 60, 14: 120, 30: 360 }; // what a bar moves by, for each span shown
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const page = () => document.getElementById("planning-page");
  const here = () => root.dataset.page === "planning" && page() && page().dataset.tab === "units";

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
  document.addEventListener("ops:page", ({ detail }) => detail.slug === "planning" && visit({ slug: "planning", path: window.location.pathname }));

  ops.planning = {
    $, $$, MINUTE, page, here, shown, from, until, tell, move, half, span, readFilter,
    rows: () => $("#planning-board .plan-rows"),
    step: () => (STEP_MIN[shown.days] || 60) * MINUTE,
    number: (text) => (text === undefined || text === "" ? undefined : Number(text)),
    clean: (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== "" && value !== null)),
  };
  visit({ slug: root.dataset.page, path: window.location.pathname });
})();
