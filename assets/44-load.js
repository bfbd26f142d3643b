/* The page of alert load: its period, its theme (the plot is drawn with colours of its own), and the way from a worst
 * offender to the rule that raises it. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const root = document.documentElement;
  let view = { hours: 12, theme: root.dataset.theme || "dark" };
  let told = null; // as the server knows it
  const tell = () => {
    if (told !== JSON.stringify(view) && ops.tellDash && ops.tellDash("load-view", { data: view })) told = JSON.stringify(view);
  };
  const here = () => root.dataset.page === "load";

  function jump(cause) {
    const row = document.getElementById(`rule-${cause.replaceAll(" ", "-")}`);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest && event.target.closest(selector);
    let hit;
    if ((hit = on("[data-load-hours]"))) {
      view = { ...view, hours: Number(hit.dataset.loadHours) };
      tell();
    } else if ((hit = on("[data-rule]"))) jump(hit.dataset.rule);
  });

  new MutationObserver(() => {
    const theme = root.dataset.theme || "dark";
    if (theme === view.theme) return;
    view = { ...view, theme };
    if (here()) tell();
  }).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  document.addEventListener("ops:page", () => here() && tell());
  document.addEventListener("ops:redrawn", () => here() && tell()); // the layout was not there yet
})();
