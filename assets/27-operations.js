/* Areas of operations that are prepared or run, on the map: polygons, circles and lanes with one tag each. Quiet on purpose:
 * an outline, solid while people are at it, dashed while it is prepared; an exercise says so in its name. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const RUNNING = new Set(["active", "triggered", "responding", "stabilised", "watching"]);
  const LETTERS = { deliberate: "D", contingency: "C", overwatch: "W" };
  const EARTH_NM = 3440.065; // mean radius
  const RAD = Math.PI / 180;
  const STEP_NM = 20;
  const TAG = 10; // half size
  const LONGEST_NAME = 34;

  /* ---- outlines: rings of [lat, lon], longitudes unwrapped, all the same way round ---- */

  function destination(lat, lon, bearing, nm) {
    const far = nm / EARTH_NM;
    const from = lat * RAD;
    const to = Math.asin(Math.sin(from) * Math.cos(far) + Math.cos(from) * Math.sin(far) * Math.cos(bearing * RAD));
    const east = Math.atan2(Math.sin(bearing * RAD) * Math.sin(far) * Math.cos(from), Math.cos(far) - Math.sin(from) * Math.sin(to));
    return [to / RAD, lon + east / RAD];
  }

  function distanceNm([lat1, lon1], [lat2, lon2]) {
    const half = Math.sin(((lat2 - lat1) * RAD) / 2) ** 2 + Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD) * Math.sin(((lon2 - lon1) * RAD) / 2) ** 2;
    return 2 * EARTH_NM * Math.asin(Math.min(1, Math.sqrt(half)));
  }

  function circle([lat, lon], nm, count = 72) {
    return Array.from({ length: count }, (_, i) => destination(lat, lon, (360 * i) / count, nm));
  }

  /* Points along a straight line of the chart, so that a long lane keeps its width. */
  function stepped(points) {
    const line = points.slice(0, 1);
    for (let i = 1; i < points.length; i++) {
      const [one, two] = [points[i - 1], points[i]];
      const steps = Math.max(1, Math.min(400, Math.ceil(distanceNm(one, two) / STEP_NM)));
      const [y1, y2] = [mercator.y(one[0]), mercator.y(two[0])];
      for (let k = 1; k < steps; k++) line.push([mercator.lat(y1 + ((y2 - y1) * k) / steps), one[1] + ((two[1] - one[1]) * k) / steps]);
      line.push(two);
    }
    return line;
  }

  function legs(points, half) {
    const line = stepped(points);
    const rings = points.map((point) => circle(point, half, 36));
    for (let i = 1; i < line.length; i++) {
      const [one, two] = [line[i - 1], line[i]];
      const along = Math.atan2((two[1] - one[1]) * Math.cos(((one[0] + two[0]) / 2) * RAD), two[0] - one[0]) / RAD;
      const side = (point, turn) => destination(point[0], point[1], along + turn, half);
      rings.push([side(one, -90), side(two, -90), side(two, 90), side(one, 90)]);
    }
    return rings;
  }

  function rings(shape) {
    if (!shape.points.length) return [];
    if (shape.kind === "circle") return shape.radius_nm ? [circle(shape.points[0], shape.radius_nm)] : [];
    if (shape.kind === "lane") return shape.width_nm && shape.points.length > 1 ? legs(shape.points, shape.width_nm / 2) : [];
    return shape.points.length > 2 ? [shape.points] : [];
  }

  /* ---- in the world coordinates of the map, kept as long as the row is ---- */

  const worlds = new WeakMap();

  const toWorld = (ring) => Float64Array.from(ring.flatMap(([lat, lon]) => [mercator.x(lon), mercator.y(lat)]));

  function worldOf(area) {
    let world = worlds.get(area);
    if (world) return world;
    world = area.map((shape) => ({
      lane: shape.kind === "lane",
      rings: rings(shape).map(toWorld),
      line: shape.kind === "lane" ? toWorld(shape.points) : null,
      top: topOf(rings(shape).map(toWorld)),
    }));
    worlds.set(area, world);
    return world;
  }

  function topOf(all) {
    let top = null;
    for (const xy of all) for (let i = 0; i < xy.length; i += 2) if (!top || xy[i + 1] < top.y) top = { x: xy[i], y: xy[i + 1] };
    return top;
  }

  /* Where an operation is: the northernmost point of its first shape; null where it has no area. */
  function positionOf(row) {
    const first = row && row.area && row.area.length ? worldOf(row.area)[0] : null;
    return first && first.top;
  }

  /* ---- drawing ---- */

  function path(context, frame, xy, shift, close) {
    for (let i = 0; i < xy.length; i += 2) {
      const x = (xy[i] + shift) * frame.scale - frame.left;
      const y = xy[i + 1] * frame.scale - frame.top;
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    if (close) context.closePath();
  }

  function outline(context, frame, shape, shift, running, chosen) {
    context.beginPath();
    for (const ring of shape.rings) path(context, frame, ring, shift, true);
    context.fillStyle = palette.operation;
    context.globalAlpha = chosen ? 0.16 : 0.07;
    context.fill("nonzero");
    context.globalAlpha = 1;
    if (shape.lane) {
      context.beginPath();
      path(context, frame, shape.line, shift, false);
    }
    context.lineWidth = chosen ? 3 : 1.6;
    context.strokeStyle = palette.operation;
    context.setLineDash(running ? [] : [7, 5]);
    context.stroke();
    context.setLineDash([]);
  }

  function tag(context, frame, row, at) {
    const [x, y] = frame.project(at.x, at.y);
    if (!frame.shows(x, y, TAG)) return;
    const spot = ops.spots.find(`operation ${row.id}`, x, y, TAG, TAG);
    if (spot.moved) ops.spots.leader(context, x, y, spot.x, spot.y, palette.operation);
    context.fillStyle = palette.halo;
    context.strokeStyle = palette.operation;
    context.lineWidth = 2;
    context.beginPath();
    context.rect(spot.x - TAG, spot.y - TAG, 2 * TAG, 2 * TAG);
    context.fill();
    context.stroke();
    context.fillStyle = palette.text;
    context.font = `700 13px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(LETTERS[row.kind] || "O", spot.x, spot.y + 1);
    ops.spots.pickable("operation", [row.id], spot.x, spot.y, TAG + 2, TAG + 2);
    const name = row.name.length > LONGEST_NAME ? `${row.name.slice(0, LONGEST_NAME - 1)}…` : row.name;
    ops.labels.add({
      key: `operation ${row.id}`, x: spot.x, y: spot.y, gap: TAG + 5, priority: 480, kind: "operation", ids: [row.id],
      lines: [
        { text: row.is_exercise ? `EXERCISE ${row.reference}` : row.reference, size: frame.textSize - 3, weight: 650, colour: palette["text-muted"] },
        { text: `${name} · ${row.state}`, size: frame.textSize - 4, weight: 500, colour: palette["text-dim"] },
      ],
    });
  }

  const withArea = () => [...store.operations.values()].filter((row) => row.area && row.area.length);

  function draw(context, frame) {
    for (const row of withArea()) {
      const running = RUNNING.has(row.state);
      const chosen = ops.selection.is("operation", row.id);
      for (const shape of worldOf(row.area)) {
        if (!shape.top) continue;
        const shift = mercator.near(shape.top.x, frame.centreX) - shape.top.x;
        outline(context, frame, shape, shift, running, chosen);
      }
    }
  }

  /* Tags come after places, before units and targets: they step aside for nothing that moves. */
  function drawTags(context, frame) {
    for (const row of withArea()) {
      const at = positionOf(row);
      if (at) tag(context, frame, row, at);
    }
  }

  const describe = (row) =>
    row ? [`${row.is_exercise ? "EXERCISE " : ""}${row.reference} ${row.name}`, `${row.kind} · ${row.state}${row.commander ? ` · ${row.commander}` : ""}`].join("\n") : "";

  ops.operationsLayer = { draw, drawTags, positionOf, describe, rings, destination, distanceNm };
})();
