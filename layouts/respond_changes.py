"""What of the options shown is not so any more, in words. Small movements are none: countdowns tell those."""

from typing import Any

from ops_centre.clock import to_ms
from ops_centre.domain.options import Options

MATERIAL_MIN = 10  # a meeting or last moment that moved by less is no news
SAID_AT_MOST = 3


def seen_of(options: Options) -> dict[str, Any]:
    """What is remembered of what was shown, as a store of the browser holds it."""
    return {
        "about": f"{options.about_kind}:{options.about_id}",
        "lrm": to_ms(options.lrm_at) if options.lrm_at else None,
        "able": [
            [option.unit_id, option.callsign, to_ms(option.meet_at) if option.meet_at else None]
            for option in options.able
        ],
    }


def changes(seen: Any, fresh: Options) -> list[str]:
    """Sentences for what differs. ``seen`` comes back from the browser and is believed for nothing else."""
    if not isinstance(seen, dict) or seen.get("about") != f"{fresh.about_kind}:{fresh.about_id}":
        return []
    shown = [row for row in seen.get("able") or [] if isinstance(row, list) and len(row) == 3]
    found = [*_gone(shown, fresh), *_first(shown, fresh), *_moved(shown, fresh), *_last_moment(seen.get("lrm"), fresh)]
    over = len(found) - SAID_AT_MOST
    return found[:SAID_AT_MOST] + ([f"And {over} more."] if over > 0 else [])


def _gone(shown: list[list[Any]], fresh: Options) -> list[str]:
    able = {option.unit_id for option in fresh.able}
    words = []
    for unit_id, callsign, _meet in shown:
        if unit_id not in able:
            option = fresh.of(unit_id)
            why = f": {option.why_not.rstrip('.')}" if option and option.why_not else ""
            words.append(f"{callsign} cannot any more{why}.")
    return words


def _first(shown: list[list[Any]], fresh: Options) -> list[str]:
    if not fresh.able or (shown and fresh.able[0].unit_id == shown[0][0]):
        return []
    was_there = any(row[0] == fresh.able[0].unit_id for row in shown)
    return [
        f"{fresh.able[0].callsign} is now first." if was_there else f"{fresh.able[0].callsign} can now, and is first."
    ]


def _moved(shown: list[list[Any]], fresh: Options) -> list[str]:
    meetings = {option.unit_id: option.meet_at for option in fresh.able}
    words = []
    for unit_id, callsign, was in shown:
        now = meetings.get(unit_id)
        if isinstance(was, int) and now is not None and abs(minutes := (to_ms(now) - was) / 60_000) >= MATERIAL_MIN:
            words.append(f"{callsign} meets it {abs(minutes):.0f} min {'later' if minutes > 0 else 'earlier'}.")
    return words


def _last_moment(was: Any, fresh: Options) -> list[str]:
    now = to_ms(fresh.lrm_at) if fresh.lrm_at else None
    if not isinstance(was, int) or now is None or abs(now - was) < MATERIAL_MIN * 60_000:
        return []
    minutes = (now - was) / 60_000
    return [f"The last moment is {abs(minutes):.0f} min {'later' if minutes > 0 else 'earlier'}."]
