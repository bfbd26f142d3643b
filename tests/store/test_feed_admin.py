"""Feeds paused and resumed; refused records looked at, tried again after a fix, forgotten, and dropped when they are old."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.config import FeedBlock
from ops_centre.domain.feeds import FeedLight
from ops_centre.errors import Conflict, NotFound, NotPermitted
from ops_centre.feeds.base import FeedManifest
from ops_centre.models import Alert, AuditEvent, FeedRecord, JobRun, LogEntry, QuarantinedRecord, Target
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.deeds import Deeds
from ops_centre.services.feed_records import quarantine_rows
from tests.factories import actor
from tests.feeds.situations import sample_records
from tests.support.clock import START

ADMINISTRATOR, LEAD = actor(Role.ADMINISTRATOR, "MAR"), actor(Role.SHIFT_LEAD, "OPS")
MANIFEST = FeedManifest(timedelta(seconds=5), late_after=timedelta(seconds=30), lost_after=timedelta(seconds=120))
GOOD = sample_records("targeting.json")[0]


class Desk:
    """A centre with the targeting feed of its configuration and what the test puts into its quarantine."""

    def __init__(self, ops: Any) -> None:
        self.ops = ops
        block = next(block for block in ops.settings.feeds if block.kind == "targeting")
        self.feed_id = ops.feeds.register([(block, MANIFEST)])[block.name]

    def feed(self) -> FeedRecord:
        with self.ops.db.reading() as session:
            return session.get_one(FeedRecord, self.feed_id)

    def refuse(self, *raws: bytes, reason: str = "version: must be a number") -> list[int]:
        """Records that came and were refused, counted as the ingest counts them."""
        with self.ops.db.begin() as session:
            rows = quarantine_rows(self.feed_id, [(raw, reason, self.ops.clock.now()) for raw in raws])
            session.add_all(rows)
            feed = session.get_one(FeedRecord, self.feed_id)
            feed.received, feed.quarantined = feed.received + len(raws), feed.quarantined + len(raws)
            session.flush()
            return [row.id for row in rows]

    def counts(self) -> tuple[int, int, int, int]:
        feed = self.feed()
        assert feed.received == feed.stored + feed.duplicate + feed.quarantined
        return feed.received, feed.stored, feed.duplicate, feed.quarantined

    def kept(self) -> int:
        return int(self.ops.feeds.count_quarantine())

    def logged(self) -> list[str]:
        with self.ops.db.reading() as session:
            return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


@pytest.fixture
def desk(sqlite_ops: Any) -> Desk:
    return Desk(sqlite_ops)


def test_a_paused_feed_is_neither_lost_nor_alerted_and_a_restart_keeps_it_paused(desk: Desk) -> None:
    ops = desk.ops
    ops.feed_admin.pause(LEAD, desk.feed_id, "Its line is being moved.")
    with pytest.raises(Conflict):
        ops.feed_admin.pause(LEAD, desk.feed_id, "Again.")
    ops.clock.advance(hours=2)
    Desk(ops)  # a worker starts anew and registers its feeds
    assert ops.feeds.refresh_lights() == []
    sweep = AlertSweep(Deeds(ops.db, ops.clock), ops.settings)
    sweep.sweep()
    with ops.db.reading() as session:
        assert session.scalars(select(Alert.title)).all() == []
    card = ops.feed_reads.card(actor(Role.DUTY_OFFICER), desk.feed_id)
    assert (desk.feed().light, card.paused.by, card.paused.at) == (FeedLight.PAUSED, LEAD.name, START)
    assert "Its line is being moved." in desk.logged()[0]
    assert desk.feed_id in ops.feeds.paused()


def test_a_resumed_feed_waits_and_is_lost_only_when_it_does_not_answer(desk: Desk) -> None:
    ops = desk.ops
    ops.feed_admin.pause(LEAD, desk.feed_id, "Maintenance.")
    ops.clock.advance(hours=2)
    ops.feed_admin.resume(LEAD, desk.feed_id)
    assert ops.feeds.refresh_lights() == []
    assert desk.feed().light == FeedLight.WAITING
    assert "after 120 min" in desk.logged()[-1]
    ops.clock.advance(seconds=121)
    assert [light for _name, _before, light in ops.feeds.refresh_lights()] == [FeedLight.LOST]
    with pytest.raises(Conflict):
        ops.feed_admin.resume(LEAD, desk.feed_id)


def test_a_record_that_can_be_read_now_is_stored_and_leaves_the_quarantine(ops: Any) -> None:
    desk = Desk(ops)
    good, _again, bad = desk.refuse(json.dumps(GOOD).encode(), json.dumps(GOOD).encode(), b'{"ref": "T-9"}')
    assert desk.counts() == (3, 0, 0, 3)
    assert ops.feed_admin.retry(LEAD, good)["said"] == "Tried again: 1 stored."
    assert desk.counts() == (3, 1, 0, 2)
    ops.feed_admin.retry(LEAD, _again)
    assert desk.counts() == (3, 1, 1, 1)
    refused = ops.feed_admin.retry(LEAD, bad)
    assert refused["refused"]
    assert "Refused again" in refused["said"]
    assert (desk.counts(), desk.kept()) == ((3, 1, 1, 1), 1)
    with ops.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Target)) == 1
    with pytest.raises(NotFound):
        ops.feed_admin.retry(LEAD, good)


def test_what_cannot_be_read_alone_stays_and_says_why(desk: Desk) -> None:
    row, garbage, cut = desk.refuse(b"ref,version\nT-1,x\n", b"\xff\x00<script>", b"{" + b" " * 70_000)
    assert "row of a CSV file" in desk.ops.feed_admin.retry(LEAD, row)["said"]
    assert desk.ops.feed_admin.retry(LEAD, garbage)["refused"]
    with pytest.raises(Conflict, match="64 KiB"):
        desk.ops.feed_admin.retry(LEAD, cut)
    assert (desk.counts(), desk.kept()) == ((3, 0, 0, 3), 3)


def test_forgetting_drops_the_bytes_and_keeps_the_count(desk: Desk) -> None:
    (number,) = desk.refuse(b'{"name": "somebody"}')
    desk.ops.feed_admin.forget(LEAD, number, "Sent by mistake.")
    assert (desk.counts(), desk.kept()) == ((1, 0, 0, 1), 0)
    assert "Sent by mistake." in desk.logged()[-1]
    assert "somebody" not in " ".join(desk.logged())


def test_each_look_at_the_bytes_is_recorded_and_only_for_the_feeds_agency_or_administrators(desk: Desk) -> None:
    (number,) = desk.refuse(b"\x00raw")
    stranger, officer = actor(Role.SHIFT_LEAD, "POL"), actor(Role.DUTY_OFFICER, "OPS")
    admin = desk.ops.feed_admin
    assert admin.look(ADMINISTRATOR, number).raw == b"\x00raw"
    assert admin.look(LEAD, number).reason == "version: must be a number"
    for act in (admin.look, admin.retry, lambda who, what: admin.forget(who, what, "No.")):
        with pytest.raises(NotFound):
            act(stranger, number)
        with pytest.raises(NotPermitted):
            act(officer, number)
    seen: list[Actor] = [LEAD, ADMINISTRATOR]
    assert [desk.ops.feed_reads.card(who, desk.feed_id).refusals is None for who in (*seen, stranger, officer)] == [
        False, False, True, True,
    ]  # fmt: skip
    with desk.ops.db.reading() as session:
        looks = session.scalars(select(AuditEvent.subject).where(AuditEvent.kind == "refused record seen")).all()
    assert looks == [f"refused record {number}"] * 2


def test_the_quarantine_is_paged_newest_first_and_by_reason(desk: Desk) -> None:
    desk.refuse(*[b"one"] * 60, reason="subject.kind: is missing")
    last = desk.refuse(b"two", b"two", reason="no moment")
    told = desk.ops.feed_reads.card(LEAD, desk.feed_id).refusals
    assert [(group.reason, group.count) for group in told.groups] == [
        ("subject.kind: is missing", 60),
        ("no moment", 2),
    ]
    assert (told.kept, len(told.rows), told.rows[0].id) == (62, 50, last[1])
    older = desk.ops.feed_reads.card(LEAD, desk.feed_id, before=told.older).refusals
    assert (len(older.rows), older.older) == (12, None)
    alike = desk.ops.feed_reads.card(LEAD, desk.feed_id, like=last[0]).refusals
    assert [row.id for row in alike.rows] == last[::-1]


def test_refused_records_go_by_age_as_by_number(desk: Desk) -> None:
    desk.refuse(b"old")
    desk.ops.clock.advance(days=20)
    (newer,) = desk.refuse(b"newer")
    desk.ops.clock.advance(days=11)
    assert desk.ops.feeds.trim_quarantine(keep=100, days=30) == 1
    with desk.ops.db.reading() as session:
        assert session.scalars(select(QuarantinedRecord.id)).all() == [newer]
    assert desk.counts() == (2, 0, 0, 2)


def test_settings_are_told_without_secrets(desk: Desk) -> None:
    block = FeedBlock.model_validate(
        {"name": "Targeting", "kind": "targeting", "agency": "OPS", "url": "https://me:pw@host.example/t?key=abc",
         "api_key": "abc", "token_env": "TARGETING_TOKEN", "headers": {"X-Secret": "abc"}}
    )  # fmt: skip
    desk.ops.feed_reads.settings = desk.ops.settings.model_copy(update={"feeds": [block]})
    told = dict(desk.ops.feed_reads.card(ADMINISTRATOR, desk.feed_id).settings)
    assert told["token env"] == "TARGETING_TOKEN"
    assert told["url"].startswith("https://host.example/t ")
    assert "abc" not in str(told)
    assert "pw" not in str(told)


def test_a_failed_duty_and_an_old_or_missing_backup_are_abnormal(desk: Desk) -> None:
    ops = desk.ops
    with ops.db.begin() as session:
        for name, outcome in (("back up", "complete"), ("settle alerts", "failed")):
            session.add(JobRun(name=name, holder="w", started_at=START, ended_at=START, outcome=outcome, detail="x"))
    state = ops.worker_duties.state(ADMINISTRATOR)
    assert [duty.name for duty in state.duties] == ["settle alerts", "back up"]
    assert state.backup.overdue
    assert state.backup.newest_at is None
    folder = ops.worker_duties.backups.folder
    folder.mkdir(parents=True)
    (folder / f"ops-centre-{START:%Y%m%dT%H%M%SZ}.zip").write_bytes(b"zip")
    assert not ops.worker_duties.backup().overdue
    ops.clock.advance(hours=2 * ops.settings.backup.every_hours, seconds=1)
    assert ops.worker_duties.backup().overdue
    with pytest.raises(NotPermitted):
        ops.worker_duties.state(LEAD)


def of_number(number: int, **changed: Any) -> bytes:
    return json.dumps(GOOD | {"ref": f"T-{number}"} | changed).encode()


def test_all_of_one_reason_are_tried_again_together_and_what_came_later_is_left_alone(ops: Any) -> None:
    desk = Desk(ops)
    first = desk.refuse(of_number(1), of_number(2), b'{"ref": "T-3"}', of_number(1), reason="severity: 'hoch'")
    other = desk.refuse(of_number(4), reason="another")
    later = desk.refuse(of_number(5), reason="severity: 'hoch'")
    answer = ops.feed_many.retry(LEAD, first[-1])
    assert answer["said"] == "4 tried again: 2 stored, 1 known already, 1 refused again."
    assert (desk.counts(), desk.kept(), answer["left"]) == ((6, 2, 1, 3), 3, 0)
    assert desk.logged()[-1].startswith("4 refused records of feed Targeting tried again: 2 stored")
    with pytest.raises(NotFound):  # somebody else was faster
        ops.feed_many.retry(LEAD, first[-1])
    assert ops.feed_many.forget(LEAD, later[-1], "A test of the source.")["said"].startswith("1 forgotten.")
    assert (desk.counts(), desk.kept()) == ((6, 2, 1, 3), 2)
    for act in (ops.feed_many.retry, lambda who, what: ops.feed_many.forget(who, what, "No.")):
        with pytest.raises(NotFound):
            act(actor(Role.SHIFT_LEAD, "POL"), other[0])
        with pytest.raises(NotPermitted):
            act(actor(Role.DUTY_OFFICER, "OPS"), other[0])


def test_one_act_stores_only_so_many_and_says_how_many_are_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops_centre.services.feed_many.MOST_STORED", 3)
    monkeypatch.setattr("ops_centre.services.feed_many.FETCHED", 2)
    records = desk.refuse(*[of_number(number) for number in range(5)])
    answer = desk.ops.feed_many.retry(LEAD, records[-1])
    assert answer["said"] == "3 tried again: 3 stored. 2 more wait to be tried."
    assert desk.ops.feed_many.retry(LEAD, records[-1])["left"] == 0
    assert (desk.counts(), desk.kept()) == ((5, 5, 0, 0), 0)


def test_a_hundred_that_still_cannot_be_used_stay_with_the_reason_of_now(desk: Desk) -> None:
    records = desk.refuse(*[b'{"ref": "T-1"}'] * 100)
    answer = desk.ops.feed_many.retry(LEAD, records[-1])
    assert answer["said"] == "100 tried again: 100 refused again."
    assert (desk.counts(), desk.kept()) == ((100, 0, 0, 100), 100)
    told = desk.ops.feed_reads.card(LEAD, desk.feed_id).refusals
    assert [group.count for group in told.groups] == [100]
