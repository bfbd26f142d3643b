/* Picking with pointer and finger: the nearest thing within reach, targets and units before plain craft. Shows what the pointer is
 * over. Names come from feeds and are written by textContent only. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store } = ops;

  const REACH_PX = { mouse: 11, touch: 24 };
  const HOVER_EVERY_MS = 60;
  const KIND_WORDS = ["vessel", "aircraft", "vehicle", "base station", "aid to navigation"];
  const RANK = { call: -1, target: 0, unit: 1, device: 1, operation: 2, hazard: 3, drawing: 3 };

  let map = null;
  let tip = null;
  let hoverTimer = 0;
  let pointer = "mouse";

  /* The thing at a point of the map, or null: {kind, id, x, y}. Repeated picks of a shared symbol go round its members. */
  function at(x, y) {
    const reach = pointer === "touch" ? REACH_PX.touch : REACH_PX.mouse;
    return symbolAt(x, y, pointer === "touch" ? 10 : 3) || craftAt(x, y, reach);
  }

  function symbolAt(x, y, slack) {
    const inside = ops.spots.hits().filter((h) => Math.abs(h.x - x) <= h.halfWidth + slack && Math.abs(h.y - y) <= h.halfHeight + slack);
    if (!inside.length) return null;
    inside.sort((a, b) => RANK[a.kind] - RANK[b.kind] || Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y));
    const hit = inside[0];
    const chosen = hit.ids.findIndex((id) => ops.selection.is(hit.kind, id));
    return { kind: hit.kind, id: hit.ids[(chosen + 1) % hit.ids.length], ids: hit.ids, x: hit.x, y: hit.y };
  }

  function craftAt(x, y, reach) {
    const { screen } = ops.craft;
    let best = -1;
    let nearest = reach * reach;
    for (let slot = 0; slot < Math.min(store.tracks.top, screen.x.length); slot++) {
      const dx = screen.x[slot] - x; // NaN where not shown: never nearer
      const dy = screen.y[slot] - y;
      const distance = dx * dx + dy * dy;
      if (distance < nearest && store.tracks.kind[slot] !== ops.TRACK_KIND.free) {
        nearest = distance;
        best = slot;
      }
    }
    return best < 0 ? null : { kind: "track", id: store.tracks.id[best], x: screen.x[best], y: screen.y[best] };
  }

  /* ---- the tip ---- */

  function ageText(seconds) {
    if (seconds < -60) return "age not known"; // the clock was set back since
    if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s ago`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
    return `${Math.round(seconds / 3600)} h ago`;
  }

  function describe(thing) {
    if (thing.kind === "track") return describeTrack(store.tracks.slotOf(thing.id));
    if (thing.kind === "unit") return thing.ids.map((id) => describeUnit(store.units.get(id))).join("\n");
    if (thing.kind === "operation") return thing.ids.map((id) => ops.operationsLayer.describe(store.operations.get(id))).join("\n");
    if (thing.kind === "device" || thing.kind === "drawing") return ops.fieldLayer.describe(thing.kind, thing.ids);
    if (thing.kind === "call") return thing.ids.map((id) => ops.callsLayer.describe(store.alerts.get(id))).join("\n");
    if (thing.kind === "hazard") return thing.ids.map((id) => ops.hazardsLayer.describe(store.hazards.get(id))).join("\n");
    const rows = thing.ids.map((id) => store.targets.get(id)).filter(Boolean);
    return rows.slice(0, 5).map((row) => [`${row.label} · ${row.severity}`, ops.targetsLayer.secondLine(row, store.serverNow())].filter(Boolean).join("\n"))
      .concat(rows.length > 5 ? [`and ${rows.length - 5} more`] : []).join("\n");
  }

  function describeTrack(slot) {
    if (slot < 0) return "";
    const { tracks } = store;
    const course = tracks.course[slot];
    const speed = tracks.speed[slot];
    const going = speed === speed ? `${speed.toFixed(speed < 100 ? 1 : 0)} kn${course === course ? ` · ${Math.round(course).toString().padStart(3, "0")}°` : ""}` : null;
    const age = ageText(store.ageOf(slot, store.serverNow()));
    return [`${tracks.name[slot] || "No name"} · ${KIND_WORDS[tracks.kind[slot]] || "craft"}`, [going, age].filter(Boolean).join(" · ")].join("\n");
  }

  function describeUnit(unit) {
    if (!unit) return "";
    const state = unit.out_of_service_reason ? `${unit.availability} (${unit.out_of_service_reason})` : unit.availability;
    return [`${unit.callsign} · ${unit.agency} ${unit.unit_type}`, [state, unit.status].filter(Boolean).join(" · ")].join("\n");
  }

  function hover(x, y) {
    const thing = at(x, y);
    map.getContainer().classList.toggle("map-over-craft", Boolean(thing));
    tip.hidden = !thing;
    if (!thing) return;
    tip.textContent = describe(thing);
    const size = map.getSize();
    tip.style.left = thing.x > size.x * 0.7 ? "auto" : `${thing.x + 18}px`;
    tip.style.right = thing.x > size.x * 0.7 ? `${size.x - thing.x + 18}px` : "auto";
    tip.style.top = `${Math.min(size.y - 70, Math.max(4, thing.y + 14))}px`;
  }

  function attach(leafletMap) {
    map = leafletMap;
    const container = map.getContainer();
    tip = document.createElement("div");
    tip.className = "map-tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    container.appendChild(tip);
    container.addEventListener("pointerdown", (event) => (pointer = event.pointerType === "mouse" ? "mouse" : "touch"), true);
    map.on("click", ({ containerPoint }) => {
      const thing = at(containerPoint.x, containerPoint.y);
      ops.selection.select(thing && thing.kind, thing && thing.id);
    });
    map.on("mousemove", ({ containerPoint }) => {
      if (hoverTimer) return;
      hoverTimer = setTimeout(() => {
        hoverTimer = 0;
        hover(containerPoint.x, containerPoint.y);
      }, HOVER_EVERY_MS);
    });
    map.on("mouseout movestart", () => {
      clearTimeout(hoverTimer);
      hoverTimer = 0;
      tip.hidden = true;
      container.classList.remove("map-over-craft");
    });
  }

  ops.picking = { attach, at };
})();
