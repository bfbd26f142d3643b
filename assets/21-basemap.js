/* The basemap: land and limits on canvas tiles, each drawn once, the same at every copy of the world. Reads the grid
 * format of docs/maps.md; asks nobody outside the server. Lines are clipped by leaving out points, never by cutting, so
 * that no tile edge is ever stroked. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { mercator, palette } = ops;

  const FINER_WITHIN_MS = 150;
  const FILES = ["/map/basemap-world.json", "/map/limits.json", "/map/basemap-detail.json"];
  const DETAIL_FROM_ZOOM = 5;
  const MARGIN_PX = 8; // lines this far outside a tile may still show in it
  const LINES = {
    // kind of limit -> how it is drawn
    "12nm": { colour: "limit-12", width: 1.1, dash: [] },
    "24nm": { colour: "limit-24", width: 1.1, dash: [2, 5] },
    eez: { colour: "limit-eez", width: 1.2, dash: [7, 6] },
    port: { colour: "zone", width: 1, dash: [3, 4], from: 9 },
  };

  let world = []; // shapes of the whole world
  let detail = null; // finer shapes near home
  let limits = []; // {kind, line}

  /* ---- reading ---- */

  /* A ring or line in world coordinates at zoom 0, with its box and the length up to each point. */
  function toLine(points) {
    const count = points.length / 2;
    const line = { xy: points, length: new Float32Array(count), x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
    for (let i = 0; i < count; i++) {
      const x = points[2 * i];
      const y = points[2 * i + 1];
      line.x0 = Math.min(line.x0, x);
      line.x1 = Math.max(line.x1, x);
      line.y0 = Math.min(line.y0, y);
      line.y1 = Math.max(line.y1, y);
      if (i) line.length[i] = line.length[i - 1] + Math.hypot(x - points[2 * i - 2], y - points[2 * i - 1]);
    }
    return line;
  }

  function decode(steps, scale, translate, closed) {
    const count = steps.length / 2;
    const points = new Float64Array(2 * (count + (closed ? 1 : 0)));
    let gx = 0;
    let gy = 0;
    for (let i = 0; i < count; i++) {
      gx += steps[2 * i];
      gy += steps[2 * i + 1];
      points[2 * i] = mercator.x(translate[0] + gx * scale[0]);
      points[2 * i + 1] = mercator.y(translate[1] + gy * scale[1]);
    }
    if (closed) points.set(points.subarray(0, 2), 2 * count);
    return toLine(points);
  }

  function readBasemap(file) {
    return file.polygons.map((polygon) => {
      const rings = polygon.r.map((ring) => decode(ring, file.scale, file.translate, true));
      const lines = polygon.l ? polygon.l.map((line) => decode(line, file.scale, file.translate, false)) : rings;
      return { rings, lines, box: rings[0], finerElsewhere: Boolean(polygon.d) };
    });
  }

  /* Limits are GeoJSON lines, cut at 180°; those of a user's own file may also jump there. */
  function readLimits(file) {
    const found = [];
    for (const feature of file.features || []) {
      const kind = (feature.properties || {}).kind;
      if (!feature.geometry || !(kind in LINES)) continue;
      for (const path of pathsOf(feature.geometry)) found.push({ kind, line: fromDegrees(path) });
    }
    return found;
  }

  function pathsOf(geometry) {
    const { type, coordinates } = geometry;
    if (type === "LineString") return [coordinates];
    if (type === "MultiLineString" || type === "Polygon") return coordinates;
    if (type === "MultiPolygon") return coordinates.flat();
    if (type === "GeometryCollection") return geometry.geometries.flatMap(pathsOf);
    return [];
  }

  function fromDegrees(path) {
    const points = new Float64Array(2 * path.length);
    let before = mercator.x(path[0][0]);
    path.forEach(([lon, lat], i) => {
      before = points[2 * i] = mercator.near(mercator.x(lon), before);
      points[2 * i + 1] = mercator.y(lat);
    });
    return toLine(points);
  }

  /* ---- drawing one tile ---- */

  const meets = (box, shift, view) =>
    box.x0 + shift < view.x1 && box.x1 + shift > view.x0 && box.y0 < view.y1 && box.y1 > view.y0;

  /* Which sides of the view a point lies beyond, as bits; two points beyond the same side cannot show between them. */
  const beyond = (x, y, view) =>
    (x < view.x0 ? 1 : 0) | (x > view.x1 ? 2 : 0) | (y < view.y0 ? 4 : 0) | (y > view.y1 ? 8 : 0);

  /* Add a ring to the path for filling. Points that change nothing inside the view are left out. */
  function fillRing(context, line, shift, view) {
    const { xy } = line;
    const end = xy.length;
    const near = 0.35 / view.scale;
    let lastX = NaN;
    let lastY = NaN;
    let side = 0;
    let held = false; // a point left out that must be drawn before leaving its side
    let heldX = 0;
    let heldY = 0;
    context.moveTo((xy[0] + shift - view.left) * view.scale, (xy[1] - view.top) * view.scale);
    for (let i = 0; i < end; i += 2) {
      const x = xy[i] + shift;
      const y = xy[i + 1];
      const now = beyond(x, y, view);
      if (now & side) {
        side &= now;
        held = true;
        heldX = x;
        heldY = y;
        continue;
      }
      if (held) context.lineTo((heldX - view.left) * view.scale, (heldY - view.top) * view.scale);
      held = false;
      side = now;
      if (!now && Math.abs(x - lastX) < near && Math.abs(y - lastY) < near) continue;
      context.lineTo((x - view.left) * view.scale, (y - view.top) * view.scale);
      lastX = x;
      lastY = y;
    }
    if (held) context.lineTo((heldX - view.left) * view.scale, (heldY - view.top) * view.scale);
    context.closePath();
  }

  /* Stroke the runs of a line that may show. Dashes start where the line itself would have them, so tiles agree. */
  function strokeLine(context, line, shift, view, dash) {
    const { xy, length } = line;
    const total = dash.reduce((sum, part) => sum + part, 0);
    let open = false;
    const finish = () => {
      if (open) context.stroke();
      open = false;
    };
    for (let i = 0; i + 3 < xy.length; i += 2) {
      const x = xy[i] + shift;
      const y = xy[i + 1];
      const nextX = xy[i + 2] + shift;
      const nextY = xy[i + 3];
      if (beyond(x, y, view) & beyond(nextX, nextY, view)) {
        finish();
        continue;
      }
      if (!open) {
        context.beginPath();
        if (total) context.lineDashOffset = (length[i / 2] * view.scale) % total;
        context.moveTo((x - view.left) * view.scale, (y - view.top) * view.scale);
        open = true;
      }
      context.lineTo((nextX - view.left) * view.scale, (nextY - view.top) * view.scale);
    }
    finish();
  }

  function shapesFor(zoom) {
    if (!detail || zoom < DETAIL_FROM_ZOOM) return world;
    return world.filter((shape) => !shape.finerElsewhere).concat(detail);
  }

  function drawTile(context, view, zoom, shown) {
    const shifts = [-512, -256, 0, 256, 512];
    const shapes = shapesFor(zoom);
    context.fillStyle = palette.land;
    context.strokeStyle = palette.coast;
    context.lineWidth = zoom < 5 ? 0.7 : 1;
    context.lineJoin = "round";
    for (const shape of shapes) {
      for (const shift of shifts) {
        if (!meets(shape.box, shift, view)) continue;
        context.beginPath();
        for (const ring of shape.rings) if (meets(ring, shift, view)) fillRing(context, ring, shift, view);
        context.fill("evenodd");
        context.setLineDash([]);
        for (const line of shape.lines) if (meets(line, shift, view)) strokeLine(context, line, shift, view, []);
      }
    }
    if (shown.limits) drawLimits(context, view, zoom, shifts);
  }

  function drawLimits(context, view, zoom, shifts) {
    for (const { kind, line } of limits) {
      const look = LINES[kind];
      if (zoom < (look.from || 0)) continue;
      context.strokeStyle = palette[look.colour];
      context.lineWidth = look.width;
      context.setLineDash(look.dash);
      for (const shift of shifts) if (meets(line, shift, view)) strokeLine(context, line, shift, view, look.dash);
    }
  }

  /* ---- the layer ---- */

  function createLayer(L, map) {
    const shown = { limits: true };
    const Basemap = L.GridLayer.extend({
      createTile(coords) {
        const size = this.getTileSize().x;
        const stretch = map.getZoomScale(map.getZoom(), coords.z); // CSS scales tiles between whole zooms
        const ratio = Math.max(0.75, stretch) * (window.devicePixelRatio || 1);
        const tile = document.createElement("canvas");
        tile.width = tile.height = Math.round(size * ratio);
        const scale = 2 ** coords.z;
        const context = tile.getContext("2d");
        context.scale(tile.width / size, tile.height / size);
        const margin = MARGIN_PX / scale;
        const left = (coords.x * size) / scale;
        const top = (coords.y * size) / scale;
        const span = size / scale;
        const view = { left, top, scale, x0: left - margin, x1: left + span + margin, y0: top - margin, y1: top + span + margin };
        drawTile(context, view, coords.z, shown);
        return tile;
      },
    });
    const layer = new Basemap({ tileSize: 512, minZoom: 1, maxZoom: 20, keepBuffer: 2, updateWhenZooming: false });
    layer.showLimits = (on) => {
      if (shown.limits === on) return;
      shown.limits = on;
      layer.redraw();
    };
    let drawnZoom = map.getZoom();
    map.on("zoomend", () => {
      const zoom = map.getZoom();
      if (zoom !== drawnZoom && Math.round(zoom) === Math.round(drawnZoom)) layer.redraw();
      drawnZoom = zoom;
    });
    document.addEventListener("ops:map-theme", () => layer._map && layer.redraw());
    return layer;
  }

  async function get(path) {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  /* Asked for while the page is still being built; a later attempt asks anew. */
  const early = new Map(FILES.map((path) => [path, get(path)]));
  for (const answer of early.values()) answer.catch(() => {});

  function fetched(path) {
    const answer = early.get(path) || get(path);
    early.delete(path);
    return answer;
  }

  /* Fetch what the layer draws: the world, and what makes it finer. Drawn once when all is there soon, else the world first.
   * Resolves to what could not be had. */
  async function load(layer) {
    const missing = [];
    const part = (path, take) => fetched(path).then(take).catch((failed) => missing.push(failed.message));
    const redraw = () => layer._map && layer.redraw();
    const finer = Promise.all([
      part(FILES[1], (file) => (limits = readLimits(file))),
      part(FILES[2], (file) => (detail = readBasemap(file))),
    ]);
    await part(FILES[0], (file) => (world = readBasemap(file)));
    const late = await Promise.race([finer.then(() => false), new Promise((resolve) => setTimeout(resolve, FINER_WITHIN_MS, true))]);
    if (late) {
      redraw();
      await finer;
    }
    redraw();
    ops.announce("ops:basemap", {}); // for other maps that show it
    return missing;
  }

  ops.basemap = { createLayer, load };
})();
