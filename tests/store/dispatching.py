"""Situations of dispatch that several tests begin from."""

from dataclasses import dataclass, field
from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.models import Target, Unit
from ops_centre.services.dispatch import Choice
from tests import factories
from tests.support.options import FixedOptions, options_about

OFFICER = factories.actor(Role.DUTY_OFFICER, name="duty", display_name="Duty Officer", user_id=11)
SECOND = factories.actor(Role.DUTY_OFFICER, name="second", display_name="Second Officer", user_id=12)
LIAISON = factories.actor(Role.AGENCY_LIAISON, agency="CUS", name="liaison", user_id=13)
OTHER_LIAISON = factories.actor(Role.AGENCY_LIAISON, agency="MAR", name="maritime", user_id=14)
TARGETER = factories.actor(Role.TARGETER, name="targeter", user_id=15)
WALL = factories.actor(Role.WALL, name="wall", user_id=16)


@dataclass
class Scene:
    """A target, two customs teams that can, one that cannot, and the options that say so."""

    ops: Any
    target: Target
    units: list[Unit]
    cannot: Unit
    field: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.offer(self.units, [self.cannot])

    def offer(self, able: list[Unit], unable: list[Unit] | None = None, **given: Any) -> None:
        """From now on these options are shown."""
        self.ops.dispatch.source = FixedOptions(options_about(self.target, able, unable, **given))

    def show(self, actor: Actor = OFFICER) -> str:
        """Token of the options as shown to ``actor``."""
        return self.ops.dispatch.show(actor, "target", str(self.target.id)).token

    def choice(self, *units: Unit, actor: Actor = OFFICER, **given: Any) -> Choice:
        """A decision to send these units."""
        values: dict[str, Any] = {"authority": "Duty Officer", "intent": "Board and examine", "reason": None}
        return Choice(token=self.show(actor), unit_ids=tuple(unit.id for unit in units), **(values | given))

    def decide(self, *units: Unit, actor: Actor = OFFICER, **given: Any) -> int:
        """Number of the decision."""
        return int(self.ops.dispatch.decide(actor, self.choice(*units, actor=actor, **given))["decision"])

    def tasked(self, *units: Unit) -> int:
        """Number of the tasking of the first unit, just requested."""
        decision = self.decide(*(units or self.units[:1]), reason="They are two")
        return self.ops.dispatch_reads.decision(OFFICER, decision).taskings[0].id


def scene(ops: Any, **given: Any) -> Scene:
    """The situation on ``ops``, with an account in the field that reports for the first unit."""
    with ops.db.begin() as session:
        feed = factories.make_feed(session, "targets")
        target = factories.make_target(session, feed, label="CAP MANUEL", **given)
        units = [factories.make_unit(session, feed, callsign=f"HAWK {n}") for n in (1, 2)]
        cannot = factories.make_unit(session, feed, callsign="WALKER")
        user = factories.make_user(session, Role.FIELD_UNIT, "CUS")
    made = Scene(ops, target, units, cannot)
    ops.crews.assign("command line", user.name, "HAWK 1")
    made.field = Actor(user.id, user.name, user.display_name, Role.FIELD_UNIT, "CUS")
    return made
