/* Where symbols stand. What has an exact position keeps it; what stands at a place or beside others steps aside to a
 * free spot, the same one from draw to draw, with a thin line back. Also remembers what can be picked where. */
(() => {
  "use strict";
  const ops = window.opsCentre;

  const AROUND = [[0, -1], [1, -1], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1]];
  const DISTANCES = [1, 1.7, 2.5];

  /* The spots of one map; `ops.spots` are the wall's. */
  function newSpots() {
    const kept = new Map(); // key -> offset index used last
    let taken = [];
    let hits = [];

    function begin() {
      taken = [];
      hits = [];
      if (kept.size > 2000) kept.clear();
    }

    function reserve(x, y, halfWidth, halfHeight) {
      taken.push({ x, y, halfWidth, halfHeight });
      ops.labels.block(x, y, halfWidth + 2, halfHeight + 2);
    }

    const clear = (x, y, halfWidth, halfHeight) =>
      !taken.some((t) => Math.abs(t.x - x) < t.halfWidth + halfWidth + 1 && Math.abs(t.y - y) < t.halfHeight + halfHeight + 1);

    function candidate(x, y, halfWidth, halfHeight, n) {
      if (n === 0) return [x, y];
      const [dx, dy] = AROUND[(n - 1) % AROUND.length];
      const far = DISTANCES[Math.floor((n - 1) / AROUND.length)];
      return [x + dx * (halfWidth + 11) * far, y + dy * (halfHeight + 13) * far];
    }

    /* A free spot near x, y for a symbol of this size; the exact one where it is free. */
    function find(key, x, y, halfWidth, halfHeight) {
      const count = 1 + AROUND.length * DISTANCES.length;
      const last = kept.get(key);
      const order = [0];
      if (last) order.push(last);
      for (let n = 1; n < count; n++) order.push(n);
      for (const n of order) {
        const [atX, atY] = candidate(x, y, halfWidth, halfHeight, n);
        if (!clear(atX, atY, halfWidth, halfHeight)) continue;
        kept.set(key, n);
        reserve(atX, atY, halfWidth, halfHeight);
        return { x: atX, y: atY, moved: n > 0 };
      }
      reserve(x, y, halfWidth, halfHeight);
      return { x, y, moved: false };
    }

    function leader(context, fromX, fromY, toX, toY, colour) {
      context.beginPath();
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
      context.strokeStyle = colour;
      context.globalAlpha = 0.55;
      context.lineWidth = 1;
      context.stroke();
      context.globalAlpha = 1;
    }

    return {
      begin,
      reserve,
      find,
      leader,
      /* Let a thing be picked: kind, ids (several where one symbol stands for several), centre and half sizes. */
      pickable: (kind, ids, x, y, halfWidth, halfHeight, text) => hits.push({ kind, ids, x, y, halfWidth, halfHeight, text }),
      hits: () => hits,
    };
  }

  ops.newSpots = newSpots;
  ops.spots = newSpots();
})();
