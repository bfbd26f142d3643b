/* Units and targets on the map of the past, set apart as on the wall: what stands together is one sign with its number, what would
 * lie on another steps aside with a thin line back, names stand where there is room (23-labels.js, 24-spots.js). It draws on
 * what it is handed and knows nothing of the present; an export of a span holds this very script. */
(() => {
  "use strict";
  const root = (window.opsCentre = window.opsCentre || {});

  const HALF_W = 13;
  const HALF_H = 9;
  const SYMBOL = 11;
  const TOGETHER_PX = 20;
  const SEVERITY = { top: 0, high: 1, normal: 2 };
  const order = (row) => SEVERITY[row.severity] ?? 2;
  const isOff = (row) => row.availability === "out of service";

  /* Things that stand within a few pixels of each other, the first of a spot being the one that is drawn. */
  function gather(placed, apart) {
    const spots = [];
    for (const one of placed) {
      const near = spots.find((spot) => Math.abs(spot.x - one.x) < apart && Math.abs(spot.y - one.y) < apart);
      if (near) near.rows.push(one.row);
      else spots.push({ ...one, rows: [one.row] });
    }
    return spots;
  }

  function placed(map, kind, rows, frame) {
    return rows.flatMap((row) => {
      const at = map._rowAt(kind, row);
      if (!at) return [];
      const [x, y] = frame.project(at.x, at.y);
      return x < -16 || y < -16 || x > frame.width + 16 || y > frame.height + 16 ? [] : [{ row, x, y }];
    });
  }

  /* ---- units ---- */

  function units(map, context, frame) {
    const rows = [...(map.picture.units || [])].sort((a, b) => isOff(a) - isOff(b) || a.id - b.id);
    for (const spot of gather(placed(map, "unit", rows, frame), frame.zoom < 8 ? 1.5 * TOGETHER_PX : TOGETHER_PX)) {
      const key = `unit ${spot.rows[0].id}`;
      const at = map.spots.find(key, spot.x, spot.y, HALF_W + 2, HALF_H + 4);
      if (at.moved) map.spots.leader(context, spot.x, spot.y, at.x, at.y, map.colours.unit);
      unitFrame(context, spot.rows, at.x, at.y, map.colours);
      const free = spot.rows.filter((row) => row.availability === "available").length;
      const text = spot.rows.length === 1 ? spot.rows[0].callsign : `${free} free of ${spot.rows.length}`;
      const colour = spot.rows.every(isOff) ? map.colours["text-muted"] : map.colours.unit;
      finish(map, context, "unit", spot.rows, at, { gap: HALF_W + 7, gapY: HALF_H + 8, text, colour, size: 12, priority: 600, urgent: false });
    }
  }

  function unitFrame(context, rows, x, y, colours) {
    const [row] = rows;
    const off = rows.every(isOff);
    const busy = rows.length === 1 && row.availability === "assigned";
    context.beginPath();
    context.rect(x - HALF_W, y - HALF_H, 2 * HALF_W, 2 * HALF_H);
    context.strokeStyle = colours.halo;
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = off ? colours["unit-off"] : colours.unit;
    if (rows.length > 1) {
      context.lineWidth = 1.5;
      context.strokeRect(x - HALF_W + 3, y - HALF_H - 3, 2 * HALF_W, 2 * HALF_H);
    }
    context.fillStyle = busy ? colours.unit : colours["unit-fill"];
    context.fill();
    context.setLineDash(off ? [4, 3] : []);
    context.lineWidth = 2;
    context.stroke();
    context.setLineDash([]);
    context.font = '700 12px "Inter", "DejaVu Sans", sans-serif';
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = busy ? colours["unit-ink"] : off ? colours["text-muted"] : colours.unit;
    const letters = row.unit_type === "dog team" ? "K9" : (row.agency || "?").slice(0, 1);
    context.fillText(rows.length > 1 ? String(rows.length) : letters, x, y + 1);
    context.textAlign = "left";
  }

  /* ---- targets ---- */

  function targets(map, context, frame) {
    const rows = [...(map.picture.targets || [])].sort((a, b) => order(a) - order(b) || a.id - b.id);
    const spots = gather(placed(map, "target", rows, frame), 6).map((spot) => ({
      ...spot, at: map.spots.find(`target ${spot.rows[0].id}`, spot.x, spot.y, SYMBOL, SYMBOL),
    }));
    for (const { rows: of, x, y, at } of spots.reverse()) {
      const [row] = of;
      if (at.moved) map.spots.leader(context, x, y, at.x, at.y, map.colours[row.severity] || map.colours.normal);
      targetMark(context, row.severity, at.x, at.y, map.colours);
      const text = of.length > 1 ? `${row.label} +${of.length - 1}` : row.label;
      const urgent = row.severity === "top" || row.severity === "high";
      finish(map, context, "target", of, at, { gap: SYMBOL + 5, text, colour: map.colours.text, size: 13, priority: 900 - 100 * order(row), urgent });
    }
  }

  function targetMark(context, severity, x, y, colours) {
    const size = 10;
    const known = severity in SEVERITY ? severity : "normal";
    context.beginPath();
    if (known === "top") for (const [dx, dy] of [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]]) context.lineTo(x + dx * size, y + dy * size);
    else if (known === "high") for (const [dx, dy] of [[0, -1.1], [1.1, 0.8], [-1.1, 0.8]]) context.lineTo(x + dx * size, y + dy * size);
    else context.arc(x, y, size * 0.8, 0, 2 * Math.PI);
    context.closePath();
    context.strokeStyle = colours.halo;
    context.lineWidth = 5;
    context.stroke();
    context.fillStyle = colours[`${known}-fill`];
    context.fill();
    context.strokeStyle = colours[known];
    context.lineWidth = 2.4;
    context.stroke();
  }

  /* What can be picked, the ring of what is chosen, and the name. */
  function finish(map, context, kind, rows, { x, y }, { gap, gapY, text, colour, size, priority, urgent }) {
    const chosen = rows.some((row) => map.chosen === `${kind}:${row.id}`);
    map.hits.push({ keys: rows.map((row) => `${kind}:${row.id}`), x, y });
    if (chosen) {
      context.beginPath();
      context.arc(x, y, kind === "unit" ? 20 : 18, 0, 2 * Math.PI);
      context.strokeStyle = map.colours.selection;
      context.lineWidth = 2;
      context.stroke();
    }
    root.labels.add({
      key: `past ${kind} ${rows[0].id}`, x, y, gap: chosen ? gap + 6 : gap, gapY, lines: [{ text, size, weight: 600, colour }],
      priority: chosen ? 1000 : priority, urgent: urgent || chosen, leader: colour,
    });
  }

  root.pastSigns = { units, targets };
})();
