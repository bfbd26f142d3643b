/* Draws the sketches of layouts/components/painted.py into the elements that carry them (data-painted). An element that is
 * there already is changed in place, so focus, scroll and what is open stay. It makes nodes and text, never HTML.
 *
 * Elements are matched by place, but what a reader chose or typed is matched by what it is about: a field by its form, name
 * and value, an option by its value. A choice that is gone leaves its list empty, says so and keeps the form from being sent. */
(() => {
  "use strict";
  const KEPT = new Set(["aria-current", "data-state", "data-compact", "data-said", "data-request-id", "aria-busy", "hidden", "open"]); // set by scripts or the reader
  const TICKS = /^data-(at|until|until-word|since|age-of|feed-age|feed-rate|picture-age|counts|live-count|more|own)$/;
  const NAME =
    /^(class|for|datetime|tabindex|id|role|title|type|scope|style|hidden|open|href|name|value|placeholder|required|disabled|checked|selected|multiple|min|max|step|minlength|maxlength|pattern|inputmode|autocomplete|rows|cols|colspan|rowspan|list|download|draggable|aria-[a-z]+|data-[a-z-]+)$/;
  const LOCAL = /^\/(?!\/)/;

  const allowed = (name, value) => NAME.test(name) && (name !== "href" || LOCAL.test(value));

  function make(sketch) {
    if (typeof sketch === "string") return document.createTextNode(sketch);
    const element = document.createElement(sketch[0]);
    dress(element, sketch[1]);
    for (let place = 2; place < sketch.length; place++) element.appendChild(make(sketch[place]));
    return element;
  }

  function dress(element, attributes) {
    for (const name in attributes) {
      const value = attributes[name];
      if (allowed(name, value) && element.getAttribute(name) !== value) element.setAttribute(name, value);
    }
    for (const { name } of [...element.attributes]) if (!(name in attributes) && !KEPT.has(name)) element.removeAttribute(name);
  }

  function mend(node, sketch) {
    if (typeof sketch === "string") {
      if (node.nodeType !== 3) return node.replaceWith(make(sketch));
      if (node.data !== sketch) node.data = sketch;
      return undefined;
    }
    if (node.nodeType !== 1 || node.localName !== sketch[0]) return node.replaceWith(make(sketch));
    dress(node, sketch[1]);
    const ticks = sketch.length === 2 && Object.keys(sketch[1]).some((name) => TICKS.test(name));
    if (!ticks) fill(node, sketch, 2); // the text of one that ticks is not ours
    return undefined;
  }

  function fill(parent, sketches, from) {
    for (let place = from; place < sketches.length; place++) {
      const node = parent.childNodes[place - from];
      if (node) mend(node, sketches[place]);
      else parent.appendChild(make(sketches[place]));
    }
    while (parent.childNodes.length > sketches.length - from) parent.lastChild.remove();
  }

  const GONE = "is no longer there. Choose again.";
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const own = (select) => [...select.options].find((one) => one.defaultSelected)?.value ?? null; // what was drawn as chosen

  const BASIS = new Set(["version", "edition", "basis"]); // somebody else's save moves them; what is typed here stays, and is told of it

  /* What a form is about, whatever it goes on from. */
  function aboutOf(form) {
    try {
      return JSON.stringify(Object.entries(JSON.parse(form.getAttribute("data-with") || "{}")).filter(([name]) => !BASIS.has(name)));
    } catch {
      return form.getAttribute("data-with");
    }
  }

  function keyOf(field) {
    const form = field.closest("form, dialog");
    return [form ? form.id || form.getAttribute("data-do") || "" : "", form ? aboutOf(form) : "", field.localName, field.id, field.name, isTick(field) ? field.getAttribute("value") : ""].join("\n");
  }

  /* What stands in each field, by key; null where a key is that of several fields: these are told apart by place alone. */
  function answers(root) {
    const found = new Map();
    for (const field of root.querySelectorAll("select, textarea, input:not([type=file])")) {
      const key = keyOf(field);
      found.set(key, found.has(key) ? null : { field, ...answerOf(field) });
    }
    return found;
  }

  function answerOf(field) {
    if (field.localName === "select") return { own: own(field), chosen: [...field.selectedOptions].map(({ value, label }) => ({ value, label })) };
    return isTick(field) ? { touched: field.checked !== field.defaultChecked, checked: field.checked } : { touched: field.value !== field.defaultValue, value: field.value };
  }

  function giveBack(root, before) {
    if (!before.size) return;
    for (const [key, now] of answers(root)) {
      const was = before.get(key);
      if (!now || was === null) continue;
      if (now.field.localName === "select") choose(now.field, was);
      else if (!was || was.field !== now.field) answer(now.field, was);
    }
  }

  function answer(field, was) {
    if (isTick(field)) field.checked = was && was.touched ? was.checked : field.defaultChecked;
    else if (was && was.touched) field.value = was.value;
    else if (field.value !== field.defaultValue) field.value = field.defaultValue;
  }

  function choose(select, was) {
    const drawnNow = own(select);
    if (!was || (was.own !== drawnNow && drawnNow !== null && was.chosen.every(({ value }) => value === was.own))) {
      for (const one of select.options) one.selected = one.defaultSelected;
      if (!select.multiple && drawnNow === null) select.selectedIndex = 0;
      return;
    }
    const values = new Set(was.chosen.map(({ value }) => value));
    for (const one of select.options) if (one.selected !== values.has(one.value)) one.selected = values.has(one.value);
    const lost = was.chosen.filter(({ value }) => ![...select.options].some((one) => one.value === value));
    if (!lost.length) {
      if (select.validationMessage.endsWith(GONE) && was.chosen.length) select.setCustomValidity("");
      if (!select.multiple && !was.chosen.length) select.selectedIndex = -1; // as it was left: to be chosen again
    } else if (select.checkVisibility()) miss(select, lost);
    else if (!select.multiple) select.value = drawnNow ?? (select.options[0] || { value: "" }).value;
  }

  function miss(select, lost) {
    if (!select.multiple) select.selectedIndex = -1;
    select.setCustomValidity(`“${lost.map(({ label }) => label).join("”, “")}” ${GONE}`);
    const clear = () => select.setCustomValidity("");
    select.addEventListener("change", clear, { once: true });
    if (select.form) select.form.addEventListener("reset", clear, { once: true });
    const place = select.form && select.form.querySelector("[data-answer]");
    if (place) place.textContent = select.validationMessage;
  }

  const drawn = new WeakMap();
  function paint(element) {
    const sketch = element.getAttribute("data-painted") || "[]";
    if (drawn.get(element) === sketch) return false;
    drawn.set(element, sketch);
    const before = answers(element);
    fill(element, JSON.parse(sketch), 0);
    giveBack(element, before);
    return true;
  }

  /* All that came at once is painted before anybody is told of it: whoever listens looks through the whole page. */
  function paintEach(elements) {
    if ([...elements].filter(paint).length) document.dispatchEvent(new CustomEvent("ops:painted"));
  }

  function carriers(changes) {
    const found = new Set();
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") found.add(target);
      else for (const node of addedNodes) if (node.nodeType === 1) for (const one of [node, ...node.querySelectorAll("[data-painted]")]) if (one.hasAttribute("data-painted")) found.add(one);
    }
    return found;
  }

  new MutationObserver((changes) => paintEach(carriers(changes))).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-painted"] });
  paintEach(document.querySelectorAll("[data-painted]"));
})();
