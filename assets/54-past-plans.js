/* Below the boards of the past: the orders in force and what units were to do, as known then. Texts are set as texts. */
(() => {
  "use strict";
  const root = (window.opsCentre = window.opsCentre || {});
  const HEADS = ["Unit", "Agency", "What", "Where", "From", "Until", "By", "Note"];
  const WORDS = { roster: "its agency's deployment", deployment: "at a place" };

  function node(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
    return element;
  }

  const without = (words) => [section("Orders and plan", node("p", "past-none", words))];

  function section(title, ...children) {
    const made = node("section", "past-board", node("h2", "", title), ...children);
    made.setAttribute("aria-label", `${title}, as known then`);
    return made;
  }

  /* `told`: what the source gave, an Error, or null while it is asked. */
  function plans(told, desk) {
    if (told === null) return without("Loading what was planned …");
    if (told instanceof Error) return without(`Plan and orders could not be had: ${told.message}`);
    return [section("Orders in force", ...orders(told.orders, desk)), section("Plan of the next 48 hours", ...plan(told, desk))];
  }

  function orders(rows, desk) {
    if (rows === null) return [node("p", "past-none", "Orders are not in your scope.")];
    if (!rows.length) return [node("p", "past-none", "No order was in force.")];
    return rows.map((row) => {
      const heads = row.heads.flatMap(([head, words]) => [node("dt", "", head), node("dd", "", words)]);
      const title = node("summary", "", node("b", "", row.operation), ` order ${row.version}, issued ${desk.day(row.issued_at)} by ${row.issued_by}`);
      const made = node("details", "past-order", title, node("dl", "", ...heads));
      const open = (desk.openOrders = desk.openOrders || new Set());
      made.open = open.has(row.operation_id);
      made.addEventListener("toggle", () => (made.open ? open.add(row.operation_id) : open.delete(row.operation_id)));
      return made;
    });
  }

  function plan(told, desk) {
    if (told.plan === null) return [node("p", "past-none", "Plans are not in your scope.")];
    if (!told.plan.length) return [node("p", "past-none", "Nothing was planned.")];
    const cells = (row) => [row.callsign, row.agency, row.operation || WORDS[row.kind] || row.kind, row.place || "", desk.day(row.starts_at), row.ends_at === null ? "open" : desk.day(row.ends_at), row.by || "", row.note || ""];
    const head = HEADS.map((word) => Object.assign(node("th", "", word), { scope: "col" }));
    const lines = told.plan.map((row) => node("tr", "", ...cells(row).map((words) => node("td", "", words))));
    const table = node("table", "past-plan", node("thead", "", node("tr", "", ...head)), node("tbody", "", ...lines));
    return [table, told.left_off > 0 && node("p", "past-more", `and ${told.left_off} more`)].filter(Boolean);
  }

  root.pastPlans = { plans, without };
})();
