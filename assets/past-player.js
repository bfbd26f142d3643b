/* Plays an exported span without a server: the data stands in the file (ops_centre/services/past_html.py). What a moment holds is
 * worked out as the server does: of each craft the newest position that was recorded by then and is not too old. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const data = JSON.parse(document.getElementById("past-data").textContent);
  const basemap = JSON.parse(document.getElementById("past-basemap").textContent);
  const then = data.known === "then";
  const COLUMNS = ["id", "lat", "lon", "course", "speed", "kind", "name", "feed", "observed", "altitude"];

  function tracksAt(at) {
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, []]));
    for (const [id, kind, name, points] of data.tracks) {
      const oldest = at - 1000 * (data.leaves_after_s[kind] || 43200);
      for (let place = points.length - 1; place >= 0; place--) {
        const [observed, lat, lon, course, speed, recorded, feet] = points[place];
        if (observed > at || (then && recorded > at)) continue;
        if (observed < oldest) break;
        [id, lat, lon, course, speed, kind, name, 0, observed / 1000, feet ?? null].forEach((value, column) => columns[COLUMNS[column]].push(value));
        break;
      }
    }
    return columns;
  }

  const rowsAt = (held, at) => held.flatMap((versions) => versions.filter(([from, until]) => from <= at && at < until).map((one) => one[2]).slice(-1));

  function pictureAt(at) {
    const picture = { tracks: tracksAt(at), feeds: [], past: { at, known: data.known, kept_since: data.kept_since } };
    for (const [name, held] of Object.entries(data.held)) picture[name] = rowsAt(held, at);
    picture.past.ended = picture.ended;
    picture.log = data.log.filter((entry) => entry.at <= at).map((entry) => ({ ...entry, recorded_at: entry.at }));
    return picture;
  }

  const source = {
    frameMs: 250,
    picture: (at) => Promise.resolve(pictureAt(at)),
    hits: (id, at) => {
      const known = (data.hits[id] || []).filter((hit) => (hit.received_at ?? hit.matched_at) <= at);
      return Promise.resolve({ hits: known, not_kept: 0 });
    },
    marks: () => Promise.resolve({ marks: data.log.map((entry) => [entry.at, entry.seq, entry.kind, entry.by_system, entry.text.slice(0, 160)]), left_off: 0 }),
  };
  const bounds = { since: () => data.since, until: () => data.until };
  const options = { zone: data.time_zone, at: data.since, known: data.known, exercise: data.exercise, bounds, holdsBoth: false };
  const desk = new ops.PastDesk(document.getElementById("past-player"), source, options);
  desk.window = { since: data.since, until: data.until };
  const owners = data.owners.length ? ` Holds matters of ${data.owners.join(", ")}.` : "";
  desk.banner.insertBefore(Object.assign(document.createElement("strong"), { className: "past-marking", textContent: data.marking }), desk.note);
  desk.extra.textContent = `${data.centre}. Looked at every ${data.step_s} s. Made by ${data.made_by}, ${desk.times(data.made_at)}.${owners}${data.log_left_off ? " Older entries of the log are left off." : ""}`;
  document.title = `${data.exercise ? "EXERCISE " : ""}${data.marking} REPLAY ${desk.times(data.since)}`;
  desk.map.setBasemap(basemap);
  desk.refreshMarks();
  desk.go(data.since);
  ops.pastDesk = desk;
  document.addEventListener("keydown", (event) => desk.element.contains(event.target) || desk.key(event));
})();
