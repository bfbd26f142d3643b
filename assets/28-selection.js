/* What is selected, its ring and its trail. One thing at a time; chosen on the map, in a list or by a search. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, mercator } = ops;

  const TRAIL_HOURS = 12;
  const TRAIL_AGAIN_MS = 30000;
  const CARD_GONE_MS = 1200;
  const GAP_S = { fixed: 900, air: 120 }; // longer silences are dashed
  const LIMIT_KN = { air: 794, other: 60 }; // domain/fusion.py

  let chosen = null; // {kind, id}
  let trail = null; // {track, points: [{x, y, at}]}
  let asked = 0;

  const is = (kind, id) => chosen !== null && chosen.kind === kind && String(chosen.id) === String(id);

  function trackOf({ kind, id }) {
    if (kind === "track") return Number(id);
    const target = kind === "target" ? rowOf(store.targets, id) : null;
    return target ? target.track_id : null;
  }

  const rowOf = (rows, id) => rows.get(id) ?? rows.get(Number(id)) ?? rows.get(String(id));

  /* World position of a thing the picture holds, or null. */
  function positionOf(kind, id) {
    if (kind === "track") {
      const slot = store.tracks.slotOf(id);
      return slot < 0 ? null : { x: store.tracks.x[slot], y: store.tracks.y[slot] };
    }
    if (kind === "target") {
      const row = rowOf(store.targets, id);
      return row ? ops.targetsLayer.positionOf(row) : null;
    }
    if (kind === "unit") {
      const row = rowOf(store.units, id);
      return row ? ops.unitsLayer.positionOf(row) : null;
    }
    if (kind === "device" || kind === "drawing") return ops.fieldLayer.positionOf(kind, rowOf(kind === "device" ? store.devices : store.drawings, id));
    if (kind === "call") return ops.callsLayer.positionOf(rowOf(store.alerts, id));
    if (kind === "hazard") return ops.hazardsLayer.positionOf(rowOf(store.hazards, id));
    if (kind === "operation") return ops.operationsLayer.positionOf(rowOf(store.operations, id));
    const place = kind === "place" ? ops.places.get(id) : null;
    return place ? { x: place.x, y: place.y } : null;
  }

  function select(kind, id) {
    if (kind && is(kind, id)) return;
    if (!kind && !chosen) return;
    take(kind ? { kind, id } : null);
    ops.announce("ops:select", chosen || { kind: null, id: null });
    ops.tellDash("wall-selection", { data: chosen });
    if (!chosen) setTimeout(emptyCard, CARD_GONE_MS, 3);
  }

  /* Dash now and then loses a change that arrives while it still draws the one before. A card of something no longer
   * selected misleads, so it is told again until the card is gone. */
  function emptyCard(times) {
    const card = document.getElementById("wall-card");
    if (chosen || !card || !card.firstChild || !times) return;
    ops.tellDash("wall-selection", { data: null });
    setTimeout(emptyCard, CARD_GONE_MS, times - 1);
  }

  function take(next) {
    chosen = next;
    trail = null;
    loadTrail();
    if (ops.painter) ops.painter.requestNow();
  }

  async function loadTrail() {
    const mine = ++asked;
    const track = chosen && trackOf(chosen);
    if (track === null || track === undefined) return;
    try {
      const answer = await fetch(`/api/v1/tracks/${encodeURIComponent(track)}/trail?hours=${TRAIL_HOURS}`, { credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return;
      const { points } = await answer.json();
      if (mine !== asked) return;
      let before = null;
      trail = { track, points: points.map(([lat, lon, at, , , joined, doubt]) => {
        const x = mercator.x(lon);
        before = before === null ? x : mercator.near(x, before); // a trail runs on over 180°
        return { x: before, y: mercator.y(lat), at, joined, doubt };
      }) };
      if (ops.painter) ops.painter.requestNow();
    } catch {
      // no trail: the card says what is known; the next round tries again
    }
  }

  setInterval(() => chosen && document.visibilityState === "visible" && loadTrail(), TRAIL_AGAIN_MS);

  /* ---- drawing ---- */

  function drawTrail(context, frame) {
    if (!trail || trail.points.length === 0) return;
    const slot = store.tracks.slotOf(trail.track);
    const points = slot < 0 ? trail.points : [...trail.points, { x: store.tracks.x[slot], y: store.tracks.y[slot], at: store.tracks.observed[slot] * 1000 }];
    const last = points[points.length - 1];
    const shift = mercator.near(last.x, frame.centreX) - last.x;
    const isAir = slot >= 0 && store.tracks.kind[slot] === ops.TRACK_KIND.aircraft;
    const gap = 1000 * (isAir ? GAP_S.air : GAP_S.fixed);
    const span = Math.max(1, last.at - points[0].at);
    let before = null;
    context.strokeStyle = context.fillStyle = palette.trail;
    for (const point of points) {
      const wraps = before ? mercator.near(point.x, before.worldX) - point.x : shift;
      const worldX = point.x + wraps;
      const x = worldX * frame.scale - frame.left;
      const y = point.y * frame.scale - frame.top;
      context.globalAlpha = 0.25 + 0.6 * ((point.at - points[0].at) / span);
      if (point.doubt) {
        ring(context, x, y); // kept, never where the craft is drawn
        continue;
      }
      if (before && (point.joined ?? !leapt(before, point, isAir))) segment(context, before, x, y, point.at - before.at > gap);
      if (!before || Math.hypot(x - before.dotX, y - before.dotY) > 7) {
        dot(context, x, y);
        before = { x, y, worldX, worldY: point.y, at: point.at, dotX: x, dotY: y };
      } else {
        before = { ...before, x, y, worldX, worldY: point.y, at: point.at };
      }
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  function segment(context, before, x, y, gap) {
    context.setLineDash(gap ? [3, 5] : []);
    context.lineWidth = 1.2;
    context.beginPath();
    context.moveTo(before.x, before.y);
    context.lineTo(x, y);
    context.stroke();
  }

  /* Whether the craft cannot have gone there in that time: the server says it of all but the newest point. */
  function leapt(before, point, isAir) {
    const nm = (21600 * Math.hypot(mercator.near(point.x, before.worldX) - before.worldX, point.y - before.worldY)) /
      Math.cosh(Math.PI * (1 - 2 * point.y));
    return nm > 1 + ((isAir ? LIMIT_KN.air : LIMIT_KN.other) * Math.abs(point.at - before.at)) / 3600000;
  }

  function ring(context, x, y) {
    context.setLineDash([]);
    context.lineWidth = 1.2;
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.stroke();
  }

  function dot(context, x, y) {
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fill();
  }

  /* Four corners around the chosen thing, told apart from every symbol by shape. */
  function drawRing(context, frame) {
    if (!chosen) return;
    const hit = ops.spots.hits().find((h) => h.kind === chosen.kind && h.ids.some((id) => is(h.kind, id)));
    const at = hit ? [hit.x, hit.y] : exact(frame);
    if (!at) return;
    const half = hit ? Math.max(hit.halfWidth, hit.halfHeight) + 6 : 13;
    context.lineCap = "square";
    for (const [colour, width] of [[palette.halo, 5], [palette.selection, 2.4]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
        context.moveTo(at[0] + sx * half, at[1] + sy * half * 0.45);
        context.lineTo(at[0] + sx * half, at[1] + sy * half);
        context.lineTo(at[0] + sx * half * 0.45, at[1] + sy * half);
      }
      context.stroke();
    }
    context.lineCap = "butt";
    if (chosen.kind === "track") nameSelected(frame, at);
    else if (chosen.kind === "place") ops.labels.block(at[0], at[1], half, half);
  }

  function exact(frame) {
    const at = positionOf(chosen.kind, chosen.id);
    return at && frame.project(at.x, at.y);
  }

  function nameSelected(frame, [x, y]) {
    const name = store.tracks.name[store.tracks.slotOf(chosen.id)] || "no name";
    ops.labels.add({
      key: `selected ${chosen.id}`, x, y, gap: 20, priority: 1000,
      lines: [{ text: name, size: frame.textSize, weight: 700, colour: palette.text }],
    });
  }

  ops.selection = { is, select, positionOf, drawTrail, drawRing, current: () => chosen };

  // Chosen elsewhere (attention list, search): follow without telling again.
  document.addEventListener("ops:select", ({ detail }) => {
    const next = detail && detail.kind ? detail : null;
    if (next ? is(next.kind, next.id) : !chosen) return;
    take(next && { kind: next.kind, id: next.id });
  });
})();
