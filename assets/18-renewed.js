/* A page left open while the centre was upgraded: its scripts are of another program than the server's. It says so, and loads
 * itself anew as soon as nobody works in it; where words stand that were not sent it waits for the person. It does so once
 * for each program, so that two servers of different programs do not have it load for ever. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const IDLE_MS = 30000;
  const KEPT = "ops-renewed-for";
  const own = document.body ? document.body.dataset.program : null;
  let touchedAt = 0;
  let times = 0; // beats in a row of another program

  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, () => (touchedAt = performance.now()), true);

  const isUsed = () => (touchedAt && performance.now() - touchedAt < IDLE_MS) || document.querySelector("dialog[open]") || (ops.session && ops.session.hasUnsent());

  function load(program) {
    sessionStorage.setItem(KEPT, program);
    window.location.reload();
  }

  function say(program) {
    if (document.getElementById("shell-renewed")) return;
    const place = document.getElementById("shell-trouble");
    if (!place) return;
    const row = document.createElement("p");
    const strong = document.createElement("strong");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Load it now", onclick: () => load(program) });
    strong.textContent = "The centre was upgraded: this page is of the version before.";
    row.append(strong, " It loads anew by itself when nothing is being written in it. ", button);
    const bar = Object.assign(document.createElement("div"), { id: "shell-renewed", className: "trouble" });
    bar.setAttribute("role", "status");
    bar.append(row);
    place.before(bar);
    window.dispatchEvent(new Event("resize"));
  }

  document.addEventListener("ops:beat", ({ detail }) => {
    const program = detail && detail.program;
    if (!own || !program) return;
    times = program === own ? 0 : times + 1;
    if (times < 2) return;
    if (!isUsed() && sessionStorage.getItem(KEPT) !== program) load(program);
    else say(program);
  });
})();
