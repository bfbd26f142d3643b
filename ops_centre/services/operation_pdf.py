"""Issued orders and situation reports as PDF, one A4 page after another, in the manner of the duty log's export.

Every page says EXERCISE where it is one and carries the marking of what it tells. A letter that the font lacks is told by
its number, never left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from ops_centre.config import ROOT
from ops_centre.domain.situation_reports import Head as ReportHead
from ops_centre.domain.watches import Head as OrderHead
from ops_centre.picture.operation_part_views import OrderView, ReportView, Standing

FONTS = ROOT / "data" / "fonts"
FONT = "DejaVu"
LINE = 5.0  # mm


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed."""

    title: str  # "ORDER 2   D26-014"
    banner: str  # the marking
    exercise: bool
    boxes: tuple[tuple[tuple[float, str, str], ...], ...]  # rows of (width in mm of 190, head, words)
    heads: tuple[tuple[str, str, str], ...]  # name, note, text
    proof: str
    centre: str
    printed_at: datetime
    printed_by: str


@dataclass(frozen=True, slots=True)
class Printing:
    """Where, when and by whom something is printed."""

    centre: str
    zone: str
    exercise: bool
    at: datetime
    by: str


def order_sheet(standing: Standing, order: OrderView, printing: Printing) -> Sheet:
    """What an issued order prints."""
    zone = ZoneInfo(printing.zone)
    changed = {name for name, _pieces in order.changes}
    since = f"changed since order {order.version - 1}"
    heads = tuple(
        (
            f"{number}. {head.value.capitalize()}",
            since if head.value in changed else "",
            order.heads.get(head.value, ""),
        )
        for number, head in enumerate(OrderHead, start=1)
    )
    return Sheet(
        title=f"ORDER {order.version}   {standing.reference}",
        banner=banner(standing.owner, standing.marking, standing.releases),
        exercise=printing.exercise or standing.is_exercise,
        boxes=(
            _operation_boxes(standing, zone),
            (
                (63.0, "Issued by", order.issued_by or ""),
                (64.0, "Issued", moment(order.issued_at, zone)),
                (63.0, "Written by", order.written_by),
            ),
        ),
        heads=heads,
        proof=_proof(order.sha256, order.log_seq, sealed=order.sealed),
        centre=printing.centre,
        printed_at=printing.at.astimezone(zone),
        printed_by=printing.by,
    )


def report_sheet(standing: Standing, report: ReportView, printing: Printing) -> Sheet:
    """What an issued situation report prints."""
    zone = ZoneInfo(printing.zone)
    heads = tuple(
        (f"{number}. {head.value.capitalize()}", "", report.heads.get(head.value, ""))
        for number, head in enumerate(ReportHead, start=1)
    )
    period = f"{moment(report.since_at, zone)}\nto {moment(report.until_at, zone)}"
    issued = f"{report.issued_by}\n{moment(report.issued_at, zone)}"
    return Sheet(
        title=f"SITUATION REPORT {report.number}   {standing.reference}",
        banner=banner(report.owner, report.marking, report.releases),
        exercise=printing.exercise or standing.is_exercise,
        boxes=(
            _operation_boxes(standing, zone),
            ((63.0, "Period", period), (64.0, "Issued by", issued), (63.0, "To", ", ".join(report.agencies))),
        ),
        heads=heads,
        proof=_proof(report.sha256, report.log_seq, sealed=report.sealed),
        centre=printing.centre,
        printed_at=printing.at.astimezone(zone),
        printed_by=printing.by,
    )


def document(sheet: Sheet) -> bytes:
    """The PDF."""
    pages = _Pages(sheet)
    pages.add_page()
    for row in sheet.boxes:
        pages.boxes(row)
    pages.ln(3)
    for name, note, text in sheet.heads:
        pages.head(name, note, text)
    return bytes(pages.output())


class _Pages(FPDF):
    """Pages with banners, boxes and heads."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__("portrait", "mm", "A4")
        self.sheet = sheet
        self.add_font(FONT, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self._letters = frozenset(getattr(self.fonts[FONT.lower()], "cmap", ()))
        self.set_title(self._known(f"{sheet.title}, {sheet.centre}"))
        self.set_creation_date(sheet.printed_at)
        self.set_margin(10)
        self.set_auto_page_break(auto=True, margin=22)

    def header(self) -> None:
        """Banner and title."""
        self._banner()
        self.set_font(FONT, "B", 14)
        self.cell(120, 8, self.sheet.title)
        self.set_font(FONT, "", 9)
        self.cell(0, 8, self._known(self.sheet.centre), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def footer(self) -> None:
        """Proof, page of pages, banner."""
        self.set_y(-20)
        self.set_font(FONT, "", 6.5)
        self.set_text_color(70)
        self.cell(0, 3.5, self.sheet.proof, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)
        self.set_font(FONT, "", 8)
        printed = f"Printed {self.sheet.printed_at:%d %b %Y %H:%M %Z} by {self.sheet.printed_by}"
        self.cell(120, 4, self._known(printed))
        self.cell(0, 4, f"Page {self.page_no()} of {{nb}}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._banner()

    def _banner(self) -> None:
        self.set_font(FONT, "B", 10)
        self.cell(95, 5, self.sheet.banner)
        words = "EXERCISE   EXERCISE   EXERCISE" if self.sheet.exercise else ""
        self.cell(0, 5, words, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def boxes(self, row: Sequence[tuple[float, str, str]]) -> None:
        """A row of boxes, as high as the highest needs."""
        self.set_font(FONT, "", 9)
        lines = [self._broken(width - 2, words) for width, _head, words in row]
        tall = max(map(len, lines)) * 4.4 + 6
        left, top = self.get_x(), self.get_y()
        for (width, head, _words), broken in zip(row, lines, strict=True):
            self.rect(left, top, width, tall)
            self.set_font(FONT, "B", 7)
            self.set_xy(left + 1, top + 0.8)
            self.cell(width - 2, 3.5, head)
            self.set_font(FONT, "", 9)
            for place, line in enumerate(broken):
                self.set_xy(left + 1, top + 4.6 + place * 4.4)
                self.cell(width - 2, 4.4, line)
            left += width
        self.set_xy(self.l_margin, top + tall)

    def head(self, name: str, note: str, text: str) -> None:
        """One head with its text, the first lines never left alone on a page."""
        if self.get_y() > self.page_break_trigger - 9 - 2 * LINE:
            self.add_page()
        self.set_font(FONT, "B", 11)
        self.set_fill_color(230)
        self.cell(130, 6.5, name, fill=True)
        self.set_font(FONT, "", 8)
        self.cell(0, 6.5, note, align="R", fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)
        self.set_font(FONT, "", 10)
        words = self._known(text) or "-"
        self.multi_cell(0, LINE, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def _broken(self, width: float, words: str) -> list[str]:
        lines = self.multi_cell(width, LINE, self._known(words), dry_run=True, output=MethodReturnValue.LINES)
        return list(lines) or [""]  # type: ignore[arg-type]

    def _known(self, words: str) -> str:
        """``words`` with the number in place of each letter that the font lacks."""
        return "".join(one if one == "\n" or ord(one) in self._letters else f"[U+{ord(one):04X}]" for one in words)


def _operation_boxes(standing: Standing, zone: ZoneInfo) -> tuple[tuple[float, str, str], ...]:
    begins = moment(standing.starts_at, zone) if standing.starts_at else "not set"
    ends = moment(standing.ends_at, zone) if standing.ends_at else "open"
    led = f"{standing.commander or 'none yet'}\n{', '.join(standing.agencies)}".strip()
    return (
        (80.0, "Operation", f"{standing.reference}\n{standing.name}"),
        (55.0, "Window", f"{begins}\nto {ends}"),
        (55.0, "Commander, agencies", led),
    )


def banner(owner: str, marking: str, releases: Sequence[str]) -> str:
    """The marking, and below the open ones whose it is and who else may know."""
    return f"TLP:{marking}" + ("" if marking in ("CLEAR", "GREEN") else f"  {' '.join((owner, *releases))}")


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """A time with its day and zone; a dash for none."""
    return f"{at.astimezone(zone):%d %b %Y %H:%M %Z}" if at else "-"


def _proof(sha256: str | None, log_seq: int | None, *, sealed: bool) -> str:
    held = f"SHA-256 {sha256}, sealed in entry {log_seq} of the duty log"
    return held if sealed else f"{held}. THE CONTENT NO LONGER AGREES WITH THE SEAL."
