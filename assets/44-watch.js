/* The pages of the watch and of enquiries in the browser: drafts that survive a reload, the dialog that assigns a watch, the
 * panel "since your last watch", keys. It draws nothing; texts are put as texts. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const DRAFT = "ops-draft:";
  const DISMISSED = "ops-since";
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  const storage = {
    get(name) {
      try {
        return window.localStorage.getItem(name);
      } catch {
        return null; // switched off: what is typed lasts as long as the page
      }
    },
    set(name, value) {
      try {
        value ? window.localStorage.setItem(name, value) : window.localStorage.removeItem(name);
      } catch {
        /* likewise */
      }
    },
  };

  /* ---- drafts: kept with each letter, given back to a field that is drawn empty ---- */

  const given = new WeakMap(); // field -> the draft it was given
  function giveBack() {
    for (const field of $$("[data-draft]")) {
      const name = DRAFT + field.dataset.draft;
      if (given.get(field) === name) continue;
      if (given.has(field)) field.value = ""; // the same field now stands for something else
      given.set(field, name);
      const kept = storage.get(name);
      if (kept && !field.value) field.value = kept;
    }
  }
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[data-draft]");
    if (field) storage.set(DRAFT + field.dataset.draft, field.value);
  });
  /* What was sent is no draft any more. The form is reset by 13-acts after this. */
  function forget(form) {
    for (const field of $$("[data-draft]", form)) storage.set(DRAFT + field.dataset.draft, "");
  }
  document.addEventListener("reset", (event) => forget(event.target));

  /* ---- the brief: fill what is empty from the facts ---- */

  function fillFromFacts() {
    for (const field of $$("#watch-offer-form [data-wording]")) {
      if (field.value.trim()) continue;
      field.value = field.dataset.wording;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  /* ---- assigning ---- */

  function prepareAssign(button) {
    const dialog = document.getElementById("watch-assign");
    const form = dialog && dialog.querySelector("form");
    if (!form) return;
    const desks = new Map((button.dataset.members || "").split("|").filter(Boolean).map((one) => one.split("=")));
    form.elements.lead.value = button.dataset.lead || "";
    for (const box of $$("input[name=members]", form)) box.checked = desks.has(box.value);
    for (const field of $$("[data-desk-of]", form)) field.value = desks.get(field.dataset.deskOf) || "";
    const when = form.querySelector("[data-watch-when]");
    if (when) when.textContent = ops.ticking ? `starts ${ops.ticking.localTime(Date.parse(button.dataset.watchStarts))}` : "";
  }
  /* Before 13-acts gathers the fields: the desks go along with what the form is about. */
  function addDesks(form) {
    const chosen = new Set($$("input[name=members]:checked", form).map((box) => box.value));
    const desks = {};
    for (const field of $$("[data-desk-of]", form)) if (chosen.has(field.dataset.deskOf) && field.value.trim()) desks[field.dataset.deskOf] = field.value.trim();
    form.dataset.with = JSON.stringify({ ...JSON.parse(form.dataset.with || "{}"), desks });
  }
  document.addEventListener("submit", (event) => event.target.dataset.do === "watch/assign" && addDesks(event.target), true);

  /* ---- since your last watch: once for each sign-in ---- */

  const panel = () => document.querySelector("[data-since-key]");
  function showSince() {
    const shown = panel();
    if (!shown || root.hasAttribute("data-kiosk")) return;
    shown.hidden = storage.get(DISMISSED) === shown.dataset.sinceKey;
  }
  function dismiss() {
    const shown = panel();
    if (!shown || shown.hidden) return false;
    storage.set(DISMISSED, shown.dataset.sinceKey);
    shown.hidden = true;
    return true;
  }

  /* ---- presses and keys ---- */

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-fill], [data-print], [data-since-dismiss], [data-opens='watch-assign']");
    if (pressed) {
      if (pressed.dataset.fill) fillFromFacts();
      else if (pressed.dataset.opens) prepareAssign(pressed);
      else if (pressed.hasAttribute("data-print")) window.print();
      else dismiss();
    }
    if (event.target.closest(".since-bar a[data-follow]")) dismiss(); // what it led to must not be covered
  }, true);
  document.addEventListener("ops:acted", (event) => {
    if (event.detail.name === "watch/join") dismiss();
    if (event.detail.name.startsWith("enquiries/") && typing(document.activeElement)) document.activeElement.blur(); // keys are keys again
  });

  const KEYS = {
    q: () => document.getElementById("enquiry-asker"),
    r: () => document.getElementById("enquiry-answer"),
  };
  function stepRows(step) {
    const links = $$("#enquiries-open .enquiry-link");
    if (!links.length) return null;
    const at = links.indexOf(document.activeElement);
    return links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))];
  }
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest("form[data-do]");
    const ours = form && form.closest("#watch-page, #enquiries-page, #debriefs-page, .lessons-put");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ours) {
      event.preventDefault();
      return form.requestSubmit();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return undefined;
    if (event.key === "Escape") return dismiss() && event.preventDefault();
    if (root.dataset.page !== "enquiries") return undefined;
    const place = KEYS[event.key] ? KEYS[event.key]() : event.key === "j" ? stepRows(1) : event.key === "k" ? stepRows(-1) : null;
    if (place) {
      event.preventDefault();
      place.focus();
    }
    return undefined;
  });

  document.addEventListener("ops:painted", () => {
    giveBack();
    showSince();
  });
  giveBack();
  showSince();
})();
