/* Calls for help from devices in the field, by the alerts that tell of them: SOS on red, the greatest mark of the map, with who
 * calls and since when. What the device has cancelled stands as an outline until somebody has acknowledged it. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const HALF_WIDTH = 22;
  const HALF_HEIGHT = 13;
  const LONGEST = 40;

  const isCancelled = (row) => row.text.startsWith("CANCELLED"); // services/conditions_of_field.py
  const standing = () => [...store.alerts.values()].filter((row) => row.lat !== null && row.lat !== undefined);
  const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

  function sinceText(row) {
    if (isCancelled(row)) return "CALL CANCELLED BY THE DEVICE";
    const minutes = Math.max(0, Math.floor((store.serverNow() - row.raised_at) / 60000));
    return `CALLS FOR HELP ${minutes < 1 ? "NOW" : minutes < 90 ? `SINCE ${minutes} MIN` : `SINCE ${Math.round(minutes / 60)} H`}`;
  }

  /* Before all others, so that nothing takes its place. */
  function place(frame) {
    const placed = [];
    for (const row of standing()) {
      const [exactX, exactY] = frame.project(mercator.x(row.lon), mercator.y(row.lat));
      if (frame.shows(exactX, exactY, HALF_WIDTH)) placed.push({ row, exactX, exactY, ...ops.spots.find(`call ${row.id}`, exactX, exactY, HALF_WIDTH, HALF_HEIGHT) });
    }
    return placed;
  }

  function draw(context, frame, placed) {
    for (const { row, exactX, exactY, x, y, moved } of placed) {
      if (moved) ops.spots.leader(context, exactX, exactY, x, y, palette.top);
      mark(context, row, x, y);
      ops.spots.pickable("call", [row.id], x, y, HALF_WIDTH, HALF_HEIGHT);
      ops.labels.add({
        key: `call ${row.id}`, x, y, gap: HALF_WIDTH + 5, gapY: HALF_HEIGHT + 5, priority: 999, urgent: true, leader: palette.top, kind: "call", ids: [row.id],
        lines: [
          { text: short(row.title), size: frame.textSize, weight: 700, colour: palette.text },
          { text: sinceText(row), size: frame.textSize - 3, weight: 650, colour: palette.top },
        ],
      });
    }
  }

  function mark(context, row, x, y) {
    const [filled, ink] = isCancelled(row) ? [palette.halo, palette.top] : [palette.top, palette.halo];
    context.beginPath();
    context.roundRect(x - HALF_WIDTH, y - HALF_HEIGHT, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, 4);
    context.fillStyle = filled;
    context.fill();
    context.strokeStyle = ops.selection.is("call", row.id) ? palette.selection : palette.top;
    context.lineWidth = 3;
    context.stroke();
    context.fillStyle = ink;
    context.font = `800 17px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("SOS", x, y + 1);
    context.textAlign = "left";
  }

  const positionOf = (row) => (row && typeof row.lat === "number" ? { x: mercator.x(row.lon), y: mercator.y(row.lat) } : null);
  const describe = (row) => (row ? `${row.title}\n${sinceText(row).toLowerCase()}` : "");

  ops.callsLayer = { place, draw, positionOf, describe };
})();
