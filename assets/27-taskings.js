/* Units the centre has sent: a line from the unit to where it meets its target, with the time of meeting. Dashed while the
 * unit has not accepted; in the colour of a warning once the time has passed and it is not on the scene. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const UNDER_WAY = new Set(["requested", "accepted", "en route"]);

  function meetingOf(tasking) {
    if (tasking.meet_lat !== null && tasking.meet_lat !== undefined) return { x: mercator.x(tasking.meet_lon), y: mercator.y(tasking.meet_lat) };
    const target = tasking.target_id === null ? null : store.targets.get(tasking.target_id);
    return target ? ops.targetsLayer.positionOf(target) : null;
  }

  function drawOne(context, frame, tasking) {
    const unit = store.units.get(tasking.unit_id);
    const from = unit && ops.unitsLayer.positionOf(unit);
    const to = meetingOf(tasking);
    if (!from || !to) return;
    const [x1, y1] = frame.project(from.x, from.y);
    const [x2, y2] = frame.project(to.x, to.y);
    if (Math.hypot(x2 - x1, y2 - y1) < 6) return;
    const late = tasking.meet_at && tasking.meet_at < frame.now;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.strokeStyle = palette.halo;
    context.lineWidth = 5;
    context.setLineDash([]);
    context.stroke();
    context.strokeStyle = late ? palette.high : palette.unit;
    context.lineWidth = 2;
    context.setLineDash(tasking.state === "requested" ? [6, 5] : []);
    context.stroke();
    context.setLineDash([]);
    arrow(context, x1, y1, x2, y2, late ? palette.high : palette.unit);
    label(frame, tasking, (x1 + x2) / 2, (y1 + y2) / 2, late);
  }

  function arrow(context, x1, y1, x2, y2, colour) {
    const along = Math.atan2(y2 - y1, x2 - x1);
    context.save();
    context.translate(x2, y2);
    context.rotate(along);
    context.beginPath();
    context.moveTo(-14, 0);
    context.lineTo(-24, -5);
    context.lineTo(-24, 5);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    context.restore();
  }

  function label(frame, tasking, x, y, late) {
    const when = tasking.meet_at ? ops.targetsLayer.clockText(tasking.meet_at, frame.now) : tasking.state;
    const text = tasking.state === "requested" ? `${when} asked` : late ? `${when} late` : when;
    ops.labels.add({
      key: `tasking ${tasking.id}`, x, y, gap: 6, priority: 700, kind: "unit", ids: [tasking.unit_id],
      lines: [{ text, size: frame.textSize - 2, weight: 650, colour: late ? palette.high : palette.unit }],
    });
  }

  function draw(context, frame) {
    for (const tasking of store.taskings.values()) if (UNDER_WAY.has(tasking.state)) drawOne(context, frame, tasking);
  }

  ops.taskingsLayer = { draw };
})();
