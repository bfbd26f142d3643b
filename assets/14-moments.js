/* Fields of date and time in the centre's local time, in 24 hours whatever the browser's language (layouts/components/moments.py).
 * `data-local-ms` is the moment the server knows: it is shown until the reader changes the field. What the field holds is put into
 * its `data-ms` as its form is sent, so that 13-acts sends milliseconds: a browser's own zone is never assumed.
 *
 * Typed: 2026-11-23 14:30 · 23/11 14:30 · 14:30 or 1430 (on the day shown, else today) · +2h, +30m, +1d from now. Up and down go a quarter
 * of an hour, Page up and down a day; the button beside it opens the browser's calendar for the day. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const FIELDS = "input[data-local]";
  const STEPS = { ArrowUp: 900000, ArrowDown: -900000, PageUp: 86400000, PageDown: -86400000 };
  const SPANS = { m: 60000, h: 3600000, d: 86400000 };
  const HOW = "Write it as 2026-11-23 14:30, as 14:30, or as +2h.";
  const GONE = "There is no such time on that day: the clock goes forward then.";
  const two = (number) => String(number).padStart(2, "0");

  function textOf(ms) {
    const p = ops.zoned.partsOf(ms);
    return `${p.year}-${two(p.month)}-${two(p.day)} ${two(p.hour)}:${two(p.minute)}`;
  }

  /* Year, month, day, hour and minute of a text, or null. `beside`: the moment whose day a time alone is of. */
  function partsOf(text, beside) {
    const near = ops.zoned.partsOf(beside);
    let found = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2})[:.]?(\d\d)(?::\d\d)?$/.exec(text);
    if (found) return found.slice(1).map(Number);
    found = /^(\d{1,2})[/.](\d{1,2})\.? +(\d{1,2})[:.]?(\d\d)$/.exec(text);
    if (found) return [near.year, Number(found[2]), Number(found[1]), Number(found[3]), Number(found[4])];
    found = /^(\d{1,2})[:.]?(\d\d)$/.exec(text);
    return found ? [near.year, near.month, near.day, Number(found[1]), Number(found[2])] : null;
  }

  /* The moment of a text, or null when it is none. */
  function momentOf(text, beside = ops.zoned.now()) {
    const said = text.trim();
    const span = /^\+ ?(\d{1,4}) ?(m|h|d)[a-z]*$/i.exec(said);
    if (span) return Math.floor((ops.zoned.now() + Number(span[1]) * SPANS[span[2].toLowerCase()]) / 60000) * 60000;
    const parts = partsOf(said, beside);
    if (!parts || parts[1] < 1 || parts[1] > 12 || parts[3] > 23 || parts[4] > 59) return null;
    const [year, month, day] = parts;
    if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
    return ops.zoned.fromLocal(...parts);
  }

  /* Whether the text names a time that the clock jumps over. */
  function isSkipped(text, beside = ops.zoned.now()) {
    const ms = momentOf(text, beside);
    const parts = ms === null ? null : partsOf(text.trim(), beside);
    return Boolean(parts) && textOf(ms).slice(-5) !== `${two(parts[3])}:${two(parts[4])}`;
  }

  /* What the reader wrote, put into the one form; a moment that is none stays and says why. */
  function settle(field) {
    const text = field.value.trim();
    const ms = text ? momentOf(text, shown.get(field)) : null;
    const skipped = isSkipped(text, shown.get(field));
    field.setCustomValidity(skipped ? GONE : text && ms === null ? HOW : "");
    if (text && !field.validity.customError) show(field, ms);
  }

  const shown = new WeakMap(); // field -> the moment it shows
  function show(field, ms) {
    shown.set(field, ms);
    const text = textOf(ms);
    if (field.value !== text) field.value = text;
  }

  const given = new WeakMap(); // field -> the moment it was given
  function give() {
    if (!ops.zoned) return;
    for (const field of document.querySelectorAll(FIELDS)) {
      const ms = field.dataset.localMs || "";
      if (given.get(field) === ms || (!ms && !given.has(field))) continue; // what somebody else put into it stays
      given.set(field, ms);
      field.defaultValue = field.value = ms ? textOf(Number(ms)) : "";
      if (ms) shown.set(field, Number(ms));
      field.setCustomValidity("");
    }
  }
  document.addEventListener("ops:painted", give);
  /* A form that was sent is reset: what its fields were given stands in them again. */
  document.addEventListener("reset", ({ target }) => setTimeout(() => {
    for (const field of target.querySelectorAll(FIELDS)) if (field.dataset.localMs) given.delete(field);
    give();
  }));
  document.addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll(FIELDS)) {
      settle(field);
      if (!field.validity.customError) {
        const ms = field.value ? momentOf(field.value) : null;
        if (ms === null) delete field.dataset.ms;
        else field.dataset.ms = String(ms);
        continue;
      }
      event.preventDefault(); // sent without it, it would be lost without a word
      event.stopImmediatePropagation();
      field.reportValidity();
      return;
    }
  }, true);

  const fieldOf = ({ target }) => (target instanceof Element && target.matches(FIELDS) ? target : null);
  document.addEventListener("change", (event) => fieldOf(event) && settle(event.target), true);
  document.addEventListener("input", (event) => fieldOf(event) && event.target.setCustomValidity(""), true);
  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event);
    const step = STEPS[event.key];
    if (!field || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const quarter = Math.abs(STEPS.ArrowUp);
    const from = (field.value && momentOf(field.value, shown.get(field))) ?? Math.floor(ops.zoned.now() / quarter) * quarter;
    change(field, from + step);
  });

  function change(field, ms) {
    show(field, ms);
    field.setCustomValidity("");
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }

  /* ---- the calendar: the browser's own, for the day alone ---- */

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-pick-day]") : null;
    const field = button && button.parentElement.querySelector(FIELDS);
    if (!field) return;
    const at = (field.value && momentOf(field.value)) ?? ops.zoned.now();
    const day = Object.assign(document.createElement("input"), { type: "date", className: "moment-day", tabIndex: -1, value: textOf(at).slice(0, 10) });
    day.setAttribute("aria-hidden", "true");
    const box = button.getBoundingClientRect();
    Object.assign(day.style, { left: `${box.left}px`, top: `${box.bottom}px` });
    const gone = () => (day.remove(), field.focus());
    day.addEventListener("change", () => {
      const ms = day.value ? momentOf(`${day.value} ${textOf(at).slice(-5)}`) : null;
      if (ms !== null) change(field, ms);
      gone();
    });
    day.addEventListener("blur", () => setTimeout(() => day.remove(), 200));
    (button.closest("dialog") || document.body).append(day);
    day.focus();
    try {
      day.showPicker();
    } catch {
      gone(); // a browser without one: the day is typed
    }
  });

  ops.moments = { textOf, momentOf, isSkipped };
})();
