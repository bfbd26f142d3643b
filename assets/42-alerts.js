/* The triage list in the browser: filters, keys, which alert is chosen, and that a list that moves neither takes the focus
 * along nor turns a press meant for one alert into a press of another. It draws nothing. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const LEADER_MS = 2000; // "g a" goes to the alerts and acknowledges nothing
  const CHOOSE_AFTER_MS = 120;
  const MOVED_MS = 400; // so long after the list moved, a press by a pointer that rested is not believed
  const frame = () => document.getElementById("alerts-body");
  const here = () => root.dataset.page === "alerts" && frame();
  const rows = () => (frame() ? [...frame().querySelectorAll("[data-alert]")] : []);
  const rowOf = (id) => rows().find((row) => row.dataset.alert === id);
  const tell = (id, data) => ops.tellDash && ops.tellDash(id, { data });

  /* ---- filters ---- */

  let wanted = { state: "standing", severity: "", cause: "", mine: false, missed: false, hours: 12, opened: [] };
  function filter(name, value) {
    if (value === "toggle") wanted = { ...wanted, [name]: !wanted[name] };
    else wanted = { ...wanted, [name]: name === "hours" ? Number(value) : value };
    if (!tell("alerts-filter", wanted)) return;
    if (frame()) frame().scrollTop = 0;
  }
  function unfold(cause) {
    const opened = wanted.opened.includes(cause) ? wanted.opened.filter((one) => one !== cause) : [...wanted.opened, cause];
    filter("opened", opened);
  }

  /* ---- which alert is chosen ---- */

  let chosen = null;
  let chooseTimer = 0;
  function choose(id) {
    if (chosen === id || !/^\d+$/.test(id)) return; // the head of a group has no particulars
    chosen = id;
    showChosen();
    clearTimeout(chooseTimer);
    chooseTimer = setTimeout(() => tell("alerts-chosen", Number(id)), CHOOSE_AFTER_MS); // not for each row that j passes
  }
  function showChosen() {
    for (const row of rows()) {
      const is = row.dataset.alert === chosen;
      if (is !== row.hasAttribute("aria-current")) is ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
    }
  }
  function chooseByAddress() {
    const id = new URLSearchParams(window.location.search).get("alert");
    if (!here() || !/^\d{1,15}$/.test(id || "") || id === chosen) return;
    choose(id);
    const row = rowOf(id);
    if (row) row.scrollIntoView({ block: "nearest" });
  }

  /* ---- focus and place survive a redraw ---- */

  let focused = null; // {alert, key} of what has the focus in the list
  let anchor = null; // {alert, top} of the first row in sight, when the list is scrolled
  const controlOf = (row, key) => row && (row.querySelector(`[data-key="${key}"]`) || row.querySelector('[data-key="open"]'));

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("#alerts-body [data-alert]");
    focused = row ? { alert: row.dataset.alert, key: event.target.dataset.key || "open" } : null;
    if (row) choose(row.dataset.alert);
  });
  function noteAnchor() {
    const list = frame();
    anchor = null;
    if (!list || list.scrollTop < 4) return; // at its head the reader wants to see what is new
    const top = list.getBoundingClientRect().top;
    const row = rows().find((one) => one.getBoundingClientRect().bottom > top);
    if (row) anchor = { alert: row.dataset.alert, top: row.getBoundingClientRect().top };
  }
  document.addEventListener("scroll", (event) => event.target === frame() && noteAnchor(), true);

  document.addEventListener("ops:painted", () => {
    if (!here()) return;
    keepPlace();
    keepFocus();
    showChosen();
    noteAnchor();
  });
  function keepPlace() {
    const row = anchor && rowOf(anchor.alert);
    if (row) frame().scrollTop += row.getBoundingClientRect().top - anchor.top;
  }
  function keepFocus() {
    const active = document.activeElement;
    const within = active && active.closest && active.closest("#alerts-body [data-alert]");
    if (!focused || (!within && active !== document.body)) return;
    if (within && within.dataset.alert === focused.alert && (active.dataset.key || "open") === focused.key) return;
    const same = controlOf(rowOf(focused.alert), focused.key);
    if (same) same.focus({ preventScroll: true });
    else if (within) focused = { alert: within.dataset.alert, key: active.dataset.key || "open" }; // it is gone: the next one took its place
  }

  /* ---- a row that moved under the finger is not pressed by mistake ---- */

  const meaning = (element) => `${element.dataset.do || element.dataset.opens || element.getAttribute("href") || ""} ${element.dataset.with || ""}`;
  const partAt = (event) => event.target.closest && event.target.closest("#alerts-page [data-key]");
  let pressed = null; // what was meant when the pointer went down
  let hovered = { means: "", at: 0 }; // what the pointer last moved over
  let order = ""; // of the rows, to know whether a redraw moved them
  let movedAt = -MOVED_MS;
  document.addEventListener("ops:painted", () => {
    if (!here()) return;
    const now = rows().map((row) => row.dataset.alert).join();
    if (order && now !== order) movedAt = performance.now();
    order = now;
  });
  document.addEventListener("pointermove", (event) => {
    const element = partAt(event);
    hovered = { means: element ? meaning(element) : "", at: performance.now() };
  }, { capture: true, passive: true });
  document.addEventListener("pointerdown", (event) => {
    const element = partAt(event);
    const means = element ? meaning(element) : "";
    const justMoved = performance.now() - movedAt < MOVED_MS && (event.pointerType === "touch" || (hovered.at < movedAt && hovered.means !== means));
    pressed = element ? { means: justMoved ? null : means } : null;
  }, true);
  document.addEventListener("click", (event) => {
    const element = partAt(event);
    if (!element || !event.detail || !pressed) return; // a click of the keyboard or a script has no detail
    const { means } = pressed;
    pressed = null;
    if (means === meaning(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (ops.say) ops.say("The list moved while you pressed. Nothing was done; press again.", "moved");
  }, true);

  /* ---- presses ---- */

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    if ((hit = on("[data-alerts-filter]:not(select)"))) return filter(hit.dataset.alertsFilter, hit.dataset.alertsValue);
    if ((hit = on("[data-alerts-open]"))) return unfold(hit.dataset.alertsOpen);
    if ((hit = on("[data-alert-choose]"))) return choose(hit.dataset.alertChoose);
    if ((hit = on("#alerts-body [data-alert]"))) choose(hit.dataset.alert);
    return undefined;
  });
  document.addEventListener("change", (event) => {
    const select = event.target.closest && event.target.closest("select[data-alerts-filter]");
    if (select) filter(select.dataset.alertsFilter, select.value);
  });

  /* How many minutes are left of the watch, into the form that shelves until then. */
  document.addEventListener("click", (event) => {
    if (!(event.target.closest && event.target.closest('[data-opens="alerts-shelve"]'))) return;
    const radio = document.querySelector("#alerts-shelve [data-watch-end]");
    const watch = ops.store && ops.store.watch;
    const minutes = watch && watch.ends_at ? Math.ceil((watch.ends_at - ops.store.serverNow()) / 60000) : 0;
    if (!radio) return;
    radio.disabled = minutes < 1;
    radio.value = String(Math.max(1, minutes));
    radio.closest("label").classList.toggle("is-off", minutes < 1);
  }, true);

  /* A time chosen in days from now becomes the moment when its form is sent. */
  document.addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll("[data-days]")) field.dataset.ms = String(Math.round(ops.store.serverNow() + Number(field.value) * 86400000));
  }, true);

  /* ---- keys ---- */

  let leader = 0;
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const present = () => rowOf(focused && focused.alert) || rowOf(chosen);

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(present());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    const control = controlOf(next, "open");
    control.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  function press(key) {
    const row = present();
    const button = row && row.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    if (key === "a" && focused) focusNext(row); // triage goes on with the next one
    button.click();
  }
  function focusNext(row) {
    const all = rows();
    const next = all[all.indexOf(row) + 1];
    if (next) focused = { alert: next.dataset.alert, key: "open" }; // the redraw brings the focus there
  }
  const KEYS = { j: () => step(1), k: () => step(-1), Enter: () => present() && document.activeElement === document.body && press("open") };
  for (const key of ["a", "c", "s", "x", "r", "u", "o"]) KEYS[key] = () => press(key);

  document.addEventListener("keydown", (event) => {
    const led = leader && event.timeStamp - leader < LEADER_MS;
    leader = event.key === "g" ? event.timeStamp : 0;
    if (led || !here() || root.dataset.kiosk !== undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented && event.key === "Enter") return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key];
    if (!act || (event.repeat && event.key !== "j" && event.key !== "k")) return;
    if (event.key !== "Enter") event.preventDefault();
    act();
  });

  /* ---- what was done on the pages beside: their lists are drawn anew ---- */

  let acted = 0;
  document.addEventListener("ops:acted", (event) => {
    const [noun] = event.detail.name.split("/");
    if (noun === "rules" || noun === "notices") tell("load-acted", ++acted);
    if (noun === "lookouts") tell("lookouts-acted", ++acted);
  });

  document.addEventListener("ops:page", () => setTimeout(chooseByAddress));
  document.addEventListener("ops:painted", chooseByAddress);
})();
