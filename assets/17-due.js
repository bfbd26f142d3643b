/* Asks for what is due on the page that is shown: parts are drawn by callbacks of Dash, and each is asked by one property of
 * #shell-due (callbacks/binding.py says when). What is not shown is not asked for; it is due when its page comes. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store } = ops;

  const LOOK_MS = 1000;

  let dues = null; // [{key, page, boards, every, follows, ofOne, kept, leaves}], told by the layout
  let drawnBoards = {}; // revisions of what the layout drew
  let page = null;
  let address = { path: "", search: "" };
  const told = new Map(); // key -> {count, boards, at, named}

  function read() {
    const element = document.getElementById("shell-due");
    if (!element) return false;
    drawnBoards = JSON.parse(element.dataset.boards);
    dues = JSON.parse(element.dataset.dues);
    const at = performance.now();
    for (const due of dues) if (due.kept) told.set(due.key, { count: 0, boards: drawnBoards, at });
    return true;
  }

  const moved = (due, last) => due.boards.some((board) => store.boards[board] !== undefined && store.boards[board] !== last.boards[board]);
  const late = (due, last) => due.every !== null && performance.now() - last.at >= due.every * 1000;

  const named = () => address.path.split("/").filter(Boolean).length > 1;

  function isDue(due, { came, went }) {
    if (due.page !== "" && due.page !== page) return false;
    const last = told.get(due.key);
    if (due.ofOne && !named() && !(last && last.named)) return false;
    if (!last || (came && !due.kept)) return true;
    return (went && due.follows) || moved(due, last) || late(due, last);
  }

  /* `came`: the page was another before; `went`: the address was; `left`: the page that was shown before. */
  function ask({ came = false, went = false, left = null } = {}) {
    if (page === null || (!dues && !read())) return;
    const asked = dues.filter((due) => isDue(due, { came, went }));
    const leaving = dues.filter((due) => due.leaves && due.page === left && told.has(due.key));
    if (!asked.length && !leaving.length) return;
    const count = (due) => (told.get(due.key)?.count || 0) + 1;
    const props = {};
    for (const due of asked) props[due.key] = JSON.stringify([count(due), address.path, address.search, true]);
    for (const due of leaving) props[due.key] = JSON.stringify([count(due), "", "", false]);
    if (!ops.tellDash("shell-due", props)) return; // asked again when next looked
    const at = performance.now();
    for (const due of [...asked, ...leaving]) told.set(due.key, { count: count(due), boards: { ...drawnBoards, ...store.boards }, at, named: named() });
  }

  ops.due = {
    shown(slug, path, search) {
      const left = page;
      const came = slug !== page;
      page = slug;
      address = { path, search };
      ask({ came, went: true, left: came ? left : null });
    },
  };

  document.addEventListener("ops:boards", () => ask());
  setInterval(ask, LOOK_MS);
})();
