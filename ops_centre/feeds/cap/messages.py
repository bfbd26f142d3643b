"""One CAP message: what it must say, and what is made of senders who do not.

A message is refused only when it cannot be known or followed: no identifier, sender, time, kind or event. What is merely
odd is kept and said on the card: a warning that is shown with a doubt is better than one that is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

from ops_centre.domain import hazards
from ops_centre.domain.handling import Marking
from ops_centre.domain.hazards import HazardPart, HazardReport, MessageKind, reference_of
from ops_centre.errors import OpsError
from ops_centre.feeds.cap.areas import areas_of
from ops_centre.feeds.cap.elements import children, prose_of, text_of, texts_of, time_of
from ops_centre.feeds.transports.strict_xml import local_name

_CANNOT_REFER = frozenset(" ,<&\t\n")
_ACROSS = {"Very Likely": "Likely"}  # CAP 1.0
MOST_INFOS = 60
MOST_REFERENCES = 500


class CapError(OpsError):
    """A message that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings of the feed say about reading messages."""

    languages: Sequence[str]  # most wanted first, as "en-NZ", "en"
    lasts: timedelta  # of a hazard that does not say when it ends
    public: Marking
    restricted: Marking
    private: Marking


def read_message(alert: Element, prefer: Preferences, received_at: datetime) -> HazardReport:
    """What an ``alert`` element says. Raises CapError."""
    identifier, sender = _needed(alert, "identifier"), _needed(alert, "sender")
    for name, text in (("identifier", identifier), ("sender", sender)):
        if set(text) & _CANNOT_REFER or len(text) > 300:
            raise CapError(f"its {name} {text[:60]!r} holds blanks, commas or other signs that the standard forbids")
    sent_at = _time(alert, "sent")
    kind = _one_of(alert, "msgType", tuple(MessageKind))
    status, scope = _one_of(alert, "status", hazards.STATUSES), _one_of(alert, "scope", hazards.SCOPES)
    oddities: list[str] = []
    references = _references(alert, oddities)
    if kind in hazards.ENDS_OTHERS and not references:
        if kind == MessageKind.CANCEL:
            raise CapError("it cancels and does not say what")
        oddities.append("it is an update and does not say of what")
    parts = [] if kind in (MessageKind.ACK, MessageKind.ERROR) else _parts(alert, prefer, sent_at, oddities)
    return HazardReport(
        ref=reference_of(sender, identifier, sent_at),
        sender=sender,
        identifier=identifier,
        kind=kind,
        status=status,
        scope=scope,
        sent_at=sent_at,
        received_at=received_at,
        marking={"Public": prefer.public, "Restricted": prefer.restricted, "Private": prefer.private}[scope].value,
        parts=parts,
        references=references,
        note=" · ".join(text for text in (prose_of(alert, "restriction"), prose_of(alert, "note")) if text)[:2000],
        is_signed=any(local_name(child) == "Signature" for child in alert),
    )


def _needed(element: Element, name: str) -> str:
    text = text_of(element, name)
    if not text:
        raise CapError(f"it says no {name}")
    return text


def _time(element: Element, name: str) -> datetime:
    text = _needed(element, name)
    try:
        return time_of(text)
    except (ValueError, OverflowError) as garbled:
        raise CapError(f"its {name}, {text[:40]!r}, is no time with a zone") from garbled


def _one_of(element: Element, name: str, words: Sequence[str]) -> str:
    text = _needed(element, name)
    for word in words:
        if text.casefold() == word.casefold():
            return str(word)
    raise CapError(f"its {name} is {text[:40]!r}; known are {', '.join(words)}")


def _references(alert: Element, oddities: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for triple in " ".join(texts_of(alert, "references")).split()[:MOST_REFERENCES]:
        sender, _, rest = triple.partition(",")
        identifier, _, sent = rest.rpartition(",")
        try:
            found[reference_of(sender, identifier, time_of(sent))] = None
        except (ValueError, OverflowError):
            oddities.append("a reference cannot be followed")
    return tuple(found)


def _parts(alert: Element, prefer: Preferences, sent_at: datetime, oddities: list[str]) -> list[HazardPart]:
    """Hazards in the preferred language; the n-th block of another language says the same of the n-th hazard."""
    by_language: dict[str, list[Element]] = {}
    for info in children(alert, "info")[:MOST_INFOS]:
        by_language.setdefault(text_of(info, "language") or "en-US", []).append(info)
    if not by_language:
        return []
    chosen = _preferred(list(by_language), prefer.languages)
    parts = [_part(info, chosen, prefer, sent_at, oddities) for info in by_language.pop(chosen)]
    for language, infos in by_language.items():
        for place, info in enumerate(infos):
            parts[min(place, len(parts) - 1)].others.append(_other(info, language))
    return parts


def _preferred(languages: list[str], wanted: Sequence[str]) -> str:
    for one in wanted:
        for language in languages:
            if language.casefold() == one.casefold() or language.casefold().startswith(f"{one.casefold()}-"):
                return language
    return languages[0]


def _part(info: Element, language: str, prefer: Preferences, sent_at: datetime, oddities: list[str]) -> HazardPart:
    caveats = list(oddities)
    effective_at = _time_or(info, "effective", sent_at, caveats)
    onset_at = _time_or(info, "onset", None, caveats)
    begins_at = max(effective_at or sent_at, onset_at or sent_at)
    expires_at = _time_or(info, "expires", None, caveats)
    if expires_at is None:
        expires_at = begins_at + prefer.lasts
        caveats.append(f"it does not say when it ends; taken for {prefer.lasts.total_seconds() / 3600:g} h")
    return HazardPart(
        event=_needed(info, "event")[:200],
        category=", ".join(texts_of(info, "category"))[:200],
        urgency=_word(info, "urgency", hazards.URGENCIES, caveats),
        severity=_word(info, "severity", hazards.SEVERITIES, caveats),
        certainty=_word(info, "certainty", hazards.CERTAINTIES, caveats),
        effective_at=effective_at or sent_at,
        onset_at=onset_at,
        expires_at=expires_at,
        sender_name=prose_of(info, "senderName")[:200],
        headline=prose_of(info, "headline")[:500],
        description=prose_of(info, "description"),
        instruction=prose_of(info, "instruction"),
        language=language[:20],
        web=text_of(info, "web")[:500],
        contact=prose_of(info, "contact")[:500],
        areas=areas_of(info, caveats),
        caveats=tuple(dict.fromkeys(caveats)),
    )


def _other(info: Element, language: str) -> dict[str, Any]:
    names = ("event", "headline", "description", "instruction")
    areas = "; ".join(text for area in children(info, "area") if (text := text_of(area, "areaDesc")))
    return {"language": language[:20], **{name: prose_of(info, name) for name in names}, "areas": areas[:2000]}


def _word(info: Element, name: str, words: Sequence[str], caveats: list[str]) -> str:
    text = text_of(info, name)
    for word in words:
        if _ACROSS.get(text, text).casefold() == word.casefold():
            return word
    caveats.append(
        f"its {name} is {text[:30]!r}; taken for Unknown" if text else f"it says no {name}; taken for Unknown"
    )
    return "Unknown"


def _time_or(info: Element, name: str, otherwise: datetime | None, caveats: list[str]) -> datetime | None:
    text = text_of(info, name)
    if not text:
        return otherwise
    try:
        return time_of(text)
    except (ValueError, OverflowError):
        caveats.append(f"its {name} {text[:40]!r} is no time with a zone")
        return otherwise
