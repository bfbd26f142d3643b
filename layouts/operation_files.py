"""Files kept with an operation: what each is, its SHA-256, who attached or removed it; the form that attaches one."""

from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.numbers import count
from layouts.components.painted import element
from layouts.components.times import local_time
from layouts.operation_fields import buttons, folded, form, line_field, slot, submit
from ops_centre.domain.media import ALLOWED, MEDIA, size_words
from ops_centre.picture.operation_part_views import AttachmentView, FilesPart


def files_section(part: FilesPart) -> html.Div:
    """The section on the page of one operation."""
    kept = sum(row.removed_at is None for row in part.rows)
    parts = [
        html.Div([html.H2("Files"), html.Span(count(kept), className="brief-count")], className="panel-line"),
        slot(_table(part) if part.rows else empty("No file is attached")),
        slot(_attach(part) if part.may_work else None),
    ]
    return html.Div(parts)


def _table(part: FilesPart) -> html.Table:
    heads = ("File", "Size", "Attached", "SHA-256")
    acts = html.Th(html.Span("Acts", className="unseen"), scope="col") if part.may_work else None
    return html.Table(
        [
            html.Thead(html.Tr([*(html.Th(one, scope="col") for one in heads), acts])),
            html.Tbody([_row(part, row) for row in part.rows]),
        ],
        className="table part-table",
    )


def _row(part: FilesPart, row: AttachmentView) -> html.Tr:
    return html.Tr(
        [
            html.Td([_name(part, row), html.Div(_words(row), className="quiet")], className="cell-wide"),
            html.Td(size_words(row.size), className="cell-number"),
            html.Td([row.added_by, " ", local_time(row.added_at)]),
            html.Td(html.Code(row.sha256, className="part-hash")),
            html.Td(html.Div(_remove(row) if row.removed_at is None else None, className="part-acts"))
            if part.may_work
            else None,
        ]
    )


def _name(part: FilesPart, row: AttachmentView) -> Any:
    if row.removed_at is not None:
        return html.Del(row.name)
    address = f"/api/v1/operations/{part.operation}/attachments/{row.id}"
    return html.A(row.name, href=address, className="link", download="")


def _words(row: AttachmentView) -> Any:
    if row.removed_at is None:
        return MEDIA[row.media_type].words
    return [f"removed by {row.removed_by} ", local_time(row.removed_at), f": {row.remove_reason}"]


def _remove(row: AttachmentView) -> html.Details:
    return folded(
        "Remove",
        form(
            "attachments/remove",
            f"file:{row.id}",
            {"attachment": row.id},
            f"Remove {row.name}",
            line_field(f"attachment-{row.id}-reason", "reason", "Removed because"),
            buttons(submit("Remove")),
        ),
    )


def _attach(part: FilesPart) -> html.Details:
    return folded(
        "Attach a file",
        html.Form(
            [
                html.Div(
                    [
                        html.Label("File", htmlFor="attachment-file"),
                        element("input", id="attachment-file", type="file", name="file", required=True),
                    ],
                    className="head-field",
                ),
                html.P(f"At most {size_words(part.max_bytes)}; {ALLOWED}.", className="quiet"),
                buttons(submit("Attach", primary=True)),
            ],
            className="part-form",
            **{
                "data-upload": f"/api/v1/operations/{part.operation}/attachments",
                "data-most": str(part.max_bytes),
                "data-key": f"files:{part.operation}",
                "aria-label": "Attach a file",
            },
        ),
    )
