/* Labels that never collide. Each is drawn once into a small picture with its halo and then only copied; each keeps its
 * side from draw to draw while it fits there; what does not fit is left out. Text is only ever painted, never HTML. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { palette } = ops;

  const KEPT_PICTURES = 700;
  const HALO_PX = 4;
  const LINE_GAP = 2;
  // Where a label may stand around its symbol: direction in x and y.
  const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]];
  const FARTHER = [0, 16, 36]; // pixels away from there, for labels that must be seen

  const pictures = new Map(); // text and alignment -> canvas
  const sizes = new Map(); // text -> room it takes
  const sideOf = new Map(); // key -> side it stood on
  let boxes = [];
  let waiting = [];
  let ratio = 1;
  let zoom = NaN;
  let bounds = { width: 0, height: 0 };

  function begin(frame) {
    boxes = [];
    waiting = [];
    bounds = frame;
    if (zoom !== frame.zoom || sideOf.size > 4000) sideOf.clear(); // another zoom is another arrangement
    zoom = frame.zoom;
    if (ratio !== frame.ratio) pictures.clear();
    ratio = frame.ratio;
  }

  /* Keep a rectangle free of labels: centre and half sizes. */
  function block(x, y, halfWidth, halfHeight) {
    boxes.push({ x0: x - halfWidth, x1: x + halfWidth, y0: y - halfHeight, y1: y + halfHeight });
  }

  const isFree = (box) =>
    box.x0 >= 2 && box.y0 >= 2 && box.x1 <= bounds.width - 2 && box.y1 <= bounds.height - 2 &&
    !boxes.some((other) => box.x0 < other.x1 && box.x1 > other.x0 && box.y0 < other.y1 && box.y1 > other.y0);

  /* Ask for a label: key (stable), x, y of its symbol, gap to keep from it (gapY above and below), lines [{text, size, weight, colour}],
   * priority (higher first). */
  function add(label) {
    waiting.push(label);
  }

  const textKey = (lines) => `${palette.generation}|${lines.map((l) => `${l.text}\u0001${l.size}${l.weight}${l.colour}`).join("\u0002")}`;

  /* What `make` gives for this text, kept; the oldest are dropped first (see `flush`). */
  function kept(shelf, key, make) {
    let made = shelf.get(key);
    if (made) shelf.delete(key);
    else made = make();
    shelf.set(key, made);
    return made;
  }

  const fontOf = (line) => `${line.weight || 500} ${line.size}px ${palette.font}`;
  const measurer = document.createElement("canvas").getContext("2d");

  /* Room that the lines take. Measuring is cheap and done for each place tried; painting only for the one that is free. */
  const sizeOf = (lines) => kept(sizes, textKey(lines), () => {
    const widths = lines.map((line) => {
      measurer.font = fontOf(line);
      measurer.letterSpacing = `${line.spacing || 0}px`;
      return Math.ceil(measurer.measureText(line.text).width);
    });
    const height = lines.reduce((sum, line) => sum + Math.ceil(line.size * 1.08), (lines.length - 1) * LINE_GAP);
    return { widths, width: Math.max(...widths), height };
  });

  const picture = (lines, align) => kept(pictures, `${align}|${textKey(lines)}`, () => paint(lines, align));

  function paint(lines, align) {
    const { widths, width, height } = sizeOf(lines);
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil((width + 2 * HALO_PX) * ratio);
    canvas.height = Math.ceil((height + 2 * HALO_PX) * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.textBaseline = "alphabetic";
    context.lineJoin = "round";
    let y = HALO_PX;
    lines.forEach((line, i) => {
      const free = width - widths[i];
      const x = HALO_PX + (align === "right" ? free : align === "centre" ? free / 2 : 0);
      const base = y + line.size * 0.9;
      context.font = fontOf(line);
      context.letterSpacing = `${line.spacing || 0}px`;
      context.strokeStyle = palette.halo;
      context.lineWidth = 4;
      context.globalAlpha = 0.92;
      context.strokeText(line.text, x, base);
      context.globalAlpha = 1;
      context.fillStyle = line.colour;
      context.fillText(line.text, x, base);
      y += Math.ceil(line.size * 1.08) + LINE_GAP;
    });
    return canvas;
  }

  /* The label's box on a side; sides from 8 on are the same eight, farther away. */
  function boxAt(label, size, number) {
    const [dx, dy] = SIDES[number % SIDES.length];
    const away = FARTHER[Math.floor(number / SIDES.length)];
    const slant = dx && dy ? 0.75 : 1;
    const gapX = label.gap * slant + away;
    const gapY = (label.gapY || label.gap) * slant + away;
    const x0 = dx > 0 ? label.x + gapX : dx < 0 ? label.x - gapX - size.width : label.x - size.width / 2;
    const y0 = dy > 0 ? label.y + gapY : dy < 0 ? label.y - gapY - size.height : label.y - size.height / 2;
    return { x0: Math.round(x0), y0: Math.round(y0), x1: Math.round(x0) + size.width, y1: Math.round(y0) + size.height };
  }

  const acrossOf = (number) => SIDES[number % SIDES.length][0];
  const alignOf = (number) => (acrossOf(number) > 0 ? "left" : acrossOf(number) < 0 ? "right" : "centre");

  const NEAR = [...SIDES.keys()];
  const FAR = FARTHER.slice(1).flatMap((_, ring) => NEAR.map((side) => side + (ring + 1) * SIDES.length));

  function sidesOf(label, far) {
    const all = far ? FAR : label.sides || NEAR;
    const kept = sideOf.get(label.key);
    return kept === undefined || kept >= SIDES.length !== far ? all : [kept, ...all];
  }

  /* A line from a label that stands away from its symbol. */
  function lead(context, label, box) {
    const x = Math.max(box.x0, Math.min(box.x1, label.x));
    const y = Math.max(box.y0, Math.min(box.y1, label.y));
    const far = Math.hypot(x - label.x, y - label.y) || 1;
    const from = Math.min(1, (label.gap - 6) / far);
    context.beginPath();
    context.moveTo(label.x + (x - label.x) * from, label.y + (y - label.y) * from);
    context.lineTo(x, y);
    context.strokeStyle = label.leader || palette["text-muted"];
    context.lineWidth = 1;
    context.globalAlpha = 0.7;
    context.stroke();
    context.globalAlpha = 1;
  }

  function tryPlace(context, label, far = false) {
    for (const side of sidesOf(label, far)) {
      const box = boxAt(label, sizeOf(label.lines), side);
      if (!isFree(box)) continue;
      const made = picture(label.lines, alignOf(side));
      boxes.push({ x0: box.x0 - 3, x1: box.x1 + 3, y0: box.y0 - 1, y1: box.y1 + 1 });
      sideOf.set(label.key, side);
      if (side >= SIDES.length) lead(context, label, box);
      context.drawImage(made, box.x0 - HALO_PX, box.y0 - HALO_PX, made.width / ratio, made.height / ratio);
      return box;
    }
    return null;
  }

  const short = (label) => ({ ...label, lines: label.lines.slice(0, 1) });

  /* Place and paint everything asked for: first what must be seen, near its symbol or else farther off with a line to it;
   * then the rest, where it fits, in its short form (first line) where the long one does not. */
  function flush(context) {
    waiting.sort((a, b) => b.priority - a.priority || (a.key < b.key ? -1 : 1));
    const urgent = waiting.filter((label) => label.urgent);
    const crowdedOut = urgent.filter((label) => !tryPlace(context, label) && !tryPlace(context, short(label)));
    for (const label of crowdedOut) tryPlace(context, short(label), true);
    for (const label of waiting) if (!label.urgent && !tryPlace(context, label) && label.lines.length > 1) tryPlace(context, short(label));
    for (const shelf of [pictures, sizes]) {
      for (const key of shelf.keys()) {
        if (shelf.size <= KEPT_PICTURES) break;
        shelf.delete(key);
      }
    }
  }

  if (document.fonts) document.fonts.addEventListener("loadingdone", () => {
    pictures.clear(); // measured with the wrong font
    sizes.clear();
    if (ops.painter) ops.painter.request();
  });

  ops.labels = { begin, block, isFree, add, flush, fontOf };
})();
