/* Dialogs of planning but the form of one assignment: patterns, calendar addresses, the plan as a file; and cards of sufficiency. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { planning } = ops;
  const { $, number, clean, local } = planning;
  const MOST_BYTES = 900000;
  const MOST_SHOWN = 300; // rows of a preview, beside those that ask for something

  /* ---- patterns ---- */

  /* A reason is asked for only after it was said what it is for, and is forgotten when something else is asked. */
  function asksReason(form, asks) {
    const place = $(".plan-reason", form);
    if (asks) {
      place.dataset.state = "asked";
      form.elements.reason.focus();
    } else {
      delete place.dataset.state;
      form.elements.reason.value = "";
    }
  }

  async function pattern(fields, answer) {
    const value = (name) => fields[name].value.trim();
    const days = [...fields.days].filter((box) => box.checked).map((box) => Number(box.value));
    if (!days.length) return void (answer.textContent = "Choose at least one day.");
    const kind = value("kind");
    const form = fields.reason.form;
    try {
      const done = await ops.act("plans/pattern", clean({
        unit: Number(value("unit")), kind, operation: kind === "operation" ? number(value("operation")) : undefined, place: ["rest", "maintenance"].includes(kind) ? "" : value("place").toUpperCase(),
        days, starts: value("starts").slice(0, 5), ends: value("ends").slice(0, 5), since: value("since"), until: value("until"), every_weeks: number(value("every_weeks")),
        crew: number(value("crew")), note: value("note"), skip_booked: fields.skip_booked.checked, reason: value("reason"),
      }));
      ops.say(`${local(done.said)} u undoes it.`);
    } catch (failed) {
      asksReason(form, /reason/.test(failed.message));
      throw failed;
    }
    form.reset();
    planning.sense(form);
    asksReason(form, false);
    $("#plan-patterns").close("done");
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-plan-form=pattern]");
    if (form && event.target.name !== "reason") asksReason(form, false);
  });

  /* ---- calendar addresses: each is shown once ---- */

  async function calendar(fields) {
    const done = await ops.act("plans/calendar", clean({ agency: fields.agency.value, label: fields.label.value.trim() }));
    const address = /^https?:/.test(done.address) ? done.address : new URL(done.address, window.location.origin).href;
    $("[data-own=plan-address]").textContent = `${done.said} ${address}`;
    fields.label.value = "";
  }
  document.addEventListener("ops:acted", ({ detail }) => ["plans/calendar", "plans/end-calendar"].includes(detail.name) && ops.tellDash("planning-calendars", { data: Date.now() })); // no board moves
  document.addEventListener("close", (event) => event.target.id === "plan-calendars" && ($("[data-own=plan-address]").textContent = ""), true);

  /* ---- the plan as a file ---- */

  let file = null; // {text, token}

  function begin() {
    const form = $("form[data-plan-form=import]");
    if (!form) return;
    form.reset();
    file = null;
    $("[data-answer]", form).textContent = "";
    $("[data-own=plan-preview]").replaceChildren();
    form.closest("dialog").showModal();
  }

  /* Bytes that are not text in UTF-8 are refused: guessed at, a name would be stored wrongly and nobody would see it. */
  async function textOf(one) {
    if (one.size > MOST_BYTES) throw new Error(`It has ${Math.ceil(one.size / 1000)} kB; a file of at most ${MOST_BYTES / 1000} kB is read. Divide it.`);
    const bytes = new Uint8Array(await one.arrayBuffer());
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    try {
      return new TextDecoder(wide ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new Error("This is no text in UTF-8. Save it as CSV UTF-8 and choose it again.");
    }
  }

  async function preview(input) {
    const place = $("[data-own=plan-preview]");
    const answer = $("[data-answer]", input.form);
    file = null;
    place.replaceChildren();
    answer.textContent = "";
    if (!input.files.length) return;
    const chosen = input.files[0];
    try {
      const text = await textOf(chosen);
      const told = await ops.act("plans/import-preview", { text });
      if (input.files[0] !== chosen) return; // another one was chosen meanwhile
      file = { text, token: told.token };
      place.replaceChildren(...previewed(told));
    } catch (failed) {
      if (input.files[0] === chosen) answer.textContent = local(failed.message);
    }
  }

  const owed = (row) => row.conflicts.some((one) => one.weight === "needs a reason");
  const stops = (row) => row.does === "fault" || row.conflicts.some((one) => one.weight === "forbids");

  function previewed(told) {
    const head = document.createElement("p");
    const against = told.rows.filter(stops).length;
    head.textContent = told.said + (against ? ` ${against === 1 ? "One row stands" : `${against} rows stand`} in the way: mend the file and choose it again.` : "");
    const rows = told.rows.filter((row) => row.does !== "unchanged" && row.does !== "left alone");
    const first = rows.filter((row) => stops(row) || owed(row));
    const rest = rows.filter((row) => !stops(row) && !owed(row));
    const more = document.createElement("p");
    if (rest.length > MOST_SHOWN) more.textContent = `and ${rest.length - MOST_SHOWN} more that nothing stands against`;
    return [head, ...[...first, ...rest.slice(0, MOST_SHOWN)].map(previewedRow), more];
  }

  function previewedRow(row) {
    const line = document.createElement("div");
    line.className = `plan-preview-row does-${row.does}`;
    const words = document.createElement("p");
    words.textContent = local(`line ${row.line} · ${row.does} · ${row.words}${row.was ? ` (was ${row.was})` : ""}`);
    line.append(words, ...planning.lines(row.conflicts));
    if (owed(row) && !stops(row)) line.append(...reasonOf(row));
    return line;
  }

  /* Each row that breaks a rule is accepted by a reason of its own. */
  function reasonOf(row) {
    const label = document.createElement("label");
    const field = document.createElement("input");
    field.id = `plan-import-reason-${row.line}`;
    label.htmlFor = field.id;
    label.textContent = `Why line ${row.line} is accepted`;
    Object.assign(field, { type: "text", maxLength: 500, required: true, autocomplete: "off", className: "field", value: row.reason });
    field.dataset.line = String(row.line);
    return [label, field];
  }

  async function apply(fields, answer) {
    if (!file) return void (answer.textContent = "Choose a file first.");
    const given = [...$("[data-own=plan-preview]").querySelectorAll("input[data-line]")].map((field) => [field.dataset.line, field.value.trim()]);
    const done = await ops.act("plans/import-apply", { ...file, reasons: Object.fromEntries(given) });
    ops.say(`${local(done.said)} u undoes it.`);
    $("#plan-import").close("done");
  }

  function exportCsv() {
    const { text, ...filter } = planning.shown.filter;
    const asked = new URLSearchParams(clean({ from: planning.from(), until: planning.until(), q: text, ...filter, operation: filter.operation || "", conflicts: filter.conflicts ? "1" : "" }));
    const link = document.createElement("a");
    link.href = `/api/v1/plan/export.csv?${asked}`;
    link.download = "";
    link.click();
  }

  document.addEventListener("change", (event) => event.target.id === "plan-file" && preview(event.target));

  document.addEventListener("submit", async (event) => {
    const sent = event.target.closest("form[data-plan-form]");
    if (!sent) return;
    event.preventDefault();
    const answer = $("[data-answer]", sent);
    answer.textContent = "";
    const acts = { assign: planning.save, import: apply, pattern, calendar };
    try {
      await acts[sent.dataset.planForm](sent.elements, answer);
    } catch (failed) {
      answer.textContent = local(failed.message);
      answer.scrollIntoView({ block: "nearest" });
      if (document.activeElement.name === "reason") document.activeElement.scrollIntoView({ block: "nearest" });
    }
  });

  /* ---- the card of a cell of sufficiency lies over others: Escape puts it away ---- */

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && !$("dialog[open]") && $("#planning-sufficiency details[name=demand-cell][open]");
    if (!open) return;
    event.preventDefault();
    event.stopPropagation();
    open.open = false;
    $("summary", open).focus();
  }, true);

  Object.assign(planning, { beginImport: begin, exportCsv });
})();
