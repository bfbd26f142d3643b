"""What became of the reports of one kind when they were stored."""

from dataclasses import dataclass, field

from ops_centre.domain.observations import Refusal


@dataclass(slots=True)
class Tally:
    """`stored + duplicate + len(refused)` is always the number of reports handed over."""

    stored: int = 0
    duplicate: int = 0
    refused: list[Refusal] = field(default_factory=list)
