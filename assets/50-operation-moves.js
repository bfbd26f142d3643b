/* Moving operations between the columns of their board: by drag, by the menu (m) and by arrow keys from card to card. Which
 * moves may be made, and why others may not, was written on each card by the server (data-moves); it judges each move again. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const here = () => root.dataset.page === "operations";
  const cards = (from) => $$("[data-operation]", from);
  const cardOf = (id) => $(`#operations-boards [data-operation="${id}"]`);

  /* What an element knows about the moves of its operation. The head of the page of one has them whole; a card says only which
   * are refused, its column which there are, and its board why. */
  function movesOf(element) {
    const lane = element.closest("[data-lane]");
    if (!lane) return parsed(element.dataset.moves);
    const whys = parsed(element.closest("[data-board]").dataset.whys);
    const marks = (element.dataset.may || "").split(",");
    return parsed(lane.dataset.moves).map((one, number) => ({ ...one, allowed: !marks[number], why: marks[number] ? whys[Number(marks[number])] : "" }));
  }
  function parsed(text) {
    try {
      return JSON.parse(text || "[]");
    } catch {
      return [];
    }
  }
  const aboutOf = (element) => ({
    id: Number(element.dataset.operation),
    name: element.dataset.name,
    kind: (element.closest("[data-lane]") || element).dataset.kind,
    state: element.dataset.state || element.closest("[data-lane]").dataset.lane,
    moves: movesOf(element),
  });
  function whyNot(about, kind, state) {
    if (kind !== about.kind) return "An operation stays on the board of its level. A contingency becomes a deliberate operation by being promoted, on its page.";
    const move = about.moves.find((one) => one.to === state);
    if (move) return move.allowed ? "" : move.why;
    const next = about.moves.map((one) => one.to);
    return `${about.name} is ${about.state}. ${next.length ? `From there it goes to ${next.join(" or ")}, not to ${state}.` : "It stays as it is."}`;
  }

  /* ---- doing it ---- */

  async function move(about, to) {
    const wanted = about.moves.find((one) => one.to === to);
    if (!wanted || !wanted.allowed) return ops.say(whyNot(about, about.kind, to), "failed");
    if (wanted.asks) return askWhy(about, wanted);
    const card = cardOf(about.id);
    if (card) card.setAttribute("aria-busy", "true");
    try {
      const answer = await ops.act("operations/move", { operation: about.id, to });
      ops.say(answer.said || `${about.name} is ${to}.`);
    } catch (failed) {
      ops.say(failed.message, "failed");
    } finally {
      if (card) card.removeAttribute("aria-busy");
    }
    return undefined;
  }
  function askWhy(about, wanted) {
    const dialog = document.getElementById("operation-move");
    if (!dialog || dialog.open) return;
    const form = $("form", dialog);
    form.dataset.with = JSON.stringify({ operation: about.id, to: wanted.to });
    $("[data-about]", dialog).textContent = `${about.name}: ${about.state} → ${wanted.to}`;
    $("[data-answer]", dialog).textContent = "";
    form.reset();
    dialog.showModal();
    form.elements.reason.focus();
  }

  /* ---- the menu ---- */

  let menu = null; // {element, about, from}
  function node(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }
  function openMenu(holder, from) {
    closeMenu();
    const about = aboutOf(holder);
    const items = about.moves.map((one) => {
      const words = [node("span", { class: "move-to" }, one.word)];
      if (!one.allowed) words.push(node("span", { class: "move-why" }, one.why));
      return node("button", { type: "button", class: "menu-item", role: "menuitem", tabindex: "-1", "data-move-to": one.to, ...(one.allowed ? {} : { "aria-disabled": "true" }) }, ...words);
    });
    if (!items.length) items.push(node("p", { class: "quiet" }, `${about.name} is ${about.state}: there is no further step.`));
    const element = node("div", { class: "popover operation-menu", id: "operation-menu", role: "menu", "aria-label": `Move ${about.name}` }, node("p", { class: "menu-who", role: "presentation" }, about.name), ...items);
    document.body.append(element);
    place(element, from);
    menu = { element, about, from, id: about.id };
    (items.find((one) => one.matches("button:not([aria-disabled])")) || items[0]).focus();
  }
  function place(element, from) {
    const at = from.getBoundingClientRect();
    const size = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8))}px`;
    const below = at.bottom + 4 + size.height < window.innerHeight;
    element.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - size.height - 4)}px`;
  }
  function closeMenu(refocus) {
    if (!menu) return false;
    const { element, from, id } = menu;
    menu = null;
    element.remove();
    if (refocus) (cardOf(id) || from).focus({ preventScroll: true });
    return true;
  }
  function choose(button) {
    const { about } = menu;
    const to = button.dataset.moveTo;
    if (button.getAttribute("aria-disabled") !== "true") closeMenu(true);
    move(about, to);
  }
  function menuKey(event) {
    const items = $$("[role=menuitem]", menu.element);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    else if (event.key === "Escape") closeMenu(true);
    else if (event.key === "Tab") closeMenu(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* ---- from card to card ---- */

  let focused = null; // number of the operation whose card has, or last had, the focus
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest && event.target.closest("#operations-boards [data-operation]");
    if (card) focused = card.dataset.operation;
    rove();
  });
  /* One card of the boards can be reached by Tab; arrows lead to the others. */
  function rove() {
    const boards = $("#operations-boards"); // who may not see operations has none
    const all = boards ? cards(boards) : [];
    const chosen = all.find((one) => one.dataset.operation === focused) || all[0];
    for (const one of all) if (one.tabIndex !== (one === chosen ? 0 : -1)) one.tabIndex = one === chosen ? 0 : -1;
  }
  /* A board that is redrawn in place gives an element to another operation: the focus goes where the reader's went. */
  function keepFocus() {
    const active = document.activeElement;
    const within = active && active.closest && active.closest("#operations-boards [data-operation]");
    rove();
    if (!within || within.dataset.operation === focused) return;
    const same = cardOf(focused);
    if (same) same.focus({ preventScroll: true });
    else focused = within.dataset.operation;
  }
  const lanes = () => $$("#operations-boards .operation-board").map((board) => $$(".operation-lane", board).map((lane) => cards(lane)));
  function whereIs(card) {
    const boards = lanes();
    for (const [b, board] of boards.entries()) for (const [l, lane] of board.entries()) if (lane.includes(card)) return { boards, b, l, at: lane.indexOf(card) };
    return null;
  }
  function sideways(found, step) {
    const board = found.boards[found.b];
    for (let l = found.l + step; l >= 0 && l < board.length; l += step) if (board[l].length) return board[l][Math.min(found.at, board[l].length - 1)];
    return null;
  }
  function upDown(found, step) {
    const next = found.boards[found.b][found.l][found.at + step];
    if (next) return next;
    const more = step > 0 && $("[data-lane-more]", cardOf(focused).closest("[data-lane]"));
    if (more && more !== document.activeElement) return more;
    for (let b = found.b + step; b >= 0 && b < found.boards.length; b += step) {
      const all = found.boards[b].flat();
      if (all.length) return step > 0 ? all[0] : all[all.length - 1];
    }
    return null;
  }
  function step(key) {
    const found = whereIs(cardOf(focused));
    if (!found) return (cards($("#operations-boards"))[0] || document.body).focus();
    const next = { ArrowLeft: () => sideways(found, -1), ArrowRight: () => sideways(found, 1), ArrowUp: () => upDown(found, -1), ArrowDown: () => upDown(found, 1) }[key]();
    if (!next) return undefined;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return undefined;
  }
  const LETTERS = { k: "ArrowUp", j: "ArrowDown" }; // as in every list

  document.addEventListener("keydown", (event) => {
    if (menu) return menuKey(event);
    if (!here() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return undefined;
    if (event.key === "m") {
      const holder = root.dataset.oneOperation ? $("#operation-head [data-operation]") : cardOf(focused);
      if (!holder) return undefined;
      event.preventDefault();
      return openMenu(holder, $("[data-operation-menu]", holder) || holder);
    }
    if (root.dataset.oneOperation) return undefined;
    const onCard = event.target.matches && event.target.matches("#operations-boards [data-operation]");
    if (event.key === "Enter" && onCard) return void (event.preventDefault(), ops.go(`/operations/${event.target.dataset.operation}`));
    const key = LETTERS[event.key] || event.key;
    const onMore = event.target.matches && event.target.matches("[data-lane-more]"); // below the last card of its column
    if (!key.startsWith("Arrow") || (!onCard && !onMore && event.target !== document.body && !LETTERS[event.key])) return undefined;
    event.preventDefault();
    if (onMore && key === "ArrowUp" && cardOf(focused)) return cardOf(focused).focus();
    return step(key);
  });
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    if ((hit = on("[data-move-to]"))) {
      if (menu && menu.element.contains(hit)) return choose(hit);
      const holder = hit.closest("[data-operation]");
      if (holder) move(aboutOf(holder), hit.dataset.moveTo);
      return undefined;
    }
    if ((hit = on("[data-operation-menu]"))) {
      const mine = menu && menu.from === hit;
      closeMenu();
      return mine ? undefined : openMenu(hit.closest("[data-operation]"), hit);
    }
    if (menu && !on("#operation-menu")) closeMenu();
    return undefined;
  });
  document.addEventListener("ops:page", () => closeMenu());
  document.addEventListener("scroll", (event) => menu && event.target !== menu.element && closeMenu(), true);

  /* ---- by drag ---- */

  let dragged = null; // about: kept here, as a redraw may give the element to another operation meanwhile
  const laneAt = (event) => event.target.closest && event.target.closest("#operations-boards .operation-lane");
  function markLanes() {
    for (const lane of $$("#operations-boards .operation-lane")) {
      const own = dragged && lane.dataset.kind === dragged.kind && lane.dataset.lane === dragged.state;
      if (!dragged) lane.removeAttribute("data-takes");
      else lane.setAttribute("data-takes", own ? "own" : whyNot(dragged, lane.dataset.kind, lane.dataset.lane) ? "no" : "yes");
    }
  }
  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest && event.target.closest("#operations-boards [data-operation]");
    if (!card) return;
    dragged = aboutOf(card);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.name);
    markLanes();
  });
  document.addEventListener("dragover", (event) => {
    const lane = dragged && laneAt(event);
    if (!lane || lane.dataset.takes === "own") return;
    event.preventDefault(); // also where it is refused: the drop is then told why
    event.dataTransfer.dropEffect = "move";
  });
  document.addEventListener("drop", (event) => {
    const lane = dragged && laneAt(event);
    if (!lane) return;
    event.preventDefault();
    const why = whyNot(dragged, lane.dataset.kind, lane.dataset.lane);
    if (why) ops.say(why, "failed");
    else move(dragged, lane.dataset.lane);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    markLanes();
  });
  document.addEventListener("ops:painted", () => {
    if (!here()) return;
    keepFocus();
    if (dragged) markLanes();
  });

  ops.moves = { isOpen: () => Boolean(menu) };
})();
