/* Hazards on the map: a hatched area, the denser the graver, and the severity as a word on a tag. A hazard that gives no outline
 * is in the list only. Areas run on past 180 degrees as they come. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const GAP = { Extreme: 7, Severe: 10, Moderate: 15, Minor: 22, Unknown: 22 }; // px between hatches
  const GRAVE = new Set(["Extreme", "Severe"]);
  const RANK = { Extreme: 0, Severe: 1, Moderate: 2, Minor: 3, Unknown: 4 };
  const POINT = 9; // half size of a hazard that is a point
  const TAG = 9;
  const LONGEST = 40;

  const worlds = new WeakMap();

  function ringOf(shape) {
    if (shape.kind === "circle") return shape.radius_nm ? ops.operationsLayer.rings(shape)[0] : null;
    return shape.points;
  }

  /* Outlines in world coordinates, kept as long as the row is. */
  function worldOf(row) {
    let world = worlds.get(row);
    if (world) return world;
    world = row.shapes.map((shape) => {
      const ring = ringOf(shape);
      const points = (ring || shape.points).map(([lat, lon]) => [mercator.x(lon), mercator.y(lat)]);
      const top = points.reduce((best, point) => (point[1] < best[1] ? point : best));
      return { points, isPoint: !ring, top: { x: top[0], y: top[1] } };
    });
    worlds.set(row, world);
    return world;
  }

  const positionOf = (row) => (row && row.shapes.length ? worldOf(row)[0].top : null);

  const inOrder = () => [...store.hazards.values()].filter((row) => row.shapes.length).sort((a, b) => RANK[b.severity] - RANK[a.severity]);

  const colourOf = (row) => (row.severity === "Extreme" ? palette.top : row.severity === "Severe" ? palette.high : palette["text-muted"]);

  function path(context, points) {
    context.beginPath();
    points.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  }

  /* Hatches lie still on the ground while the map moves: they begin at the area, not at the screen. */
  function hatch(context, frame, points, gap, anchorX) {
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    const left = Math.max(0, Math.min(...xs));
    const right = Math.min(frame.width, Math.max(...xs));
    const top = Math.max(0, Math.min(...ys));
    const bottom = Math.min(frame.height, Math.max(...ys));
    if (right <= left || bottom <= top) return;
    context.save();
    path(context, points);
    context.clip();
    context.beginPath();
    const first = left - bottom - ((((left - bottom - anchorX) % gap) + gap) % gap);
    for (let sum = first + bottom + top; sum < right + bottom + gap; sum += gap) {
      context.moveTo(sum - top, top);
      context.lineTo(sum - bottom, bottom);
    }
    context.stroke();
    context.restore();
  }

  function area(context, frame, row, shape, chosen) {
    const shift = mercator.near(shape.top.x, frame.centreX) - shape.top.x;
    const points = shape.points.map(([x, y]) => [(x + shift) * frame.scale - frame.left, y * frame.scale - frame.top]);
    context.strokeStyle = colourOf(row);
    if (shape.isPoint) {
      const [x, y] = points[0];
      context.lineWidth = 2;
      context.beginPath();
      context.rect(x - POINT, y - POINT, 2 * POINT, 2 * POINT);
      context.moveTo(x - POINT, y + POINT);
      context.lineTo(x + POINT, y - POINT);
      context.stroke();
      return;
    }
    context.globalAlpha = chosen ? 0.85 : 0.5;
    context.lineWidth = 1;
    hatch(context, frame, points, GAP[row.severity] || 22, points[0][0] + points[0][1]);
    context.globalAlpha = 1;
    context.lineWidth = chosen ? 3.5 : GRAVE.has(row.severity) ? 2.4 : 1.4;
    context.setLineDash(row.status === "Actual" ? [] : [8, 5]);
    path(context, points);
    context.stroke();
    context.setLineDash([]);
  }

  function draw(context, frame) {
    for (const row of inOrder()) {
      const chosen = ops.selection.is("hazard", row.id);
      for (const shape of worldOf(row)) area(context, frame, row, shape, chosen);
    }
  }

  const wordOf = (row) => `${row.status === "Actual" ? "" : `${row.status.toUpperCase()} `}${row.severity.toUpperCase()}`;

  /* Without the word for its status, which stands before it. */
  function titleOf(row) {
    const words = row.headline || row.event;
    const again = `${row.status} `.toLowerCase();
    return row.status !== "Actual" && words.toLowerCase().startsWith(again) ? words.slice(again.length) : words;
  }

  function tag(context, frame, row) {
    const at = positionOf(row);
    const [x, y] = frame.project(at.x, at.y);
    if (!frame.shows(x, y, TAG)) return;
    const spot = ops.spots.find(`hazard ${row.id}`, x, y, TAG, TAG);
    if (spot.moved) ops.spots.leader(context, x, y, spot.x, spot.y, colourOf(row));
    context.fillStyle = palette.halo;
    context.strokeStyle = colourOf(row);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(spot.x, spot.y - TAG);
    context.lineTo(spot.x + TAG, spot.y + TAG - 1);
    context.lineTo(spot.x - TAG, spot.y + TAG - 1);
    context.closePath();
    context.fill();
    context.stroke();
    context.fillStyle = palette.text;
    context.font = `700 12px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("!", spot.x, spot.y + 2);
    ops.spots.pickable("hazard", [row.id], spot.x, spot.y, TAG + 2, TAG + 2);
    const title = titleOf(row);
    ops.labels.add({
      key: `hazard ${row.id}`, x: spot.x, y: spot.y, gap: TAG + 5, priority: GRAVE.has(row.severity) ? 640 : 300, kind: "hazard", ids: [row.id],
      lines: [
        { text: wordOf(row), size: frame.textSize - 3, weight: 700, colour: colourOf(row), spacing: 0.4 },
        { text: title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title, size: frame.textSize - 4, weight: 500, colour: palette["text-dim"] },
      ],
    });
  }

  function drawTags(context, frame) {
    for (const row of inOrder().reverse()) tag(context, frame, row);
  }

  const describe = (row) => (row ? [`${wordOf(row)} · ${titleOf(row)}`, `${row.urgency} · ${row.certainty} · ${row.places.slice(0, 2).join("; ")}`].join("\n") : "");

  ops.hazardsLayer = { draw, drawTags, positionOf, describe };
})();
