/* Forms of order, objectives, situation reports and files on the page of one operation. Guards what somebody types while
 * others work on the same thing: a form is sent with the edition it was begun on, however often it is redrawn meanwhile (the
 * server then says who was faster), and a form that a redraw gave to something else is emptied. Sends files. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const UPLOAD_MS = 180000;
  const begun = new WeakMap(); // form -> {key, with} when its first letter was typed
  const sent = new Map(); // act -> the form that was sent last
  const formOf = (event) => event.target.closest && event.target.closest("form[data-key]");

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = formOf(event);
      if (form && !begun.has(form)) begun.set(form, { key: form.dataset.key, with: form.dataset.with });
    });
  }
  document.addEventListener("reset", (event) => {
    begun.delete(event.target);
    const place = event.target.matches("form[data-key]") && event.target.querySelector("[data-answer]");
    if (place) place.textContent = "";
  });
  document.addEventListener("ops:painted", () => {
    for (const form of document.querySelectorAll("form[data-key]")) {
      const from = begun.get(form);
      if (from && from.key !== form.dataset.key) form.reset();
    }
  });

  /* Before 13-acts reads the form. It does so at once, so what is lent to it here is taken back right after. */
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("form[data-key][data-do]");
      if (!form) return;
      sent.set(form.dataset.do, form);
      const from = begun.get(form);
      if (!from || from.with === form.dataset.with) return;
      const drawn = form.dataset.with;
      form.dataset.with = from.with;
      setTimeout(() => (form.dataset.with = drawn), 0);
    },
    true,
  );

  /* What was kept is what the fields go back to, and what is sent next is sent on it, until the redraw brings the same. What
   * is done with is folded. */
  document.addEventListener("ops:acted", (event) => {
    const form = sent.get(event.detail.name);
    sent.delete(event.detail.name);
    const more = form && form.closest("details.part-more");
    if (more && !/\/(save|add)$/.test(event.detail.name)) more.open = false;
    if (!form || !/\/(save|edit|judge)$/.test(event.detail.name)) return;
    const given = JSON.parse(form.dataset.with || "{}");
    for (const name of ["edition", "version"]) if (name in given && name in event.detail.answer) given[name] = event.detail.answer[name];
    form.dataset.with = JSON.stringify(given);
    for (const field of form.elements) {
      if (field.type === "checkbox") field.defaultChecked = field.checked;
      else if ("defaultValue" in field) field.defaultValue = field.value;
      else if (field.options) for (const option of field.options) option.defaultSelected = option.selected;
    }
  });

  /* A button that sends its form as another act, after asking. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-submit-as]");
    if (!button || !button.form) return;
    const form = button.form;
    const own = form.dataset.do;
    form.dataset.do = button.dataset.submitAs;
    form.dataset.ask = button.dataset.questionFirst || "";
    form.requestSubmit();
    form.dataset.do = own;
    delete form.dataset.ask;
  });

  /* ---- objectives are put in order by drag; the buttons in their rows do the same ---- */

  let carried = null; // {objective, version}: as it was when taken up, whatever is drawn meanwhile
  const rowAt = (event) => event.target.closest && event.target.closest("tr[data-objective]");
  const over = (row) => document.querySelectorAll("tr[data-takes]").forEach((one) => one !== row && one.removeAttribute("data-takes"));
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest && event.target.closest(".objective-number[draggable]") && rowAt(event);
    if (!row) return;
    carried = { objective: Number(row.dataset.objective), version: Number(row.dataset.version) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.cells[1].textContent);
    event.dataTransfer.setDragImage(row, 10, 10);
  });
  document.addEventListener("dragover", (event) => {
    if (!carried) return;
    const row = rowAt(event);
    over(row);
    if (!row) return;
    event.preventDefault();
    row.setAttribute("data-takes", Number(row.dataset.objective) === carried.objective ? "own" : "yes");
  });
  document.addEventListener("drop", async (event) => {
    const row = carried && rowAt(event);
    if (!row) return;
    event.preventDefault();
    const asked = { ...carried, onto: Number(row.dataset.objective) };
    if (asked.onto === asked.objective) return;
    try {
      ops.say((await ops.act("objectives/place", asked)).said);
    } catch (failed) {
      ops.say(failed.message, "failed");
    }
  });
  document.addEventListener("dragend", () => ((carried = null), over(null)));

  /* ---- files ---- */

  let unsure = null; // {what, to, id} of a sending that may have been kept: the same file again has the same id
  async function upload(form) {
    const field = form.querySelector("input[type=file]");
    const place = form.querySelector("[data-answer]");
    const file = field && field.files[0];
    const told = (text) => place && (place.textContent = text);
    if (!file) return told("Choose a file.");
    if (file.size > Number(form.dataset.most)) return told(`The file has ${(file.size / 1e6).toFixed(1)} MB; at most ${(Number(form.dataset.most) / 1e6).toFixed(1)} MB are kept.`);
    const what = `${file.name}/${file.size}/${file.lastModified}`;
    const id = unsure && unsure.what === what && unsure.to === form.dataset.upload ? unsure.id : ops.requestId();
    unsure = { what, to: form.dataset.upload, id };
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), UPLOAD_MS);
    form.setAttribute("aria-busy", "true");
    told(`Sending ${file.name} …`);
    try {
      const answer = await fetch(`${form.dataset.upload}?name=${encodeURIComponent(file.name)}&request_id=${id}`, {
        method: "POST",
        signal: stop.signal,
        credentials: "same-origin",
        headers: { "Content-Type": file.type || "application/octet-stream", Accept: "application/json" },
        body: file,
      });
      const said = await answer.json().catch(() => ({}));
      if (answer.status < 500) unsure = null;
      if (!answer.ok) throw new Error(said.error || `The server answered ${answer.status}.`);
      told("");
      ops.say(said.said);
      form.reset();
    } catch (failed) {
      told(failed.name === "AbortError" || failed instanceof TypeError ? "The file could not be sent; nothing is known to have been kept. Try again." : failed.message);
    } finally {
      clearTimeout(timer);
      form.removeAttribute("aria-busy");
    }
    return undefined;
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") upload(form);
  });
})();
