/* Colours and fonts of the map, read from the CSS variables of map.css, again whenever the theme changes. */
(() => {
  "use strict";
  const ops = window.opsCentre;

  const NAMES = [
    "sea", "land", "coast", "limit-12", "limit-24", "limit-eez", "zone", "track", "vector", "text", "text-muted", "text-dim",
    "halo", "place", "operation", "unit", "unit-fill", "unit-ink", "unit-off", "unit-busy", "unit-out", "top", "top-fill", "high", "high-fill", "normal",
    "normal-fill", "selection", "trail", "font",
  ];

  const palette = { generation: 0 };

  function read() {
    const style = getComputedStyle(document.documentElement);
    for (const name of NAMES) palette[name] = style.getPropertyValue(`--map-${name}`).trim() || "#888888";
    palette.textSize = parseFloat(style.getPropertyValue("--map-text-size")) || 16; // px, of a target's name
    palette.generation++;
    ops.announce("ops:map-theme", {});
  }

  /* Red, green and blue of "#rrggbb", packed as canvas pixels are in memory (little endian ABGR) without alpha. */
  palette.pixel = (colour) => {
    const value = parseInt(colour.slice(1, 7), 16) || 0;
    return ((value & 0xff) << 16) | (value & 0xff00) | ((value >> 16) & 0xff);
  };

  ops.palette = palette;
  new MutationObserver(read).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  if (document.readyState === "complete") read();
  else window.addEventListener("load", read);
  window.addEventListener("resize", () => {
    if (parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--map-text-size")) !== palette.textSize) read();
  });
  read();
})();
