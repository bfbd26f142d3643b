/* Targets on the map: a shape and colour by severity around the craft they are about, or at their place where there is no
 * craft. Targets that share a craft or place share a symbol, drawn as the worst of them. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const ORDER = { top: 0, high: 1, normal: 2 };
  const SYMBOL = 13; // half size
  const LONGEST_SECOND_LINE = 42;

  let groups = [];
  let groupsOf = -1;

  /* ---- grouping ---- */

  const worseFirst = (a, b) =>
    (ORDER[a.severity] ?? 3) - (ORDER[b.severity] ?? 3) || (a.arrives_at ?? Infinity) - (b.arrives_at ?? Infinity) || a.id - b.id;

  function keyOf(row) {
    if (row.track_id !== null && row.track_id !== undefined) return `track ${row.track_id}`;
    if (row.place_lat === null || row.place_lat === undefined) return null;
    return `place ${row.place || `${row.place_lat} ${row.place_lon}`}`;
  }

  function grouped() {
    if (groupsOf === store.changedTargets) return groups;
    const found = new Map();
    for (const row of store.targets.values()) {
      const key = keyOf(row);
      if (!key) continue;
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(row);
    }
    groups = [...found].map(([key, rows]) => ({ key, rows: rows.sort(worseFirst) }));
    groups.sort((a, b) => worseFirst(a.rows[0], b.rows[0]));
    groupsOf = store.changedTargets;
    return groups;
  }

  /* Slots of the craft that targets are about; those are drawn inside a symbol. */
  function markedSlots() {
    const slots = new Set();
    for (const { rows } of grouped()) {
      const slot = rows[0].track_id === null ? -1 : store.tracks.slotOf(rows[0].track_id);
      if (slot >= 0) slots.add(slot);
    }
    return slots;
  }

  /* World position of a target: its craft, else its place; null when neither is known. */
  function positionOf(row) {
    const slot = row.track_id === null || row.track_id === undefined ? -1 : store.tracks.slotOf(row.track_id);
    if (slot >= 0) return { x: store.tracks.x[slot], y: store.tracks.y[slot], slot };
    if (row.place_lat === null || row.place_lat === undefined) return null;
    return { x: mercator.x(row.place_lon), y: mercator.y(row.place_lat), slot: -1 };
  }

  /* ---- drawing ---- */

  function outline(context, severity, x, y, size) {
    context.beginPath();
    if (severity === "top") {
      context.moveTo(x, y - size * 1.12);
      context.lineTo(x + size * 1.12, y);
      context.lineTo(x, y + size * 1.12);
      context.lineTo(x - size * 1.12, y);
      context.closePath();
    } else if (severity === "high") {
      context.moveTo(x, y - size * 1.1);
      context.lineTo(x + size * 1.12, y + size * 0.82);
      context.lineTo(x - size * 1.12, y + size * 0.82);
      context.closePath();
    } else {
      context.arc(x, y, size * 0.8, 0, 2 * Math.PI);
    }
  }

  function symbol(context, row, x, y, slot) {
    const severity = row.severity in ORDER ? row.severity : "normal";
    outline(context, severity, x, y, SYMBOL);
    context.lineJoin = "miter";
    context.strokeStyle = palette.halo;
    context.lineWidth = 6;
    context.stroke();
    context.fillStyle = palette[`${severity}-fill`];
    context.fill();
    context.strokeStyle = palette[severity];
    context.lineWidth = severity === "normal" ? 2 : 2.6;
    context.stroke();
    const middle = severity === "high" ? y + 2 : y;
    if (slot >= 0) ops.craft.drawOne(context, slot, x, middle, 4.6, palette.text);
    else {
      outline(context, severity, x, severity === "high" ? y + 1 : y, 4.2);
      context.fillStyle = palette[severity];
      context.fill();
    }
  }

  const zone = () => ops.setting("timeZone");
  const formats = new Map();

  function format(options) {
    const key = `${zone()}${JSON.stringify(options)}`;
    if (!formats.has(key)) {
      try {
        formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone(), hourCycle: "h23", ...options }));
      } catch {
        formats.set(key, new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options }));
      }
    }
    return formats.get(key);
  }

  /* "16:10", or "Tue 16:10" on another day than now, in the centre's time zone. */
  function clockText(ms, now) {
    const time = format({ hour: "2-digit", minute: "2-digit" }).format(ms);
    const day = format({ day: "numeric", month: "numeric" });
    return day.format(ms) === day.format(now) ? time : `${format({ weekday: "short" }).format(ms)} ${time}`;
  }

  function secondLine(row, now) {
    const where = [row.place_name || row.place, row.arrives_at ? clockText(row.arrives_at, now) : null].filter(Boolean).join(" ");
    const text = [where, row.reason].filter(Boolean).join(" · ");
    return text.length > LONGEST_SECOND_LINE ? `${text.slice(0, LONGEST_SECOND_LINE - 1).trimEnd()}…` : text;
  }

  function label(frame, group, x, y, slot) {
    const selected = group.rows.find((r) => ops.selection.is("target", r.id));
    const row = selected || group.rows[0];
    const more = group.rows.length - 1;
    const second = secondLine(row, frame.now);
    const lines = [{ text: more ? `${row.label} +${more}` : row.label, size: frame.textSize, weight: 700, colour: palette.text }];
    if (second) lines.push({ text: second, size: frame.textSize - 2, weight: 500, colour: palette["text-muted"] });
    ops.labels.add({
      key: `target ${group.key}`, x, y, gap: SYMBOL + (selected ? 15 : 7), lines, kind: "target", ids: group.rows.map((r) => r.id),
      priority: (selected ? 1000 : 900 - 100 * (ORDER[row.severity] ?? 2)) + (slot >= 0 ? 5 : 0),
      urgent: selected || row.severity !== "normal", leader: palette[row.severity],
    });
  }

  /* First those on craft, at their exact position unless a worse one stands there; then those at places, around their ring. */
  function place(frame) {
    const placed = [];
    const found = grouped();
    for (const onCraft of [true, false]) {
      for (const group of found) {
        const at = positionOf(group.rows[0]);
        if (!at || at.slot >= 0 !== onCraft) continue;
        const [x, y] = frame.project(at.x, at.y);
        if (!frame.shows(x, y, SYMBOL)) continue;
        placed.push({ group, slot: at.slot, exactX: x, exactY: y, ...ops.spots.find(group.key, x, y, SYMBOL, SYMBOL) });
      }
      if (onCraft) ops.places.reserve(frame);
    }
    return placed;
  }

  function draw(context, frame, placed) {
    for (let i = placed.length - 1; i >= 0; i--) {
      const { group, slot, x, y, moved, exactX, exactY } = placed[i];
      const [row] = group.rows;
      if (moved) ops.spots.leader(context, exactX, exactY, x, y, palette[row.severity] || palette.normal);
      if (moved && slot >= 0) ops.craft.drawOne(context, slot, exactX, exactY, 4.6, palette.text);
      symbol(context, row, x, y, moved ? -1 : slot);
      label(frame, group, x, y, slot);
      ops.spots.pickable("target", group.rows.map((r) => r.id), x, y, SYMBOL + 2, SYMBOL + 2);
    }
  }

  ops.targetsLayer = { place, draw, positionOf, markedSlots, clockText, secondLine };
})();
