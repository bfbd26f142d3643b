/* Choosing units and deciding (/respond), keys of the board of taskings, the dialog of the outcome, sorting of criteria.
 *
 * What is chosen is kept here, by number of the unit, and put back after every redraw: a list that moves never changes a
 * choice. A press counts for the unit that stood there when the finger went down. Nothing is sent but by the form's own
 * submit, once at a time, with one request id for one decision. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const tell = (id, data) => window.dash_clientside && window.dash_clientside.set_props(id, { data });
  const put = (element, text) => element && element.textContent !== text && (element.textContent = text);
  const here = (slug) => root.dataset.page === slug;

  /* ---- what is chosen ---- */

  let about = null; // "target:12"
  let chosen = new Set(); // numbers of units, as text
  let nobody = false;
  let sending = false;
  let requestId = null; // of a decision whose answer never came
  let asked = 0;

  const frame = () => $("#respond-body [data-options]");
  const form = () => $("#respond-form form[data-decide]");
  const rows = () => $$("#respond-body .option[data-unit]"); // those that can, best first
  const every = () => $$("#respond-body [data-unit]");
  const row = (unit) => $(`#respond-body [data-unit="${unit}"]`);
  const firstUnits = () => {
    const pair = $("#respond-body [data-together]");
    return rows().length ? [rows()[0].dataset.unit] : pair ? pair.dataset.together.split(",") : [];
  };
  const isFirst = () => chosen.size === firstUnits().length && firstUnits().every((unit) => chosen.has(unit));
  const needsReason = () => nobody || (chosen.size > 0 && !isFirst());
  const isComplete = () => nobody || chosen.size > 0;

  function choose(unit, also) {
    nobody = false;
    if (!also) chosen = new Set([unit]);
    else if (!chosen.delete(unit)) chosen.add(unit);
    show();
  }
  function chooseNobody(on) {
    nobody = on;
    chosen.clear();
    show();
  }

  /* The subject changed: what was chosen and typed for another one is not for this one. */
  function startOver() {
    const list = frame();
    if (!list || list.dataset.about === about) return;
    about = list.dataset.about;
    chosen.clear();
    nobody = false;
    requestId = null;
    const one = form();
    if (one) {
      one.reset();
      put($("[data-answer]", one), "");
    }
  }

  const names = () => every().filter((one) => chosen.has(one.dataset.unit)).map((one) => one.dataset.callsign);

  function show() {
    for (const one of every()) {
      const on = chosen.has(one.dataset.unit);
      one.toggleAttribute("data-chosen", on);
      const box = $("[data-pick]", one);
      if (box) box.checked = on;
    }
    for (const unit of [...chosen]) if (!row(unit)) chosen.delete(unit); // it cannot any more
    const none = $("#respond-body [data-nobody]");
    if (none) {
      none.checked = nobody;
      none.closest(".option").toggleAttribute("data-chosen", nobody);
    }
    showForm();
  }

  function showForm() {
    const one = form();
    if (!one) return;
    const who = names();
    const choice = nobody ? "Nobody is sent." : who.length ? `Send ${who.join(" and ")}.` : "Choose a unit: press it, or its number.";
    put($("[data-choice]", one), choice);
    const needed = needsReason();
    one.toggleAttribute("data-reason-needed", needed);
    const first = firstUnits().map((unit) => row(unit).dataset.callsign).join(" and ");
    const why = nobody
      ? "Needed: sending nobody is a decision, say why."
      : needed
        ? `Needed: ${first ? `the first option is ${first}, say why not that alone` : "no unit can by the reckoning, say why all the same"}.`
        : "Needed when it is not the first option alone.";
    put($("[data-reason-why]", one), why);
    put($("[data-reason-mark]", one), needed ? "needed" : "optional");
    $("[name=reason]", one).required = needed;
    for (const part of $$("[data-sends]", one)) part.hidden = nobody;
    $("[name=intent]", one).required = !nobody;
    const send = $("[data-send]", one);
    send.disabled = sending || !isComplete();
    put(send, sending ? "Sending …" : nobody ? "Decide: send nobody" : who.length ? `Send ${who.join(" and ")}` : "Choose first");
  }

  /* ---- deciding ---- */

  function body(one) {
    const said = {
      token: frame().dataset.options,
      units: nobody ? [] : [...chosen].map(Number),
      authority: $("[name=authority]", one).value.trim(),
    };
    const reason = $("[name=reason]", one).value.trim();
    const intent = $("[name=intent]", one).value.trim();
    if (reason) said.reason = reason;
    if (intent && !nobody) said.intent = intent;
    const accept = $("[name=accept_minutes]", one).value;
    if (accept && !nobody) said.accept_minutes = Number(accept);
    const operation = $("[name=operation]", one);
    if (operation && operation.value && !nobody) said.operation = Number(operation.value);
    return said;
  }

  const changes = () => {
    const note = $("#respond-note [data-changes]");
    return note ? note.textContent : "";
  };

  async function decide(one) {
    if (sending || !isComplete() || !one.reportValidity()) return;
    const answer = $("[data-answer]", one);
    sending = true;
    showForm();
    try {
      const changed = changes();
      if (changed && !(await ops.ask(`Changed since these options were shown: ${changed} Decide all the same?`))) return;
      requestId = requestId || ops.requestId();
      const said = await ops.act("dispatch/decide", body(one), requestId);
      requestId = null;
      put(answer, "");
      if (said.said) ops.say(said.said);
      forget(one);
      ops.go(`/chain/decision/${said.decision}`);
    } catch (failed) {
      if (!failed.unsure) requestId = null; // one that may have been carried out: the same id again
      put(answer, failed.message);
      if (!failed.unreached && !failed.signIn) refresh(); // what was typed stays; the options are shown anew
    } finally {
      sending = false;
      show();
    }
  }

  function forget(one) {
    chosen.clear();
    nobody = false;
    about = null;
    one.reset();
  }

  const refresh = () => tell("respond-asked", (asked += 1));

  document.addEventListener("submit", (event) => {
    const one = event.target.closest("form[data-decide]");
    if (!one) return;
    event.preventDefault();
    decide(one);
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-decide]")) requestId = null; // another decision than the one that was not answered
  });

  /* ---- mouse ---- */

  let pressed = null;
  document.addEventListener("pointerdown", (event) => {
    const one = event.target.closest("#respond-body [data-unit]");
    pressed = one ? one.dataset.unit : null;
  }, true);

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const button = event.target.closest("[data-dispatch], [data-together]");
    if (button && button.dataset.dispatch === "refresh") return void refresh();
    if (button && button.dataset.together) {
      chosen = new Set(button.dataset.together.split(",").filter((unit) => row(unit)));
      nobody = false;
      return void show();
    }
    const sort = event.target.closest("[data-order-by]");
    if (sort) return void tell("criteria-order", { column: sort.dataset.orderBy, descending: sort.closest("th").getAttribute("aria-sort") !== "descending" });
    const one = event.target.closest("#respond-body :is(.option, .option-unable)");
    if (!one || event.target.closest("a, button, summary")) return;
    const onBox = event.target.closest(".pick");
    if (onBox && event.target.localName !== "input") return; // the box's own click follows
    if (!one.dataset.unit) return void chooseNobody(onBox ? event.target.checked : true);
    choose(event.detail && pressed ? pressed : one.dataset.unit, Boolean(onBox) || one.matches(".option-unable"));
  });

  /* ---- keys ---- */

  const typing = (element) => element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) || (element.tagName === "INPUT" && !/^(checkbox|radio)$/.test(element.type)));

  function step(list, by) {
    if (!list.length) return;
    const at = list.findIndex((one) => one.contains(document.activeElement));
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))];
    (next.matches("[tabindex]") ? next : $("input", next)).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function toForm() {
    const one = form();
    if (!one) return;
    const empty = $$("textarea, input", one).find((field) => field.required && !field.hidden && !field.value.trim());
    const send = $("[data-send]", one);
    (empty || (send.disabled ? $("[name=intent]", one) : send)).focus();
  }

  function respondKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return form() ? (decide(form()), true) : false;
    if (typing(event.target)) {
      if (event.key !== "Escape") return false;
      const back = $("#respond-body .option[data-chosen] input") || $("#respond-body .option input");
      return back ? (back.focus(), true) : false;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (/^[1-9]$/.test(event.key)) {
      const one = rows().find((each) => each.dataset.rank === event.key);
      if (!one) return false;
      choose(one.dataset.unit, false);
      $("[data-pick]", one).focus();
      one.scrollIntoView({ block: "nearest" });
      return true;
    }
    if (event.key === "0") return chooseNobody(true), true;
    if (event.key === "r") return refresh(), true;
    if (event.key === "j" || event.key === "k") return step([...rows(), ...$$("#respond-body .option-nobody")], event.key === "j" ? 1 : -1), true;
    if (event.key === "Enter" && (event.target === document.body || event.target.matches("[data-pick], [data-nobody], [role=region], main, .option"))) return toForm(), true;
    return false;
  }

  function boardKey(event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "j" || event.key === "k") return step($$("#taskings-body tr[tabindex]"), event.key === "j" ? 1 : -1), true;
    const line = event.target.closest && event.target.closest("#taskings-body tr[tabindex]");
    if (!line) return false;
    if (event.key === "Enter" && event.target !== line) return false; // a button's or link's own
    const button = event.key === "Enter" ? $("[data-step], [data-key=o]", line) : /^[iox]$/.test(event.key) && $(`[data-key="${event.key}"]`, line);
    if (!button) return false;
    button.click();
    return true;
  }

  let afterG = 0; // "g" leads to another page: its second key is not ours
  document.addEventListener("keydown", (event) => {
    const led = afterG && event.timeStamp - afterG < 2000;
    afterG = event.key === "g" && !typing(event.target) ? event.timeStamp : 0;
    if (led || event.repeat && !/^[jk]$/.test(event.key) || $("dialog[open]")) return;
    const taken = here("respond") ? respondKey(event) : here("taskings") ? boardKey(event) : false;
    if (!taken) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  /* ---- redraws keep the place ---- */

  let focused = null; // what had the focus, by what it is about
  const marks = ["data-step", "data-key", "data-pick", "data-nobody"];
  document.addEventListener("focusin", (event) => {
    const line = event.target.closest && event.target.closest("[data-tasking], [data-owes-target], [data-unit]");
    if (!line) return void (focused = null);
    const name = ["data-tasking", "data-owes-target", "data-unit"].find((one) => line.hasAttribute(one));
    const part = event.target === line ? "" : marks.map((one) => (event.target.hasAttribute(one) ? `[${one}="${event.target.getAttribute(one)}"]` : "")).join("");
    focused = { line: `[${name}="${line.getAttribute(name)}"]`, part };
  });
  function keepFocus() {
    if (!focused || !(here("taskings") || here("respond"))) return;
    const active = document.activeElement;
    if (active && active !== document.body && !active.closest("#taskings-body, #respond-body")) return;
    const line = $(`#taskings-body ${focused.line}, #respond-body ${focused.line}`);
    const same = line && (focused.part ? $(focused.part, line) || line : line);
    if (same && same !== active) same.focus({ preventScroll: true });
  }
  document.addEventListener("ops:painted", () => {
    startOver();
    if (frame()) show();
    keepFocus();
  });

  /* ---- the outcome asks for what belongs to the result ---- */

  function showOutcome(one) {
    const picked = $("[name=result]:checked", one);
    for (const part of $$("[data-only]", one)) {
      const on = Boolean(picked) && picked.value === part.dataset.only;
      part.hidden = !on;
      for (const field of $$("input, select, textarea", part)) {
        field.disabled = !on;
        if (field.name === "reason") field.required = on;
      }
    }
    const unit = $("[name=quantity_unit]", one);
    if (unit && !$("[name=quantity]", one).value) unit.disabled = true;
  }
  document.addEventListener("input", (event) => {
    const one = event.target.closest("form[data-outcome]");
    if (one) showOutcome(one);
  });
  document.addEventListener("reset", (event) => event.target.matches("form[data-outcome]") && setTimeout(() => showOutcome(event.target)));
  document.addEventListener("ops:painted", () => $$("form[data-outcome]").forEach(showOutcome));
})();
