/* When and onto what the map is drawn. Changes only ask for a draw; draws are spaced so that they take a small share of the
 * browser's time however many craft there are, and follow at once when somebody moves the map or picks a thing. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { stats, mercator } = ops;

  const FASTEST_MS = 250; // four draws a second when drawing is cheap
  const SLOWEST_MS = 1000;
  const SHARE = 0.04; // of the main thread that drawing may take
  const AGES_MS = 10000; // draw at least so often: craft fade with age
  const NAMES_FROM_ZOOM = 9;
  const NAMES_AT_MOST = 140;

  const layers = { tracks: true, aircraft: true, targets: true, units: true, drawings: true, taskings: true, operations: true, hazards: true, places: true, sufficiency: true, limits: true, labels: true, vectors: true };

  let map = null;
  let L = null;
  let holder = null;
  let craftCanvas = null;
  let symbolCanvas = null;
  let drawn = null; // centre and zoom of the last draw
  let timer = 0;
  let frameAsked = 0;
  let zooming = false;
  let lastDrawAt = 0;
  let usualMs = 5;

  /* ---- the canvases ---- */

  function attach(leaflet, leafletMap) {
    L = leaflet;
    map = leafletMap;
    const pane = map.createPane("craft");
    pane.style.zIndex = 410;
    pane.style.pointerEvents = "none";
    holder = L.DomUtil.create("div", "map-canvas leaflet-zoom-animated", pane);
    craftCanvas = L.DomUtil.create("canvas", "map-canvas", holder);
    symbolCanvas = L.DomUtil.create("canvas", "map-canvas", holder);
    for (const canvas of [craftCanvas, symbolCanvas]) {
      canvas.style.position = "absolute";
      canvas.style.left = canvas.style.top = "0";
      canvas.setAttribute("aria-hidden", "true");
    }
    map.on("zoomanim", (event) => {
      zooming = true;
      if (drawn) transform(event.center, event.zoom);
    });
    map.on("zoomend", () => (zooming = false));
    map.on("unload", () => (map = null));
    map.on("move resize zoomend moveend viewreset", requestNow);
  }

  /* Stretch the last draw while Leaflet animates towards another zoom. */
  function transform(centre, zoom) {
    const scale = map.getZoomScale(zoom, drawn.zoom);
    const half = map.getSize().divideBy(2);
    const offset = half.multiplyBy(-scale).add(map.project(drawn.centre, zoom)).subtract(map._getNewPixelOrigin(centre, zoom));
    L.DomUtil.setTransform(holder, offset, scale);
  }

  function fit(canvas, frame) {
    const width = Math.round(frame.width * frame.ratio);
    const height = Math.round(frame.height * frame.ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${frame.width}px`;
      canvas.style.height = `${frame.height}px`;
    }
    return canvas.getContext("2d");
  }

  /* ---- when ---- */

  function request() {
    if (timer || frameAsked || !map) return;
    const rest = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, usualMs / SHARE));
    timer = setTimeout(requestNow, Math.max(0, lastDrawAt + rest - performance.now()));
  }

  function requestNow() {
    if (!map || frameAsked) return;
    clearTimeout(timer);
    timer = 0;
    const now = () => {
      frameAsked = 0;
      draw();
    };
    // The first draw is the longest: the lists beside the map are shown before it.
    frameAsked = requestAnimationFrame(lastDrawAt ? now : () => setTimeout(now));
  }

  /* ---- what ---- */

  function frameNow() {
    const size = map.getSize();
    const zoom = map.getZoom();
    const scale = 2 ** zoom;
    const corner = map.getPixelBounds().min;
    const centreX = (corner.x + size.x / 2) / scale;
    return {
      zoom, scale, left: corner.x, top: corner.y, width: size.x, height: size.y, centreX, layers,
      now: ops.store.serverNow(),
      ratio: Math.min(2, window.devicePixelRatio || 1),
      craftSize: ops.craft.sizeAt(zoom),
      textSize: ops.palette.textSize,
      project: (x, y) => [mercator.near(x, centreX) * scale - corner.x, y * scale - corner.y],
      shows: (x, y, half) => x > -half && y > -half && x < size.x + half && y < size.y + half,
    };
  }

  function draw() {
    if (!map || zooming || document.visibilityState === "hidden" || !map._loaded) return;
    const began = performance.now();
    const frame = frameNow();
    if (!frame.width || !frame.height) return;
    drawn = { centre: map.getCenter(), zoom: frame.zoom };
    L.DomUtil.setTransform(holder, map.containerPointToLayerPoint([0, 0]), 1);
    const marked = layers.targets ? ops.targetsLayer.markedSlots() : new Set();
    const inView = ops.craft.draw(fit(craftCanvas, frame), frame, layers, marked);
    drawSymbols(fit(symbolCanvas, frame), frame, inView, marked);
    const took = performance.now() - began;
    usualMs = 0.6 * usualMs + 0.4 * Math.min(took, 3 * usualMs + 5); // one slow draw (new sprites, new labels) is not usual
    lastDrawAt = performance.now();
    stats.draws++;
    stats.drawMs += took;
    stats.lastFrameAt = Date.now();
    stats.inView = inView;
  }

  function drawSymbols(context, frame, inView, marked) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.scale(frame.ratio, frame.ratio);
    ops.labels.begin(frame);
    ops.spots.begin();
    keepCornersFree();
    if (layers.hazards) ops.hazardsLayer.draw(context, frame);
    if (layers.operations) ops.operationsLayer.draw(context, frame);
    if (layers.drawings) ops.fieldLayer.drawDrawings(context, frame);
    ops.selection.drawTrail(context, frame);
    const calls = ops.callsLayer.place(frame); // no switch hides one
    const targets = layers.targets ? ops.targetsLayer.place(frame) : (ops.places.reserve(frame), []);
    const units = layers.units ? ops.unitsLayer.place(frame) : [];
    if (layers.places) ops.places.draw(context, frame);
    if (layers.hazards) ops.hazardsLayer.drawTags(context, frame);
    if (layers.operations) ops.operationsLayer.drawTags(context, frame);
    if (layers.taskings) ops.taskingsLayer.draw(context, frame);
    ops.unitsLayer.draw(context, frame, units);
    if (layers.units) ops.fieldLayer.drawDevices(context, frame);
    ops.targetsLayer.draw(context, frame, targets);
    ops.callsLayer.draw(context, frame, calls);
    if (frame.zoom >= NAMES_FROM_ZOOM && inView <= NAMES_AT_MOST) nameCraft(frame, marked);
    ops.selection.drawRing(context, frame);
    if (layers.labels) ops.labels.flush(context);
  }

  /* What lies over the map (texts in its corners, the card, the tools) covers labels: they keep out from under it. */
  function keepCornersFree() {
    const container = map.getContainer();
    const box = container.getBoundingClientRect();
    const over = [...container.parentElement.children].filter((element) => element !== container);
    for (const element of [...over, ...container.querySelectorAll(".leaflet-control")]) {
      const own = element.getBoundingClientRect();
      if (own.width && own.height) ops.labels.block(own.left - box.left + own.width / 2, own.top - box.top + own.height / 2, own.width / 2 + 4, own.height / 2 + 3);
    }
  }

  function nameCraft(frame, marked) {
    const { tracks } = ops.store;
    const { x, y } = ops.craft.screen;
    for (let slot = 0; slot < tracks.top; slot++) {
      if (!(x[slot] === x[slot]) || !tracks.name[slot] || marked.has(slot) || ops.selection.is("track", tracks.id[slot])) continue;
      ops.labels.add({
        key: `track ${tracks.id[slot]}`, x: x[slot], y: y[slot], gap: 9, priority: 100, sides: [0, 1, 2, 3],
        lines: [{ text: tracks.name[slot], size: frame.textSize - 3, weight: 450, colour: ops.palette["text-dim"] }],
      });
    }
  }

  document.addEventListener("ops:picture", request);
  document.addEventListener("ops:map-theme", requestNow);
  document.addEventListener("visibilitychange", requestNow);
  setInterval(() => performance.now() - lastDrawAt > AGES_MS && request(), 2000);

  ops.painter = { attach, request, requestNow, frameNow, layers };
})();
