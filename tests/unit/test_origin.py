"""Where a request comes from, by what its browser says."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from ops_centre.api.origin import Site, site_of

HERE = "http://centre.example:8050"


def judged(headers: dict[str, str], *, behind_tls: bool = False, further: frozenset[str] = frozenset()) -> Site:
    environ = EnvironBuilder(method="POST", base_url=HERE, headers=headers).get_environ()
    return site_of(Request(environ), behind_tls=behind_tls, further=further)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": HERE},
        {"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_pages_are_ours(headers: dict[str, str]) -> None:
    assert judged(headers) is Site.OURS


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://centre.example:8050"},
        {"Origin": "http://centre.example"},
        {"Origin": "http://centre.example:8050.evil.example"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_everything_else_is_foreign(headers: dict[str, str]) -> None:
    assert judged(headers) is Site.FOREIGN


def test_silence_is_neither() -> None:
    assert judged({}) is Site.UNSAID


def test_behind_a_tls_proxy_the_origin_is_https() -> None:
    assert judged({"Origin": "https://centre.example:8050"}, behind_tls=True) is Site.OURS
    assert judged({"Origin": HERE}, behind_tls=True) is Site.FOREIGN


def test_a_further_origin_counts_as_ours() -> None:
    further = frozenset({"https://ops.example.org"})
    headers = {"Origin": "https://ops.example.org", "Sec-Fetch-Site": "same-site"}
    assert judged(headers, further=further) is Site.OURS
