/* Colours that names on the map need in an exported file (elsewhere 20-map-palette.js reads them from the theme), and what of the
 * centre they would tell. An exported file is dark, as a wall is. */
window.opsCentre = {
  palette: { generation: 1, halo: "#0e1317", "text-muted": "#a9b6c1", font: '"Inter", "Segoe UI", "DejaVu Sans", system-ui, sans-serif' },
};
