/* The phone page of a unit: draws its tasking, takes presses, and says how old everything is. What a person reports goes
 * through field-queue.js; until the centre has answered, the page shows the unit as it will stand then, and says so. */
(() => {
  "use strict";
  const field = (window.opsField = window.opsField || {});
  const queue = field.queue;
  const POLL_MS = 5000;
  const HIDDEN_POLL_MS = 30000;
  const POSITION_WAIT_MS = 6000;
  const SAID_MS = 5000;
  const SETTLE_MS = 600;
  const LAST = "ops-field-last";
  const UNIT = "ops-field-unit";
  const SHARE = "ops-field-share";
  const WORDS = { accepted: "Accept", declined: "Decline", "en route": "En route", "on scene": "On scene", complete: "Complete" };
  const SHAPES = { requested: "◇", accepted: "◈", "en route": "▷", "on scene": "◉", complete: "■", declined: "✕", cancelled: "✕" };

  /* What a trouble of the centre means for who stands outside; a kind that is not named here means nothing to them. */
  const KEPT = "Reports stay on this phone and are sent later.";
  const TROUBLES = {
    reads: KEPT,
    writes: KEPT,
    worker: "Reports are taken, but the centre's own alerts and notices wait. Call if it is urgent.",
    clock: "Times may be wrong by as much.",
  };
  const HEADS = { happened: "What happened", why: "Why", keep: "To keep", change: "To change" };

  const $ = (id) => document.getElementById(`field-${id}`);
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      /* private mode: nothing outlives the page */
    }
  };

  function h(tag, props = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  let shown = null; // {view, heard: when it came, by this phone's clock}
  let skew = 0; // the centre's clock less this phone's
  let line = "loading"; // live, lost, signed out, forbidden
  let lostSince = 0;
  let told = []; // what is wrong with the centre itself, by its last word
  let toldDrawn = "[]";
  let drawn = "";
  let fetching = false;
  let busy = false; // a press is being worked on (a position is looked for)
  let inline = false; // the outcome's form stands open under the buttons
  let actsFor = "";

  try {
    shown = JSON.parse(read(LAST) || "null");
  } catch {
    shown = null;
  }

  /* ---- time ---- */

  const centreNow = () => Date.now() + skew;
  const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  function span(ms) {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    if (minutes < 1) return `${Math.floor(Math.abs(ms) / 1000)} s`;
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const capital = (words) => words[0].toUpperCase() + words.slice(1);
  const countdown = (ms) => (ms >= centreNow() ? `in ${span(ms - centreNow())}` : `${span(centreNow() - ms)} ago`);

  /* ---- what the page is about ---- */

  const account = () => (shown ? shown.view.account : null);
  const reports = () => (account() ? queue.of(account()) : []);
  const open = () => (shown ? shown.view.taskings.find((one) => one.ended_at === null || one.outcome_owed) || null : null);

  /* Where the unit will stand once the queue is sent. */
  function standing(tasking) {
    let state = tasking.state;
    let outcome = false;
    for (const one of reports()) {
      if (one.tasking !== tasking.id || one.refused) continue;
      if (one.act === "field/outcome") outcome = true;
      else if (one.body.state) state = one.body.state;
    }
    return { state, outcome, isAhead: state !== tasking.state || outcome };
  }

  /* ---- asking the centre ---- */

  async function refresh() {
    if (fetching) return;
    fetching = true;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 8000);
    const asked = Date.now();
    try {
      const unit = read(UNIT);
      const answer = await fetch(`/api/v1/field${unit ? `?unit=${encodeURIComponent(unit)}` : ""}`, {
        signal: stop.signal,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      if (answer.status === 404 && unit) write(UNIT, null);
      else if (answer.status === 401) signedOut();
      else if (answer.status === 403) line = "forbidden";
      else if (answer.status === 503) await unserved(answer);
      else if (!answer.ok) throw new Error(String(answer.status));
      else take(await answer.json(), asked);
    } catch {
      lose();
    } finally {
      clearTimeout(limit);
      fetching = false;
    }
    draw();
  }

  function lose() {
    told = []; // nothing is known of it now
    if (line === "lost" || line === "signed out") return;
    line = "lost";
    lostSince = Date.now();
  }

  /* The server answers that it cannot: the line is there, the centre is not. */
  async function unserved(answer) {
    lose();
    const said = await answer.json().catch(() => ({}));
    told = [{ kind: "reads", what: String(said.error || "The centre cannot serve now").split(". ")[0].replace(/\.$/, ""), since: lostSince + skew }];
  }

  function take(view, asked) {
    if (!view || !Array.isArray(view.taskings)) throw new Error("not ours");
    skew = view.at - (asked + Date.now()) / 2;
    const before = open();
    shown = { view, heard: Date.now() };
    line = "live";
    told = Array.isArray(view.troubles) ? view.troubles : [];
    write(LAST, JSON.stringify(shown));
    const now = open();
    if (now && (!before || before.id !== now.id) && now.state === "requested" && navigator.vibrate) navigator.vibrate([300, 150, 300]);
    queue.begin(view.account);
  }

  /* Nobody is signed in: what was shown goes, what was reported stays. */
  function signedOut() {
    line = "signed out";
    told = [];
    if (shown) shown = { view: { ...shown.view, taskings: [], units: [], unit: null }, heard: shown.heard };
    write(LAST, null);
  }

  /* ---- drawing: only what changed, so that nothing is lost while somebody types ---- */

  function draw() {
    drawTrouble();
    drawLine();
    drawTimes();
    const key = JSON.stringify([line === "signed out", shown && { ...shown.view, at: 0, troubles: [] }, reports()]);
    if (key === drawn) return;
    drawn = key;
    drawWho();
    drawQueue();
    drawTasking();
    drawDebriefs();
    drawEnded();
  }

  function drawTrouble() {
    const lines = told.filter((one) => one.kind in TROUBLES);
    const sign = JSON.stringify(lines);
    if (sign === toldDrawn) return;
    toldDrawn = sign;
    const head = (one) => `${one.what}${one.since ? ` since ${clock(one.since)}` : ""}${one.why ? `: ${one.why}` : ""}.`;
    $("trouble").replaceChildren(...lines.map((one) => h("p", {}, h("strong", {}, head(one)), ` ${TROUBLES[one.kind]}`)));
    $("trouble").dataset.worst = lines.length ? lines[0].kind : "";
    $("trouble").hidden = !lines.length;
  }

  function drawLine() {
    const words = {
      loading: "Loading …",
      live: `On line, ${clock(centreNow())}`,
      lost: `No line since ${clock(lostSince)}. Reports are kept and sent later.`,
      "signed out": "Signed out",
      forbidden: "This page is for units in the field.",
    };
    $("line").textContent = words[line];
    $("line").dataset.line = line;
    $("signed-out").hidden = line !== "signed out";
    if (line === "signed out") {
      const kept = queue.of(account() || "").length;
      $("kept").textContent = kept ? `${kept === 1 ? "1 report stays" : `${kept} reports stay`} on this phone and ${kept === 1 ? "is" : "are"} sent when you sign in again.` : "Sign in again to go on.";
    }
  }

  function drawWho() {
    const view = shown && shown.view;
    $("callsign").textContent = view && view.unit ? view.unit.callsign : "Unit";
    $("account").textContent = view ? `Signed in as ${view.account}` : "";
    $("contact").textContent = view && view.contact ? `Contact: ${view.contact}` : "The centre has given no contact line. Use your agency's radio or telephone.";
    const several = view ? view.units.length > 1 : false;
    $("choose").hidden = !several;
    if (!several) return;
    const options = view.units.map((one) => h("option", { value: one.id, selected: view.unit !== null && view.unit.id === one.id }, one.callsign + (one.tasking_id ? " · tasked" : "")));
    if (!view.unit) options.unshift(h("option", { value: "", selected: true }, "Choose a unit"));
    $("units").replaceChildren(...options);
  }

  function drawQueue() {
    const all = reports();
    const waiting = all.filter((one) => !one.refused);
    const refused = all.filter((one) => one.refused);
    $("queue").hidden = !waiting.length;
    $("queue-title").textContent = `Queued: ${waiting.length === 1 ? "1 report" : `${waiting.length} reports`}, not yet sent`;
    $("queue-list").replaceChildren(...waiting.map((one) => h("li", {}, `${one.words}, pressed ${clock(one.pressed)}`, one.tries ? `, tried ${one.tries === 1 ? "once" : `${one.tries} times`}` : "")));
    if (waiting.length && !queue.isKept()) $("queue-list").append(h("li", {}, "This browser keeps nothing: do not close the page."));
    $("refused").hidden = !refused.length;
    $("refused-list").replaceChildren(
      ...refused.map((one) =>
        h("li", {}, h("strong", {}, `${one.words}, pressed ${clock(one.pressed)}`), h("p", {}, one.refused), h("button", { type: "button", class: "field-button", onclick: () => queue.drop(one.id) }, "Put away")),
      ),
    );
  }

  function drawTasking() {
    const tasking = open();
    $("tasking").hidden = !tasking;
    $("none").hidden = Boolean(tasking) || line === "signed out";
    if (!tasking) {
      actsFor = "";
      inline = false;
      $("none-text").textContent = !shown ? "Loading …" : !shown.view.unit ? (shown.view.units.length ? "Choose your unit above." : "No unit is assigned to this account. Ask the centre's administrator.") : "No tasking. This page asks again by itself.";
      hideForms();
      return;
    }
    const { state, outcome, isAhead } = standing(tasking);
    $("tasking").dataset.id = tasking.id;
    $("state").textContent = `${SHAPES[state] || ""} ${capital(state)}${isAhead ? " (queued, not yet sent)" : ""}`;
    $("state").dataset.state = state;
    $("subject").textContent = tasking.subject;
    $("intent").textContent = tasking.intent;
    drawHow(tasking);
    drawFacts(tasking, state);
    drawActs(tasking, state, outcome);
  }

  /* How it is carried out: as the centre has it, or as it is queued. */
  function howOf(tasking) {
    const queued = reports().filter((one) => one.act === "field/execution" && one.tasking === tasking.id && !one.refused).pop();
    return queued ? { text: queued.body.execution, isAhead: true } : { text: tasking.execution || "", isAhead: false };
  }

  function drawHow(tasking) {
    const { text, isAhead } = howOf(tasking);
    $("how").hidden = !text && !isAhead;
    $("how").textContent = `How we do it${isAhead ? " (queued, not yet sent)" : ""}: ${text || "taken back"}`;
  }

  function drawFacts(tasking, state) {
    const facts = [];
    const fact = (name, text, until, isDue = true) =>
      facts.push(h("dt", {}, name), h("dd", {}, text, until ? h("span", { class: "field-until", "data-until": until, "data-due": isDue }) : null));
    if (state === "requested") fact("Accept by", `${clock(tasking.accept_by)} `, tasking.accept_by);
    if (tasking.meet_place || tasking.meet_lat !== null) {
      const at = tasking.meet_lat === null ? "" : `${Math.abs(tasking.meet_lat).toFixed(4)}° ${tasking.meet_lat < 0 ? "S" : "N"}, ${Math.abs(tasking.meet_lon).toFixed(4)}° ${tasking.meet_lon < 0 ? "W" : "E"}`;
      fact("Meet at", [tasking.meet_place, at].filter(Boolean).join(", "));
    }
    if (tasking.meet_at) fact("Meet", `${clock(tasking.meet_at)} `, tasking.meet_at);
    if (tasking.due_at) fact("Complete by", `${clock(tasking.due_at)} `, tasking.due_at);
    fact("Asked by", `${tasking.requested_by}, ${clock(tasking.requested_at)}`);
    fact("Last word", `${clock(tasking.checked_in_at)} `, tasking.checked_in_at, false);
    $("facts").replaceChildren(...facts);
  }

  /* A press that lands on a button which has only just taken another's place was meant for that other. */
  const meant = (act) => () => !$("acts").hasAttribute("aria-busy") && !busy && act();
  let settling = 0;
  function settle() {
    $("acts").setAttribute("aria-busy", "true");
    clearTimeout(settling);
    settling = setTimeout(() => $("acts").removeAttribute("aria-busy"), SETTLE_MS);
  }

  /* Drawn anew only when what can be done changes: a button that is exchanged under a thumb would lose the press. */
  function drawActs(tasking, state, outcome) {
    const now = `${tasking.id} ${state} ${outcome}`;
    if (now === actsFor) return;
    actsFor = now;
    settle();
    const acts = [];
    const button = (words, act, primary) => acts.push(h("button", { type: "button", class: `field-button${primary ? " field-primary" : ""}`, onclick: meant(act) }, words));
    const following = (shown.view.following[state] || []).filter((one) => one !== "complete");
    following.forEach((one, place) => {
      if (one === "declined") button("Decline …", () => openForm("decline"), false);
      else button(WORDS[one], () => step(tasking, one), place === 0);
    });
    if (!outcome && (state === "accepted" || state === "en route")) button("Not examined …", () => openForm("outcome"), false);
    if (state === "on scene" && !outcome) button("Complete, outcome later", () => step(tasking, "complete"), false);
    if (state !== "complete") button("How we do it …", () => openForm("execution"), false);
    if (following.length || state === "on scene") button("Check in", () => step(tasking, null), false);
    if (outcome) acts.push(h("p", { class: "field-note" }, "The outcome is queued."));
    $("acts").replaceChildren(...acts);
    inline = !outcome && (state === "on scene" || state === "complete"); // the form is open: result and send, two taps
    hideForms();
    if (inline) offerResults(true);
  }

  /* Open debriefs of what the unit took part in: what its crew said so far, queued words among them. */
  let debriefOf = 0; // the one whose form is open

  function drawDebriefs() {
    const view = shown && line !== "signed out" ? shown.view : null;
    const debriefs = (view && view.debriefs) || [];
    $("debriefs").hidden = !debriefs.length;
    if (debriefOf && !debriefs.some((one) => one.id === debriefOf)) closeDebrief();
    $("debriefs-list").replaceChildren(...debriefs.map(debriefLine));
  }

  function debriefLine(one) {
    const queued = reports().filter((report) => report.act === "field/debrief" && report.body.debrief === one.id && !report.refused);
    const said = one.said.map(([head, text, at]) => h("li", {}, `${HEADS[head] || head}: ${text} (${clock(at)})`));
    said.push(...queued.map((report) => h("li", {}, `${HEADS[report.body.head] || report.body.head}: ${report.body.text} (queued, not yet sent)`)));
    const by = one.due_at ? h("p", { class: "field-note" }, `By ${clock(one.due_at)} `, h("span", { class: "field-until", "data-until": one.due_at })) : null;
    const act = h("button", { type: "button", class: "field-button", onclick: () => openDebrief(one) }, "Add to the debrief …");
    return h("div", { class: "field-debrief" }, h("strong", {}, `${capital(one.sort)}: ${one.label}`), by, said.length ? h("ul", {}, ...said) : null, debriefOf === one.id ? null : act);
  }

  function openDebrief(one) {
    debriefOf = one.id;
    $("debrief-of").textContent = one.label;
    $("debrief-meant").textContent = one.meant ? `Meant was: ${one.meant}` : "";
    $("debrief").hidden = false;
    drawDebriefs();
    $("debrief-text").focus();
  }

  function closeDebrief() {
    debriefOf = 0;
    $("debrief").hidden = true;
    $("debrief-error").textContent = "";
  }

  function sendDebrief(event) {
    event.preventDefault();
    const text = $("debrief-text").value.trim();
    const unit = shown && shown.view.unit;
    if (!text || !unit) {
      $("debrief-error").textContent = text ? "Choose your unit above." : "Say something.";
      return;
    }
    const head = $("debrief").elements.head.value;
    const body = { unit: unit.id, debrief: debriefOf, head, text };
    $("debrief").reset();
    closeDebrief();
    queue.add(account(), "field/debrief", null, body, `Debrief, ${(HEADS[head] || head).toLowerCase()}`);
    draw();
  }

  function drawEnded() {
    const ended = shown ? shown.view.taskings.filter((one) => one.ended_at !== null && !one.outcome_owed) : [];
    $("ended").hidden = !ended.length;
    $("ended-list").replaceChildren(
      ...ended.map((one) => h("li", {}, `${SHAPES[one.state] || ""} ${one.subject}: ${one.state} ${clock(one.ended_at)}`, one.outcome ? `, ${one.outcome}` : "", one.end_reason && !one.outcome ? `, ${one.end_reason}` : "")),
    );
  }

  function drawTimes() {
    for (const place of document.querySelectorAll("[data-until]")) {
      const until = Number(place.dataset.until);
      place.textContent = `(${countdown(until)})`;
      place.dataset.passed = String(until < centreNow());
    }
    if (shown) $("age").textContent = line === "live" ? "" : `As the centre said at ${clock(shown.heard + skew)}, ${span(Date.now() - shown.heard)} ago.`;
  }

  /* ---- forms ---- */

  function openForm(name) {
    hideForms();
    $(name).hidden = false;
    $("acts").hidden = true;
    if (name === "outcome") offerResults(false);
    if (name === "execution") $("execution-text").value = howOf(open()).text;
    $(name).scrollIntoView({ block: "nearest" });
  }

  /* Before the unit was on scene nothing can have been examined. */
  function offerResults(onScene) {
    for (const radio of $("outcome").elements.result) {
      radio.closest("label").hidden = !onScene && radio.value !== "not examined";
      if (!onScene) radio.checked = radio.value === "not examined";
    }
    turnOutcome();
  }

  function hideForms() {
    $("decline").hidden = $("execution").hidden = true;
    $("outcome").hidden = !inline;
    $("outcome-back").hidden = inline;
    $("acts").hidden = false;
    $("decline-error").textContent = $("outcome-error").textContent = $("execution-error").textContent = "";
  }

  function turnOutcome() {
    const result = $("outcome").elements.result.value;
    $("positive").hidden = result !== "positive";
    $("reasons").hidden = result !== "not examined";
    $("outcome-send").textContent = result ? `Send: ${result}` : "Send outcome";
  }

  /* ---- reports ---- */

  async function step(tasking, state, note) {
    if (busy) return;
    busy = true;
    const where = await position().finally(() => (busy = false));
    const words = state ? capital(state) : "Check-in";
    const body = { ...where };
    if (state) body.state = state;
    if (note) body.note = note;
    queue.add(account(), "field/report", tasking.id, body, words);
    hideForms();
    draw();
  }

  function decline(event) {
    event.preventDefault();
    const reason = $("decline-note").value.trim();
    if (!reason) {
      $("decline-error").textContent = "Say why.";
      return;
    }
    const tasking = open();
    if (tasking) step(tasking, "declined", reason);
  }

  function sendHow(event) {
    event.preventDefault();
    const tasking = open();
    if (!tasking) return;
    const text = $("execution-text").value.trim();
    if (text === howOf(tasking).text) {
      $("execution-error").textContent = text ? "That is what it says already." : "Say how.";
      return;
    }
    queue.add(account(), "field/execution", tasking.id, { execution: text }, text ? "How we do it" : "How we do it, taken back");
    hideForms();
    draw();
  }

  function outcomeOf(form) {
    const result = form.elements.result.value;
    const body = { result };
    const note = $("note").value.trim();
    if (note) body.note = note;
    if (!result) return "Choose negative, positive or not examined.";
    if (result === "not examined") {
      body.reason = form.elements.reason.value;
      if (!body.reason) return "Say why it was not examined.";
      if (body.reason === "other" && !note) return "Say in the note why it was not examined.";
    }
    if (result === "positive") {
      body.finding = $("finding").value.trim();
      if (!body.finding) return "Say what was found.";
      const quantity = $("quantity").value.trim().replace(",", ".");
      if (quantity) {
        body.quantity = Number(quantity);
        body.quantity_unit = $("unit").value.trim();
        if (!(body.quantity > 0) || !Number.isFinite(body.quantity)) return "The quantity is no number above nothing.";
        if (!body.quantity_unit) return "Say the unit of the quantity.";
      }
    }
    return body;
  }

  function sendOutcome(event) {
    event.preventDefault();
    const body = outcomeOf($("outcome"));
    if (typeof body === "string") {
      $("outcome-error").textContent = body;
      return;
    }
    const tasking = open();
    if (!tasking) return;
    queue.add(account(), "field/outcome", tasking.id, body, `Outcome ${body.result}`);
    $("outcome").reset();
    draw();
  }

  /* ---- position: only after a press, and said whether it is shared ---- */

  let sharing = read(SHARE) === "yes";

  function position() {
    if (!sharing || !navigator.geolocation) return Promise.resolve({});
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        (found) => {
          $("position-said").textContent = `Position shared, good to ${Math.round(found.coords.accuracy)} m, ${clock(Date.now())}.`;
          resolve({ lat: Number(found.coords.latitude.toFixed(5)), lon: Number(found.coords.longitude.toFixed(5)) });
        },
        (refused) => {
          $("position-said").textContent = `Position is not shared: ${refused.code === 1 ? "this phone does not allow it" : "it could not be found"}. The report goes without it.`;
          resolve({});
        },
        { enableHighAccuracy: true, timeout: POSITION_WAIT_MS, maximumAge: 30000 },
      );
    });
  }

  async function turnSharing() {
    sharing = !sharing;
    drawSharing();
    write(SHARE, sharing ? "yes" : null);
    if (sharing) await position();
  }

  function drawSharing() {
    $("position").setAttribute("aria-pressed", String(sharing));
    $("position").textContent = sharing ? "Stop sharing position" : "Share position with reports";
    if (!sharing) $("position-said").textContent = "Position is not shared.";
    else $("position-said").textContent = navigator.geolocation ? "Position goes with each report." : "Position is not shared: this browser cannot.";
  }

  /* ---- saying, theme, signing out ---- */

  let saidTimer = 0;
  function say(text) {
    $("said").textContent = text;
    $("said").hidden = false;
    clearTimeout(saidTimer);
    saidTimer = setTimeout(() => ($("said").hidden = true), SAID_MS);
  }

  const root = document.documentElement;
  if (read("ops-theme")) root.dataset.theme = read("ops-theme");
  $("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    write("ops-theme", root.dataset.theme);
  });

  let warned = false;
  $("sign-out").addEventListener("submit", (event) => {
    if (reports().length && !warned) {
      event.preventDefault();
      warned = true;
      say("Reports are queued. They stay on this phone and are sent when you sign in again. Press again to sign out.");
      return;
    }
    write(LAST, null);
    write(UNIT, null);
  });

  $("units").addEventListener("change", (event) => {
    write(UNIT, event.target.value || null);
    refresh();
  });
  for (const pick of document.querySelectorAll("[data-pick]")) pick.addEventListener("click", () => ($("decline-note").value = pick.dataset.pick));
  for (const back of document.querySelectorAll("[data-back]")) back.addEventListener("click", hideForms);
  $("decline").addEventListener("submit", decline);
  $("outcome").addEventListener("submit", sendOutcome);
  $("execution").addEventListener("submit", sendHow);
  $("outcome").addEventListener("change", turnOutcome);
  $("debrief").addEventListener("submit", sendDebrief);
  $("debrief-back").addEventListener("click", () => {
    closeDebrief();
    drawDebriefs();
  });
  $("position").addEventListener("click", turnSharing);
  $("retry").addEventListener("click", () => {
    queue.hurry();
    refresh();
  });

  queue.onChange(draw);
  queue.onSent((_report, said) => {
    if (said) say(said.said);
    else signedOut();
    refresh();
  });

  let asked = 0;
  setInterval(() => {
    drawLine();
    drawTimes();
    const every = document.visibilityState === "visible" ? POLL_MS : HIDDEN_POLL_MS;
    if (line !== "forbidden" && Date.now() - asked >= every) {
      asked = Date.now();
      refresh();
    }
  }, 1000);
  window.addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());

  drawSharing();
  draw();
  refresh();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/field/worker.js", { scope: "/field" }).catch(() => {}); // without TLS there is none: the page still queues
})();
