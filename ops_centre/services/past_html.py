"""A span of the past as one HTML file that plays without the server: its scripts, styles, map and data stand in it.

Its own policy lets it load nothing and send nothing. The data is JSON in which no "<" stands, so that no text from a feed or
a person can end the element it is in.
"""

import orjson

from ops_centre.clock import to_ms
from ops_centre.config import ROOT
from ops_centre.picture.past_span import Span

ASSETS = ROOT / "assets"
SCRIPTS = (
    "past-player-palette.js", "23-labels.js", "24-spots.js", "53-past-map.js", "53-past-signs.js",
    "54-past-boards.js", "54-past-plans.js", "54-past-desk.js", "past-player.js",
)  # fmt: skip
STYLES = ("past-player.css", "past.css")
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def document(span: Span) -> bytes:
    """The file."""
    head = (
        '<!DOCTYPE html>\n<html lang="en" data-theme="dark">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>REPLAY</title>\n'
    )
    styles = "".join(f"<style>\n{_asset(name)}\n</style>\n" for name in STYLES)
    data = (
        f'<script type="application/json" id="past-data">{_json(_data(span))}</script>\n'
        f'<script type="application/json" id="past-basemap">{_basemap()}</script>\n'
    )
    scripts = "".join(f"<script>\n{_asset(name)}\n</script>\n" for name in SCRIPTS)
    home = ",".join(str(one) for one in span.home)
    player = f'<main id="past-player" data-home="{home}"></main>'
    return f"{head}{styles}</head>\n<body>\n{player}\n{data}{scripts}</body>\n</html>\n".encode()


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8").replace("</", "<\\/")


def _json(value: object) -> str:
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def _basemap() -> str:
    files = [(ROOT / "data" / "basemap" / name).read_text("utf-8") for name in ("world.json", "detail.json")]
    return f"[{', '.join(files)}]".replace("<", "\\u003c")


def _data(span: Span) -> dict[str, object]:
    return {
        "since": to_ms(span.since),
        "until": to_ms(span.until),
        "step_s": span.step_s,
        "known": span.known,
        "centre": span.centre,
        "time_zone": span.time_zone,
        "exercise": span.exercise,
        "marking": f"TLP:{span.marking()}",
        "owners": span.owners(),
        "made_by": span.made_by,
        "made_at": to_ms(span.made_at),
        "kept_since": span.kept_since and to_ms(span.kept_since),
        "leaves_after_s": {str(kind): limit for kind, limit in span.leaves_after_s.items()},
        "tracks": [[one.id, one.kind, one.name, one.points] for one in span.tracks],
        "held": {name: list(rows.values()) for name, rows in span.held.items()},
        "hits": {str(number): found for number, found in span.hits.items()},
        "log": span.log,
        "log_left_off": span.log_left_off,
    }
