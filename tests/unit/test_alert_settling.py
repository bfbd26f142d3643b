"""Settling: whatever comes and goes, the standing alerts come to agree with the conditions, and then nothing more happens."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ops_centre.domain.alert_settling import Amend, Announce, Clear, Delays, Escalate, Raise, Standing, Step, settle
from ops_centre.domain.alerting import OF_A_TARGET, AlertCause, Condition
from ops_centre.domain.targeting import Severity
from tests.support.clock import START, FakeClock

CAUSES = (*OF_A_TARGET, AlertCause.FEED_LOST, AlertCause.ENQUIRY_DUE)


def condition(cause: AlertCause = AlertCause.ENQUIRY_DUE, subject: str = "1", **more: object) -> Condition:
    severity = more.pop("severity", Severity.NORMAL)
    return Condition(cause, "thing", subject, severity, "Title", "Text", 1, **more)  # type: ignore[arg-type]


class Room:
    """Standing alerts, changed as the steps say."""

    def __init__(self) -> None:
        self.clock, self.delays, self.alerts = FakeClock(), Delays(), {}

    def settle(self, *holding: Condition) -> list[Step]:
        steps = settle(
            holding, list(self.alerts.values()), self.delays, self.clock.now(), enabled=set(AlertCause),
            escalate_after={Severity.TOP: timedelta(minutes=2)},
        )  # fmt: skip
        for step in steps:
            self._take(step)
        return steps

    def _take(self, step: Step) -> None:
        if isinstance(step, Clear):
            del self.alerts[step.id]
        elif isinstance(step, Escalate):
            known = self.alerts[step.id]
            self.alerts[step.id] = stand(step.id, known, self.clock, escalated=True)
        else:
            number = max(self.alerts, default=0) + 1 if isinstance(step, Raise) else step.id
            self.alerts[number] = stand(number, step.condition, self.clock)


def stand(number: int, of: Condition | Standing, clock: FakeClock, *, escalated: bool = False) -> Standing:
    return Standing(
        number, of.key, of.cause, of.subject, of.severity, of.mark, of.title, of.text, of.due_at, of.handling_id,
        clock.now(), False, None, clock.now() if escalated else None,
    )  # fmt: skip


conditions = st.lists(
    st.builds(
        condition,
        st.sampled_from(CAUSES),
        st.sampled_from(["1", "2"]),
        severity=st.sampled_from(tuple(Severity)),
        mark=st.integers(0, 3),
        raises=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, max_size=8))
def test_settling_twice_is_settling_once(turns: list[list[Condition]]) -> None:
    room = Room()
    for turn in turns:
        room.settle(*turn)
        assert room.settle(*turn) == []
        room.clock.advance(seconds=30)


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, max_size=8))
def test_no_key_ever_has_two_alerts_and_no_target_two_that_hold(turns: list[list[Condition]]) -> None:
    room = Room()
    for turn in turns:
        room.settle(*turn)
        keys = [alert.key for alert in room.alerts.values()]
        assert len(keys) == len(set(keys))
        held = {one.key for one in turn}
        of_targets = [a.subject for a in room.alerts.values() if a.cause in OF_A_TARGET and a.key in held]
        assert len(of_targets) == len(set(of_targets))
        room.clock.advance(minutes=2)


@settings(max_examples=100, deadline=None)
@given(conditions)
def test_what_holds_no_longer_is_cleared_in_the_end(turn: list[Condition]) -> None:
    room = Room()
    room.settle(*turn)
    room.clock.advance(minutes=1)
    room.settle(*turn)
    for _ in range(3):
        room.settle()
        room.clock.advance(minutes=11)
    assert room.alerts == {}


def test_a_condition_within_its_dead_band_keeps_an_alert_and_raises_none() -> None:
    room = Room()
    within = condition(AlertCause.LRM_NEAR, raises=False)
    assert room.settle(within) == []
    room.settle(condition(AlertCause.LRM_NEAR))
    assert room.settle(within) == []
    assert len(room.alerts) == 1


def test_a_condition_that_is_gone_before_its_delay_is_never_raised() -> None:
    room = Room()
    lost = condition(AlertCause.FEED_LOST)
    for _ in range(10):
        assert room.settle(lost) == []
        room.clock.advance(seconds=19)
        assert room.settle() == []
        room.clock.advance(seconds=1)


def test_a_countdown_that_moves_by_seconds_is_left_alone() -> None:
    room = Room()
    room.settle(condition(due_at=START))
    assert room.settle(condition(due_at=START + timedelta(seconds=59))) == []
    assert [type(step) for step in room.settle(condition(due_at=START + timedelta(seconds=60)))] == [Amend]


def test_a_mark_that_goes_further_is_news_and_one_that_falls_back_is_not() -> None:
    room = Room()
    room.settle(condition(mark=1))
    assert [type(step) for step in room.settle(condition(mark=2))] == [Announce]
    assert room.settle(condition(mark=1)) == []
