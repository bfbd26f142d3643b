/* What becomes of what somebody typed when their session ends: where a form holds words that were not sent, the page stays,
 * covered, until the same person has signed in again in another tab; then it goes on where it was. Where nothing was typed it
 * goes to the sign-in at once. A page that waits shows nothing of the picture, and another person who signs in gets a new one. */
(() => {
  "use strict";
  const ops = (window.opsCentre = window.opsCentre || {});
  const ASK_MS = 3000;
  const WRITTEN = "textarea, input:not([type]), input[type=text], input[type=number]";
  const OWN_DRAFT = "#quick-entry, [data-draft], [role=search]"; // kept elsewhere, or worth nothing
  const typed = new Set();
  let waiting = null;

  document.addEventListener("input", ({ target }) => target instanceof Element && target.matches(WRITTEN) && typed.add(target), true);

  /* Words in a field that a person sees, in something that is sent. */
  function isUnsent(field) {
    if (!field.isConnected) typed.delete(field);
    const form = field.isConnected && field.getClientRects().length ? field.closest("form, dialog") : null;
    return Boolean(form && field.value.trim() && field.value !== field.defaultValue && !field.closest(OWN_DRAFT));
  }

  const hasUnsent = () => [...typed].some(isUnsent);
  const who = () => document.getElementById("quick-entry")?.dataset.who;
  const signIn = () => `/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;

  function element(tag, text, props = {}) {
    const made = document.createElement(tag);
    made.textContent = text;
    return Object.assign(made, props);
  }

  function cover() {
    const dialog = element("dialog", "", { id: "session-ended", className: "session-ended" });
    const link = element("a", "Sign in in another tab", { href: signIn(), target: "_blank", rel: "noopener", className: "button primary", autofocus: true });
    const leave = element("button", "Leave without what you typed", { type: "button", className: "button", onclick: () => window.location.assign(signIn()) });
    const acts = element("p", "");
    acts.append(link, " ", leave);
    dialog.append(element("h2", "Your session has ended"), element("p", `What you typed has not been sent, and stays in this window. Sign in as ${who() || "before"} in another tab: this page then goes on where it was.`), acts);
    dialog.setAttribute("aria-label", "Your session has ended");
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  /* Who is signed in now, or null. */
  async function signedIn() {
    const answer = await fetch("/api/v1/troubles", { credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ASK_MS * 3) }).catch(() => null);
    return answer && answer.ok ? (await answer.json().catch(() => ({}))).who || null : null;
  }

  async function wait() {
    const dialog = cover();
    let name = null;
    while (!name) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      name = await signedIn();
    }
    if (who() && name !== who()) return window.location.reload();
    dialog.remove();
    waiting = null;
  }

  /* The server said that nobody is signed in. Resolves when the same person is again; where nothing was typed the page goes. */
  function ended() {
    if (waiting) return waiting;
    if (hasUnsent()) return (waiting = wait());
    window.location.assign(signIn());
    return new Promise(() => {}); // nothing may follow
  }

  ops.session = { ended, hasUnsent };
})();
