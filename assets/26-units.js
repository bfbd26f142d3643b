/* Own units: framed rectangles as in MIL-STD-2525 and APP-6 (friendly: rectangle, light blue) with the agency's letter; what they
 * move with as a mark on the frame; availability by fill and hatch, never by colour alone. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const HALF_W = 15;
  const HALF_H = 10;
  const TOGETHER_PX = 14; // units nearer than this share a spot
  const APART_FROM_ZOOM = 7; // farther out a spot is one frame with the number of its units
  const ROW = 3; // frames of a spot; the rest is counted
  const AVAILABILITY = { available: 0, assigned: 1, "out of service": 2 };

  function positionOf(unit) {
    if (unit.lat !== null && unit.lat !== undefined) return { x: mercator.x(unit.lon), y: mercator.y(unit.lat) };
    const at = ops.places.get(unit.place);
    return at ? { x: at.x, y: at.y } : null;
  }

  const letters = (unit) => (unit.unit_type === "dog team" ? "K9" : (unit.agency || "?").slice(0, 1));

  /* ---- one frame ---- */

  function hatch(context, x, y) {
    context.save();
    context.beginPath();
    context.rect(x - HALF_W, y - HALF_H, 2 * HALF_W, 2 * HALF_H);
    context.clip();
    context.beginPath();
    for (let d = -HALF_W - HALF_H; d < HALF_W + HALF_H; d += 6) {
      context.moveTo(x + d, y + HALF_H);
      context.lineTo(x + d + 2 * HALF_H, y - HALF_H);
    }
    context.strokeStyle = palette["unit-off"];
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.stroke();
    context.restore();
  }

  /* Hull, wings or wheels at the frame's edge. */
  function mobility(context, unit, x, y) {
    context.beginPath();
    if (unit.unit_type === "vessel") {
      context.moveTo(x - 10, y + HALF_H + 1);
      context.quadraticCurveTo(x, y + HALF_H + 8, x + 10, y + HALF_H + 1);
    } else if (unit.unit_type === "aircraft") {
      context.moveTo(x - 11, y - HALF_H - 1);
      context.quadraticCurveTo(x, y - HALF_H - 9, x + 11, y - HALF_H - 1);
    } else if (unit.unit_type === "vehicle") {
      for (const dx of [-8, 8]) {
        context.moveTo(x + dx + 2.6, y + HALF_H + 3.6);
        context.arc(x + dx, y + HALF_H + 3.6, 2.6, 0, 2 * Math.PI);
      }
    }
    context.stroke();
  }

  function drawFrame(context, unit, x, y) {
    const off = unit.availability === "out of service";
    const assigned = unit.availability === "assigned";
    const edge = off ? palette["unit-off"] : palette.unit;
    context.beginPath();
    context.rect(x - HALF_W, y - HALF_H, 2 * HALF_W, 2 * HALF_H);
    context.lineJoin = "miter";
    context.strokeStyle = palette.halo;
    context.lineWidth = 5;
    context.stroke();
    context.fillStyle = assigned ? palette.unit : palette["unit-fill"];
    context.fill();
    if (off) hatch(context, x, y);
    context.strokeStyle = edge;
    context.lineWidth = 2;
    context.setLineDash(off ? [4, 3] : []);
    context.strokeRect(x - HALF_W, y - HALF_H, 2 * HALF_W, 2 * HALF_H);
    context.setLineDash([]);
    mobility(context, unit, x, y);
    context.font = `700 13px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (off) {
      context.lineWidth = 4;
      context.strokeStyle = palette["unit-fill"];
      context.strokeText(letters(unit), x, y + 1);
    }
    context.fillStyle = assigned ? palette["unit-ink"] : off ? palette["text-muted"] : palette.unit;
    context.fillText(letters(unit), x, y + 1);
    context.textAlign = "left";
  }

  /* Several units in one frame: how many, and along its foot the shares available, assigned and out of service. */
  function drawCounted(context, units, x, y) {
    const box = (dx, dy) => [x - HALF_W + dx, y - HALF_H + dy, 2 * HALF_W, 2 * HALF_H];
    const free = units.filter((u) => u.availability === "available").length;
    const edge = free ? palette.unit : palette["unit-off"];
    context.strokeStyle = palette.halo;
    context.lineWidth = 5;
    context.strokeRect(...box(0, 0));
    context.strokeStyle = edge;
    context.lineWidth = 1.5;
    context.strokeRect(...box(3, -3));
    context.fillStyle = palette["unit-fill"];
    context.fillRect(...box(0, 0));
    let from = x - HALF_W;
    for (const [availability, colour] of [["available", palette.unit], ["assigned", palette["unit-busy"]], ["out of service", palette["unit-out"]]]) {
      const width = (2 * HALF_W * units.filter((u) => u.availability === availability).length) / units.length;
      context.fillStyle = colour;
      context.fillRect(from, y + HALF_H - 4, width, 4);
      from += width;
    }
    context.strokeStyle = edge;
    context.lineWidth = 2;
    context.strokeRect(...box(0, 0));
    context.font = `700 13px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = free ? palette.unit : palette["text-muted"];
    context.fillText(String(units.length), x, y - 1.5);
    context.textAlign = "left";
  }

  /* ---- spots ---- */

  const freeFirst = (a, b) => (AVAILABILITY[a.availability] ?? 3) - (AVAILABILITY[b.availability] ?? 3) || a.id - b.id;

  function gather(frame) {
    const spots = [];
    const together = frame.zoom < APART_FROM_ZOOM ? 1.5 * TOGETHER_PX : TOGETHER_PX;
    for (const unit of [...store.units.values()].sort((a, b) => a.id - b.id)) {
      const at = positionOf(unit);
      if (!at) continue;
      const [x, y] = frame.project(at.x, at.y);
      if (!frame.shows(x, y, HALF_W)) continue;
      const near = spots.find((spot) => Math.abs(spot.x - x) < together && Math.abs(spot.y - y) < together);
      if (near) near.units.push(unit);
      else spots.push({ x, y, units: [unit] });
    }
    for (const spot of spots) spot.units.sort(freeFirst);
    return spots;
  }

  function place(frame) {
    return gather(frame).map((spot) => {
      const counted = spot.units.length > 1 && frame.zoom < APART_FROM_ZOOM;
      const shown = spot.units.slice(0, counted ? 1 : ROW);
      const halfWidth = shown.length * (HALF_W + 2) - 2;
      const key = `unit ${Math.min(...spot.units.map((u) => u.id))}`;
      const at = ops.spots.find(key, spot.x, spot.y, halfWidth + 1, HALF_H + 4);
      return { key, units: spot.units, shown, counted, halfWidth, exactX: spot.x, exactY: spot.y, ...at };
    });
  }

  function label(frame, { key, units, counted, x, y, halfWidth }) {
    const [unit] = units;
    const free = units.filter((u) => u.availability === "available").length;
    const text = units.length === 1 ? unit.callsign : counted ? `${free} free` : `${units.length} units · ${free} free`;
    const colour = units.some((u) => u.availability !== "out of service") ? palette.unit : palette["text-muted"];
    const selected = units.some((u) => ops.selection.is("unit", u.id));
    ops.labels.add({
      key, x, y, gap: halfWidth + 7, gapY: HALF_H + 9, kind: "unit", ids: units.map((u) => u.id),
      lines: [{ text, size: frame.textSize - 2, weight: 650, colour }], priority: selected ? 990 : 600,
    });
  }

  function draw(context, frame, placed) {
    for (const spot of placed) {
      const { shown, x, y, halfWidth, moved, exactX, exactY } = spot;
      if (moved) ops.spots.leader(context, exactX, exactY, x, y, palette.unit);
      if (spot.counted) {
        drawCounted(context, spot.units, x, y);
        ops.spots.pickable("unit", spot.units.map((u) => u.id), x, y, HALF_W, HALF_H + 2);
        label(frame, spot);
        continue;
      }
      shown.forEach((unit, i) => {
        const at = x - halfWidth + HALF_W + i * 2 * (HALF_W + 2);
        drawFrame(context, unit, at, y);
        const ids = i === shown.length - 1 ? spot.units.slice(i).map((u) => u.id) : [unit.id];
        ops.spots.pickable("unit", ids, at, y, HALF_W, HALF_H + 3);
      });
      label(frame, spot);
    }
  }

  ops.unitsLayer = { place, draw, positionOf };
})();
