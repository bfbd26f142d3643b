/* The two sections of the page of targets; opens the manifest of a movement, searches in it, keeps whom the officer chose to
 * clear, and draws it anew after somebody was assessed. Each opening is recorded by the server, so nothing here opens one by
 * itself. Chosen are kept by number, not by box: a redraw gives boxes to other people. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const MOST = 500; // of one act

  let open = null; // {movement, wanted}
  let entered = false; // whether the manifest that is open was given the focus
  const chosen = new Set();

  const page = () => document.getElementById("targets-page");
  const frame = () => document.getElementById("targets-manifest");
  const boxes = () => [...frame().querySelectorAll("[data-subject]")];

  /* ---- sections ---- */

  function choose(section) {
    page().dataset.section = section;
    mark();
  }

  function mark() {
    const section = (page() && page().dataset.section) || "targets";
    for (const tab of document.querySelectorAll("[data-section-tab]")) {
      if (tab.dataset.sectionTab === section) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  }

  function along(event) {
    const tab = event.target.closest("[data-section-tab]");
    if (!tab || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    const other = tab.nextElementSibling || tab.previousElementSibling;
    other.focus();
    choose(other.dataset.sectionTab);
  }

  /* ---- one manifest ---- */

  function show(movement, wanted) {
    const before = open;
    open = movement ? { movement, wanted } : null;
    entered = Boolean(before && open && before.movement === movement);
    if (!entered) chosen.clear();
    page().toggleAttribute("data-manifest", Boolean(open));
    ops.tellDash("targets-manifest-of", { data: { movement: movement || 0, wanted, at: Date.now() } });
    if (before && !open) {
      const back = document.querySelector(`#targets-movements [data-movement="${before.movement}"]`);
      if (back) back.focus();
    }
  }

  /* Boxes stand as what was chosen says; who is not shown any more is chosen no more. */
  function tick() {
    if (!frame()) return; // a reader who sees no manifests
    const shown = boxes();
    const there = new Set(shown.map((box) => Number(box.value)));
    for (const number of chosen) if (!there.has(number)) chosen.delete(number);
    for (const box of shown) box.checked = chosen.has(Number(box.value));
    const bar = frame().querySelector(".manifest-bar");
    if (!bar) return;
    bar.dataset.with = JSON.stringify({ subjects: [...chosen] });
    bar.querySelector("[data-chosen]").textContent = `${chosen.size} chosen`;
    bar.querySelector('[type="submit"]').disabled = chosen.size === 0;
  }

  function all(which) {
    chosen.clear();
    if (which === "all") for (const box of boxes().slice(0, MOST)) chosen.add(Number(box.value));
    tick();
  }

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-section-tab]");
    if (tab) return void choose(tab.dataset.sectionTab);
    const which = event.target.closest("[data-choose]");
    if (which) return void all(which.dataset.choose);
    const button = event.target.closest("[data-movement]");
    if (button) show(Number(button.dataset.movement), "");
    return undefined;
  });

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-subject]");
    if (!box) return;
    if (box.checked) chosen.add(Number(box.value));
    else chosen.delete(Number(box.value));
    tick();
  });

  document.addEventListener("keydown", along, true);

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-manifest-search]");
    if (!form) return;
    event.preventDefault();
    show(Number(form.dataset.manifestSearch), form.elements.wanted.value.trim());
  });

  document.addEventListener("ops:acted", ({ detail }) => {
    if (!open || !detail.name.startsWith("manifests/")) return;
    for (const number of detail.body.subjects || [detail.body.subject]) chosen.delete(number);
    show(open.movement, open.wanted);
  });

  document.addEventListener("ops:painted", () => {
    if (!page()) return;
    mark();
    if (!open || !frame()) return;
    tick();
    const shown = frame().querySelector("[data-manifest-search]");
    if (entered || !shown || Number(shown.dataset.manifestSearch) !== open.movement) return;
    entered = true;
    frame().scrollTop = 0;
    frame().focus();
  });
})();
