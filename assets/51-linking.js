/* A field that finds things by name, words or number: input[data-finds] with a listbox named by its aria-controls. What is
 * taken goes into the hidden fields `kind` and `thing` of its form; until something is, the form cannot be sent. The server
 * offers only what its reader may know of. */
(() => {
  "use strict";
  const FIND_AFTER_MS = 120;
  const STRICT = ["AMBER", "AMBER+STRICT", "RED"];
  const CHOOSE = "Choose one of what is found.";
  const PLURAL = (number) => (number === 1 ? "1 found" : `${number} found`);

  let found = [];
  let active = -1;
  let timer = 0;
  let asking = null;
  const boxOf = (event) => (event.target instanceof Element && event.target.matches("input[data-finds]") ? event.target : null);
  const listOf = (box) => document.getElementById(box.getAttribute("aria-controls"));
  const hidden = (box, name) => box.form.querySelector(`input[type="hidden"][name="${name}"]`);
  const say = (box, words) => (box.form.querySelector("[data-found]").textContent = words);

  function set(box, kind, thing) {
    hidden(box, "kind").value = kind;
    hidden(box, "thing").value = thing;
    box.setCustomValidity(thing ? "" : CHOOSE);
  }
  function choose(box, at) {
    active = at;
    const options = [...listOf(box).children];
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at >= 0 && options[at]) {
      box.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  }
  function option(one, at) {
    const element = document.createElement("li");
    element.id = `link-option-${at}`;
    element.setAttribute("role", "option");
    element.dataset.place = String(at);
    const label = document.createElement("strong");
    label.textContent = one.label;
    const detail = document.createElement("span");
    const marked = STRICT.includes(one.marking) ? `${one.owner} TLP:${one.marking}` : "";
    const says = one.label.startsWith(`${one.kind} `); // "entry 12" names its kind itself
    detail.textContent = [says ? "" : one.kind, one.detail, marked].filter(Boolean).join(" · ");
    element.append(label, detail);
    return element;
  }
  function show(box, list) {
    found = list;
    const place = listOf(box);
    place.replaceChildren(...list.map(option));
    place.hidden = !list.length;
    box.setAttribute("aria-expanded", String(Boolean(list.length)));
    choose(box, list.length ? 0 : -1);
  }
  function stop() {
    clearTimeout(timer);
    if (asking) asking.abort();
  }
  async function find(box) {
    const mine = (asking = new AbortController());
    const words = box.value.trim();
    try {
      const answer = await fetch(`/api/v1/log/complete?q=${encodeURIComponent(words)}`, { signal: mine.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const list = (await answer.json()).found;
      if (mine.signal.aborted) return;
      show(box, list);
      if (list.length) say(box, PLURAL(list.length));
      else say(box, words.length < 2 && !/^\d$/.test(words) ? "" : `Nothing called “${words}” that you may link.`);
    } catch {
      if (mine.signal.aborted) return;
      show(box, []);
      say(box, "The search did not answer. Type again to try again.");
    }
  }
  function take(box, at) {
    const one = found[at];
    if (!one) return;
    box.value = one.label;
    set(box, one.kind, one.id);
    stop();
    show(box, []);
    say(box, `${one.kind}: ${one.label}. Enter links it.`);
    box.focus();
  }

  document.addEventListener("input", (event) => {
    const box = boxOf(event);
    if (!box) return;
    set(box, "", "");
    stop();
    if (!box.value.trim()) {
      show(box, []);
      say(box, "");
      return;
    }
    timer = setTimeout(() => find(box), FIND_AFTER_MS);
  });
  document.addEventListener("keydown", (event) => {
    const box = boxOf(event);
    if (!box || listOf(box).hidden) return;
    const last = found.length - 1;
    if (event.key === "ArrowDown") choose(box, active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp") choose(box, active <= 0 ? last : active - 1);
    else if (event.key === "Enter" && !event.ctrlKey) take(box, active);
    else if (event.key === "Escape") show(box, []);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest(".link-picker [role=option]") : null;
    if (!pressed) return;
    event.preventDefault(); // the field keeps the focus
    take(pressed.closest(".link-picker").querySelector("input[data-finds]"), Number(pressed.dataset.place));
  });
  document.addEventListener("focusout", (event) => {
    const box = boxOf(event);
    if (box) show(box, []);
  });
  document.addEventListener("ops:acted", (event) => {
    if (event.detail.name !== "operations/link") return;
    for (const box of document.querySelectorAll("input[data-finds]")) {
      box.value = "";
      set(box, "", "");
      say(box, "");
    }
  });
})();
