"""Where a request comes from: an unsafe one must come from our own pages, however it is dressed.

Browsers set Origin and Sec-Fetch-Site themselves and let no page forge them (Fetch standard, section 3.2; Fetch
Metadata, section 2). A request that brings neither proves nothing: only the sign-in form, which has a token of its own,
may do without.
"""

from enum import Enum

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Site(Enum):
    """What the headers say about where a request comes from."""

    OURS = "ours"
    FOREIGN = "foreign"
    UNSAID = "unsaid"


def site_of(incoming: Request, *, behind_tls: bool, further: frozenset[str]) -> Site:
    """Judge a request by Origin and Sec-Fetch-Site; both must agree. ``further`` are origins that are ours too."""
    origin = incoming.headers.get("Origin")
    fetch_site = incoming.headers.get("Sec-Fetch-Site")
    if origin is not None and origin in further:
        return Site.OURS
    if origin is not None and origin != own_origin(incoming, behind_tls=behind_tls):
        return Site.FOREIGN
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return Site.FOREIGN
    return Site.UNSAID if origin is None and fetch_site is None else Site.OURS


def own_origin(incoming: Request, *, behind_tls: bool) -> str:
    """The origin under which this request reached us."""
    return f"{'https' if behind_tls else incoming.scheme}://{incoming.host}"
