"""Where signing in leads: only ever to a page of this centre."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.api.destinations import first_page, local_page, sign_in_address
from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role

OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/\x00/evil",
    "",
    None,
]


@pytest.mark.parametrize("wanted", OUTSIDE)
def test_an_address_elsewhere_leads_nowhere(wanted: str | None) -> None:
    assert local_page(wanted) is None


@pytest.mark.parametrize("wanted", ["/sign-in?next=/", "/sign-out", "/api/v1/picture", "/_dash-layout", "/metrics"])
def test_what_is_no_page_leads_nowhere(wanted: str) -> None:
    assert local_page(wanted) is None


@pytest.mark.parametrize("wanted", ["/", "/?kiosk", "/targets?severity=top", "/operations/7#log", "/@evil.example"])
def test_a_page_of_ours_is_kept(wanted: str) -> None:
    assert local_page(wanted) == wanted


@given(st.text(alphabet="/\\:@.?#%&\t\r\n ehtpsvilxm\u2044\uff0f", max_size=30))
def test_whatever_is_kept_stays_on_this_host(wanted: str) -> None:
    kept = local_page(wanted)
    if kept is not None:
        browser_reads = kept.replace("\t", "").replace("\r", "").replace("\n", "").replace("\\", "/")
        assert urlsplit(urljoin("http://centre.example/sign-in", browser_reads)).netloc == "centre.example"


def test_a_page_is_carried_through_the_sign_in() -> None:
    assert sign_in_address("/targets?severity=top&x=1") == "/sign-in?next=/targets%3Fseverity%3Dtop%26x%3D1"
    assert sign_in_address("/") == "/sign-in"
    assert sign_in_address("//evil.example") == "/sign-in"


def test_who_cannot_see_the_picture_but_keeps_accounts_starts_there() -> None:
    assert first_page(Actor(1, "a", "A", Role.ADMINISTRATOR, "OPS")) == "/admin"
    assert first_page(Actor(1, "a", "A", Role.DUTY_OFFICER, "OPS")) == "/"
