/* The pages of operations in the browser: boards or one operation, the parts of one, filters, forms that need more than 13-acts
 * gathers, and the dialog that opens a contingency. It draws nothing; texts are put as texts. Moves: 50-operation-moves.js. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const MINUTE_MS = 60000;
  const FILTER_AFTER_MS = 200;
  const LEADER_MS = 2000;
  const TABS = ["overview", "order", "area", "reports", "log", "debrief"];
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const here = () => root.dataset.page === "operations";

  /* ---- boards or one operation, and which of its parts ---- */

  function visit({ slug, path }) {
    const parts = path.split("/").filter(Boolean);
    const one = slug === "operations" && parts.length > 1 ? parts[1] : "";
    if ((root.dataset.oneOperation || "") !== one) showTab(TABS.includes(window.location.hash.slice(1)) ? window.location.hash.slice(1) : "overview");
    one ? (root.dataset.oneOperation = one) : delete root.dataset.oneOperation;
    if (slug === "operations" && !one) tellFilter();
  }
  document.addEventListener("ops:address", (event) => visit(event.detail));
  visit({ slug: root.dataset.page, path: window.location.pathname });

  function showTab(name) {
    root.dataset.onePart = name;
    markTabs();
    const page = document.getElementById("operation-page");
    if (page) page.scrollTop = 0;
    document.dispatchEvent(new CustomEvent("ops:operation-tab", { detail: { tab: name } })); // the area's map takes its size when it is in sight
  }
  function markTabs() {
    for (const tab of $$("[data-operation-tab]")) {
      const shown = tab.dataset.operationTab === root.dataset.onePart;
      shown ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
    }
  }

  /* ---- filters of the boards ---- */

  const form = () => document.getElementById("operations-filters");
  let level = "";
  let lanes = {}; // columns that the reader opened, each with how many cards are wanted of it
  let opened = null; // the column that was opened last, and how many cards it had
  let timer = 0;
  function tellFilter() {
    const fields = form() ? form().elements : {};
    const value = (name) => (fields[name] ? fields[name].value.trim() : "");
    const data = { kind: level, text: value("text"), agency: value("agency"), commander: value("commander"), exercise: value("exercise"), lanes, at: Date.now() };
    if (ops.tellDash) ops.tellDash("operations-filter", { data });
  }
  function openLane(button) {
    const { kind, lane } = button.closest("[data-lane]").dataset;
    opened = { kind, lane, from: $$("[data-operation]", button.closest("[data-lane]")).length };
    lanes = { ...lanes, [`${kind} ${lane}`]: Number(button.dataset.laneMore) };
    tellFilter();
  }
  /* The first of the further cards takes the focus that the button had. */
  function goOn() {
    const lane = opened && $(`#operations-boards [data-kind="${opened.kind}"][data-lane="${opened.lane}"]`);
    const next = lane && $$("[data-operation]", lane)[opened.from];
    if (!next) return;
    opened = null;
    next.focus();
  }
  function chooseLevel(kind) {
    level = kind;
    [lanes, opened] = [{}, null];
    for (const button of $$(".operation-levels [data-level]")) button.setAttribute("aria-pressed", String(button.dataset.level === kind));
    tellFilter();
  }
  document.addEventListener("input", (event) => {
    if (!event.target.form || event.target.form !== form()) return;
    clearTimeout(timer);
    timer = setTimeout(tellFilter, FILTER_AFTER_MS);
  });
  setInterval(() => here() && !root.dataset.oneOperation && tellFilter(), MINUTE_MS); // what falls due with the time

  /* ---- forms ---- */

  /* A form is sent with what it was about when it was opened: a redraw meanwhile brings a newer version, which is not what the
   * reader looked at. What was typed and not sent is gone when it is opened again. */
  const openedWith = new WeakMap();
  function openForms(dialog) {
    for (const sent of $$("form[data-do]", dialog)) {
      if (sent.hasAttribute("data-versioned")) sent.reset();
      openedWith.set(sent, sent.dataset.with || "{}");
    }
  }
  /* Units asked for are rows of a capability and a number: they go along as one list, without the rows left empty. A field that
   * may be empty and was emptied is named, as 13-acts leaves it out. */
  function gather(sent) {
    if (!openedWith.has(sent)) return;
    const body = JSON.parse(openedWith.get(sent));
    const rows = $$("[data-need]", sent);
    if (rows.length) {
      body.required = rows
        .map((row) => ({ capability: $("[data-need-what]", row).value.trim(), count: Number($("[data-need-count]", row).value) }))
        .filter((need) => need.capability && need.count > 0);
    }
    const emptied = $$("[data-emptiable]", sent).filter((field) => !field.value).map((field) => field.name);
    if (emptied.length) body.emptied = emptied;
    sent.dataset.with = JSON.stringify(body);
  }
  document.addEventListener("submit", (event) => gather(event.target), true);
  document.addEventListener("submit", (event) => event.target === form() && event.preventDefault());

  /* The dialog of a contingency says what it is about and proposes a name, chosen so that Enter takes it. */
  function prepareContingency(button) {
    const dialog = document.getElementById("contingency-dialog");
    const field = dialog && $("[name=name]", dialog);
    if (!field) return;
    field.value = button.dataset.name || "";
    setTimeout(() => (field.focus(), field.select()));
  }

  /* ---- presses and keys ---- */

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    const opener = on("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog && dialog.matches(".operation-dialog")) openForms(dialog); // 13-acts has opened it
    if ((hit = on("[data-opens='contingency-dialog']"))) prepareContingency(hit);
    else if ((hit = on("[data-operation-tab]"))) showTab(hit.dataset.operationTab);
    else if ((hit = on("[data-lane-more]"))) openLane(hit);
    else if ((hit = on("[data-level]"))) chooseLevel(hit.dataset.level);
    else if (on("[data-operations-clear]")) {
      form().reset();
      chooseLevel("");
    }
  });

  const onBoards = (act) => () => !root.dataset.oneOperation && act();
  const onOne = (act) => () => root.dataset.oneOperation && act();
  const press = (selector) => () => {
    const button = $(selector);
    if (button) button.click();
  };
  const KEYS = {
    "/": onBoards(() => form() && form().elements.text.focus()),
    p: onBoards(press("#operations-tools [data-opens='operation-propose']")),
    e: onOne(press("#operation-head [data-opens='operation-edit']")),
    Escape: onOne(() => ops.go("/operations")),
  };
  ["", "deliberate", "contingency", "overwatch"].forEach((kind, number) => (KEYS[String(number)] = onBoards(() => chooseLevel(kind))));
  TABS.forEach((name, number) => {
    const otherwise = KEYS[String(number + 1)];
    KEYS[String(number + 1)] = () => (root.dataset.oneOperation ? showTab(name) : otherwise && otherwise());
  });

  let leader = 0;
  document.addEventListener("keydown", (event) => {
    const led = leader && event.timeStamp - leader < LEADER_MS;
    leader = event.key === "g" ? event.timeStamp : 0;
    if (led || !here() || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (typing(event.target)) return;
    if (event.key === "Escape" && (event.defaultPrevented || (ops.moves && ops.moves.isOpen()))) return;
    const act = KEYS[event.key];
    if (!act || event.repeat) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("keydown", (event) => {
    const sent = (event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.closest && event.target.closest("form[data-do]");
    if (!sent || !sent.closest("#operations-page, #contingency-dialog")) return;
    event.preventDefault();
    sent.requestSubmit();
  });

  document.addEventListener("ops:painted", () => (markTabs(), goOn()));
  markTabs();
})();
