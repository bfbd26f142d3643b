"""Whether what a feed brought shows that it works. A source that answers with nothing that can be used does not: its light
would say live over an empty picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops_centre.domain.observations import Batch, Refusal


@dataclass(frozen=True, slots=True)
class Fitness:
    """``is_whole``: a poll, which says all there is to say; what a listener brings is a piece of a stream."""

    is_good: bool
    is_whole: bool
    fault: str | None = None  # in plain words, where it is not good and something came


def fitness(batch: Batch, used: int, refusals: Sequence[Refusal], *, quiet_is_good: bool) -> Fitness:
    """What a stored batch says of its feed. ``used``: records stored, or known already. ``quiet_is_good``: an empty answer
    proves the source alive (a poll), or does not (a listener)."""
    if used or batch.is_alive or (quiet_is_good and not refusals):
        return Fitness(True, quiet_is_good)
    return Fitness(False, quiet_is_good, _fault(batch, refusals))


def _fault(batch: Batch, refusals: Sequence[Refusal]) -> str | None:
    """Without the reasons: who sees a light need not be one of those who may read what was refused."""
    if refusals:
        many = len(refusals)
        whole = (
            "The one record that came last was refused"
            if many == 1
            else f"All {many:,} records that came last were refused"
        )
        return f"{whole}. Why stands under its refused records."
    if batch.passed_over:
        return "What comes is nothing that a feed of this kind reads. `feed check` with its name shows what it is."
    return None
