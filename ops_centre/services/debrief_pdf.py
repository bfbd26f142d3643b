"""A debrief as PDF, in the manner of orders and situation reports: who said what, what the log holds of it, what was learned.

It prints what its reader sees, no more: the marking is that of the strictest thing in it.
"""

from zoneinfo import ZoneInfo

from ops_centre.domain.debriefs import HEAD_WORDS, PointHead
from ops_centre.domain.handling import HandlingRule, Marking, narrowest
from ops_centre.picture.debrief_views import DebriefView, LessonView, PointView, TimelineEntry
from ops_centre.services.operation_pdf import Printing, Sheet, banner, moment

Head = tuple[str, str, str]


def debrief_sheet(view: DebriefView, printing: Printing, agency: str) -> Sheet:
    """What a debrief prints for a reader of ``agency``."""
    row, zone = view.row, ZoneInfo(printing.zone)
    until = "open, more may be said" if row.closed_at is None else f"{row.closed_by}\n{moment(row.closed_at, zone)}"
    rule = _strictest(view, agency)
    return Sheet(
        title=f"{row.sort.upper()} DEBRIEF {row.id}",
        banner=banner(rule.owner, rule.marking.value, sorted(rule.releases)),
        exercise=printing.exercise,
        boxes=(
            ((190.0, f"Of the {row.about_kind}", row.about_label),),
            (
                (63.0, "Opened by", f"{row.opened_by}\n{moment(row.opened_at, zone)}"),
                (64.0, "Closed by" if row.closed_at else "State", until),
                (63.0, "Contributors", ", ".join(contributors(view)) or "nobody yet"),
            ),
        ),
        heads=tuple(_heads(view, zone)),
        proof=f"Debrief {row.id}, version {view.version}. Each contribution stands in the duty log.",
        centre=printing.centre,
        printed_at=printing.at.astimezone(zone),
        printed_by=printing.by,
    )


def contributors(view: DebriefView) -> list[str]:
    """Who said something, a unit for its crew, in the order they first spoke."""
    return list(dict.fromkeys(one.by_unit or one.by for one in view.points))


def _strictest(view: DebriefView, agency: str) -> HandlingRule:
    row = view.row
    its = HandlingRule(row.owner, Marking(row.marking), frozenset(row.releases))
    learned = [HandlingRule(one.marking_owner, Marking(one.marking), frozenset(one.releases)) for one in view.lessons]
    entries = [HandlingRule(one.owner, Marking(one.marking), frozenset(one.releases)) for one in view.timeline]
    return narrowest(its, [*learned, *entries], keeper=agency)


def _heads(view: DebriefView, zone: ZoneInfo) -> list[Head]:
    told: list[Head] = [("What was meant", "", view.meant)]
    if view.summary:
        told.append(("Summary", "", view.summary))
    for head in PointHead:
        said = [one for one in view.points if one.head == head]
        told.append((HEAD_WORDS[head], str(len(said)), "\n".join(_point(one, zone) for one in said)))
    lessons = "\n\n".join(_lesson(one, zone) for one in view.lessons)
    told.append(("Lessons", str(len(view.lessons)), lessons))
    cut = "more was logged than is printed" if view.timeline_cut else f"{len(view.timeline)} entries"
    told.append(("From the duty log", cut, "\n".join(_entry(one, zone) for one in view.timeline)))
    return told


def _point(one: PointView, zone: ZoneInfo) -> str:
    who = f"{one.by_unit} from the field" if one.by_unit else one.by
    struck = f" [struck by {one.struck_by}]" if one.struck_at else ""
    entry = f", entry {one.log_seq}" if one.log_seq else ""
    return f"• {one.text}{struck} ({who}, {moment(one.at, zone)}{entry})"


def _lesson(one: LessonView, zone: ZoneInfo) -> str:
    due = f"{one.owner} by {moment(one.due_at, zone)}, {one.state}{', OVERDUE' if one.overdue else ''}"
    parts = [
        f"Lesson {one.id}: {one.title} (TLP:{one.marking})",
        f"Cause: {one.cause}",
        f"Action: {one.action} ({due})",
    ]
    return "\n".join([*parts, f"Seen to have worked by: {one.check_text}"])


def _entry(one: TimelineEntry, zone: ZoneInfo) -> str:
    return f"#{one.seq} {moment(one.at, zone)} {one.kind}, {one.by}: {one.text}"
