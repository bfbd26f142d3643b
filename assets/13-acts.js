/* What people do: posts an act to /api/v1/acts/… and says what came of it. A redraw never acts: only a press on
 * [data-do], or a form[data-do] that a person sends. Each press has a request id, so that one that is repeated acts once.
 *
 *   <button data-do="alerts/acknowledge" data-with='{"alert": 12}'>        posts at once
 *   <button data-do=… data-with=… data-ask="Clear this alert?">            asks first
 *   <form data-do="alerts/shelve" data-with='{"alert": 12}'>               posts its fields with it
 *   <button data-opens="dialog-id">, <button data-closes>                   opens and closes a <dialog>
 *
 * Fields: data-type="number" sends a number, "moment" milliseconds (of layouts/components/moments.py: the
 * field's own data-ms holds them), "flag" true or false, "list" the checked values of that name. An empty
 * field is left out. `ops:acted` tells everybody else what was done and answered. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const TIMEOUT_MS = 20000;
  const SAID_MS = 6000;

  const requestId = () => (window.crypto && crypto.randomUUID ? crypto.randomUUID() : `r-${Date.now()}-${Math.random().toString(36).slice(2, 12)}`);

  /* Post an act; the answer, or an Error whose message may be shown. `id`: of an earlier try of the same press.
   * An error that is `unsure` (no answer, or the server's own fault) may have been carried out: the next try keeps its id. */
  async function act(name, body, id) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const answer = await fetch(`/api/v1/acts/${name}`, {
        method: "POST",
        signal: stop.signal,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ ...body, request_id: id || requestId() }),
      });
      if (answer.status === 401) {
        if (ops.session.hasUnsent()) ops.session.ended();
        throw Object.assign(new Error("Your session has ended. Sign in again; what you wrote stays here."), { signIn: true });
      }
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) throw Object.assign(new Error(said.error || `The server answered ${answer.status}.`), { unsure: answer.status >= 500 });
      document.dispatchEvent(new CustomEvent("ops:acted", { detail: { name, body, answer: said } }));
      return said;
    } catch (failed) {
      if (failed.name === "AbortError" || failed instanceof TypeError) throw Object.assign(new Error("The server could not be reached. Nothing is known to have been done; try again."), { unreached: true, unsure: true });
      throw failed;
    } finally {
      clearTimeout(timer);
    }
  }

  /* ---- saying what came of it ---- */

  let saidTimer = 0;
  function say(text, kind = "done") {
    const place = document.getElementById("shell-said");
    if (!place) return;
    place.textContent = text;
    place.dataset.kind = kind;
    place.hidden = false;
    clearTimeout(saidTimer);
    if (kind !== "failed") saidTimer = setTimeout(() => (place.hidden = true), SAID_MS);
  }

  /* ---- asking first: one dialog of our own, as the browser's cannot be styled or tested ---- */

  function ask(question) {
    const dialog = document.getElementById("shell-ask");
    if (!dialog) return Promise.resolve(false);
    dialog.querySelector("[data-question]").textContent = question;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
  }

  /* ---- presses and forms ---- */

  const withOf = (element) => {
    try {
      return JSON.parse(element.dataset.with || "{}");
    } catch {
      return {};
    }
  };

  function fieldsOf(form) {
    const body = {};
    for (const field of form.elements) {
      const name = field.name;
      if (!name || field.disabled) continue;
      const type = field.dataset.type;
      if (type === "list") {
        body[name] = body[name] || [];
        if (field.checked) body[name].push(field.value);
      } else if (type === "flag") body[name] = field.checked;
      else if (field.type === "radio") {
        if (field.checked) body[name] = type === "number" ? Number(field.value) : field.value;
      } else if (type === "moment") {
        if (field.dataset.ms) body[name] = Number(field.dataset.ms);
      } else if (field.value.trim() !== "") body[name] = type === "number" ? Number(field.value) : field.value;
    }
    return body;
  }

  const running = new WeakSet();
  const unanswered = new WeakMap(); // element -> {what, id} of a try that may have been carried out; a list reuses its elements
  async function run(element, body, form) {
    if (running.has(element)) return; // a second press while the first is under way
    running.add(element);
    element.setAttribute("aria-busy", "true");
    const answerPlace = form && form.querySelector("[data-answer]");
    try {
      const name = element.dataset.do; // before asking: meanwhile a redraw may have given the element to another row
      if (element.dataset.ask && !(await ask(element.dataset.ask))) return;
      const what = JSON.stringify([name, body]);
      const earlier = unanswered.get(element);
      const id = earlier && earlier.what === what ? earlier.id : requestId();
      unanswered.set(element, { what, id });
      const answer = await act(name, body, id);
      unanswered.delete(element);
      if (answerPlace) answerPlace.textContent = "";
      if (answer.said) say(answer.said);
      if (form) {
        if (!form.hasAttribute("data-keep")) form.reset();
        const dialog = form.closest("dialog");
        if (dialog && dialog.open) dialog.close("done");
      }
      if (element.dataset.then && answer[element.dataset.then]) ops.go && ops.go(answer[element.dataset.then]);
    } catch (failed) {
      if (!failed.unsure) unanswered.delete(element);
      if (answerPlace) answerPlace.textContent = failed.message;
      else say(failed.message, "failed");
    } finally {
      running.delete(element);
      element.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do], [data-opens], [data-closes], [data-said-close]");
    if (!pressed || pressed.localName === "form") return;
    if (pressed.hasAttribute("data-said-close")) return void (document.getElementById("shell-said").hidden = true);
    if (pressed.dataset.opens) {
      const dialog = document.getElementById(pressed.dataset.opens);
      if (dialog && !dialog.open) {
        for (const form of dialog.querySelectorAll("form[data-do]")) {
          if (pressed.dataset.with) form.dataset.with = pressed.dataset.with;
          const about = dialog.querySelector("[data-about]");
          if (about) about.textContent = pressed.dataset.about || "";
          const place = form.querySelector("[data-answer]");
          if (place) place.textContent = "";
        }
        dialog.showModal();
      }
      return;
    }
    if (pressed.hasAttribute("data-closes")) {
      event.preventDefault();
      const dialog = pressed.closest("dialog");
      if (dialog) dialog.close(pressed.dataset.closes || "");
      return;
    }
    if (pressed.localName === "button" && pressed.type === "submit" && pressed.form && pressed.form.dataset.do) return; // its form's submit follows
    event.preventDefault();
    event.stopPropagation();
    run(pressed, withOf(pressed), null);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-do]");
    if (!form) return;
    event.preventDefault();
    run(form, { ...withOf(form), ...fieldsOf(form) }, form);
  });

  Object.assign(ops, { act, say, ask, requestId });
})();
