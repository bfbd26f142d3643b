/* What devices in the field report: devices that are no known unit, as a dashed ring with a question mark and the word, where many stand
 * together as one with their number; and what was drawn there, dotted, with its title. A device past its time is told as last known. Lines run on past 180 degrees. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const HALF = 11;
  const TOGETHER_PX = 26;
  const MOST_TOLD = 5; // of those that stand together, in words
  const MARK = 6;
  const LONGEST = 40;
  const NM_M = 1852;

  const worlds = new WeakMap();

  const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

  function ageText(ms) {
    const minutes = Math.max(0, Math.round(ms / 60000));
    return minutes < 1 ? "now" : minutes < 90 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
  }

  /* ---- devices ---- */

  const stateOf = (row, now) => (row.stale_at <= now ? `LAST KNOWN ${ageText(now - (row.position_at || row.observed_at))}` : "UNIDENTIFIED");

  /* Those that stand together, as one: the lowest number first, so that a group keeps its name. */
  function gather(frame) {
    const spots = [];
    const rows = [...store.devices.values()].filter((row) => row.lat !== null).sort((a, b) => a.id - b.id);
    for (const row of rows) {
      const [x, y] = frame.project(mercator.x(row.lon), mercator.y(row.lat));
      if (!frame.shows(x, y, HALF)) continue;
      const near = spots.find((spot) => Math.abs(spot.x - x) < TOGETHER_PX && Math.abs(spot.y - y) < TOGETHER_PX);
      if (near) near.rows.push(row);
      else spots.push({ x, y, rows: [row] });
    }
    return spots;
  }

  function ring(context, x, y, colour, width) {
    context.beginPath();
    context.arc(x, y, HALF, 0, 2 * Math.PI);
    context.fillStyle = palette.halo;
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
  }

  function devices(context, frame, { x, y, rows }) {
    const ids = rows.map((row) => row.id);
    const key = `device ${ids[0]}`;
    const spot = ops.spots.find(key, x, y, HALF + 3, HALF + 1);
    if (spot.moved) ops.spots.leader(context, x, y, spot.x, spot.y, palette["text-dim"]);
    const live = rows.filter((row) => row.stale_at > frame.now);
    const chosen = rows.find((row) => ops.selection.is("device", row.id));
    const colour = live.length ? palette.text : palette["text-muted"];
    if (rows.length > 1) ring(context, spot.x + 4, spot.y - 3, colour, 1.2);
    ring(context, spot.x, spot.y, colour, chosen ? 3 : 2);
    context.fillStyle = colour;
    context.font = `700 ${rows.length > 99 ? 10 : 13}px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(rows.length > 1 ? String(rows.length) : "?", spot.x, spot.y + 1);
    context.textAlign = "left";
    ops.spots.pickable("device", ids, spot.x, spot.y, HALF + 3, HALF);
    const named = chosen || (rows.length === 1 ? rows[0] : null);
    const name = named ? `${short(named.callsign)}${rows.length > 1 ? ` +${rows.length - 1}` : ""}` : `${rows.length} unidentified`;
    const state = rows.length === 1 ? stateOf(rows[0], frame.now) : live.length === rows.length ? "" : `${live.length} LIVE`;
    ops.labels.add({
      key, x: spot.x, y: spot.y, gap: HALF + 6, priority: chosen ? 985 : 590, kind: "device", ids,
      lines: [
        { text: name, size: frame.textSize - 2, weight: 650, colour },
        ...(state ? [{ text: state, size: frame.textSize - 4, weight: 500, colour: palette["text-dim"] }] : []),
      ],
    });
  }

  function drawDevices(context, frame) {
    for (const spot of gather(frame)) devices(context, frame, spot);
  }

  /* ---- drawings ---- */

  function worldOf(row) {
    let world = worlds.get(row);
    if (world) return world;
    let points = row.points;
    if (row.kind === "circle" && row.radius_m) points = ops.operationsLayer.rings({ kind: "circle", points: row.points, radius_nm: row.radius_m / NM_M })[0];
    world = points.map(([lat, lon]) => [mercator.x(lon), mercator.y(lat)]);
    worlds.set(row, world);
    return world;
  }

  function drawing(context, frame, row) {
    const world = worldOf(row);
    if (!world.length) return;
    const shift = mercator.near(world[0][0], frame.centreX) - world[0][0];
    const points = world.map(([x, y]) => [(x + shift) * frame.scale - frame.left, y * frame.scale - frame.top]);
    const chosen = ops.selection.is("drawing", row.id);
    context.strokeStyle = palette.text;
    context.lineWidth = chosen ? 3 : 1.8;
    context.setLineDash([2, 4]);
    context.beginPath();
    if (points.length > 1) {
      points.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
      if (row.kind === "polygon" || row.kind === "circle") context.closePath();
      context.stroke();
    }
    context.setLineDash([]);
    mark(context, frame, row, points[0]);
  }

  /* Where it begins: a small cross in a square, with its title. */
  function mark(context, frame, row, [x, y]) {
    if (!frame.shows(x, y, MARK)) return;
    context.fillStyle = palette.halo;
    context.fillRect(x - MARK, y - MARK, 2 * MARK, 2 * MARK);
    context.lineWidth = 1.5;
    context.strokeRect(x - MARK, y - MARK, 2 * MARK, 2 * MARK);
    context.beginPath();
    context.moveTo(x - 3, y);
    context.lineTo(x + 3, y);
    context.moveTo(x, y - 3);
    context.lineTo(x, y + 3);
    context.stroke();
    ops.spots.pickable("drawing", [row.id], x, y, MARK, MARK);
    ops.labels.add({
      key: `drawing ${row.id}`, x, y, gap: MARK + 4, priority: 280, kind: "drawing", ids: [row.id],
      lines: [{ text: short(row.title || row.kind), size: frame.textSize - 3, weight: 500, colour: palette["text-dim"] }],
    });
  }

  function drawDrawings(context, frame) {
    for (const row of store.drawings.values()) if (row.stale_at > frame.now) drawing(context, frame, row);
  }

  /* ---- for others ---- */

  function positionOf(kind, row) {
    if (!row) return null;
    if (kind === "device") return row.lat === null ? null : { x: mercator.x(row.lon), y: mercator.y(row.lat) };
    const [first] = worldOf(row);
    return first ? { x: first[0], y: first[1] } : null;
  }

  function describe(kind, ids) {
    const told = ids.slice(0, MOST_TOLD).map((id) => describeOne(kind, id)).filter(Boolean);
    return [...told, ...(ids.length > MOST_TOLD ? [`and ${ids.length - MOST_TOLD} more`] : [])].join("\n");
  }

  function describeOne(kind, id) {
    const row = (kind === "device" ? store.devices : store.drawings).get(id);
    if (!row) return "";
    const now = store.serverNow();
    if (kind === "device") return [`${row.callsign} · unidentified unit`, `${row.stale_at <= now ? `stale since ${ageText(now - row.stale_at)}` : "live"} · position ${ageText(now - (row.position_at || row.observed_at))}`].join("\n");
    return [`${row.title || row.kind} · field drawing`, [row.author, ageText(now - row.sent_at)].filter(Boolean).join(" · ")].join("\n");
  }

  ops.fieldLayer = { drawDevices, drawDrawings, positionOf, describe };
})();
