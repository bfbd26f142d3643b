/* Joins the parts to the Leaflet map that dash-leaflet makes in #wall-map, and is what other scripts call:
 * opsCentre.map.fly, select, setLayer, view, setView, screenOf. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { mercator } = ops;

  const MAP_ID = "wall-map";
  const MIN_ZOOM = 3;
  const MAX_ZOOM = 14;
  const FLIGHT_MS = 800;
  const CARD_MS = 900; // by when a card has opened
  const SELECT_ZOOM = 8; // how close a fly without a zoom of its own comes
  const ZOOM_SNAP = 0.5;
  const HOME_MARGIN_PX = 10;

  let map = null;
  let basemap = null;
  let wanted = null; // a view asked for before there was a map
  let shownAtHome = null; // where home was when it was last shown
  let flownAt = 0;
  let uncoverTimer = 0;

  const wrapLon = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function adopt(leaflet, leafletMap) {
    map = leafletMap;
    map.setMinZoom(MIN_ZOOM);
    map.setMaxZoom(MAX_ZOOM);
    map.setMaxBounds([[-84, -Infinity], [84, Infinity]]);
    const container = map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", "Map of the picture. Arrow keys move it, plus and minus zoom.");
    leaflet.control.scale({ position: "bottomright", metric: true, imperial: false, maxWidth: 140 }).addTo(map);
    basemap = ops.basemap.createLayer(leaflet, map);
    basemap.addTo(map);
    basemap.showLimits(ops.painter.layers.limits);
    ops.painter.attach(leaflet, map);
    ops.picking.attach(map);
    ops.mapStatus.attach(map);
    const resized = new ResizeObserver(() => {
      if (!map) return;
      const atHome = isHome(); // asked before the size is known anew: that moves the middle
      map.invalidateSize({ animate: false, pan: false });
      if (atHome) home(false);
    });
    resized.observe(container);
    map.on("unload", () => {
      resized.disconnect();
      map = shownAtHome = null;
    });
    if (wanted) setView(wanted);
    wanted = null;
    ops.painter.requestNow();
    ops.announce("ops:map", {});
    requestAnimationFrame(() => setTimeout(loadReference)); // after the lists beside the map are shown
  }

  async function loadReference() {
    const [missing, places] = await Promise.all([ops.basemap.load(basemap), ops.places.load().then(() => [], (failed) => [failed.message])]);
    const failed = [...missing, ...places];
    ops.mapStatus.missing(failed);
    ops.painter.requestNow();
    if (failed.length) setTimeout(loadReference, 15000);
  }

  /* ---- for others ---- */

  /* Where a longitude is nearest to the middle of the map, so that flights never go the long way round. */
  const nearLon = (lon) => mercator.lon(mercator.near(mercator.x(lon), mercator.x(map.getCenter().lng)));

  function fly(lat, lon, zoom) {
    if (!map) return void (wanted = { lat, lon, zoom: zoom || SELECT_ZOOM });
    const to = zoom || Math.max(map.getZoom(), SELECT_ZOOM);
    flownAt = performance.now();
    map.setView([lat, nearLon(lon)], to, { animate: !calm() });
  }

  /* The view that the settings ask for first, zoomed out as far as this map needs to show the whole area. */
  function home(animate = !calm()) {
    const page = document.getElementById("wall-page");
    if (!map || !page || !page.dataset.home) return;
    const [lat, lon, most, south, west, north, east] = page.dataset.home.split(",").map(Number);
    const half = map.getSize().divideBy(2).subtract([HOME_MARGIN_PX, HOME_MARGIN_PX]);
    const fits = (zoom) => {
      const centre = map.project([lat, lon], zoom);
      return [[south, west], [north, east]].map((corner) => map.project(corner, zoom).subtract(centre)).every(({ x, y }) => Math.abs(x) <= half.x && Math.abs(y) <= half.y);
    };
    let zoom = most;
    while (zoom > MIN_ZOOM && !fits(zoom)) zoom -= ZOOM_SNAP;
    const at = [lat, shownAtHome ? nearLon(lon) : lon];
    shownAtHome = { at: map.project(at, zoom), zoom };
    map.setView(at, zoom, { animate });
  }

  /* Whether nobody has moved the map since. Leaflet keeps its middle in whole pixels. */
  const isHome = () => Boolean(shownAtHome) && map.getZoom() === shownAtHome.zoom && map.project(map.getCenter()).distanceTo(shownAtHome.at) <= 2;

  function view() {
    if (!map) return null;
    const { lat, lng } = map.getCenter();
    const layers = Object.keys(ops.painter.layers).filter((name) => ops.painter.layers[name]);
    return { lat: Number(lat.toFixed(5)), lon: Number(wrapLon(lng).toFixed(5)), zoom: map.getZoom(), layers };
  }

  function setView(next) {
    if (!next || !Number.isFinite(next.lat) || !Number.isFinite(next.lon)) return;
    if (!map) return void (wanted = next);
    if (Array.isArray(next.layers)) for (const name of Object.keys(ops.painter.layers)) setLayer(name, next.layers.includes(name));
    map.setView([next.lat, nearLon(next.lon)], Number.isFinite(next.zoom) ? next.zoom : map.getZoom(), { animate: false });
  }

  function setLayer(layer, on) {
    const name = layer === "vessels" ? "tracks" : layer;
    if (!(name in ops.painter.layers)) return;
    ops.painter.layers[name] = Boolean(on);
    if (name === "limits" && basemap) basemap.showLimits(Boolean(on));
    ops.painter.requestNow();
  }

  /* Bring a thing into view when it is outside; a flight that has just begun goes there anyway. */
  function reveal(kind, id) {
    const at = map && ops.selection.positionOf(kind, id);
    if (!at || performance.now() - flownAt < FLIGHT_MS) return;
    const frame = ops.painter.frameNow();
    const [x, y] = frame.project(at.x, at.y);
    const edge = 40;
    if (x > edge && y > edge && x < frame.width - edge && y < frame.height - edge) return;
    map.panTo([mercator.lat(at.y), nearLon(mercator.lon(at.x))], { animate: !calm() });
  }

  /* A card that has opened over the chosen thing: move the map so that the thing stands beside it. */
  function uncover() {
    const chosen = ops.selection.current();
    const at = map && chosen && screenOf(chosen.kind, chosen.id);
    if (!at) return;
    const box = map.getContainer().getBoundingClientRect();
    for (const element of map.getContainer().parentElement.children) {
      const own = element.getBoundingClientRect();
      const covers = element !== map.getContainer() && own.height > 60 && at.x > own.left - 30 && at.x < own.right && at.y > own.top && at.y < own.bottom;
      if (covers && own.left > box.left + 200) return void map.panBy([at.x - (box.left + own.left) / 2, 0], { animate: !calm() });
    }
  }

  /* Where on the page a thing is drawn, or null when it is not in the picture. */
  function screenOf(kind, id) {
    if (!map) return null;
    const hit = ops.spots.hits().find((h) => h.kind === kind && h.ids.some((own) => String(own) === String(id)));
    const at = hit ? null : ops.selection.positionOf(kind, id);
    if (!hit && !at) return null;
    const [x, y] = hit ? [hit.x, hit.y] : ops.painter.frameNow().project(at.x, at.y);
    const box = map.getContainer().getBoundingClientRect();
    return { x: box.left + x, y: box.top + y };
  }

  ops.map = { fly, home, select: ops.selection.select, setLayer, view, setView, screenOf, layers: () => ({ ...ops.painter.layers }), leaflet: () => map };

  document.addEventListener("ops:select", ({ detail }) => {
    if (!detail || !detail.kind) return;
    reveal(detail.kind, detail.id);
    clearTimeout(uncoverTimer);
    uncoverTimer = setTimeout(uncover, CARD_MS);
  });

  /* dash-leaflet brings Leaflet; it may load after this script. */
  (function hook() {
    if (!window.L || !window.L.Map) return void setTimeout(hook, 10);
    window.L.Map.addInitHook(function () {
      const container = this.getContainer();
      if (container.id !== MAP_ID && !container.closest(`#${MAP_ID}`)) return;
      this.whenReady(() => adopt(window.L, this));
      this.options.zoomSnap = ZOOM_SNAP;
      map = this;
      home(false); // the first view, that makes it ready
    });
  })();
})();
