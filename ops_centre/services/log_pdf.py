"""Export as PDF, in the manner of the activity log ICS 214 (FEMA, Incident Command System forms): what, when, by whom.

Every page says EXERCISE where it is one and carries the highest marking of what stands in the export. A corrected entry is
struck through and stays legible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from ops_centre.clock import from_ms
from ops_centre.config import ROOT
from ops_centre.domain.handling import Marking
from ops_centre.services.log_lines import Exported

FONTS = ROOT / "data" / "fonts"
FONT = "DejaVu"
COLUMNS = (("Entry", 15.0), ("Occurred", 39.0), ("By", 35.0), ("Notable activities", 101.0))  # widths in mm of 190
LINE = 4.1  # mm
_LATE_MS = 120_000  # an entry recorded so long after it occurred says when


@dataclass(frozen=True, slots=True)
class Cover:
    """What the head of the form says."""

    centre: str
    exercise: bool
    zone: str
    since: datetime | int | None  # milliseconds where it comes from the first entry
    until: datetime
    watches: str
    prepared_by: str
    position: str
    agency: str
    prepared_at: datetime
    chosen: str  # the filter in words; empty for everything the reader may see
    proof: str


def document(cover: Cover, entries: Sequence[Exported]) -> bytes:
    """The PDF."""
    page = _Form(cover, highest(entries))
    page.add_page()
    page.head_boxes()
    page.column_heads()
    for entry in entries:
        page.entry(entry)
    if not entries:
        page.cell(0, 8, "No entries match.", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.signature()
    return bytes(page.output())


def highest(entries: Sequence[Exported]) -> str:
    """The highest marking of the entries, with the agencies that own what stands under it."""
    ladder = list(Marking)
    top = max((ladder.index(Marking(entry.content["marking"])) for entry in entries), default=0)
    owners = sorted({entry.content["owner"] for entry in entries if entry.content["marking"] == ladder[top]})
    return f"TLP:{ladder[top]}" + (f"  {' '.join(owners)}" if top > ladder.index(Marking.GREEN) else "")


class _Form(FPDF):
    """Pages with banners and the form's parts."""

    def __init__(self, cover: Cover, banner: str) -> None:
        super().__init__("portrait", "mm", "A4")
        self.cover = cover
        self.banner = banner
        self.zone = ZoneInfo(cover.zone)
        self.add_font(FONT, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self._letters = frozenset(getattr(self.fonts[FONT.lower()], "cmap", ()))
        self.set_title(f"Duty log, {cover.centre}")
        self.set_creation_date(cover.prepared_at)
        self.set_margin(10)
        self.set_auto_page_break(auto=True, margin=22)
        self._in_table = False

    def header(self) -> None:
        """Banner, title, and the columns where the table goes on."""
        self.set_font(FONT, "B", 10)
        self._banner()
        self.set_font(FONT, "B", 13)
        self.cell(120, 7, "ACTIVITY LOG (ICS 214)")
        self.set_font(FONT, "", 9)
        self.cell(0, 7, self.cover.centre, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)
        if self._in_table:
            self.column_heads()

    def footer(self) -> None:
        """Proof, page of pages, banner."""
        self.set_y(-20)
        self.set_font(FONT, "", 6)
        self.set_text_color(70)
        self.multi_cell(0, 2.8, self.cover.proof, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)
        self.set_font(FONT, "", 8)
        self.cell(95, 4, f"Prepared {self._time(self.cover.prepared_at)} by {self.cover.prepared_by}")
        self.cell(0, 4, f"Page {self.page_no()} of {{nb}}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(FONT, "B", 10)
        self._banner()

    def _banner(self) -> None:
        words = "EXERCISE   EXERCISE   EXERCISE" if self.cover.exercise else ""
        self.cell(95, 5, self.banner)
        self.cell(0, 5, words, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def head_boxes(self) -> None:
        """Boxes 1 to 6 of the form."""
        cover = self.cover
        since = from_ms(cover.since) if isinstance(cover.since, int) else cover.since
        period = f"From {self._time(since) if since else 'the beginning'}\nto {self._time(cover.until)}"
        self._boxes((95, "1. Incident or watch", cover.watches or cover.centre), (95, "2. Operational period", period))
        self._boxes(
            (75, "3. Name", cover.prepared_by),
            (65, "4. Position", cover.position or "-"),
            (50, "5. Home agency", cover.agency),
        )
        chosen = cover.chosen or "Everything in the log that the person named above may see."
        self._boxes((190, "6. Selection (in place of resources assigned)", chosen))
        self.ln(2)

    def _boxes(self, *boxes: tuple[float, str, str]) -> None:
        """A row of boxes, as high as the highest needs."""
        self.set_font(FONT, "", 9)
        tall = max(len(self._broken(width - 2, words)) for width, _head, words in boxes) * 4.4 + 6
        left, top = self.get_x(), self.get_y()
        for width, head, words in boxes:
            self.rect(left, top, width, tall)
            self.set_xy(left + 1, top + 0.8)
            self.set_font(FONT, "B", 7)
            self.cell(width - 2, 3.5, head)
            self.set_xy(left + 1, top + 4.6)
            self.set_font(FONT, "", 9)
            self.multi_cell(width - 2, 4.4, "\n".join(self._broken(width - 2, words)), align="L")
            left += width
        self.set_xy(self.l_margin, top + tall)

    def column_heads(self) -> None:
        """Box 7: the heads of the table."""
        self._in_table = True
        self.set_font(FONT, "B", 8)
        self.set_fill_color(225)
        for head, width in COLUMNS:
            self.cell(width, 5, f"7. {head}" if head == COLUMNS[0][0] else head, border=1, fill=True)
        self.ln(5)

    def entry(self, entry: Exported) -> None:
        """One entry, on one page where it fits on one."""
        cells = self._cells(entry)
        self.set_font(FONT, "", 8)
        lines = [self._broken(width - 2, words) for (_head, width), words in zip(COLUMNS, cells, strict=True)]
        notes = self._broken(COLUMNS[-1][1] - 2, _notes(entry)) if _notes(entry) else []
        left_over = (self.page_break_trigger - self.get_y() - 2) // LINE
        tall = max(*(len(one) for one in lines[:-1]), len(lines[-1]) + len(notes))
        if tall > left_over and self.get_y() > 60:
            self.add_page()
        while lines[-1] or notes or any(lines):
            room = max(1, int((self.page_break_trigger - self.get_y() - 2) // LINE))
            lines, notes = self._band(lines, notes, room, struck=bool(entry.corrected_by))
            if any(lines) or notes:
                self.add_page()
                lines[0] = lines[0] or [f"{entry.seq}", "continued"]

    def _band(
        self, lines: list[list[str]], notes: list[str], room: int, *, struck: bool
    ) -> tuple[list[list[str]], list[str]]:
        """As much of an entry as the page has room for; what is left over."""
        shown = [one[:room] for one in lines]
        after = notes[: room - len(shown[-1])]
        tall = max(*(len(one) for one in shown), len(shown[-1]) + len(after)) * LINE + 1.2
        left, top = self.l_margin, self.get_y()
        for (head, width), one in zip(COLUMNS, shown, strict=True):
            self.rect(left, top, width, tall)
            self.set_font(FONT, "S" if struck and head == COLUMNS[-1][0] else "", 8)
            for row, words in enumerate(one):
                self.set_xy(left + 1, top + 0.6 + row * LINE)
                self.cell(width - 2, LINE, words)
            left += width
        self.set_font(FONT, "B", 7)
        for row, words in enumerate(after, start=len(shown[-1])):
            self.set_xy(left - COLUMNS[-1][1] + 1, top + 0.6 + row * LINE)
            self.cell(COLUMNS[-1][1] - 2, LINE, words)
        self.set_xy(self.l_margin, top + tall)
        return [one[room:] for one in lines], notes[len(after) :]

    def signature(self) -> None:
        """Box 8."""
        if self.get_y() > self.page_break_trigger - 20:
            self._in_table = False
            self.add_page()
        self._in_table = False
        self.ln(3)
        cover = self.cover
        who = f"{cover.prepared_by}{', ' + cover.position if cover.position else ''} ({cover.agency})"
        signed = self._time(cover.prepared_at).replace(" (", "\n(")
        self._boxes((90, "8. Prepared by", who), (50, "Signature", " "), (50, "Date and time", signed))

    def _cells(self, entry: Exported) -> tuple[str, str, str, str]:
        sealed = entry.content
        occurred, recorded = sealed["occurred_at"], sealed["recorded_at"]
        when = self._time(from_ms(occurred)).replace(" (", "\n(")
        if recorded - occurred >= _LATE_MS:
            when += f"\nrecorded {from_ms(recorded):%d %b %H:%M}Z"
        by = "The centre, beside an act of\n" if sealed["by_system"] and sealed["author"] != "system" else ""
        by += f"{sealed['author_name']}\n{sealed['agency']}"
        if sealed["decider"]:
            by += f"\nby authority of {sealed['decider']}"
        return (
            f"{entry.seq}\n{sealed['kind']}",
            when,
            by,
            f"{sealed['text']}\n[TLP:{sealed['marking']} {sealed['owner']}]",
        )

    def _broken(self, width: float, words: str) -> list[str]:
        """``words`` in lines of ``width``; a letter that the font lacks is told by its number, never left out."""
        words = "".join(one if one == "\n" or ord(one) in self._letters else f"[U+{ord(one):04X}]" for one in words)
        lines = self.multi_cell(width, LINE, words, dry_run=True, output=MethodReturnValue.LINES)
        return list(lines)  # type: ignore[arg-type]

    def _time(self, moment: datetime) -> str:
        """Local time with its zone, and the time in UTC."""
        return f"{moment.astimezone(self.zone):%d %b %Y %H:%M %Z} ({moment:%d %b %H:%M}Z)"


def _notes(entry: Exported) -> str:
    """What is said of an entry beside its text."""
    said = []
    if entry.content["corrects"]:
        said.append(f"Corrects entry {entry.content['corrects']}.")
    if entry.corrected_by:
        said.append(f"Corrected by entry {', '.join(map(str, entry.corrected_by))}.")
    return " ".join(said)
