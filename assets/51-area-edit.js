/* The area on an operation's page: a map over the same basemap, and drawing on it by mouse, by finger or by typing positions.
 * The server reads and measures what is drawn (acts operations/area/check); nothing is kept until it is saved. The section
 * itself is painted (layouts/operation_area.py); this script owns what is in [data-own=area-map] and [data-own=area-panel].
 *
 * While drawing: click adds a point, Enter or a double click ends the shape, Backspace takes the last point back, Escape ends;
 * a point that has the focus is moved with the arrow keys (Shift: finer) and taken away with Delete; Ctrl+Z and Ctrl+Y. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const MIN_POINTS = { polygon: 3, lane: 2, circle: 1 };
  const WORDS = { polygon: "Polygon", circle: "Circle", lane: "Lane" };
  const FIRST_REACH = { circle: ["radius_nm", 12], lane: ["width_nm", 6] };
  const CHECK_MS = 250;
  const CLOSE_PX = 12; // a click this near the first corner closes a polygon
  const STEP_PX = 8;
  const UNDOS = 100;

  let stage = null; // {holder, map, basemap, drawn, handles}
  let work = null; // what is being drawn: see `begin`; null while only looking
  let checkTimer = 0;
  let checkNumber = 0;

  const copy = (value) => JSON.parse(JSON.stringify(value));
  const make = (tag, given = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name === "text") element.textContent = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter(Boolean));
    return element;
  };
  const marks = () => stage && stage.holder.dataset;
  const stored = () => {
    try {
      return JSON.parse(marks().shapes || "[]");
    } catch {
      return [];
    }
  };
  const shapesNow = () => (work ? work.shapes : stored());
  const chosen = () => (work && work.shapes[work.chosen]) || null;
  const whole = (shape) => shape.points.length >= MIN_POINTS[shape.kind];
  const colour = (name) => ops.palette[name] || "#888888";

  /* ---- the map ---- */

  function adopt(holder) {
    if (!window.L || !window.L.Map) return void setTimeout(look, 200);
    const L = window.L;
    const frame = make("div", { class: "area-frame" });
    holder.replaceChildren(frame);
    const map = L.map(frame, { zoomControl: true, attributionControl: false, doubleClickZoom: false, minZoom: 3, maxZoom: 14, zoomSnap: 0.5, scrollWheelZoom: false });
    map.setMaxBounds([[-84, -Infinity], [84, Infinity]]);
    map.setView([0, 0], 3);
    L.control.scale({ position: "bottomright", metric: true, imperial: false, maxWidth: 120 }).addTo(map);
    const basemap = ops.basemap.createLayer(L, map).addTo(map);
    stage = { holder, map, basemap, L, drawn: L.layerGroup().addTo(map), handles: L.layerGroup().addTo(map), seen: null };
    const own = stage;
    const resized = new ResizeObserver(() => own === stage && map.invalidateSize({ animate: false, pan: false }));
    resized.observe(frame);
    own.drop = () => {
      resized.disconnect();
      map.remove();
    };
    map.on("click", ({ latlng, containerPoint }) => addPoint(latlng, containerPoint));
    map.on("dblclick", () => endShape());
    map.on("zoomend", () => own === stage && work && draw());
    map.on("mousemove", ({ latlng }) => rubber(latlng));
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", "Map of the area. Arrow keys move it, plus and minus zoom. Positions can be typed beside it.");
    home();
  }

  function home() {
    const points = shapesNow().flatMap((shape) => ops.operationsLayer.rings(shape).flat());
    if (points.length) return void stage.map.fitBounds(points, { padding: [28, 28], maxZoom: 11, animate: false });
    const [lat, lon, zoom] = (marks().home || "0,0,3").split(",").map(Number);
    stage.map.setView([lat, lon], zoom - 1, { animate: false });
  }

  /* Look whether the page shows an area, and whether it is another than before. */
  function look() {
    const holder = document.querySelector("[data-own=area-map]");
    if (stage && (stage.holder !== holder || !stage.holder.contains(stage.map.getContainer()))) {
      stage.drop();
      stage = null;
      work = null;
    }
    if (!holder || !holder.offsetWidth) return;
    if (!stage) adopt(holder);
    if (!stage) return;
    const { operation, basis } = holder.dataset;
    if (stage.seen === `${operation} ${basis}`) return;
    const another = !stage.seen || !stage.seen.startsWith(`${operation} `);
    stage.seen = `${operation} ${basis}`;
    if (another && work) leave();
    if (work && work.basis !== basis) return void tell("The area was changed by somebody else meanwhile. Cancel shows theirs.");
    home();
    draw();
  }

  /* ---- what is drawn ---- */

  function draw() {
    if (!stage) return;
    drawShapes();
    stage.handles.clearLayers();
    if (work) drawHandles();
  }

  /* Without the handles: the one in the hand must stay while it is dragged. */
  function drawShapes() {
    stage.drawn.clearLayers();
    drawTargets();
    shapesNow().forEach(drawShape);
  }

  function drawShape(shape, number) {
    const { L, drawn } = stage;
    const mine = work && number === work.chosen;
    const look = { color: colour(mine ? "selection" : "operation"), weight: mine ? 2.5 : 1.8, fillOpacity: mine ? 0.14 : 0.1, fillRule: "nonzero", interactive: Boolean(work), bubblingMouseEvents: false };
    const rings = ops.operationsLayer.rings(shape);
    const isLane = shape.kind === "lane";
    const layers = [];
    if (rings.length) layers.push(L.polygon(isLane ? [rings] : rings, { ...look, stroke: !isLane }));
    if (shape.points.length > 1 && (isLane || !rings.length)) layers.push(L.polyline(shape.points, { ...look, fill: false, dashArray: rings.length ? null : "5 5" }));
    for (const layer of layers) {
      layer.on("click", (event) => (work.adding ? addPoint(event.latlng, event.containerPoint) : choose(number)));
      drawn.addLayer(layer);
    }
  }

  function drawTargets() {
    const { L, drawn } = stage;
    for (const row of ops.store.targets.values()) {
      const at = ops.targetsLayer.positionOf(row);
      if (!at) continue;
      const lon = ops.mercator.lon(ops.mercator.near(at.x, ops.mercator.x(stage.map.getCenter().lng)));
      drawn.addLayer(L.circleMarker([ops.mercator.lat(at.y), lon], { radius: 5, color: colour(row.severity), weight: 2, fillOpacity: 0.4, interactive: false }));
    }
  }

  function handle(latlng, kind, title, moved, removed) {
    const { L, handles, map } = stage;
    const marker = L.marker(latlng, { icon: L.divIcon({ className: `area-handle ${kind}`, iconSize: [24, 24], html: false }), draggable: true, keyboard: true, title, autoPan: true, bubblingMouseEvents: false });
    marker.on("dragstart", remember);
    marker.on("drag", () => moved(marker.getLatLng(), false));
    marker.on("dragend", () => moved(marker.getLatLng(), true));
    handles.addLayer(marker);
    const element = marker.getElement();
    element.setAttribute("aria-label", title);
    element.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 1 : STEP_PX;
      const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      const gone = removed && (event.key === "Delete" || event.key === "Backspace");
      if (!way && !gone) return;
      event.preventDefault();
      event.stopPropagation();
      remember();
      if (gone) return void removed();
      const at = map.latLngToContainerPoint(marker.getLatLng()).add(way);
      moved(map.containerPointToLatLng(at), true);
      focusHandle(title);
    });
    return marker;
  }

  const focusHandle = (title) => {
    const found = [...stage.map.getContainer().querySelectorAll(".area-handle")].find((element) => element.getAttribute("aria-label") === title);
    if (found) found.focus({ preventScroll: true });
  };

  function drawHandles() {
    const shape = chosen();
    if (!shape) return;
    const finish = (end) => (end ? changed() : drawShapes());
    shape.points.forEach((point, number) => {
      const what = shape.kind === "circle" ? "Centre" : `Point ${number + 1}`;
      const removed = shape.kind === "circle" ? null : () => (shape.points.splice(number, 1), changed());
      handle(point, "corner", what, ({ lat, lng }, end) => ((shape.points[number] = [lat, lng]), finish(end)), removed);
    });
    if (shape.kind === "circle" && shape.points.length && shape.radius_nm) {
      const rim = ops.operationsLayer.destination(...shape.points[0], 90, shape.radius_nm);
      if (stage.map.latLngToContainerPoint(rim).distanceTo(stage.map.latLngToContainerPoint(shape.points[0])) < 24) return; // they would lie on each other
      handle(rim, "rim", "Radius", ({ lat, lng }, end) => ((shape.radius_nm = tidyMiles(ops.operationsLayer.distanceNm(shape.points[0], [lat, lng]))), finish(end)), null);
    } else if (!work.adding) {
      const count = shape.points.length;
      for (let i = 0; i < (shape.kind === "polygon" && count > 2 ? count : count - 1); i++) {
        const [one, two] = [shape.points[i], shape.points[(i + 1) % count]];
        let added = false;
        const between = ({ lat, lng }, end) => {
          if (added) shape.points[i + 1] = [lat, lng];
          else shape.points.splice(i + 1, 0, [lat, lng]);
          added = true;
          finish(end);
        };
        handle([(one[0] + two[0]) / 2, (one[1] + two[1]) / 2], "between", `New point after point ${i + 1}`, between, null);
      }
    }
  }

  const tidyMiles = (nm) => Math.min(600, Math.max(0.1, nm >= 20 ? Math.round(nm) : Math.round(nm * 10) / 10));

  /* The line from the last point to the pointer. */
  function rubber(latlng) {
    const shape = chosen();
    if (!work || !work.adding || !shape || !shape.points.length || shape.kind === "circle") return;
    if (stage.rubber) stage.rubber.remove();
    const last = shape.points[shape.points.length - 1];
    stage.rubber = stage.L.polyline([last, latlng], { color: colour("selection"), weight: 1, dashArray: "3 5", interactive: false }).addTo(stage.map);
  }

  function noRubber() {
    if (stage && stage.rubber) stage.rubber.remove();
    if (stage) stage.rubber = null;
  }

  /* ---- changing ---- */

  const kept = () => JSON.stringify(work.shapes);
  function remember() {
    work.undo.push(kept());
    if (work.undo.length > UNDOS) work.undo.shift();
    work.redo = [];
  }

  function step(from, to) {
    if (!work || !work[from].length) return;
    work[to].push(kept());
    work.shapes = JSON.parse(work[from].pop());
    work.chosen = Math.min(work.chosen, work.shapes.length - 1);
    work.adding = false;
    changed();
  }

  function addPoint({ lat, lng }, at) {
    const shape = chosen();
    if (!work || !work.adding || !shape) return;
    const { points } = shape;
    if (points.length > 2 && shape.kind === "polygon" && stage.map.latLngToContainerPoint(points[0]).distanceTo(at) < CLOSE_PX) return void endShape();
    const last = points[points.length - 1];
    if (last && stage.map.latLngToContainerPoint(last).distanceTo(at) < 3) return; // second half of a double click
    remember();
    points.push([lat, lng]);
    if (shape.kind === "circle") work.adding = false;
    changed();
  }

  function endShape() {
    if (!work || !work.adding) return;
    work.adding = false;
    noRubber();
    changed();
  }

  function changed() {
    noRubber();
    draw();
    panel();
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, CHECK_MS);
  }

  function choose(number) {
    work.chosen = number;
    work.adding = false;
    noRubber();
    draw();
    panel();
  }

  function begin(kind) {
    remember();
    const [reach, nm] = FIRST_REACH[kind] || [];
    work.shapes.push({ kind, name: "", points: [], ...(reach ? { [reach]: nm } : {}) });
    work.chosen = work.shapes.length - 1;
    work.adding = true;
    tell("");
    changed();
    work.fields.points.focus();
  }

  const plain = ({ kind, name, points, radius_nm, width_nm }) =>
    ({ kind, name: name || "", points, ...(kind === "circle" ? { radius_nm } : {}), ...(kind === "lane" ? { width_nm } : {}) });

  /* Ask the server to read and measure what is whole; its words for what is wrong stand in the panel. */
  async function check(typed) {
    if (!work) return;
    const mine = ++checkNumber;
    const asked = work.shapes.map((shape, number) => ({ shape, number })).filter(({ shape, number }) => whole(shape) || (typed !== undefined && number === work.chosen));
    try {
      const shapes = asked.map(({ shape, number }) => {
        const { points, ...rest } = plain(shape);
        return typed !== undefined && number === work.chosen ? { ...rest, text: typed } : { ...rest, points };
      });
      const told = await ops.act("operations/area/check", { shapes });
      if (!work || mine !== checkNumber) return;
      if (told.fault) return void faulty(told.fault);
      if (typed !== undefined) remember();
      asked.forEach(({ shape }, i) => Object.assign(shape, { points: told.shapes[i].points, text: told.shapes[i].text, described: told.shapes[i].described }));
      work.area = told.area_nm2;
      work.fault = false;
      tell("");
      if (typed !== undefined) {
        work.adding = false;
        if (!stage.map.getBounds().contains(chosen().points[0])) home();
      }
      draw();
      panel();
    } catch (failed) {
      if (work && mine === checkNumber) faulty(failed.message);
    }
  }

  function faulty(words) {
    work.fault = true;
    tell(words);
  }

  /* ---- the panel ---- */

  const tell = (text) => work && (work.fields.answer.textContent = text);

  function button(text, press, given = {}) {
    return make("button", { type: "button", class: "button", text, onclick: press, ...given });
  }

  /* Its elements are made once for each drawing, then only filled, so that what has the focus keeps it. */
  function build() {
    const place = document.querySelector("[data-own=area-panel]");
    const fields = {
      list: make("div", { class: "area-list", role: "group", "aria-label": "Shapes" }),
      name: make("input", { type: "text", id: "area-name", maxlength: "60", autocomplete: "off", oninput: () => ((chosen().name = fields.name.value), list()) }),
      reach: make("input", { type: "number", id: "area-reach", min: "0.1", max: "600", step: "0.1", oninput: reachTyped }),
      reachLabel: make("label", { for: "area-reach" }),
      points: make("textarea", { id: "area-points", rows: "5", spellcheck: "false", placeholder: "36 50.5 S 174 46.8 E\n36 40.0 S 175 10.0 E\n…", "aria-describedby": "area-points-help", oninput: pointsTyped }),
      reason: make("input", { type: "text", id: "area-reason", maxlength: "1000", autocomplete: "off" }),
      hint: make("p", { class: "quiet", id: "area-points-help" }),
      answer: make("p", { class: "answer", role: "alert" }),
      total: make("span", { class: "quiet" }),
      undo: button("Undo", () => step("undo", "redo"), { title: "Ctrl+Z" }),
      redo: button("Redo", () => step("redo", "undo"), { title: "Ctrl+Y" }),
      save: button("Save area", save, { class: "button primary" }),
    };
    const one = make("div", { class: "area-one" },
      make("label", { for: "area-name", text: "Name" }), fields.name, fields.reachLabel, fields.reach,
      make("label", { for: "area-points", text: "Positions, one on each line" }), fields.points, fields.hint,
      button("Take this shape away", remove));
    fields.one = one;
    place.replaceChildren(
      make("div", { class: "area-tools", role: "group", "aria-label": "New shape" }, ...Object.keys(WORDS).map((kind) => button(`+ ${WORDS[kind]}`, () => begin(kind), { "data-area-new": kind }))),
      make("div", { class: "area-tools" }, fields.save, button("Cancel", leave), fields.undo, fields.redo, fields.total), fields.answer,
      ...(marks().reason ? [make("label", { for: "area-reason", text: "Why it changes (the plan was approved)" }), fields.reason] : []),
      fields.list, one,
    );
    return fields;
  }

  function list() {
    work.fields.list.replaceChildren(...work.shapes.map((shape, number) =>
      make("button", { type: "button", class: "switch", "aria-pressed": String(number === work.chosen), text: `${shape.name || `Shape ${number + 1}`} · ${shape.described || WORDS[shape.kind].toLowerCase()}`, onclick: () => choose(number) })));
  }

  function panel() {
    const { fields } = work;
    const shape = chosen();
    list();
    fields.one.hidden = !shape;
    fields.undo.disabled = !work.undo.length;
    fields.redo.disabled = !work.redo.length;
    fields.total.textContent = work.area === undefined ? "" : `${work.area >= 10 ? Math.round(work.area).toLocaleString("en") : work.area.toFixed(1)} nm² in all`;
    stage.map.getContainer().classList.toggle("adding", work.adding);
    if (!shape) return;
    const reach = FIRST_REACH[shape.kind];
    fields.reachLabel.hidden = fields.reach.hidden = !reach;
    if (reach) {
      fields.reachLabel.textContent = shape.kind === "circle" ? "Radius, nm" : "Width, nm";
      if (document.activeElement !== fields.reach) fields.reach.value = shape[reach[0]];
    }
    if (document.activeElement !== fields.name) fields.name.value = shape.name || "";
    if (document.activeElement !== fields.points || !work.typing) fields.points.value = shape.text || "";
    fields.hint.textContent = !work.adding ? "Drag a point, or give it the focus and use the arrow keys; Delete takes it away."
      : shape.kind === "circle" ? "Click the centre on the map, or type it." : "Click points on the map, Enter ends; or type them.";
  }

  function reachTyped() {
    const shape = chosen();
    const nm = Number(work.fields.reach.value);
    if (!nm) return;
    remember();
    shape[FIRST_REACH[shape.kind][0]] = nm;
    changed();
  }

  function pointsTyped() {
    work.typing = true;
    checkNumber++; // what is under way answers for the points before these
    clearTimeout(checkTimer);
    checkTimer = setTimeout(() => work && check(work.fields.points.value), CHECK_MS);
  }

  function remove() {
    remember();
    work.shapes.splice(work.chosen, 1);
    work.chosen = work.shapes.length - 1;
    work.adding = false;
    changed();
  }

  /* ---- beginning and ending ---- */

  function start() {
    look();
    if (!stage || work) return;
    const shapes = stored();
    work = { operation: Number(marks().operation), basis: marks().basis, shapes: copy(shapes), chosen: shapes.length - 1, adding: false, typing: false, undo: [], redo: [] };
    work.fields = build();
    work.fields.points.addEventListener("blur", () => work && ((work.typing = false), panel()));
    show(true);
    changed();
    work.fields.list.closest("[data-own]").querySelector("[data-area-new]").focus();
  }

  function show(drawing) {
    const part = stage.holder.parentElement;
    part.querySelector("[data-own=area-panel]").hidden = !drawing;
    part.querySelector("[data-area-read]").hidden = drawing;
    part.classList.toggle("drawing", drawing);
    const opener = document.querySelector("[data-area-draw]");
    if (opener) opener.hidden = drawing;
    stage.map.scrollWheelZoom[drawing ? "enable" : "disable"]();
  }

  function leave() {
    if (!work) return;
    clearTimeout(checkTimer);
    noRubber();
    work = null;
    if (!stage) return;
    stage.map.getContainer().classList.remove("adding");
    show(false);
    home();
    draw();
    const opener = document.querySelector("[data-area-draw]");
    if (opener) opener.focus();
  }

  async function save() {
    const unfinished = work.shapes.findIndex((shape) => !whole(shape));
    if (unfinished >= 0) return void (choose(unfinished), tell("This shape is not whole yet: add points or take it away."));
    if (work.fault) return; // its words stand in the panel
    const { operation, basis, fields } = work;
    const reason = fields.reason.value.trim();
    fields.save.disabled = true;
    try {
      const answer = await ops.act("operations/area/put", { operation, basis, shapes: work.shapes.map(plain), ...(reason ? { reason } : {}) });
      if (answer.said) ops.say(answer.said);
      marks().shapes = JSON.stringify(work.shapes);
      leave();
    } catch (failed) {
      tell(failed.message);
    } finally {
      fields.save.disabled = false;
    }
  }

  document.addEventListener("click", (event) => event.target.closest("[data-area-draw]") && start());
  document.addEventListener("keydown", (event) => {
    if (!work || !stage || !event.target.closest(".area-work")) return;
    const writes = event.target.matches("input, textarea");
    const key = event.key.toLowerCase();
    const undo = (event.ctrlKey || event.metaKey) && !writes && { z: ["undo", "redo"], y: ["redo", "undo"] }[key];
    if (undo) {
      event.preventDefault();
      step(...undo);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (work.adding) endShape();
    } else if (event.key === "Enter" && work.adding && !writes && !event.target.matches("button")) {
      event.preventDefault();
      endShape();
    } else if (event.key === "Backspace" && work.adding && !writes && chosen() && chosen().points.length) {
      event.preventDefault();
      remember();
      chosen().points.pop();
      changed();
    }
  }, true);

  document.addEventListener("ops:painted", look);
  document.addEventListener("ops:operation-tab", () => requestAnimationFrame(look));
  document.addEventListener("ops:basemap", () => stage && stage.basemap.redraw());
  document.addEventListener("ops:map-theme", () => stage && draw());
  new ResizeObserver(look).observe(document.body);
  setInterval(() => document.visibilityState === "visible" && look(), 1000); // the page may have been shown or left meanwhile

  ops.areaEdit = { start, leave, map: () => stage && stage.map, shapes: () => copy(shapesNow()) };
})();
