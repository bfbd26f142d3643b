/* Beside the map of the past: the boards of operations as they stood, and what was known of one target. Texts are set as texts;
 * nothing here can be moved or acted on. An export of a span holds this very script. */
(() => {
  "use strict";
  const root = (window.opsCentre = window.opsCentre || {});

  /* Columns as on /operations (ops_centre/domain/operations.py). */
  const BOARDS = {
    deliberate: ["proposed", "planned", "approved", "active", "closed", "debriefed"],
    contingency: ["triggered", "responding", "stabilised", "closed", "debriefed"],
    overwatch: ["proposed", "watching", "closed"],
  };
  const ENDED = ["closed", "debriefed", "cancelled"];
  const MOST_CARDS = 30;

  function node(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
    return element;
  }

  /* The three boards. `ended`: operations that had ended, the newest; undefined where they are not kept in the source. */
  function boards(picture, desk) {
    if (!picture.operations) return [node("p", "past-none", "Boards are not in your scope.")];
    const ended = picture.past && picture.past.ended;
    const all = [...picture.operations, ...(ended || [])];
    return Object.entries(BOARDS).map(([kind, states]) => {
      const columns = states.filter((state) => ended || !ENDED.includes(state)).map((state) => column(all.filter((row) => row.kind === kind && row.state === state), state, desk));
      const board = node("section", "past-board", node("h2", "", kind[0].toUpperCase() + kind.slice(1)), node("div", "past-columns", ...columns));
      board.setAttribute("aria-label", `${kind} operations as they stood`);
      return board;
    });
  }

  function column(rows, state, desk) {
    const sorted = ENDED.includes(state) ? rows : [...rows].sort((a, b) => soonest(a) - soonest(b) || a.reference.localeCompare(b.reference));
    const newest = ENDED.includes(state) && rows.length ? " newest" : "";
    return node("div", "past-column", node("h3", "", `${state} (${rows.length}${newest})`),
      ...sorted.slice(0, MOST_CARDS).map((row) => card(row, desk)),
      rows.length > MOST_CARDS && node("p", "past-more", `and ${rows.length - MOST_CARDS} more`), !rows.length && node("p", "past-none", "None"));
  }

  const soonest = (row) => Math.min(row.next_event_at ?? Infinity, row.starts_at ?? Infinity, row.ends_at ?? Infinity);

  function card(row, desk) {
    const window = [row.starts_at, row.ends_at].some((at) => at) ? `${desk.day(row.starts_at) || "…"} to ${desk.day(row.ends_at) || "…"}` : "";
    const next = row.next_event ? `next ${row.next_event}${row.next_event_at ? ` ${desk.day(row.next_event_at)}` : ""}` : "";
    return node("article", "past-opcard", node("b", "", `${row.reference} ${row.name}`), row.is_exercise && node("strong", "past-exercise", "EXERCISE"),
      ...[row.commander, (row.agencies || []).join(", "), window, `${row.assigned} of ${row.required} units · ${row.targets} targets`, next].filter(Boolean).map((words) => node("span", "", words)));
  }

  /* Hits of a target with their evidence, as they were known. `told`: what the source gave, an Error, or null while it is asked. */
  function hits(told, desk) {
    if (told === null) return [node("p", "past-none", "Loading what was known of it …")];
    if (told instanceof Error) return [node("p", "past-none", `Hits could not be had: ${told.message}`)];
    const found = told.hits.map((hit) => node("li", "",
      node("b", "", `${hit.criterion} ${hit.criterion_version}`), node("span", "", hit.explanation),
      node("span", "past-quiet", `${hit.kind} · matched ${desk.day(hit.matched_at)} · ${hit.source_system} ${hit.source_message}${hit.score === null ? "" : ` · score ${hit.score}`}`),
      hit.source_text && node("details", "", node("summary", "", "Evidence"), node("pre", "past-evidence", hit.source_text))));
    const lost = told.not_kept ? node("p", "past-none", `${told.not_kept} hits known then are not kept as they stood.`) : null;
    return [node("h4", "", `Hits as known then (${told.hits.length})`), node("ul", "past-hits", ...found), lost, !found.length && !lost && node("p", "past-none", "No hit was known.")].filter(Boolean);
  }

  /* What a hazard is called, with what sort of message it was unless it says so itself. */
  function hazardWords(row) {
    const [words, status] = [row.headline || row.event, row.status.toUpperCase()];
    return row.status === "Actual" || words.toUpperCase().startsWith(status) ? words : `${status}: ${words}`;
  }

  root.pastBoards = { boards, hits, hazardWords };
})();
