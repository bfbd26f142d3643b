/* The page of feeds: an opened feed is drawn anew after somebody acted on it; a refused record that is gone is closed. */
(() => {
  "use strict";
  const ops = window.opsCentre;

  document.addEventListener("ops:acted", ({ detail }) => {
    if (!detail.name.startsWith("feeds/")) return;
    ops.tellDash("feeds-acted", { data: Date.now() });
    const gone = detail.name === "feeds/forget" || (detail.name === "feeds/retry" && !detail.answer.refused);
    const close = document.querySelector("#feeds-raw a[data-follow]");
    if (gone && close && location.pathname.endsWith(`/record/${detail.body.record}`)) close.click();
  });
})();
