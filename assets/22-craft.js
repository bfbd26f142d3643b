/* Draws the craft: ten thousand small arrowheads, written straight into pixels because path drawing without a GPU is
 * many times dearer. Grey for all; what needs somebody gets its symbol from 24-marks.js. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, palette, TRACK_KIND } = ops;

  const TURNS = 64; // directions a sprite is prepared for
  const PAD = 26; // pixels around the image, so that sprites need no edge checks
  const VECTOR_HOURS = 0.1; // course vectors reach six minutes ahead
  const LONGEST_VECTOR_PX = 260;
  const METRES_OF_EQUATOR = 40075016.686;
  const AHEAD_S = 60; // clocks differ by less (docs/fusion.md, rule 6)
  const FADES = [1, 0.62, 0.4, 0.24]; // by age: fresh, stale, three and eight times stale
  const MOVING_KN = 0.4;
  const CROWD = 2500; // more craft than this in view are drawn smaller and fainter, so that land and targets still show

  let buffer = null; // pixels, packed
  let image = null;
  let wide = 0;
  let high = 0;
  let sprites = new Map();
  let spritesOf = "";
  let lastInView = 0;
  let crowded = false;
  const screen = { x: new Float32Array(0), y: new Float32Array(0) }; // of each slot at the last draw; NaN: not shown

  /* ---- shapes ---- */

  const SHAPES = {
    vessel(c, s) { // an arrowhead with a notch, pointing up
      c.moveTo(0, -1.25 * s);
      c.lineTo(0.72 * s, 0.95 * s);
      c.lineTo(0, 0.5 * s);
      c.lineTo(-0.72 * s, 0.95 * s);
    },
    aircraft(c, s) { // fuselage, swept wings, tail
      c.moveTo(0, -1.4 * s);
      c.lineTo(0.22 * s, -0.5 * s);
      c.lineTo(1.25 * s, 0.35 * s);
      c.lineTo(1.25 * s, 0.62 * s);
      c.lineTo(0.2 * s, 0.3 * s);
      c.lineTo(0.16 * s, 0.85 * s);
      c.lineTo(0.55 * s, 1.2 * s);
      c.lineTo(-0.55 * s, 1.2 * s);
      c.lineTo(-0.16 * s, 0.85 * s);
      c.lineTo(-0.2 * s, 0.3 * s);
      c.lineTo(-1.25 * s, 0.62 * s);
      c.lineTo(-1.25 * s, 0.35 * s);
      c.lineTo(-0.22 * s, -0.5 * s);
    },
    dot: (c, s) => c.arc(0, 0, 0.5 * s, 0, 2 * Math.PI),
    cross(c, s) { // an aircraft whose course is unknown or that stands
      for (const [x, y] of [[-0.2, -0.8], [0.2, -0.8], [0.2, -0.2], [0.8, -0.2], [0.8, 0.2], [0.2, 0.2], [0.2, 0.8], [-0.2, 0.8], [-0.2, 0.2], [-0.8, 0.2], [-0.8, -0.2], [-0.2, -0.2]])
        c.lineTo(x * s, y * s);
    },
    square: (c, s) => c.rect(-0.5 * s, -0.5 * s, s, s),
    small: (c, s) => c.rect(-0.28 * s, -0.28 * s, 0.56 * s, 0.56 * s),
    lozenge(c, s) {
      c.moveTo(0, -0.5 * s);
      c.lineTo(0.4 * s, 0);
      c.lineTo(0, 0.5 * s);
      c.lineTo(-0.4 * s, 0);
    },
  };

  const sketch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  sketch.canvas.width = sketch.canvas.height = 2 * PAD - 2;

  /* The offsets and colours of one sprite's pixels. */
  function makeSprite(shape, size, turn, fade) {
    const box = 2 * PAD - 2;
    const context = sketch;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, box, box);
    context.translate(box / 2 - 0.5, box / 2 - 0.5);
    context.rotate((turn / TURNS) * 2 * Math.PI);
    context.beginPath();
    SHAPES[shape](context, size);
    context.closePath();
    context.fill();
    const pixels = context.getImageData(0, 0, box, box).data;
    const colour = palette.pixel(palette.track);
    const offsets = [];
    const colours = [];
    for (let i = 0; i < box * box; i++) {
      const alpha = Math.round(pixels[4 * i + 3] * fade);
      if (alpha < 10) continue;
      offsets.push((Math.floor(i / box) - box / 2) * wide + ((i % box) - box / 2));
      colours.push(((alpha << 24) | colour) >>> 0);
    }
    return { offsets: Int32Array.from(offsets), colours: Uint32Array.from(colours) };
  }

  function sprite(shape, size, turn, fade) {
    const key = `${shape}${turn}/${fade}`;
    let made = sprites.get(key);
    if (!made) sprites.set(key, (made = makeSprite(shape, crowded ? 0.72 * size : size, turn, crowded ? 0.7 * FADES[fade] : FADES[fade])));
    return made;
  }

  function blit(made, at) {
    const { offsets, colours } = made;
    for (let i = 0; i < offsets.length; i++) {
      const pixel = at + offsets[i];
      if (colours[i] > buffer[pixel]) buffer[pixel] = colours[i]; // alpha is the highest byte: the stronger one stays
    }
  }

  /* A thin smooth line (after X. Wu, 1991): each step splits its strength between two neighbouring pixels. */
  function lineTo(x0, y0, x1, y1, colour, strength) {
    const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    const steps = Math.ceil(steep ? Math.abs(y1 - y0) : Math.abs(x1 - x0));
    if (!steps) return;
    const across = steep ? 1 : wide;
    for (let i = 0; i <= steps; i++) {
      const x = x0 + ((x1 - x0) * i) / steps;
      const y = y0 + ((y1 - y0) * i) / steps;
      if (x < 1 - PAD || y < 1 - PAD || x > wide - PAD - 3 || y > high - PAD - 3) continue;
      const along = steep ? Math.round(y) : Math.round(x);
      const side = steep ? Math.floor(x) : Math.floor(y);
      const part = steep ? x - side : y - side;
      const at = steep ? (along + PAD) * wide + side + PAD : (side + PAD) * wide + along + PAD;
      const near = ((((1 - part) * strength) << 24) | colour) >>> 0;
      const far = (((part * strength) << 24) | colour) >>> 0;
      if (near > buffer[at]) buffer[at] = near;
      if (far > buffer[at + across]) buffer[at + across] = far;
    }
  }

  /* ---- drawing ---- */

  function prepare(frame) {
    const w = Math.round(frame.width * frame.ratio) + 2 * PAD;
    const h = Math.round(frame.height * frame.ratio) + 2 * PAD;
    if (w !== wide || h !== high) {
      wide = w;
      high = h;
      image = new ImageData(w, h);
      buffer = new Uint32Array(image.data.buffer);
    } else {
      buffer.fill(0);
    }
    crowded = lastInView > CROWD;
    const look = `${w}x${h}/${frame.craftSize}/${crowded}/${palette.generation}`;
    if (look !== spritesOf) sprites = new Map();
    spritesOf = look;
    if (screen.x.length !== store.tracks.capacity) {
      screen.x = new Float32Array(store.tracks.capacity);
      screen.y = new Float32Array(store.tracks.capacity);
    }
    screen.x.fill(NaN);
  }

  function staleSeconds() {
    const minutes = (name, otherwise) => 60 * (Number(ops.setting(name)) || otherwise);
    const vessel = minutes("vesselStaleAfter", 30);
    const fixed = minutes("fixedStaleAfter", 720);
    return [vessel, minutes("aircraftStaleAfter", 2), minutes("vehicleStaleAfter", 30), fixed, fixed]; // by kind
  }

  /* A place of a time yet to come is from before the clock was set back: nobody knows how old it is. */
  const fadeOf = (age, stale) => (age < -AHEAD_S ? 1 : age < stale ? 0 : age < 3 * stale ? 1 : age < 8 * stale ? 2 : 3);

  function shapeOf(kind, moving, hasCourse) {
    if (kind === TRACK_KIND.aircraft) return hasCourse ? "aircraft" : "cross";
    if (kind === TRACK_KIND.base) return "small";
    if (kind === TRACK_KIND.aid) return "lozenge";
    if (kind === TRACK_KIND.vehicle) return "square";
    return moving && hasCourse ? "vessel" : "dot";
  }

  /* Draw all craft but those of `marked` (slots that get a symbol). Returns how many lie inside the view. */
  function draw(context, frame, shown, marked) {
    prepare(frame);
    const { tracks } = store;
    const { ratio } = frame;
    const stale = staleSeconds();
    const offsets = new Map();
    for (const feed of store.feeds.values()) offsets.set(feed.id, (feed.clock_offset_ms || 0) / 1000);
    const nowSeconds = frame.now / 1000;
    const vectorColour = palette.pixel(palette.vector);
    const pixelsPerMile = (1852 * 256 * frame.scale * ratio) / METRES_OF_EQUATOR;
    const reach = PAD / ratio - 3;
    let inView = 0;
    for (let slot = 0; slot < tracks.top; slot++) {
      const kind = tracks.kind[slot];
      if (kind === TRACK_KIND.free) continue;
      const air = kind === TRACK_KIND.aircraft;
      if (air ? !shown.aircraft : !shown.tracks) continue;
      const worldX = tracks.x[slot];
      const x = (worldX + 256 * Math.round((frame.centreX - worldX) / 256)) * frame.scale - frame.left;
      const y = tracks.y[slot] * frame.scale - frame.top;
      if (x < -reach || y < -reach || x > frame.width + reach || y > frame.height + reach) continue;
      screen.x[slot] = x;
      screen.y[slot] = y;
      inView++;
      if (marked.has(slot)) continue;
      const age = nowSeconds + (offsets.get(tracks.feed[slot]) || 0) - tracks.observed[slot];
      const fade = fadeOf(age, stale[kind] || stale[0]);
      const course = tracks.course[slot];
      const speed = tracks.speed[slot];
      const hasCourse = course === course; // not NaN
      const moving = !(speed < MOVING_KN);
      const turn = hasCourse ? Math.round((course / 360) * TURNS) % TURNS : 0;
      const shape = shapeOf(kind, moving, hasCourse);
      const px = Math.round(x * ratio);
      const py = Math.round(y * ratio);
      if (shown.vectors && fade < 2 && hasCourse && speed > MOVING_KN && kind < TRACK_KIND.base) {
        const stretch = Math.cosh((1 - tracks.y[slot] / 128) * Math.PI); // Mercator's enlargement at this latitude
        const length = Math.min(LONGEST_VECTOR_PX * ratio, speed * VECTOR_HOURS * pixelsPerMile * stretch);
        if (length > frame.craftSize * ratio + 2) {
          const angle = (course * Math.PI) / 180;
          lineTo(px, py, px + Math.sin(angle) * length, py - Math.cos(angle) * length, vectorColour, 200 * FADES[fade]);
        }
      }
      const directed = shape === "vessel" || shape === "aircraft";
      blit(sprite(shape, frame.craftSize * ratio, directed ? turn : 0, fade), (py + PAD) * wide + px + PAD);
    }
    context.putImageData(image, -PAD, -PAD);
    return (lastInView = inView);
  }

  /* One craft by path, larger and in its own colour: inside target symbols and selections. */
  function drawOne(context, slot, x, y, size, colour) {
    const { tracks } = store;
    const course = tracks.course[slot];
    const hasCourse = course === course;
    const shape = shapeOf(tracks.kind[slot], !(tracks.speed[slot] < MOVING_KN), hasCourse);
    context.save();
    context.translate(x, y);
    if (hasCourse && (shape === "vessel" || shape === "aircraft")) context.rotate((course * Math.PI) / 180);
    context.beginPath();
    SHAPES[shape](context, size);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    context.restore();
  }

  ops.craft = { draw, drawOne, screen, sizeAt: (zoom) => (zoom < 5 ? 3.6 : zoom < 7 ? 4.6 : zoom < 10 ? 5.8 : 7.2) };
})();
