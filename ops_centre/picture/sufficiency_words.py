"""The rules of sufficiency as the planning page states them: the settings in sentences, nothing else."""

from ops_centre.config import Settings
from ops_centre.domain.authority import either


def rules_in_words(settings: Settings) -> tuple[str, ...]:
    """One sentence for each rule of [sufficiency]."""
    block = settings.sufficiency
    arrivals = tuple(
        f"A {one.subject} that says it is bound for a place, and that nobody targeted, wants {number(one.hours)} h of "
        f"{either(one.needs)}."
        for one in settings.arrivals
    )
    return (
        "Every open target wants each of its capabilities (settings [[needs]]) at the place and in the block of its arrival: "
        f"{number(block.top_hours)} h of work on a top one, {number(block.high_hours)} h on a high one, "
        f"{number(block.normal_hours)} h on a normal one. Only agencies with authority (settings [[authority]]) count.",
        *arrivals,
        f"One that has arrived and is still open is wanted now, for {number(block.overdue_hours)} h after its arrival.",
        f"One unit gives {number(block.post_hours)} h of work in a block of {block.block_hours} h, for one need in a block; "
        "the hours of one need are added up and rounded up to whole units.",
        f"A unit counts at a place when it is there for {number(block.present_share * 100)} % of the block: by its tasking "
        "first, else by the plan of the centre, else by its agency's deployment. At rest or under maintenance it counts "
        f"nowhere; out of service is taken to last {number(settings.planning.out_of_service_hours)} h. At most one place in "
        "a block.",
        "Counted is what you may see: targets, units and assignments that are not released to you are not in these numbers.",
        f"The ring of a place on the map is the worst of the next {block.ring_hours} h.",
    )


def number(value: float) -> str:
    """``4.5``, ``2``."""
    return f"{value:g}"
