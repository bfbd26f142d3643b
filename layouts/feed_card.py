"""One feed opened: its settings, what it sent that could not be used, and what may be done about it.

Raw bytes are only ever text: hexadecimal beside the letters they stand for, cut with a word where there are many.
"""

import json
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty, facts, feed_light, light_word
from layouts.components.numbers import count, counted
from layouts.components.painted import element
from layouts.components.times import age, local_time, since
from ops_centre.picture.feed_views import FeedCard, RefusalGroup, Refusals, RefusedRecord, RefusedRow
from ops_centre.picture.views import FeedRow

SHOWN_BYTES = 4096
WIDTH = 16  # bytes in a line


def feed_card(card: FeedCard, row: FeedRow | None, rate: str, *, retries: bool) -> html.Section:
    """Head, facts, what may be done, settings, quarantine."""
    return html.Section(
        [
            html.Div(
                [
                    html.A("← Feeds", href="/feeds", className="link", **{"data-follow": ""}),
                    html.H2(card.name),
                    feed_light(row, with_name=False) if row else None,
                    chip("REPLAY", "replay") if card.is_replay else None,
                    html.Span(f"{card.kind} · {card.agency}", className="quiet"),
                ],
                className="panel-line",
            ),
            _paused(card),
            _facts(row, rate) if row else None,
            _error(row) if row else None,
            _acts(card) if card.may_run else None,
            _settings(card) if card.may_run else None,
            html.H3("Refused records"),
            *_quarantine(card, retries=retries),
        ],
        className="feed-card",
    )


def _paused(card: FeedCard) -> Any:
    if card.paused is None:
        return None
    said = [html.Strong("Paused"), " by ", card.paused.by, " ", local_time(card.paused.at), ", ", since(card.paused.at)]
    return html.P([*said, f" ago: {card.paused.reason}"], className="feed-paused abnormal")


def _facts(row: FeedRow, rate: str) -> html.Dl:
    return facts(
        (f"{light_word(row.light).capitalize()} since", since(row.light_since)),
        ("Last worked", age(row.last_good_at)),
        ("Last record", age(row.last_record_at)),
        ("Records a minute", rate),
        ("Received", count(row.received)),
        ("Stored", count(row.stored)),
        ("Repeated", count(row.duplicate)),
        ("Quarantined", count(row.quarantined)),
        ("Passed over", count(row.passed_over)),
    )


def _error(row: FeedRow) -> html.P:
    told = [row.last_error, " · ", age(row.last_error_at)] if row.last_error else ["none"]
    return html.P([html.Span("Last error ", className="quiet"), *told], className="feed-last-error")


def _acts(card: FeedCard) -> html.Form:
    given = json.dumps({"feed": card.id})
    answer = html.P(className="answer", role="alert", **{"data-answer": ""})
    if card.paused is not None:
        return html.Form(
            [html.Button("Resume", type="submit", className="button primary"), answer],
            className="watch-acts feed-acts",
            **{"data-do": "feeds/resume", "data-with": given, "aria-label": "Resume"},
        )
    return html.Form(
        [
            html.Label("Pause it, because", htmlFor="feed-pause-reason", className="field-label"),
            element(
                "input", id="feed-pause-reason", name="reason", type="text", required=True, maxlength=200,
                autocomplete="off", **{"class": "field", "data-draft": f"feed-pause:{card.id}"},
            ),
            html.Button("Pause", type="submit", className="button"),
            answer,
        ],
        className="watch-acts feed-acts",
        **{"data-do": "feeds/pause", "data-with": given, "aria-label": "Pause"},
    )  # fmt: skip


def _settings(card: FeedCard) -> html.Details:
    if not card.settings:
        return html.Details([html.Summary("Settings"), html.P("It is not in config.toml of this process.")])
    return html.Details(
        [html.Summary("Settings, as config.toml has them"), facts(*card.settings)], className="feed-settings"
    )


def _quarantine(card: FeedCard, *, retries: bool) -> list[Any]:
    told = card.refusals
    if told is None:
        words = "Shift leads of its agency and administrators read them." if not card.may_run else None
        return [empty("Refused records of this agency's feeds are not for you", words)]
    if not told.kept:
        return [empty("None is kept", "Refused records are kept for worker.quarantine_days.")]
    note = f"{count(told.kept)} kept"
    if not retries:
        note += f". A feed of kind {card.kind} cannot read one record alone, so none can be tried again"
    return [
        html.P(f"{note}. Opening one is recorded.", className="quiet"),
        _groups(card, told),
        _together(card, told, retries=retries) if card.may_run else None,
        _rows(card, told, retries=retries and card.may_run),
        _pager(card, told),
    ]


def _groups(card: FeedCard, told: Refusals) -> html.Ul:
    lines = [_group(card, told, group) for group in told.groups]
    if told.reason is not None and not any(group.reason == told.reason for group in told.groups):
        lines.append(html.Li(html.Strong(told.reason)))
    if told.more_groups:
        lines.append(html.Li(counted(told.more_groups, "further reason", "further reasons"), className="quiet"))
    if told.reason is not None:
        lines.append(html.Li(_follow("All reasons", f"/feeds/{card.id}")))
    return html.Ul(lines, className="feed-reasons", **{"aria-label": "Reasons"})


def _group(card: FeedCard, told: Refusals, group: RefusalGroup) -> html.Li:
    chosen = group.reason == told.reason
    words = html.Strong(group.reason) if chosen else _follow(group.reason, f"/feeds/{card.id}/like/{group.like}")
    return html.Li([html.Span(count(group.count), className="feed-reason-count"), words])


def _together(card: FeedCard, told: Refusals, *, retries: bool) -> html.Div | None:
    """Acts on all of the reason that was chosen; those refused since this was drawn are left alone."""
    group = next((group for group in told.groups if group.reason == told.reason), None)
    if group is None or group.count < 2:
        return None
    given = json.dumps({"record": group.like})
    again = html.Button(f"Try all {count(group.count)} again", type="button", className="button",
                        **{"data-do": "feeds/retry-alike", "data-with": given})  # fmt: skip
    return html.Div(
        [
            again if retries else None,
            _forget("feeds/forget-alike", given, f"Forget all {count(group.count)}, because", "Forget all"),
        ],
        className="feed-raw-acts",
    )


def _forget(act: str, given: str, asks: str, word: str) -> html.Form:
    field = f"feed-{act.partition('/')[2]}-reason"
    return html.Form(
        [
            html.Label(asks, htmlFor=field, className="field-label"),
            element("input", id=field, name="reason", type="text", required=True, maxlength=200, autocomplete="off",
                    **{"class": "field"}),
            html.Button(word, type="submit", className="button"),
            html.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="watch-acts feed-acts",
        **{"data-do": act, "data-with": given, "aria-label": word},
    )  # fmt: skip


def _rows(card: FeedCard, told: Refusals, *, retries: bool) -> html.Table:
    titles = (("Received", None), ("Reason", None), ("Size", "cell-number"), ("", None))
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(title, scope="col", className=name) for title, name in titles])),
            html.Tbody([_row(card, row, retries=retries) for row in told.rows]),
        ],
        className="table",
    )


def _row(card: FeedCard, row: RefusedRow, *, retries: bool) -> html.Tr:
    given = json.dumps({"record": row.id})
    again = html.Button("Try again", type="button", className="button quiet-button",
                        **{"data-do": "feeds/retry", "data-with": given})  # fmt: skip
    may_retry = retries and not row.is_cut
    return html.Tr(
        [
            html.Td([local_time(row.received_at), " ", html.Span(age(row.received_at), className="quiet")]),
            html.Td(row.reason, className="cell-wide"),
            html.Td([f"{count(row.raw_bytes)} bytes", ", cut" if row.is_cut else ""], className="cell-number"),
            html.Td([_follow("Open", f"/feeds/{card.id}/record/{row.id}"), " ", again if may_retry else None]),
        ]
    )


def _pager(card: FeedCard, told: Refusals) -> html.Div:
    here = f"/feeds/{card.id}" + (f"/like/{told.like}" if told.like else "")
    newest = _follow("← Newest", here) if told.before is not None else None
    older = _follow("Older →", f"{here}/before/{told.older}") if told.older is not None else None
    return html.Div([newest, " ", older], className="panel-line")


def _follow(words: str, href: str) -> html.A:
    return html.A(words, href=href, className="link", **{"data-follow": ""})


def raw_view(record: RefusedRecord, *, retries: bool) -> html.Section:
    """The bytes of one refused record, and its two acts. This look was recorded."""
    given = json.dumps({"record": record.id})
    is_cut = record.raw_bytes > len(record.raw)
    shown = record.raw[:SHOWN_BYTES]
    length = f"{count(record.raw_bytes)} bytes"
    if len(shown) < record.raw_bytes:
        length += f", the first {count(len(shown))} shown" + (f", {count(len(record.raw))} kept" if is_cut else "")
    return html.Section(
        [
            html.Div(
                [
                    html.H2(f"Refused record {record.id}"),
                    html.Span([record.feed, " · received ", local_time(record.received_at), f" · {length}"]),
                    _follow("Close", f"/feeds/{record.feed_id}"),
                ],
                className="panel-line",
            ),
            html.P([html.Strong("Reason "), record.reason]),
            html.P("Your look at this record is recorded.", className="quiet"),
            html.Div(
                [
                    html.Div([html.H3("As text"), html.Pre(as_text(shown), className="feed-raw", tabIndex=0)]),
                    html.Div([html.H3("As bytes"), html.Pre(as_hex(shown), className="feed-raw", tabIndex=0)]),
                ],
                className="feed-raws",
            ),
            html.Div(
                [
                    html.Button("Try again", type="button", className="button",
                                **{"data-do": "feeds/retry", "data-with": given}) if retries and not is_cut else
                    html.Span(_why_not(record.kind, is_cut=is_cut), className="quiet"),
                    _forget("feeds/forget", given, "Forget it, because", "Forget"),
                ],
                className="feed-raw-acts",
            ),
        ],
        className="feed-record",
    )  # fmt: skip


def _why_not(kind: str, *, is_cut: bool) -> str:
    if is_cut:
        return "Only its beginning was kept, so it cannot be tried again."
    return f"A feed of kind {kind} cannot read one record alone."


def as_text(raw: bytes) -> str:
    """The bytes as UTF-8; those that are no text as \\xNN, control characters (line ends apart) as dots."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "·" for letter in text.replace("\r\n", "\n"))


def as_hex(raw: bytes) -> str:
    """Lines of place, sixteen bytes and the letters they stand for."""
    lines = []
    for start in range(0, len(raw), WIDTH):
        part = raw[start : start + WIDTH]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<{WIDTH * 3}} {letters}")
    return "\n".join(lines)
