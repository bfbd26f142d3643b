/* The tracks of the picture as columns of typed arrays, so that ten thousand craft cost no garbage and a draw reads
 * straight through memory. Knows nothing of maps, screens or the network. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});

  const FREE = 255; // kind of an unused slot

  /* Web Mercator at zoom 0: the world is 256 wide, x to the east from 180° W, y to the south from 85.05° N. */
  const MAX_LAT = 85.0511287798;
  const RAD = Math.PI / 180;
  const mercator = {
    x: (lon) => ((lon + 180) / 360) * 256,
    y(lat) {
      const sine = Math.sin(Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * RAD);
      return 128 - (Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
    },
    lon: (x) => (x / 256) * 360 - 180,
    lat: (y) => (2 * Math.atan(Math.exp((1 - y / 128) * Math.PI)) - Math.PI / 2) / RAD,
    /* The copy of world x nearest to a reference: the world repeats every 256. */
    near: (x, reference) => x + 256 * Math.round((reference - x) / 256),
  };

  class TrackColumns {
    constructor() {
      this.index = new Map(); // id -> slot
      this.free = []; // slots to use again
      this.top = 0; // slots in use lie below
      this._grow(1024);
    }

    get size() {
      return this.index.size;
    }

    clear() {
      this.index.clear();
      this.free.length = 0;
      this.kind.fill(FREE);
      this.top = 0;
    }

    /* Take columns as the server sends them; the id decides whether a row is new. */
    put(columns) {
      const count = columns.id.length;
      for (let row = 0; row < count; row++) this._put(this._slotFor(columns.id[row]), columns, row);
    }

    remove(ids) {
      for (const id of ids) {
        const slot = this.index.get(id);
        if (slot === undefined) continue;
        this.index.delete(id);
        this.kind[slot] = FREE;
        this.name[slot] = null;
        this.free.push(slot);
      }
    }

    slotOf(id) {
      const slot = this.index.get(Number(id));
      return slot === undefined ? -1 : slot;
    }

    /* One track as an object, for cards and tests; undefined when the picture does not hold it. */
    get(id) {
      const slot = this.slotOf(id);
      if (slot < 0) return undefined;
      return {
        id: this.id[slot],
        lat: mercator.lat(this.y[slot]),
        lon: mercator.lon(this.x[slot]),
        course: this.course[slot],
        speed: this.speed[slot],
        kind: this.kind[slot],
        name: this.name[slot],
        feed: this.feed[slot],
        observed: this.observed[slot],
      };
    }

    _slotFor(id) {
      let slot = this.index.get(id);
      if (slot !== undefined) return slot;
      slot = this.free.length ? this.free.pop() : this.top++;
      if (slot >= this.capacity) this._grow(this.capacity * 2);
      this.index.set(id, slot);
      this.id[slot] = id;
      return slot;
    }

    _put(slot, columns, row) {
      this.x[slot] = mercator.x(columns.lon[row]);
      this.y[slot] = mercator.y(columns.lat[row]);
      const course = columns.course[row];
      const speed = columns.speed[row];
      this.course[slot] = course === null || course === undefined ? NaN : course;
      this.speed[slot] = speed === null || speed === undefined ? NaN : speed;
      this.kind[slot] = columns.kind[row];
      this.observed[slot] = columns.observed[row];
      this.feed[slot] = columns.feed[row];
      this.name[slot] = columns.name[row] || null;
    }

    _grow(capacity) {
      const kept = (Type, name) => {
        const column = new Type(capacity);
        if (this[name]) column.set(this[name]);
        this[name] = column;
      };
      kept(Float64Array, "id");
      kept(Float64Array, "x");
      kept(Float64Array, "y");
      kept(Float32Array, "course"); // degrees, NaN unknown
      kept(Float32Array, "speed"); // knots, NaN unknown
      kept(Float64Array, "observed"); // seconds since 1970
      kept(Int32Array, "feed");
      const before = this.kind;
      this.kind = new Uint8Array(capacity).fill(FREE);
      if (before) this.kind.set(before);
      this.name = this.name || [];
      this.capacity = capacity;
    }
  }

  ops.mercator = mercator;
  ops.TrackColumns = TrackColumns;
  ops.TRACK_KIND = { vessel: 0, aircraft: 1, vehicle: 2, base: 3, aid: 4, free: FREE };
})();
