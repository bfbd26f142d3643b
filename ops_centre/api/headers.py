"""Security headers on every answer. Nothing here is for one route; a route may only set its own Cache-Control, the phone
page its own Permissions-Policy (it may ask for the phone's position), and a file somebody attached the closest policy of
all (`SANDBOX`): should a browser show it after all, it is shown as from nowhere and runs nothing.

The policy allows no script that the centre did not ship and none that is made from text (no 'unsafe-eval'); Dash's few
inline scripts are allowed by their hashes. Styles may be inline: Leaflet and Dash position things that way.
"""

from collections.abc import Iterable

from flask import Flask, Request, Response, request

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HASHES = "ops_csp_hashes"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def set_csp_hashes(server: Flask, hashes: Iterable[str]) -> None:
    """Allow Dash's inline scripts by hash (``app.csp_hashes()``, after all callbacks are registered)."""
    server.extensions[_HASHES] = tuple(hashes)


def policy(hashes: Iterable[str]) -> str:
    """The Content-Security-Policy."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
        )
    )


def install(server: Flask, *, behind_tls: bool) -> None:
    """Put the headers on every answer of ``server``."""

    @server.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        if headers.get("Content-Security-Policy") != SANDBOX:
            headers["Content-Security-Policy"] = policy(server.extensions.get(_HASHES, ()))
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"  # "no-referrer" would make our own forms say "Origin: null"
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if behind_tls or _is_trustworthy(request):
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if behind_tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        headers.setdefault("Cache-Control", "no-store")
        return response


def _is_trustworthy(incoming: Request) -> bool:
    """Browsers complain about an opener policy on plain HTTP from another machine, and ignore it."""
    return incoming.is_secure or incoming.host.rpartition(":")[0] in _LOOPBACK or incoming.host in _LOOPBACK
