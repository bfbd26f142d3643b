/* Fields of date and time in the centre's local time (layouts/components/moments.py). `data-local-ms` is the moment the server
 * knows: it is shown until the reader changes the field. What the field holds is put into its `data-ms` as its form is sent, so
 * that 13-acts sends milliseconds: a browser's own zone is never assumed. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const FIELDS = "input[data-type=moment][data-local]";
  const two = (number) => String(number).padStart(2, "0");

  function textOf(ms) {
    const p = ops.zoned.partsOf(ms);
    return `${p.year}-${two(p.month)}-${two(p.day)}T${two(p.hour)}:${two(p.minute)}`;
  }
  function momentOf(text) {
    const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
    return found ? ops.zoned.fromLocal(...found.slice(1).map(Number)) : null;
  }

  const given = new WeakMap(); // field -> the moment it was given
  function give() {
    if (!ops.zoned) return;
    for (const field of document.querySelectorAll(FIELDS)) {
      const ms = field.dataset.localMs || "";
      if (given.get(field) === ms) continue;
      given.set(field, ms);
      field.defaultValue = field.value = ms ? textOf(Number(ms)) : "";
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
      const ms = momentOf(field.value);
      if (ms === null) delete field.dataset.ms;
      else field.dataset.ms = String(ms);
    }
  }, true);

  ops.moments = { textOf, momentOf };
})();
