/* Draws the sketches of layouts/components/painted.py into the elements that carry them (data-painted). An element that is
 * there already is changed in place, so focus, scroll and what is open stay. It makes nodes and text, never HTML. */
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

  const drawn = new WeakMap();
  function paint(element) {
    const sketch = element.getAttribute("data-painted") || "[]";
    if (drawn.get(element) === sketch) return;
    drawn.set(element, sketch);
    fill(element, JSON.parse(sketch), 0);
    document.dispatchEvent(new CustomEvent("ops:painted"));
  }

  const paintAll = () => document.querySelectorAll("[data-painted]").forEach(paint);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") paint(change.target);
      else for (const node of change.addedNodes) if (node.nodeType === 1 && (node.hasAttribute("data-painted") || node.querySelector("[data-painted]"))) return paintAll();
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-painted"] });
  paintAll();
})();
