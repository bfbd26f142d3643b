/* The page /past: the desk of the past on what the server keeps. `/past?at=<ms>` opens at a moment, `&known=now` as it is known
 * now; the address follows, so that a moment can be handed on. Nothing is fetched before the page is first shown. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const API = "/api/v1/past";
  const FRAME_MS = 1000;
  const SPANS = [[1, "1 hour"], [6, "6 hours"], [24, "24 hours"], [168, "7 days"]];

  let desk = null;
  let reach = null;
  let opened = ""; // the address that was last followed
  let following = 0;

  const root = document.documentElement;
  const shown = () => root.dataset.page === "past";
  const mount = () => document.getElementById("past-body");

  async function get(path, values) {
    const query = new URLSearchParams(values).toString();
    const answer = await fetch(`${path}${query ? `?${query}` : ""}`, { credentials: "same-origin" });
    if (answer.ok) return answer.json();
    let words = `The server answered ${answer.status}.`;
    try {
      words = (await answer.json()).error || words;
    } catch {
      // no words: the number says enough
    }
    throw new Error(words);
  }

  const source = {
    frameMs: FRAME_MS,
    picture: (at, known) => get(API, { at, known }),
    hits: (target, at) => get(`${API}/hits`, { target, at }),
    plan: (at) => get(`${API}/plan`, { at }),
    marks: (since, until) => get(`${API}/marks`, { from: Math.floor(since), until: Math.ceil(until) }),
  };

  function wanted() {
    const query = new URLSearchParams(window.location.search);
    const at = Number(query.get("at"));
    return { at: Number.isFinite(at) && at > 0 ? at : null, known: query.get("known") === "now" ? "now" : "then" };
  }

  async function open() {
    const place = mount();
    if (!place) return; // forbidden: the place says so
    const address = window.location.search;
    if (desk && address === opened) return;
    opened = address;
    const { at, known } = wanted();
    if (desk) {
      desk.known = known;
      if (at) await desk.go(at);
      return;
    }
    try {
      reach = await get(`${API}/reach`, {});
    } catch (failed) {
      place.textContent = `The past cannot be shown: ${failed.message} Trying again …`;
      setTimeout(() => (opened = "never"), 5000);
      return;
    }
    const since = Math.min(reach.kept_since ?? reach.now, reach.positions_since ?? reach.now);
    const began = performance.now(); // the server's time and how long ago it said so: this computer's clock may be wrong
    const bounds = { since: () => since, until: () => reach.now + (performance.now() - began) - 1000 };
    const moment = Math.max(since, Math.min(bounds.until(), at || reach.now - 15 * 60000));
    desk = new ops.PastDesk(place, source, { zone: ops.setting("timeZone", "UTC"), at: moment, known, exercise: reach.exercise, bounds });
    ops.pastDesk = desk;
    desk.onMove = remember;
    addExtras();
    colours();
    loadGround();
    desk.look(6, moment);
    await desk.go(at || moment);
  }

  /* Keep the address with the moment, but not for each frame of a replay that plays. */
  function remember(at, known) {
    clearTimeout(following);
    following = setTimeout(() => {
      if (!shown()) return;
      opened = `?at=${at}${known === "now" ? "&known=now" : ""}`;
      window.history.replaceState(window.history.state, "", `/past${opened}`);
    }, 400);
  }

  function colours() {
    const style = getComputedStyle(root);
    desk.map.setColours((name) => style.getPropertyValue(`--map-${name}`).trim());
    desk._drawLine();
  }

  async function loadGround() {
    try {
      const [world, detail, limits, places] = await Promise.all(
        ["basemap-world", "basemap-detail", "limits", "places"].map((name) => get(`/map/${name}.json`, {})),
      );
      desk.map.setBasemap([world, detail]);
      desk.map.setLimits(limits);
      desk.map.setPlaces(places.places);
    } catch {
      setTimeout(loadGround, 15000);
    }
  }

  /* ---- span, moment, export ---- */

  function choice(label, options, act) {
    const select = document.createElement("select");
    select.className = "past-select";
    select.setAttribute("aria-label", label);
    for (const [value, text] of options) select.append(new Option(text, value));
    select.addEventListener("change", () => act(select.value));
    return select;
  }

  function addExtras() {
    const span = choice("Length of the time line", SPANS, (hours) => desk.look(Number(hours)));
    span.value = "6";
    const when = document.createElement("input");
    when.type = "text";
    when.className = "past-when";
    when.placeholder = "2026-11-22 14:05";
    when.setAttribute("aria-label", "Go to a local time, as 2026-11-22 14:05");
    when.title = "Go to a local time (Enter)";
    when.addEventListener("keydown", (event) => event.key === "Enter" && goTyped(when));
    desk.extra.append(span, when);
    if (mount().dataset.exports !== undefined) {
      const forms = choice("Export what the time line shows", [["", "Export …"], ["html", "HTML that plays"], ["geojson", "GeoJSON"], ["kml", "KML"]], (form) => exportSpan(form, forms));
      desk.extra.append(forms);
    }
  }

  function goTyped(field) {
    const found = field.value.trim().match(/^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})$/);
    if (!found) return void (desk.said.textContent = "Write the time as 2026-11-22 14:05.");
    desk.pause();
    desk.go(ops.zoned.fromLocal(...found.slice(1).map(Number)));
  }

  async function exportSpan(form, select) {
    select.value = "";
    if (!form) return;
    const { since, until } = desk.window;
    const query = new URLSearchParams({ format: form, from: Math.floor(Math.max(since, desk.bounds.since())), until: Math.floor(Math.min(until, desk.bounds.until())), known: desk.known });
    desk.said.textContent = "Making the export …";
    try {
      const answer = await fetch(`${API}/export?${query}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error((await answer.json()).error);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = (answer.headers.get("Content-Disposition") || "").split('"')[1] || `past.${form}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      desk.said.textContent = `Saved as ${link.download}. The export is in the log.`;
    } catch (failed) {
      desk.said.textContent = `The export could not be made: ${failed.message}`;
    }
  }

  /* ---- when ---- */

  function follow() {
    if (shown()) open();
    else if (desk) desk.pause(); // nothing plays unseen
  }

  new MutationObserver((changes) => {
    if (desk && changes.some((change) => change.attributeName === "data-theme")) colours();
    follow();
  }).observe(root, { attributes: true, attributeFilter: ["data-page", "data-theme"] });
  window.addEventListener("popstate", follow);
  // The frame is drawn by Dash: the page's place may come after this script, and another moment may be asked for while it is shown
  setInterval(() => shown() && window.location.search !== opened && open(), 500);

  document.addEventListener("keydown", (event) => {
    if (!shown() || !desk || event.target.closest("input, select, textarea, [role=dialog]") || desk.element.contains(event.target)) return;
    desk.key(event);
  });
})();
