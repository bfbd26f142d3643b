"""Where somebody goes after signing in: always a page of ours, whatever the address says."""

from urllib.parse import quote, urlsplit

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission

_NO_PAGES = ("/sign-in", "/sign-out", "/api/", "/_dash-", "/assets/", "/metrics")
_LONGEST = 500


def sign_in_address(wanted: str) -> str:
    """The address of the sign-in page that leads on to ``wanted``."""
    page = local_page(wanted)
    return f"/sign-in?next={quote(page, safe='/')}" if page and page != "/" else "/sign-in"


def local_page(wanted: str | None) -> str | None:
    """``wanted`` if it is the path of a page here, else None.

    Browsers read ``//host``, ``/\\host`` and a tab or line end between the slashes as another host (WHATWG URL, section
    4.4), so none of these passes.
    """
    if not wanted or len(wanted) > _LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if "\\" in wanted or any(ord(sign) < 33 or ord(sign) == 127 for sign in wanted):
        return None
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(_NO_PAGES):
        return None
    return wanted


def first_page(actor: Actor) -> str:
    """Where somebody starts who asked for no page."""
    if actor.may(Permission.ACCOUNT_ADMIN) and not actor.may(Permission.PICTURE_VIEW):
        return "/admin"
    if actor.may(Permission.TASKING_REPORT) and not actor.may(Permission.PICTURE_VIEW):
        return "/field"
    return "/"
