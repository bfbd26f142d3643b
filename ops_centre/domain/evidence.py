"""Which hit leads a target, and how the attention list puts it in one line."""

from collections.abc import Sequence

from ops_centre.domain.observations import HitReport
from ops_centre.domain.targeting import HitKind

MAX_REASON = 140
NO_HIT = "No hit stated by the source"

# in order of what an officer acts on first: a name on a list before a rule, a rule before a likeness, chance last
_WORDS = {
    HitKind.WATCHLIST: "Watchlist",
    HitKind.RULE: "Rule",
    HitKind.MANUAL: "Request",
    HitKind.EXTERNAL: "External",
    HitKind.PARTIAL: "Partial match",
    HitKind.RANDOM: "Random check",
}
_ORDER = {kind: place for place, kind in enumerate(_WORDS)}


def leading_hit(hits: Sequence[HitReport]) -> HitReport | None:
    """The hit of the strongest kind; within a kind the highest score, then the order of the source."""
    return min(hits, key=lambda hit: (_ORDER[HitKind(hit.kind)], -(hit.score or 0.0)), default=None)


def reason_of(hits: Sequence[HitReport]) -> str:
    """The leading hit in words: "Rule 31 v4 · crew member on list", and how many more there are."""
    hit = leading_hit(hits)
    if hit is None:
        return NO_HIT
    word = _WORDS[HitKind(hit.kind)]
    name = hit.criterion if hit.criterion.casefold().startswith(word.casefold()) else f"{word} {hit.criterion}"
    version = f" v{hit.criterion_version.removeprefix('v')}" if hit.criterion_version else ""
    told = " ".join(hit.explanation.split())
    more = f" (+{len(hits) - 1})" if len(hits) > 1 else ""
    line = f"{name}{version}" + (f" · {told}" if told else "")
    return _cut(line, MAX_REASON - len(more)) + more


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 1].rsplit(' ', 1)[0]}…"
