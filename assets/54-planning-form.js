/* The form of one assignment. Whatever is asked for is tried first (acts plans/check): what is clear is saved at once and can be
 * undone, what is not opens the form with its conflicts. While the form is open somebody else may change the same assignment:
 * what the reader did not touch follows it, what they typed stays, and both are told before anything is saved. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { planning } = ops;
  const { $, number, clean, local } = planning;
  const TYPED_MS = 250;
  const WEIGHTS = { forbids: ["■", "cannot be accepted"], "needs a reason": ["▲", "needs a reason"], note: ["·", "note"] };
  const FIELDS = { unit: "unit", kind: "what for", operation: "operation", place: "place", starts_at: "from", ends_at: "until", crew: "crew", note: "note" };
  const form = () => $("form[data-plan-form=assign]");
  let editing = null; // {change, lat, lon, place, first: what stood in the fields when it was opened}
  let tried = 0;
  let timer = 0;

  /* Try it; save it when nothing stands against it, else show what does. `was`: what it is before. */
  async function propose(body, change, was) {
    try {
      const told = await ops.act("plans/check", clean({ ...body, assignment: change && change.assignment }));
      if (!told.clear) return void open(body, change, told, was);
      const answer = await ops.act(change ? "plans/change" : "plans/assign", clean({ ...body, ...change }));
      ops.say(`${local(answer.said)}${answer.notes && answer.notes.length ? ` Note: ${answer.notes.join("; ")}.` : ""} u undoes it.`);
    } catch (failed) {
      ops.say(local(failed.message), "failed");
    }
  }

  /* As it stands in the fields. */
  function typed(body) {
    const text = (value) => (value === undefined || value === null ? "" : String(value));
    const found = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, text(body[name])]));
    return { ...found, starts_at: ops.moments.textOf(body.starts_at), ends_at: ops.moments.textOf(body.ends_at) };
  }

  function open(body, change, told, was) {
    const fields = form() && form().elements;
    if (!fields) return;
    editing = { change, lat: body.lat, lon: body.lon, place: body.place, first: typed(was || body) };
    form().reset();
    $("[data-own=plan-title]").textContent = change ? "Change assignment" : "Assign";
    $("[data-plan=cancel]", form()).hidden = !change;
    for (const [name, value] of Object.entries(typed(body))) if (value !== "") fields[name].value = value;
    $("[data-answer]", form()).textContent = "";
    sense();
    show(told);
    const dialog = form().closest("dialog");
    if (!dialog.open) dialog.showModal();
    if (!told) check();
    (told ? fields.reason.offsetParent ? fields.reason : fields.starts_at : fields.unit).focus();
  }

  /* An operation is asked for only where there is one, a place only where it means something. */
  function sense(of = form()) {
    const fields = of.elements;
    fields.operation.closest(".head-field").hidden = fields.kind.value !== "operation";
    fields.place.closest(".head-field").hidden = ["rest", "maintenance"].includes(fields.kind.value);
  }

  function wanted() {
    const fields = form().elements;
    const kind = fields.kind.value;
    const place = ["rest", "maintenance"].includes(kind) ? "" : fields.place.value.trim().toUpperCase();
    const kept = editing && !place && !editing.place && editing.lat !== undefined ? { lat: editing.lat, lon: editing.lon } : {};
    return clean({
      unit: Number(fields.unit.value), kind, operation: kind === "operation" ? number(fields.operation.value) : undefined, place, ...kept,
      starts_at: ops.moments.momentOf(fields.starts_at.value), ends_at: ops.moments.momentOf(fields.ends_at.value),
      crew: number(fields.crew.value), note: fields.note.value.trim(),
    });
  }

  /* What is asked for, once it is whole: nothing is asked of the server before. */
  function whole(body) {
    const skipped = ["starts_at", "ends_at"].map((name) => form().elements[name].value).find((text) => text && ops.moments.isSkipped(text));
    if (skipped) return `${skipped} does not exist: the clocks go forward over it.`;
    if (!body.unit || !body.starts_at || !body.ends_at || body.ends_at <= body.starts_at) return "Give a unit and a time that ends after it begins.";
    if (body.kind === "operation" && !body.operation) return "Choose the operation.";
    return body.kind === "deployment" && !body.place && body.lat === undefined ? "Say at which place." : "";
  }

  async function check() {
    const body = wanted();
    const mine = ++tried;
    const lacks = whole(body);
    if (lacks) return void show(null, lacks);
    try {
      const told = await ops.act("plans/check", clean({ ...body, assignment: editing.change ? editing.change.assignment : undefined }));
      if (mine === tried) show(told);
    } catch (failed) {
      if (mine === tried) show(null, local(failed.message));
    }
  }

  function show(told, words = "") {
    const place = $("[data-own=plan-conflicts]");
    const found = told ? told.conflicts : [];
    place.replaceChildren(...lines(found));
    if (!found.length) place.textContent = words || (told ? "Nothing stands against it." : "");
    const needs = found.some((one) => one.weight === "needs a reason");
    $(".plan-reason", form()).hidden = !needs;
    form().elements.reason.required = needs;
  }

  const lines = (found) => found.map((one) => {
    const line = document.createElement("p");
    const [mark, words] = WEIGHTS[one.weight] || ["·", one.weight];
    line.className = `plan-conflict ${one.weight === "forbids" ? "forbids" : one.weight === "note" ? "note" : "warns"}`;
    line.textContent = `${mark} ${local(one.words)} (${one.kind}: ${words})`;
    return line;
  });

  async function save() {
    const answer = $("[data-answer]", form());
    const reason = form().elements.reason.value.trim();
    const body = wanted();
    const lacks = whole(body);
    if (lacks) return void (answer.textContent = lacks);
    try {
      const done = await ops.act(editing.change ? "plans/change" : "plans/assign", clean({ ...body, ...editing.change, reason }));
      ops.say(local(done.said));
      form().closest("dialog").close("done");
    } catch (failed) {
      answer.textContent = local(failed.message);
      check();
    }
  }

  async function cancel(change, words) {
    if (!(await ops.ask(`Cancel this assignment? ${words}`))) return;
    try {
      const done = await ops.act("plans/cancel", change);
      ops.say(`${local(done.said)} u undoes it.`);
      const dialog = $("#plan-assign");
      if (dialog && dialog.open) dialog.close("done");
    } catch (failed) {
      ops.say(local(failed.message), "failed");
    }
  }

  async function undo() {
    try {
      const done = await ops.act("plans/undo", {});
      ops.say(local(done.said));
    } catch (failed) {
      ops.say(local(failed.message), "failed");
    }
  }

  /* ---- what others do while it is open ---- */

  /* Somebody changed the assignment that is being changed here. */
  function meanwhile() {
    const dialog = form() && form().closest("dialog");
    if (!dialog || !dialog.open || !editing || !editing.change) return;
    const bar = $(`#planning-board .plan-bar[data-edit="${editing.change.assignment}"]`);
    if (!bar || Number(bar.dataset.version) <= editing.change.version) return;
    const fields = form().elements;
    const body = planning.bodyOf(bar);
    const theirs = typed(body);
    const said = [];
    for (const name of Object.keys(FIELDS)) {
      if (theirs[name] === editing.first[name] || theirs[name] === fields[name].value) continue;
      const mine = fields[name].value !== editing.first[name];
      said.push(`${FIELDS[name]} is now ${worded(name, theirs[name])}${mine ? `, yours (${worded(name, fields[name].value)}) is kept here` : ""}`);
      if (!mine) fields[name].value = theirs[name];
    }
    if (fields.place.value === theirs.place) Object.assign(editing, { lat: body.lat, lon: body.lon, place: body.place });
    editing.change = planning.changeOf(bar);
    editing.first = theirs;
    $("[data-answer]", form()).textContent = `It was changed meanwhile${said.length ? `: ${said.join("; ")}` : ""}. Look again, then save.`;
    sense();
    check();
  }

  function worded(name, value) {
    const field = form().elements[name];
    const option = field.options && [...field.options].find((one) => one.value === value);
    return option ? option.text : value.replace("T", " ") || "empty";
  }

  document.addEventListener("input", (event) => {
    const field = event.target.closest("form[data-plan-form]");
    if (!field) return;
    if (event.target.name === "kind") sense(field);
    if (field.dataset.planForm !== "assign") return;
    clearTimeout(timer);
    if (event.target.name !== "reason") timer = setTimeout(check, TYPED_MS);
  });
  document.addEventListener("ops:painted", meanwhile);

  Object.assign(planning, { propose, open, sense, save, cancel, undo, lines, cancelOpen: () => editing && editing.change && cancel(editing.change, "") });
})();
