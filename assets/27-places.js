/* Places: a mark and a name, more of them the closer the view; around it how the place stands in the next hours, and those that
 * are short from any distance (27-sufficiency.js). */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { palette, mercator } = ops;

  const SHOWN_FROM_ZOOM = [0, 0, 7, 9]; // by rank
  const RING = { port: 6, airport: 5, "patrol base": 5, "border post": 5 };

  let all = [];
  let byCode = new Map();

  async function load() {
    const answer = await fetch("/map/places.json", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`/map/places.json: ${answer.status}`);
    const file = await answer.json();
    all = file.places.map((place) => ({ ...place, x: mercator.x(place.lon), y: mercator.y(place.lat) }));
    byCode = new Map();
    for (const place of all) for (const code of [...place.aliases, place.code]) byCode.set(code, place);
  }

  const ringed = (frame, place) => frame.layers.sufficiency && ops.sufficiency.isShort(place);

  const inView = (frame) =>
    all.filter((place) => frame.zoom >= (SHOWN_FROM_ZOOM[place.rank] ?? 10) || ringed(frame, place))
      .map((place) => ({ place, at: frame.project(place.x, place.y) }))
      .filter(({ at }) => frame.shows(at[0], at[1], 0));

  function reserve(frame) {
    if (!frame.layers.places) return;
    for (const { at } of inView(frame)) ops.spots.reserve(at[0], at[1], 6, 6);
  }

  function mark(context, place, x, y) {
    const size = RING[place.kind] || 5;
    context.beginPath();
    if (place.kind === "airport") context.rect(x - size + 1, y - size + 1, 2 * size - 2, 2 * size - 2);
    else context.arc(x, y, size, 0, 2 * Math.PI);
    context.fillStyle = palette.sea;
    context.fill();
    context.strokeStyle = palette.place;
    context.lineWidth = 2;
    context.stroke();
  }

  function draw(context, frame) {
    for (const { place, at } of inView(frame)) {
      const [x, y] = at;
      mark(context, place, x, y);
      if (frame.layers.sufficiency) ops.sufficiency.draw(context, place, x, y, RING[place.kind] || 5);
      const text = place.rank === 1 ? place.name.toUpperCase() : place.name;
      const short = frame.layers.sufficiency ? ops.sufficiency.word(place) : "";
      ops.labels.add({
        key: `place ${place.code}`, x, y, gap: 11, priority: (short ? 700 : 500) - 50 * place.rank, sides: [1, 0, 3, 2, 6, 4, 7, 5], urgent: place.rank === 1 && frame.zoom >= 8,
        lines: [
          { text, size: frame.textSize - (place.rank === 1 ? 2 : 3), weight: 500, colour: palette["text-dim"], spacing: place.rank === 1 ? 0.6 : 0 },
          ...(short ? [{ text: short, size: frame.textSize - 3, weight: 700, colour: palette.high, spacing: 0.4 }] : []),
        ],
      });
    }
  }

  ops.places = { load, reserve, draw, get: (code) => byCode.get((code || "").toUpperCase()) };
})();
