"""Acts on feeds over HTTP, and the addresses of the page of feeds."""

import uuid
from typing import Any

import pytest

from callbacks.feeds import places
from layouts.feed_card import as_hex, as_text
from ops_centre.auth.roles import Role
from tests.factories import make_feed

OURS = {"Origin": "http://localhost"}


def act(client: Any, name: str, **body: Any) -> Any:
    return client.post(f"/api/v1/acts/{name}", json={"request_id": uuid.uuid4().hex} | body, headers=OURS)


def test_a_lead_pauses_a_feed_and_an_administrator_resumes_it(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session).id
    lead, administrator = web_client(Role.SHIFT_LEAD), web_client(Role.ADMINISTRATOR)
    assert act(web_client(), "feeds/pause", feed=feed, reason="I may not.").status_code == 403
    assert act(lead, "feeds/pause", feed=feed, reason=" ").status_code == 422
    assert act(lead, "feeds/pause", feed=feed, reason="The mast is painted.").status_code == 200
    assert act(administrator, "feeds/pause", feed=feed, reason="Again.").status_code == 409
    assert act(administrator, "feeds/resume", feed=feed).status_code == 200
    assert act(administrator, "feeds/retry", record=99).status_code == 404


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/feeds", {}),
        ("/feeds/3", {"feed": 3}),
        ("/feeds/3/like/7/before/5", {"feed": 3, "like": 7, "before": 5}),
        ("/feeds/x/record/²", {"feed": 0, "record": 0}),
        ("/units/3", {}),
        (None, {}),
    ],
)
def test_an_address_of_the_page_names_a_feed_and_a_record(path: Any, place: dict[str, int]) -> None:
    assert places(path) == place


def test_raw_bytes_are_shown_as_text_and_as_bytes_whatever_they_are() -> None:
    assert as_text(b"a\x00\x1b[31m\xff\r\n<b>") == "a··[31m\\xff\n<b>"
    assert as_hex(b"A\x00\xff") == f"000000  {'41 00 ff':<48} A.."
