/* What the map says about itself: how many craft, how old the picture is, why there is nothing to see. Every second. */
(() => {
  "use strict";
  const ops = window.opsCentre;
  const { store, stats } = ops;

  let message = null;
  let missing = []; // parts of the basemap that could not be fetched

  const set = (id, text) => {
    const element = document.getElementById(id);
    if (element && element.textContent !== text) element.textContent = text;
  };
  const number = (count, one, many) => `${count.toLocaleString("en-NZ")} ${count === 1 ? one : many}`;

  function counts() {
    if (!store.loaded) return "";
    return [number(store.tracks.size, "craft", "craft"), number(store.targets.size, "target", "targets"), number(store.units.size, "unit", "units")].join(" · ");
  }

  /* What to know about the map itself; how old the picture is stands in the top line. */
  function noteText() {
    if (!store.loaded) return "";
    const parts = [stats.mode === "polling" && !ops.stream.frozen() ? "fetched every 2 s" : null, missing.length ? "basemap incomplete" : "limits approximate"];
    return parts.filter(Boolean).join(" · ");
  }

  function messageText() {
    const frozen = ops.stream.frozen();
    if (stats.mode === "forbidden") return "Your role does not include the picture";
    if (!store.loaded && frozen) return `The picture cannot be loaded: ${frozen.reason || "no answer"}. Trying again…`;
    if (!store.loaded) return "Loading the picture…";
    if (store.tracks.size === 0 && !frozen) return "No craft in the picture";
    return "";
  }

  function tell() {
    set("wall-map-counts", counts());
    set("wall-map-note", noteText());
    if (!message) return;
    const text = messageText();
    message.hidden = !text;
    if (message.textContent !== text) message.textContent = text;
  }

  function attach(map) {
    message = document.createElement("div");
    message.className = "map-message";
    message.setAttribute("role", "status");
    map.getContainer().appendChild(message);
    tell();
  }

  setInterval(tell, 1000);
  document.addEventListener("ops:picture", ({ detail }) => detail.whole && tell());
  for (const name of ["ops:frozen", "ops:thawed"]) document.addEventListener(name, tell);

  ops.mapStatus = { attach, missing: (parts) => (missing = parts) };
})();
