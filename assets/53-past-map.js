/* The map of the past: one canvas that draws one moment it is handed, the same layers as the wall's map. It keeps nothing of the
 * present and asks nobody for anything, so that the past can never show on the wall, nor the present here. An export of
 * a span holds this very script and the few it needs (ops_centre/services/past_html.py). */
(() => {
  "use strict";
  const root = (window.opsCentre = window.opsCentre || {});

  const RAD = Math.PI / 180;
  const MAX_LAT = 85.0511287798;
  const MIN_ZOOM = 2;
  const MAX_ZOOM = 13;
  const DETAIL_FROM_ZOOM = 5;
  const NAMES_FROM_ZOOM = 8;
  const NAMES_AT_MOST = 150;
  const VECTOR_HOURS = 0.1;
  const PICK_PX = 14;
  const FALLBACK = {
    sea: "#10161b", land: "#20282e", coast: "#4d5f69", "limit-12": "#466069", "limit-24": "#3a4d55", "limit-eez": "#4a5a64",
    zone: "#3d5560", track: "#aeb9c2", vector: "#8794a0", text: "#eef3f7", "text-muted": "#a9b6c1", halo: "#0e1317",
    place: "#93a0ab", operation: "#b9b2a3", unit: "#8fd3ff", "unit-fill": "#14303f", "unit-ink": "#0b1a24", "unit-off": "#6d8391",
    top: "#ff6257", high: "#ffb224", normal: "#d3dae0", "top-fill": "#43201f", "high-fill": "#3d2f12", "normal-fill": "#1c2227",
    selection: "#ffffff",
  };

  /* Web Mercator at zoom 0: the world is 256 wide. */
  const toX = (lon) => ((lon + 180) / 360) * 256;
  const toY = (lat) => {
    const sine = Math.sin(Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * RAD);
    return 128 - (Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
  };
  const near = (x, reference) => x + 256 * Math.round((reference - x) / 256);

  /* As the wall's map begins, a little wider; an exported span carries it. */
  function firstView() {
    const page = document.querySelector("#wall-page[data-home], #past-player[data-home]");
    const [lat, lon, zoom] = page ? page.dataset.home.split(",").map(Number) : [0, 0, 2.5];
    return { x: toX(lon), y: toY(lat), zoom: zoom - 0.5 };
  }

  class PastMap {
    constructor(holder) {
      this.holder = holder;
      this.canvas = document.createElement("canvas");
      this.canvas.className = "past-canvas";
      this.canvas.tabIndex = 0;
      this.canvas.setAttribute("role", "application");
      this.canvas.setAttribute("aria-label", "Map of the past. Arrow keys move it, plus and minus zoom.");
      holder.append(this.canvas);
      this.ground = document.createElement("canvas"); // land and limits, drawn anew only when the view changes
      this.view = firstView();
      this.picture = null;
      this.at = 0;
      this.chosen = null; // "target:12"
      this.onPick = () => {};
      this.world = [];
      this.detail = [];
      this.limits = [];
      this.places = new Map();
      this.hits = [];
      this.spots = root.newSpots();
      this.colours = FALLBACK;
      this._bind();
      new ResizeObserver(() => this.redraw()).observe(holder);
    }

    /* ---- what it draws ---- */

    setBasemap([world, detail]) {
      this.world = readBasemap(world);
      this.detail = detail ? readBasemap(detail) : [];
      this.redraw();
    }

    setLimits(file) {
      this.limits = [];
      for (const { geometry, properties } of file.features || []) {
        if (!geometry) continue;
        for (const line of linesOf(geometry)) this.limits.push({ kind: properties.kind, path: degreesPath(line) });
      }
      this.redraw();
    }

    setPlaces(places) {
      this.places = new Map(places.map((place) => [place.code, { ...place, x: toX(place.lon), y: toY(place.lat) }]));
      this.redraw();
    }

    setColours(read) {
      this.colours = Object.fromEntries(Object.entries(FALLBACK).map(([name, otherwise]) => [name, read(name) || otherwise]));
      this.groundOf = "";
      this.redraw();
    }

    show(picture, at) {
      this.picture = picture;
      this.at = at;
      const { tracks } = picture;
      this.slots = new Map(tracks.id.map((id, slot) => [id, slot]));
      this.redraw();
    }

    choose(key) {
      this.chosen = key;
      this.redraw();
    }

    flyTo(key) {
      const at = this.positionOf(key);
      if (!at) return false;
      this.view = { ...this.view, x: at.x, y: at.y, zoom: Math.max(this.view.zoom, 7) };
      this.redraw();
      return true;
    }

    redraw() {
      if (this.asked) return;
      this.asked = requestAnimationFrame(() => {
        this.asked = 0;
        this._draw();
      });
    }

    /* Where in the world a thing of this moment is; null when nowhere. */
    positionOf(key) {
      const [kind, id] = splitKey(key);
      if (!this.picture) return null;
      if (kind === "track") return this._trackAt(id);
      const rows = this.picture[`${kind}s`] || [];
      const row = rows.find((one) => one.id === id);
      return row ? this._rowAt(kind, row) : null;
    }

    _trackAt(id) {
      const slot = this.slots.get(id);
      if (slot === undefined) return null;
      const { tracks } = this.picture;
      return { x: toX(tracks.lon[slot]), y: toY(tracks.lat[slot]), slot };
    }

    _rowAt(kind, row) {
      if (kind === "target") {
        const craft = row.track_id === null ? null : this._trackAt(row.track_id);
        if (craft) return craft;
        return row.place_lat === null ? null : { x: toX(row.place_lon), y: toY(row.place_lat), slot: -1 };
      }
      if (kind === "unit") {
        if (row.lat !== null && row.lat !== undefined) return { x: toX(row.lon), y: toY(row.lat) };
        return this.places.get(row.place) || null;
      }
      if (kind === "operation" || kind === "hazard") {
        const first = shapePoints(((kind === "hazard" ? row.shapes : row.area) || [])[0] || {})[0];
        return first ? { x: toX(first[0]), y: toY(first[1]) } : null;
      }
      return null;
    }

    /* ---- drawing ---- */

    _draw() {
      const width = this.holder.clientWidth;
      const height = this.holder.clientHeight;
      if (!width || !height) return;
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      fit(this.canvas, width, height, ratio);
      const scale = 2 ** this.view.zoom;
      const frame = {
        width, height, ratio, scale, zoom: this.view.zoom,
        project: (x, y) => [(near(x, this.view.x) - this.view.x) * scale + width / 2, (y - this.view.y) * scale + height / 2],
      };
      this._drawGround(frame);
      const context = this.canvas.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.ground, 0, 0);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.hits = [];
      this.frame = frame;
      if (!this.picture) return;
      root.labels.begin(frame);
      this.spots.begin();
      this._drawHazards(context, frame);
      this._drawOperations(context, frame);
      this._drawPlaces(context, frame);
      this._drawTracks(context, frame);
      this._drawTaskings(context, frame);
      root.pastSigns.units(this, context, frame);
      root.pastSigns.targets(this, context, frame);
      root.labels.flush(context);
    }

    _drawGround(frame) {
      const of = [this.view.x, this.view.y, this.view.zoom, frame.width, frame.height, frame.ratio, this.world.length, this.detail.length, this.limits.length].join();
      if (of === this.groundOf) return;
      this.groundOf = of;
      fit(this.ground, frame.width, frame.height, frame.ratio);
      const context = this.ground.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = this.colours.sea;
      context.fillRect(0, 0, this.ground.width, this.ground.height);
      const finer = frame.zoom >= DETAIL_FROM_ZOOM && this.detail.length;
      const shapes = finer ? this.world.filter((shape) => !shape.finer).concat(this.detail) : this.world;
      const half = frame.width / 2 / frame.scale;
      for (const shift of [-512, -256, 0, 256, 512]) {
        const left = this.view.x - half - shift;
        const right = this.view.x + half - shift;
        if (right < 0 || left > 512) continue;
        const step = frame.scale * frame.ratio;
        context.setTransform(step, 0, 0, step, (frame.width / 2) * frame.ratio + (shift - this.view.x) * step, (frame.height / 2) * frame.ratio - this.view.y * step);
        context.lineWidth = 1 / step;
        context.fillStyle = this.colours.land;
        context.strokeStyle = this.colours.coast;
        for (const shape of shapes) {
          if (shape.x1 < left || shape.x0 > right) continue;
          context.fill(shape.fill, "evenodd");
          context.stroke(shape.line);
        }
        this._drawLimits(context, step);
      }
    }

    _drawLimits(context, step) {
      const looks = { "12nm": ["limit-12", []], "24nm": ["limit-24", [2, 5]], eez: ["limit-eez", [7, 6]], port: ["zone", [3, 4]] };
      for (const { kind, path } of this.limits) {
        const look = looks[kind];
        if (!look || (kind === "port" && this.view.zoom < 9)) continue;
        context.strokeStyle = this.colours[look[0]];
        context.setLineDash(look[1].map((px) => px / step));
        context.stroke(path);
      }
      context.setLineDash([]);
    }

    _drawPlaces(context, frame) {
      if (frame.zoom < 5) return;
      for (const place of this.places.values()) {
        const [x, y] = frame.project(place.x, place.y);
        if (!inside(frame, x, y, 8)) continue;
        context.beginPath();
        context.arc(x, y, 3, 0, 2 * Math.PI);
        context.strokeStyle = this.colours.place;
        context.lineWidth = 1.2;
        context.stroke();
        if (frame.zoom >= 7) this._label(`place ${place.code}`, place.name, x, y, 7, this.colours.place, 11, 100);
      }
    }

    /* An outline by its severity, a square for a point; the tag says which, so that colour is not all that tells. */
    _drawHazards(context, frame) {
      for (const row of this.picture.hazards || []) {
        for (const shape of row.shapes || []) {
          const points = shapePoints(shape).map(([lon, lat]) => [toX(lon), toY(lat)]);
          if (!points.length) continue;
          const base = near(points[0][0], this.view.x) - points[0][0];
          const spots = points.map(([x, y]) => [(x + base - this.view.x) * frame.scale + frame.width / 2, (y - this.view.y) * frame.scale + frame.height / 2]);
          const colour = row.severity === "Extreme" ? this.colours.top : row.severity === "Severe" ? this.colours.high : this.colours["text-muted"];
          const isPoint = points.length < 3 || (shape.kind === "circle" && !shape.radius_nm);
          const [x, y] = isPoint ? spots[0] : spots.reduce((best, spot) => (spot[1] < best[1] ? spot : best));
          context.strokeStyle = context.fillStyle = colour;
          context.lineWidth = this.chosen === `hazard:${row.id}` ? 3.5 : 2;
          context.setLineDash(row.status === "Actual" ? [] : [8, 5]);
          context.beginPath();
          if (isPoint) context.rect(x - 8, y - 8, 16, 16);
          else {
            spots.forEach(([px, py], at) => (at ? context.lineTo(px, py) : context.moveTo(px, py)));
            context.closePath();
            context.globalAlpha = 0.12;
            context.fill();
            context.globalAlpha = 1;
          }
          context.stroke();
          context.setLineDash([]);
          const words = root.pastBoards.hazardWords(row);
          const word = `${row.severity.toUpperCase()} ${words.length > 40 ? `${words.slice(0, 39)}…` : words}`;
          this._label(`hazard ${row.id}`, word, x, y, 6, colour, 12, 650, true);
          this._hit("hazard", row.id, x, y);
        }
      }
    }

    _drawOperations(context, frame) {
      for (const row of this.picture.operations || []) {
        for (const shape of row.area || []) {
          const points = shapePoints(shape).map(([lon, lat]) => [toX(lon), toY(lat)]);
          if (points.length < 2) continue;
          const base = near(points[0][0], this.view.x) - points[0][0];
          context.beginPath();
          points.forEach(([x, y], at) => {
            const px = (x + base - this.view.x) * frame.scale + frame.width / 2;
            const py = (y - this.view.y) * frame.scale + frame.height / 2;
            if (at) context.lineTo(px, py);
            else context.moveTo(px, py);
          });
          context.strokeStyle = this.colours.operation;
          if (shape.kind === "lane") {
            const lat = shape.points[0][0];
            context.lineWidth = ((shape.width_nm || 0) * 1852 * 256 * frame.scale) / 40075016.686 / Math.cos(lat * RAD);
            context.globalAlpha = 0.18;
            context.stroke();
            context.globalAlpha = 1;
          } else context.closePath();
          context.lineWidth = 1.6;
          context.setLineDash([8, 4]);
          context.stroke();
          context.setLineDash([]);
          const [x, y] = frame.project(...points[0]);
          this._label(`operation ${row.id}`, `${row.reference} ${row.name.length > 40 ? `${row.name.slice(0, 39)}…` : row.name}${row.is_exercise ? " EXERCISE" : ""}`, x, y, 6, this.colours.operation, 12, 700, true);
          this._hit("operation", row.id, x, y);
        }
      }
    }

    _drawTracks(context, frame) {
      const { tracks } = this.picture;
      const onTarget = new Set((this.picture.targets || []).map((row) => row.track_id));
      const size = frame.zoom < 5 ? 3.4 : frame.zoom < 8 ? 4.6 : 6;
      const milePx = (1852 * 256 * frame.scale) / 40075016.686;
      const shown = [];
      for (let slot = 0; slot < tracks.id.length; slot++) {
        const lat = tracks.lat[slot];
        const [x, y] = frame.project(toX(tracks.lon[slot]), toY(lat));
        if (!inside(frame, x, y, 10)) continue;
        shown.push([slot, x, y]);
        const course = tracks.course[slot];
        const speed = tracks.speed[slot];
        const kind = tracks.kind[slot];
        context.globalAlpha = this._fade(slot);
        if (course !== null && speed > 0.4 && kind < 3) {
          const length = Math.min(200, (speed * VECTOR_HOURS * milePx) / Math.cos(lat * RAD));
          if (length > size + 2) line(context, x, y, x + Math.sin(course * RAD) * length, y - Math.cos(course * RAD) * length, this.colours.vector, 1);
        }
        if (!onTarget.has(tracks.id[slot])) craft(context, kind, x, y, size, course, speed, this.colours.track);
        context.globalAlpha = 1;
        this._hit("track", tracks.id[slot], x, y);
        if (this.chosen === `track:${tracks.id[slot]}`) ring(context, x, y, 12, this.colours.selection);
      }
      if (frame.zoom < NAMES_FROM_ZOOM || shown.length > NAMES_AT_MOST) return;
      for (const [slot, x, y] of shown) {
        if (tracks.name[slot] && !onTarget.has(tracks.id[slot])) this._label(`track ${tracks.id[slot]}`, tracks.name[slot], x, y, 8, this.colours["text-muted"], 11, 300);
      }
    }

    _fade(slot) {
      const { tracks, feeds } = this.picture;
      this.offsets = this.offsetsOf === feeds ? this.offsets : new Map((feeds || []).map((feed) => [feed.id, feed.clock_offset_ms || 0]));
      this.offsetsOf = feeds;
      const age = (this.at + (this.offsets.get(tracks.feed[slot]) || 0)) / 1000 - tracks.observed[slot];
      const stale = tracks.kind[slot] === 1 ? 120 : tracks.kind[slot] > 2 ? 43200 : 1800;
      return age < stale ? 1 : age < 3 * stale ? 0.62 : 0.4;
    }

    _drawTaskings(context, frame) {
      for (const row of this.picture.taskings || []) {
        const unit = this.positionOf(`unit:${row.unit_id}`);
        if (!unit || row.meet_lat === null || row.ended_at) continue;
        const [x, y] = frame.project(unit.x, unit.y);
        const [toPx, toPy] = frame.project(toX(row.meet_lon), toY(row.meet_lat));
        context.setLineDash(row.state === "requested" ? [5, 5] : []);
        line(context, x, y, toPx, toPy, this.colours.unit, 1.4);
        context.setLineDash([]);
      }
    }

    /* Ask for a name beside a thing: it stands where there is room when everything is drawn. */
    _label(key, text, x, y, gap, colour, size, priority, urgent = false) {
      root.labels.add({ key: `past ${key}`, x, y, gap, lines: [{ text, size, weight: 600, colour }], priority, urgent, leader: colour });
    }

    _hit(kind, id, x, y) {
      this.hits.push({ keys: [`${kind}:${id}`], x, y });
    }

    /* ---- hands and keys: the view alone moves ---- */

    _bind() {
      const { canvas } = this;
      let from = null;
      canvas.addEventListener("pointerdown", (event) => {
        from = { x: event.clientX, y: event.clientY, view: { ...this.view }, moved: false };
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (!from) return;
        const scale = 2 ** this.view.zoom;
        from.moved = from.moved || Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4;
        if (from.moved) this._move({ x: from.view.x - (event.clientX - from.x) / scale, y: from.view.y - (event.clientY - from.y) / scale });
      });
      canvas.addEventListener("pointerup", (event) => {
        if (from && !from.moved) this._pick(event);
        from = null;
      });
      canvas.addEventListener("pointercancel", () => (from = null));
      canvas.addEventListener("wheel", (event) => {
        event.preventDefault();
        this.zoomBy(event.deltaY < 0 ? 0.5 : -0.5, event.offsetX, event.offsetY);
      }, { passive: false });
      canvas.addEventListener("keydown", (event) => {
        const step = 80 / 2 ** this.view.zoom;
        const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
        if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey && event.key.startsWith("Arrow")) return;
        if (moves[event.key]) this._move({ x: this.view.x + moves[event.key][0], y: this.view.y + moves[event.key][1] });
        else if (event.key === "+" || event.key === "=") this.zoomBy(0.5);
        else if (event.key === "-") this.zoomBy(-0.5);
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
    }

    _move(to) {
      this.view = { ...this.view, x: ((to.x % 256) + 256) % 256, y: Math.max(20, Math.min(236, to.y)) };
      this.redraw();
    }

    zoomBy(by, px, py) {
      const zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, this.view.zoom + by));
      const dx = px === undefined ? 0 : px - this.holder.clientWidth / 2;
      const dy = py === undefined ? 0 : py - this.holder.clientHeight / 2;
      const shift = 1 / 2 ** this.view.zoom - 1 / 2 ** zoom; // what lies under the pointer stays there
      this.view.zoom = zoom;
      this._move({ x: this.view.x + dx * shift, y: this.view.y + dy * shift });
    }

    _pick(event) {
      const box = this.canvas.getBoundingClientRect();
      const x = event.clientX - box.left;
      const y = event.clientY - box.top;
      let best = null;
      for (const hit of this.hits) {
        const far = Math.hypot(hit.x - x, hit.y - y);
        if (far <= PICK_PX && (!best || far <= best.far)) best = { ...hit, far }; // later ones lie on top
      }
      if (!best) return this.onPick(null);
      // one sign may stand for several: pressed again, it tells of the next
      this.onPick(best.keys[(best.keys.indexOf(this.chosen) + 1) % best.keys.length]);
    }
  }

  /* ---- shapes ---- */

  const splitKey = (key) => {
    const cut = key.indexOf(":");
    return [key.slice(0, cut), Number(key.slice(cut + 1))];
  };
  const inside = (frame, x, y, half) => x > -half && y > -half && x < frame.width + half && y < frame.height + half;

  function fit(canvas, width, height, ratio) {
    const w = Math.round(width * ratio);
    const h = Math.round(height * ratio);
    if (canvas.width === w && canvas.height === h) return;
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }

  function line(context, x0, y0, x1, y1, colour, width) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  function ring(context, x, y, radius, colour) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke();
  }

  const CRAFT = [
    [[0, -1.3], [0.75, 1], [0, 0.5], [-0.75, 1]], // vessel under way
    [[0, -1.4], [0.25, -0.4], [1.3, 0.45], [0.2, 0.3], [0.55, 1.2], [-0.55, 1.2], [-0.2, 0.3], [-1.3, 0.45], [-0.25, -0.4]], // aircraft
  ];

  function craft(context, kind, x, y, size, course, speed, colour) {
    context.fillStyle = colour;
    context.beginPath();
    const shape = CRAFT[kind];
    if (shape && course !== null && (kind === 1 || !(speed < 0.4))) {
      const sine = Math.sin(course * RAD) * size;
      const cosine = Math.cos(course * RAD) * size;
      for (const [dx, dy] of shape) context.lineTo(x + dx * cosine - dy * sine, y + dx * sine + dy * cosine);
    } else if (kind === 2) context.rect(x - size / 2, y - size / 2, size, size);
    else if (kind > 2) context.rect(x - size / 3, y - size / 3, size / 1.5, size / 1.5);
    else context.arc(x, y, size / 2, 0, 2 * Math.PI);
    context.fill();
  }

  /* Points [lon, lat] of a stored shape (ops_centre/domain/shapes.py): its corners, its circle, or the middle of a lane.
   * Longitudes may run over 180°. */
  function shapePoints(shape) {
    const points = (shape.points || []).map(([lat, lon]) => [lon, lat]);
    if (shape.kind !== "circle" || !points.length) return points;
    const [lon, lat] = points[0];
    const reach = (shape.radius_nm || 0) / 60;
    return Array.from({ length: 49 }, (_none, n) => {
      const angle = (n / 48) * 2 * Math.PI;
      return [lon + (reach * Math.sin(angle)) / Math.max(0.05, Math.cos(lat * RAD)), lat + reach * Math.cos(angle)];
    });
  }

  /* ---- reading the basemap (docs/maps.md) ---- */

  function readBasemap(file) {
    return file.polygons.map((polygon) => {
      const rings = polygon.r.map((steps) => gridPoints(steps, file));
      const fill = pathOf(rings, true);
      const xs = rings[0].map(([x]) => x);
      return {
        fill, finer: Boolean(polygon.d), x0: Math.min(...xs), x1: Math.max(...xs),
        line: polygon.l ? pathOf(polygon.l.map((steps) => gridPoints(steps, file)), false) : fill,
      };
    });
  }

  function gridPoints(steps, { scale, translate }) {
    const points = [];
    let gx = 0;
    let gy = 0;
    for (let at = 0; at < steps.length; at += 2) {
      gx += steps[at];
      gy += steps[at + 1];
      points.push([toX(translate[0] + gx * scale[0]), toY(translate[1] + gy * scale[1])]);
    }
    return points;
  }

  function pathOf(lines, closed) {
    const path = new Path2D();
    for (const points of lines) {
      points.forEach(([x, y], at) => (at ? path.lineTo(x, y) : path.moveTo(x, y)));
      if (closed) path.closePath();
    }
    return path;
  }

  function degreesPath(line) {
    let before = toX(line[0][0]);
    return pathOf([line.map(([lon, lat]) => [(before = near(toX(lon), before)), toY(lat)])], false);
  }

  function linesOf({ type, coordinates }) {
    if (type === "LineString") return [coordinates];
    if (type === "MultiLineString" || type === "Polygon") return coordinates;
    return type === "MultiPolygon" ? coordinates.flat() : [];
  }

  root.PastMap = PastMap;
})();
