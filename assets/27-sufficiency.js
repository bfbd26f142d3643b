/* How places stand in the next hours: what expected arrivals will need against who is there, a word for each place, as this
 * reader may know of it. Asked for every half minute while the wall is open, and soon after the plan or the targets moved.
 * A failure keeps what was known: whether the server is heard at all, the screen says elsewhere. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { palette } = ops;

  const EVERY_MS = 30000;
  const SOON_MS = 3000; // after something moved
  const WIDE = 4; // px between the mark of a place and its ring

  let rings = new Map(); // code -> {state, short}
  let timer = 0;
  let refused = false;
  let toldAt = "";

  const onWall = () => document.getElementById("wall-map") !== null;
  const moved = () => `${ops.store.boards.targets}|${ops.store.boards.plan}|${ops.store.boards.taskings}`;

  async function ask() {
    timer = 0;
    if (refused) return;
    if (onWall()) {
      toldAt = moved();
      try {
        const answer = await fetch("/api/v1/sufficiency/rings", { credentials: "same-origin", headers: { Accept: "application/json" } });
        refused = answer.status === 403;
        if (answer.ok) take(await answer.json());
      } catch {
        // not reached: asked again in a while
      }
    }
    later(EVERY_MS);
  }

  function later(ms) {
    if (timer) clearTimeout(timer);
    timer = setTimeout(ask, ms);
  }

  function take(told) {
    rings = new Map(told.places.map((row) => [row.place, row]));
    if (ops.painter) ops.painter.request();
  }

  /* Around the mark of a place: a plain thin ring where it is sufficient; a broken, heavy one in colour where it is short. */
  function draw(context, place, x, y, size) {
    const row = rings.get(place.code);
    if (!row) return;
    const short = row.state === "short";
    context.save();
    context.beginPath();
    context.arc(x, y, size + WIDE, 0, 2 * Math.PI);
    context.strokeStyle = short ? palette.high : palette["text-dim"];
    context.lineWidth = short ? 3 : 1.5;
    if (short) context.setLineDash([5, 3.5]);
    context.stroke();
    context.restore();
  }

  /* What the name of a place says beside it: nothing where it is as it should be. */
  function word(place) {
    const row = rings.get(place.code);
    return row && row.state === "short" ? `SHORT ${row.short}` : "";
  }

  let pending = 0;
  document.addEventListener("ops:picture", () => {
    if (!onWall() || refused || pending || moved() === toldAt) return;
    pending = setTimeout(() => {
      pending = 0;
      later(0);
    }, toldAt ? SOON_MS : 0);
  });

  ops.sufficiency = { draw, word, isShort: (place) => word(place) !== "", get: (code) => rings.get(code) };
  later(1000);
})();
