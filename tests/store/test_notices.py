"""Outward notices: queued with the alert, told in the scope of whoever reads them, sent again when a service fails."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.config import Channel, Settings, load
from ops_centre.errors import ConfigError, Conflict, NotFound, NotPermitted
from ops_centre.models import LogEntry, Notice
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.notices import MOST_TRIES, Notices
from ops_centre.services.outward import NotSent, deliver
from tests.factories import actor, make_feed, make_handling, make_target
from tests.support.clock import START, FakeClock

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="shift.lead")
Told = list[tuple[str, str]]


def channel(**given: Any) -> Channel:
    values = {
        "name": "Duty mail",
        "agency": "OPS",
        "least_severity": "high",
        "url": SecretStr("json://127.0.0.1/secret"),
    }
    return Channel(**(values | given))


@pytest.fixture
def centre(ops: Ops) -> Callable[..., tuple[AlertSweep, Notices, Told]]:
    """``centre(channel, …, fails=…)``: a sweep and notices with these channels, and what was told."""

    def make(*channels: Channel, fails: Callable[[], bool] = lambda: False) -> tuple[AlertSweep, Notices, Told]:
        settings = ops.settings.model_copy(update={"channels": list(channels)})
        told: Told = []

        def send(address: str, title: str, text: str) -> None:
            if fails():
                raise NotSent("The service could not be reached.")
            told.append((title, text))

        return AlertSweep(ops.deeds, settings), Notices(ops.db, ops.deeds, settings, send), told

    return make


def add_target(ops: Ops, owner: str = "OPS", marking: str = "GREEN", **given: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session, last_good_at=START + timedelta(days=9))
        make_target(session, feed, handling=make_handling(session, owner, marking), label="CAP MANUEL", **given)


def run(notices: Notices, times: int = 4) -> None:
    for _ in range(times):
        notices.send_due()
        notices.wait(5)


def states(ops: Ops) -> list[tuple[str, int, str | None]]:
    with ops.db.reading() as session:
        return [(row.state, row.tries, row.error) for row in session.scalars(select(Notice).order_by(Notice.id))]


def texts(ops: Ops) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


def test_an_alert_is_told_once(ops: Ops, centre: Any) -> None:
    sweep, notices, told = centre(channel())
    add_target(ops)
    sweep.sweep()
    run(notices)
    ((title, text),) = told
    assert title == "Border Operations (EXERCISE): high alert"
    assert text.startswith("CAP MANUEL, target new.")
    assert states(ops) == [("sent", 1, None)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"least_severity": "top"}, False),
        ({"causes": ["feed lost"]}, False),
        ({"causes": ["target new"]}, True),
        ({"url": None}, False),
    ],
    ids=["not severe enough", "another cause", "its cause", "not configured"],
)
def test_a_channel_hears_what_it_wants(ops: Ops, centre: Any, given: dict[str, Any], told: bool) -> None:
    sweep, notices, said = centre(channel(**given))
    add_target(ops)
    sweep.sweep()
    run(notices)
    assert bool(said) is told
    assert bool(states(ops)) is told


@pytest.mark.parametrize(
    ("owner", "marking", "given", "words"),
    [
        ("OPS", "AMBER", {}, "There is a high alert; see the centre."),
        ("OPS", "RED", {}, "There is a high alert; see the centre."),
        ("OPS", "AMBER", {"tell_restricted": True}, "CAP MANUEL, target new. Vessel for Auckland. Rule 7"),
        ("CUS", "AMBER", {"tell_restricted": True}, None),
        ("CUS", "RED", {"tell_restricted": True}, None),
        ("CUS", "CLEAR", {}, "CAP MANUEL, target new. Vessel for Auckland. Rule 7"),
    ],
)
def test_what_a_channel_is_told_is_what_its_agency_may_see(
    ops: Ops, centre: Any, owner: str, marking: str, given: dict[str, Any], words: str | None
) -> None:
    sweep, notices, told = centre(channel(**given))
    add_target(ops, owner, marking)
    sweep.sweep()
    run(notices)
    assert [text.startswith(words) for _title, text in told] == [True] if words else told == []


def test_a_service_that_fails_is_tried_again_later_and_its_failure_is_seen(
    ops: Ops, centre: Any, frozen_clock: FakeClock
) -> None:
    down = [True]
    sweep, notices, told = centre(channel(), fails=lambda: down[0])
    add_target(ops)
    sweep.sweep()
    run(notices)
    assert (states(ops), told) == ([("queued", 1, "The service could not be reached.")], [])
    (view,) = notices.channels(LEAD)
    assert (view.state, view.waiting, view.last_error) == ("failing", 1, "The service could not be reached.")
    assert texts(ops)[-1] == "Channel Duty mail could not be told: The service could not be reached."
    down[0] = False
    frozen_clock.advance(seconds=9)
    run(notices)
    assert told == []
    frozen_clock.advance(seconds=1)
    run(notices)
    assert len(told) == 1
    assert notices.channels(LEAD)[0].state == "ready"
    assert texts(ops)[-1] == "Channel Duty mail was told."


def test_a_service_that_stays_away_is_given_up_and_logged_once(ops: Ops, centre: Any, frozen_clock: FakeClock) -> None:
    sweep, notices, _told = centre(channel(), fails=lambda: True)
    add_target(ops)
    sweep.sweep()
    for _ in range(MOST_TRIES + 2):
        run(notices)
        frozen_clock.advance(minutes=15)
    assert states(ops) == [("failed", MOST_TRIES, "The service could not be reached.")]
    assert sum("could not be told" in text for text in texts(ops)) == 1


def test_a_service_that_hangs_is_given_up_without_holding_others(ops: Ops, frozen_clock: FakeClock) -> None:
    settings = ops.settings.model_copy(update={"channels": [channel(), channel(name="Other")]})
    release, told = threading.Event(), []

    def send(address: str, title: str, text: str) -> None:
        if not told:
            told.append(title)
            release.wait(30)
        told.append(title)

    notices = Notices(ops.db, ops.deeds, settings, send)
    add_target(ops)
    AlertSweep(ops.deeds, settings).sweep()
    notices.send_due()
    list(notices._under_way.values())[1].done.wait(5)
    notices.send_due()
    assert sorted(states(ops)) == [("queued", 1, None), ("sent", 1, None)]
    frozen_clock.advance(seconds=20)
    notices.send_due()
    assert [error for _state, _tries, error in states(ops) if error] == ["No answer within 20 s."]
    release.set()


def test_what_was_cleared_meanwhile_is_not_told(ops: Ops, centre: Any) -> None:
    sweep, notices, told = centre(channel())
    add_target(ops)
    sweep.sweep()
    with ops.db.begin() as session:
        from ops_centre.models import Target

        session.scalars(select(Target)).one().claimed_by = "duty.officer"
    sweep.sweep()
    run(notices)
    assert told == []
    assert states(ops)[0][0] == "dropped"


def test_a_channel_without_an_address_says_so(ops: Ops, centre: Any) -> None:
    _sweep, notices, _told = centre(channel(url=None))
    (view,) = notices.channels(LEAD)
    assert (view.state, view.variable) == ("not configured", "OPS_CHANNEL_DUTY_MAIL_URL")
    with pytest.raises(Conflict, match="not configured"):
        notices.test(LEAD, "Duty mail")


def test_a_test_is_sent_by_the_worker_and_logged(ops: Ops, centre: Any) -> None:
    _sweep, notices, told = centre(channel())
    assert notices.test(LEAD, "Duty mail", "press-0001") == "Channel Duty mail: a test is under way."
    run(notices)
    assert [title for title, _text in told] == ["Border Operations (EXERCISE): test"]
    assert texts(ops) == ["Channel Duty mail: a test is under way.", "Channel Duty mail was told."]
    with pytest.raises(NotFound):
        notices.test(LEAD, "No such")
    with pytest.raises(NotPermitted):
        notices.test(actor(), "Duty mail")


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]], list[int]]]:
    """A service on loopback: its address, what it was sent, and the code it answers with."""
    got: list[dict[str, Any]] = []
    code = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(code[0])
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_address[1]}/secret", got, code
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_text_reaches_a_real_service(hook: Any) -> None:
    address, got, _code = hook
    deliver(address, "Title", "Text with <b>marks</b> & signs")
    assert (got[0]["title"], got[0]["message"]) == ("Title", "Text with <b>marks</b> & signs")


def test_a_refusal_gives_the_code_and_never_the_address(hook: Any) -> None:
    address, _got, code = hook
    code[0] = 503
    with pytest.raises(NotSent) as refused:
        deliver(address, "Title", "Text")
    assert str(refused.value) == "The service refused it (code 503)."
    with pytest.raises(NotSent, match="none that Apprise knows"):
        deliver("nonsense", "Title", "Text")


def test_an_address_comes_from_its_variable_alone_and_is_not_shown(tmp_path: Any) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[channels]]\nname = "Duty mail"\nagency = "OPS"\n', "utf-8")
    settings = load({"OPS_CONFIG": str(path), "OPS_CHANNEL_DUTY_MAIL_URL": "json://host/secret"})
    assert settings.channels[0].url is not None
    assert "secret" not in repr(settings) + settings.model_dump_json()
    path.write_text('[[channels]]\nname = "Duty mail"\nagency = "OPS"\nurl = "json://host/secret"\n', "utf-8")
    with pytest.raises(ConfigError, match="must come from OPS_CHANNEL_DUTY_MAIL_URL"):
        load({"OPS_CONFIG": str(path)})


def test_a_channel_of_a_cause_there_is_none_of_is_a_fault(sqlite_ops: Ops, settings: Settings) -> None:
    wrong = settings.model_copy(update={"channels": [channel(causes=["weather"])]})
    with pytest.raises(ConfigError, match="weather"):
        Notices(sqlite_ops.db, sqlite_ops.deeds, wrong)
