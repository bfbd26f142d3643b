"""Chromium for tests and screenshots: where it is, how it is started, and a page watched for what it must not do."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, Request, ViewportSize

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BARE = ("chromium-headless-shell", "chrome-headless-shell")  # no windows that nobody sees
AXE = Path(__file__).resolve().parent.parent / "browser/vendor/axe-core/axe.min.js"
CATCH_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`));
"""


def find_chromium(names: tuple[str, ...] = BARE + WHOLE) -> str | None:
    """Path of the browser, ``OPS_CHROMIUM`` first."""
    named = os.environ.get("OPS_CHROMIUM")
    return named or next((path for name in names if (path := shutil.which(name))), None)


def start_chromium(playwright: Playwright, names: tuple[str, ...] = BARE + WHOLE) -> Browser:
    """A headless browser, `WHOLE` for measuring what people see. Raises RuntimeError where there is none."""
    path = find_chromium(names)
    if path is None:
        raise RuntimeError("no Chromium found; `make setup-tests` installs it, OPS_CHROMIUM names it")
    return playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)


SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => null)))"""  # begun before the change
LEAVE = """() => {
  window.__loaded ??= { view: opsCentre.map.view() };
  document.querySelector('#quick-entry [data-quick="discard"]')?.click(); // a draft is kept in the page too
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const said = document.getElementById("shell-said");
  said.textContent = "";
  said.hidden = true;
  localStorage.clear();
  sessionStorage.clear();
  opsCentre.go("/no-such-page"); // every page forgets its search, its card and its place in the list when it is left
}"""
ARRIVE = """(path) => {
  document.activeElement?.blur();
  opsCentre.go(path);
}"""


class Watched:
    """A page of the product, and everything it did that it must not do."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        """Open an empty page that is to stay within ``url``."""
        self.url = url
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.add_init_script(CATCH_VIOLATIONS)
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.outside.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({(message.location or {}).get('url')})")

    def faults(self, *, server_was_away: bool = False) -> list[str]:
        """Requests that left the server, console errors, CSP violations. Lost connections count unless expected."""
        away = (
            "ERR_CONNECTION",
            "ERR_INCOMPLETE",
            "ERR_EMPTY_RESPONSE",
            "ERR_NETWORK",
            "ERR_CONTENT_LENGTH",  # cut off in the middle of an answer
            "Failed to fetch",
            "status of 503",
            "did not respond",
        )
        said = [text for text in self.complaints if not (server_was_away and any(word in text for word in away))]
        violations = self.page.evaluate("window.__violations || []") if not self.page.is_closed() else []
        return [f"outside: {url}" for url in self.outside] + said + [f"policy: {text}" for text in violations]

    def sign_in(self, name: str, password: str, path: str = "/") -> None:
        """Through the form, as a person does; on to ``path``."""
        self.page.goto(self.url + path)
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")

    def begin_again(self, path: str, viewport: ViewportSize) -> None:
        """As after signing in, on ``path``, without loading the frame anew. Raises where the page is no longer the frame."""
        page = self.page
        page.unroute_all()
        page.mouse.up()
        page.mouse.move(0, 0)
        page.keyboard.press("Escape")  # what is chosen, searched for or pulled out
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        page.evaluate(LEAVE)
        page.wait_for_function("document.documentElement.dataset.page === 'unknown'")
        page.evaluate("new Promise((done) => setTimeout(done))")  # what follows from it has been done
        page.evaluate(ARRIVE, path)
        page.wait_for_function("document.documentElement.dataset.page !== 'unknown'")
        page.evaluate("new Promise((done) => setTimeout(done))")
        page.evaluate("opsCentre.map.setView(window.__loaded.view); window.__violations = []")
        if not page.locator("#shell-frozen").is_hidden():
            raise Error("the page has lost its server")
        self.outside.clear()
        self.complaints.clear()

    def wait_for_picture(self) -> None:
        """Until the map holds the picture and has been drawn."""
        self.page.wait_for_function(
            "() => window.opsCentre && opsCentre.store && opsCentre.store.loaded"
            " && opsCentre.store.tracks.size > 0 && opsCentre.stats.draws > 0",
            timeout=60_000,
        )

    def faults_in_both_themes(self) -> list[str]:
        """What axe-core finds in the dark theme and in the light one, and whether the page is wider than the screen."""
        found = []
        for theme, rules in (("light", None), ("dark", ["color-contrast"])):  # of a theme, only colours can be at fault
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # colours change at once
            self.page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)
            self.page.evaluate(SETTLED)
            found += [f"{theme}: {fault}" for fault in self.accessibility_faults(rules)]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the screen")
        return found

    def accessibility_faults(self, rules: list[str] | None = None) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA, or against some rules of its own: rule, and where."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(AXE.read_text("utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
        found: dict[str, Any] = self.page.evaluate(
            "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary'].splitlines()[1:2]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
