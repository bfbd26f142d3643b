/* The quick entry: key n on any page opens a dialog with one field. Words behind a sign (#operation @unit !target ~track) are
 * completed and become links of the entry; the kind is guessed from the words by the table of domain/log_text.py and can be
 * corrected. Enter writes; Shift+Enter begins a line. What is typed is kept as a draft of this person in this browser until it
 * is written or discarded: over a reload, an ended session, a server that is away. A repeated press writes once. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const MINUTE = 60000;
  const DAY = 24 * 60 * MINUTE;
  const AHEAD_MS = MINUTE; // clocks may differ by so much
  const COMPLETE_AFTER_MS = 70;
  const TOKEN = /(^|[^\p{L}\p{N}_#@!~])([#@!~])([^\s#@!~]{0,40})$/u;
  const STRICT = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];
  const $ = (id) => document.getElementById(id);
  const dialog = () => $("quick-entry");
  const box = () => $("quick-text");

  /* ---- the draft ---- */

  const fresh = () => ({ text: "", links: [], kind: null, when: "", decider: "", marking: "", request: null });
  let draft = fresh();
  const keyOf = () => `ops-draft:${dialog().dataset.who}`;
  function keep() {
    try {
      if (draft.text.trim() || draft.links.length) window.localStorage.setItem(keyOf(), JSON.stringify(draft));
      else window.localStorage.removeItem(keyOf());
    } catch {
      /* storage is switched off: the draft lasts as long as the page */
    }
  }
  function recall() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(keyOf()) || "null");
      if (kept && typeof kept.text === "string" && Array.isArray(kept.links)) draft = { ...fresh(), ...kept };
    } catch {
      draft = fresh();
    }
  }
  function changed() {
    draft.request = null; // other words are another request
    keep();
  }

  /* ---- kind ---- */

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  let table = null;
  function guess(text) {
    table = table || JSON.parse(dialog().dataset.kinds).map(([kind, words]) => [kind, words.map((word) => new RegExp(`[^\\p{L}\\p{N}_]${escaped(word)}`, "u"))]);
    const line = ` ${folded(text).split(/\s+/).filter(Boolean).join(" ")}`;
    const found = table.find(([, words]) => words.some((word) => word.test(line)));
    return found ? found[0] : "note";
  }
  function showKind() {
    const kind = draft.kind || guess(draft.text);
    for (const radio of $("quick-form").querySelectorAll('input[name="kind"]')) radio.checked = radio.value === kind;
    $("quick-form").querySelector(".quick-kinds").dataset.guessed = String(!draft.kind);
  }

  /* ---- time: "", "-5", "13:02", "1302", "21/11 13:02" ---- */

  function momentOf(said) {
    const text = said.trim();
    const { partsOf, fromLocal, now } = ops.zoned;
    if (!text || text === "now") return null;
    const back = /^-\s*(\d{1,5})\s*(min|m|h)?$/.exec(text);
    if (back) return now() - Number(back[1]) * (back[2] === "h" ? 60 : 1) * MINUTE;
    const at = /^(?:(\d{1,2})\/(\d{1,2})\s+)?(\d{1,2}):?(\d{2})$/.exec(text);
    if (!at || Number(at[3]) > 23 || Number(at[4]) > 59) return undefined;
    const today = partsOf(now());
    const [date, month] = at[1] ? [Number(at[1]), Number(at[2])] : [today.day, today.month];
    if (month < 1 || month > 12 || date < 1 || date > 31) return undefined;
    let ms = fromLocal(today.year, month, date, Number(at[3]), Number(at[4]));
    if (ms > now() + AHEAD_MS) ms = at[1] ? fromLocal(today.year - 1, month, date, Number(at[3]), Number(at[4])) : ms - DAY;
    return ms;
  }
  function showWhen() {
    const ms = momentOf(draft.when);
    const place = $("quick-when-said");
    $("quick-when").setAttribute("aria-invalid", String(ms === undefined));
    if (ms === undefined) place.textContent = "not a time: -5, 13:02 or 21/11 13:02";
    else if (ms === null) place.textContent = "now; -5 for 5 min ago; 13:02";
    else place.textContent = `${ops.zoned.short(ms)} · ${ops.ticking ? ops.ticking.ago(ops.zoned.now() - ms) : ""}${ops.zoned.now() - ms > DAY ? " · more than a day back" : ""}`;
  }

  /* ---- links and marking ---- */

  const same = (a, b) => a.kind === b.kind && String(a.id) === String(b.id);
  function addLink(one) {
    if (!draft.links.some((other) => same(other, one))) draft.links.push(one);
    changed();
    showLinks();
  }
  function selected() {
    const thing = ops.shell && ops.shell.selected && ops.shell.selected();
    if (!thing || !ops.store) return null;
    if (thing.kind === "target") {
      const row = ops.store.targets.get(thing.id);
      return row ? { kind: "target", id: String(thing.id), label: row.label, owner: row.owner, marking: row.marking } : null;
    }
    if (thing.kind === "unit") {
      const row = ops.store.units.get(thing.id);
      return row ? { kind: "unit", id: String(thing.id), label: row.callsign, owner: row.agency, marking: row.marking } : null;
    }
    if (thing.kind === "track") {
      const row = ops.store.tracks.get(thing.id);
      return row && row.name ? { kind: "track", id: String(thing.id), label: row.name } : null;
    }
    return null;
  }
  function press(text, label, name, value) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "quick-link";
    element.textContent = text;
    element.dataset[name] = value;
    element.setAttribute("aria-label", label);
    return element;
  }
  function showLinks() {
    const place = $("quick-links");
    const held = place.contains(document.activeElement);
    const chips = draft.links.map((one, at) => press(`${one.label} ×`, `${one.kind} ${one.label}: take away`, "quickDrop", String(at)));
    const offered = selected();
    if (offered && !draft.links.some((one) => same(one, offered))) chips.unshift(press(`+ about ${offered.label}`, `Link to ${offered.label}, which is selected`, "quickOffer", ""));
    place.replaceChildren(...chips);
    if (held) box().focus();
    showMarking();
  }
  function showMarking() {
    const closed = draft.links.filter((one) => STRICT.indexOf(one.marking) > 1).sort((a, b) => STRICT.indexOf(b.marking) - STRICT.indexOf(a.marking));
    const expected = closed.length ? `${closed[0].owner} TLP:${closed[0].marking}` : `${dialog().dataset.centreAgency} TLP:GREEN`;
    $("quick-marking").options[0].textContent = `${expected} (as linked)`;
  }

  /* ---- completion: a combobox ---- */

  let found = [];
  let active = -1;
  let token = null; // {sign, word, start, end} before the caret
  let asking = null;
  let timer = 0;
  const isOpen = () => !$("quick-options").hidden;
  function tokenAtCaret() {
    const end = box().selectionEnd;
    if (end !== box().selectionStart) return null;
    const match = TOKEN.exec(box().value.slice(0, end));
    return match ? { sign: match[2], word: match[3], start: end - match[3].length - 1, end } : null;
  }
  function lookUp() {
    clearTimeout(timer);
    if (asking) asking.abort();
    token = tokenAtCaret();
    if (!token || (token.sign === "~" && !token.word)) return closeOptions();
    timer = setTimeout(complete, COMPLETE_AFTER_MS);
    return undefined;
  }
  async function complete() {
    const stop = (asking = new AbortController());
    const { sign, word } = token;
    try {
      const answer = await fetch(`/api/v1/log/complete?sign=${encodeURIComponent(sign)}&q=${encodeURIComponent(word)}`, { signal: stop.signal, credentials: "same-origin" });
      const said = answer.ok ? await answer.json() : { found: [] };
      if (!stop.signal.aborted) showOptions(withSelected(said.found));
    } catch {
      if (!stop.signal.aborted) closeOptions(); // the server is away: the words stand for themselves
    }
  }
  function withSelected(list) {
    const one = selected();
    const kind = JSON.parse(dialog().dataset.signs)[token.sign];
    if (!one || one.kind !== kind || !folded(one.label).includes(folded(token.word))) return list;
    return [{ ...one, detail: "selected" }, ...list.filter((other) => !same(other, one))];
  }
  function showOptions(list) {
    found = list;
    const place = $("quick-options");
    place.replaceChildren(
      ...list.map((one, at) => {
        const option = document.createElement("li");
        option.id = `quick-option-${at}`;
        option.setAttribute("role", "option");
        option.dataset.quickOption = String(at);
        const label = document.createElement("strong");
        label.textContent = one.label;
        const detail = document.createElement("span");
        detail.textContent = [one.detail, one.marking && STRICT.indexOf(one.marking) > 1 ? `${one.owner} TLP:${one.marking}` : ""].filter(Boolean).join(" · ");
        option.append(label, detail);
        return option;
      }),
    );
    place.hidden = !list.length;
    box().setAttribute("aria-expanded", String(Boolean(list.length)));
    choose(list.length ? 0 : -1);
  }
  function choose(at) {
    active = at;
    const options = [...$("quick-options").children];
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) {
      box().setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    } else box().removeAttribute("aria-activedescendant");
  }
  function closeOptions() {
    if (asking) asking.abort();
    clearTimeout(timer);
    showOptions([]);
  }
  function take(at) {
    const one = found[at];
    if (!one || !token) return;
    const word = one.kind === "operation" ? `#${one.label}` : one.label; // the entry reads as words; what they mean stands in its links
    box().setRangeText(`${word} `, token.start, token.end, "end");
    closeOptions();
    draft.text = box().value;
    if (one.kind !== "operation") addLink({ kind: one.kind, id: one.id, label: one.label, owner: one.owner, marking: one.marking });
    changed();
    showKind();
    box().focus();
  }

  /* ---- writing ---- */

  let writing = false;
  const answer = (text, signIn) => {
    const place = $("quick-answer");
    place.replaceChildren(text);
    if (!signIn) return;
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
    link.textContent = "Sign in";
    place.append(" ", link);
  };
  function bodyOf(occurred) {
    const body = { text: draft.text, kind: draft.kind || guess(draft.text), links: draft.links.map((one) => [one.kind, String(one.id)]) };
    if (occurred !== null) body.occurred_at = Math.round(occurred);
    if (draft.decider.trim()) body.decider = draft.decider.trim();
    if (draft.marking) body.marking = draft.marking;
    return body;
  }
  async function write() {
    if (writing) return;
    if (!draft.text.trim()) return answer("An entry needs words.");
    const occurred = momentOf(draft.when);
    if (occurred === undefined) return void ($("quick-when").focus(), answer("The time is not understood: -5, 13:02 or 21/11 13:02."));
    if (occurred !== null && occurred > ops.zoned.now() + AHEAD_MS) return answer("The time lies in the future. What will happen is written when it has.");
    writing = true;
    dialog().setAttribute("aria-busy", "true");
    try {
      const body = bodyOf(occurred);
      if (occurred !== null && ops.zoned.now() - occurred > DAY) {
        if (!(await ops.ask(`The time lies more than 24 hours back (${ops.zoned.short(occurred)}). Is it meant?`))) return;
        body.set_back = true;
      }
      answer("");
      draft.request = draft.request || ops.requestId();
      keep();
      const said = await ops.act("log/write", body, draft.request);
      forget();
      shut();
      ops.say(said.repeated ? `Entry ${said.seq} was in the log already.` : said.said);
    } catch (failed) {
      if (!failed.unsure && !failed.signIn) changed();
      answer(failed.unreached ? "The server cannot be reached. What you wrote is kept here; press Write again. It will be written once." : failed.message, failed.signIn);
    } finally {
      writing = false;
      dialog().removeAttribute("aria-busy");
    }
    return undefined;
  }
  function forget() {
    draft = fresh();
    keep();
    show();
  }
  function show() {
    box().value = draft.text;
    $("quick-when").value = draft.when;
    $("quick-decider").value = draft.decider;
    $("quick-marking").value = draft.marking;
    answer("");
    closeOptions();
    showKind();
    showWhen();
    showLinks();
  }

  /* ---- the dialog ---- */

  function open() {
    const place = dialog();
    if (!place || !box() || place.open) return false;
    recall();
    place.showModal();
    show();
    box().focus();
    box().setSelectionRange(box().value.length, box().value.length);
    return true;
  }
  /* The field must not keep the focus: until the next frame is drawn, keys would still go to it. */
  function shut() {
    dialog().close();
    const active = document.activeElement;
    if (active && dialog().contains(active)) active.blur();
  }
  function close() {
    shut();
    if (draft.text.trim()) ops.say("The entry is not written; it is kept as a draft. Press n to go on.");
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.form || field.form.id !== "quick-form") return;
    if (field === box()) {
      draft.text = field.value;
      lookUp();
    } else if (field.name === "kind") draft.kind = field.value;
    else draft[field.name] = field.value;
    changed();
    showKind();
    if (field.name === "when") showWhen();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest || !event.target.closest("#quick-entry")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return void (event.preventDefault(), write());
    if (event.key === "Escape" && !isOpen()) return void (event.preventDefault(), close());
    if (event.target !== box() || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (isOpen() && step) choose((active + step + found.length) % found.length);
    else if (isOpen() && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(active);
    else if (isOpen() && event.key === "Escape") closeOptions();
    else if (event.key === "Enter" && !event.shiftKey) write();
    else return;
    event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "quick-form") return;
    event.preventDefault();
    write();
  });
  document.addEventListener("pointerdown", (event) => event.target.closest && event.target.closest("[data-quick-option]") && event.preventDefault()); // the field keeps the focus
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    if ((hit = on("[data-quick]"))) {
      const act = hit.dataset.quick;
      if (act === "open") open();
      else if (act === "close") close();
      else if (act === "discard") (forget(), shut());
    } else if ((hit = on("[data-quick-option]"))) take(Number(hit.dataset.quickOption));
    else if ((hit = on("[data-quick-drop]"))) {
      draft.links.splice(Number(hit.dataset.quickDrop), 1);
      changed();
      showLinks();
      box().focus();
    } else if ((hit = on("[data-quick-offer]"))) {
      const one = selected();
      if (one) addLink(one);
      box().focus();
    }
  });

  ops.quickEntry = { open, guess: (text) => guess(text), draft: () => draft };
})();
