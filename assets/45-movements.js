/* Opens the manifest of a movement, searches in it, and draws it anew after somebody was assessed. Each opening is recorded by the
 * server, so nothing here opens one by itself. */
(() => {
  "use strict";
  const ops = window.opsCentre;

  let open = null; // {movement, wanted}

  function show(movement, wanted) {
    open = movement ? { movement, wanted } : null;
    ops.tellDash("targets-manifest-of", { data: { movement: movement || 0, wanted, at: Date.now() } });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-movement]");
    if (button) show(Number(button.dataset.movement), "");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-manifest-search]");
    if (!form) return;
    event.preventDefault();
    show(Number(form.dataset.manifestSearch), form.elements.wanted.value.trim());
  });

  document.addEventListener("ops:acted", ({ detail }) => {
    if (open && detail.name.startsWith("manifests/")) show(open.movement, open.wanted);
  });
})();
