"""What each rule says in words, which of them take a threshold or a severity, and within what limits.

Defaults stand in config.toml, `[alerts.rules]`; what a shift lead changed is in the database. Plain rules, no I/O.
"""

from dataclasses import dataclass

from ops_centre.domain.alerting import AlertCause, Rule
from ops_centre.domain.targeting import Severity
from ops_centre.errors import Invalid

C = AlertCause  # the table below is read across
AS_SUBJECT = "as subject"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule in words. ``says`` may hold ``{minutes}``."""

    says: str
    minutes_word: str | None = None  # what the threshold means; None: it has none
    least: float = 0
    most: float = 1440
    subject_has_severity: bool = False


WORDS: dict[AlertCause, RuleWords] = {
    C.TARGET_NEW: RuleWords(
        "An open target that nobody has claimed or decided on, until {minutes} min after its arrival.",
        "minutes after its arrival during which it still asks for a decision",
        subject_has_severity=True,
    ),
    C.TARGET_WORSE: RuleWords(
        "A target that somebody works on was given a higher severity by its source.", subject_has_severity=True
    ),
    C.LOOKOUT_ENTERED: RuleWords("The craft of a lookout entered one of its zones.", subject_has_severity=True),
    C.LOOKOUT_DARK: RuleWords(
        "The craft of a lookout has not been heard for as long as the lookout says, while its feed is live.",
        subject_has_severity=True,
    ),
    C.POSITION_GAP: RuleWords(
        "A craft of an open target, or linked to an open operation, has sent no position for longer than its kind may, while "
        "its feed is live.",
        subject_has_severity=True,
    ),
    C.IDENTITY_CONFLICT: RuleWords(
        "In the last {minutes} min a craft was in two places at once, or shared its IMO number or its callsign with another; "
        "or one that somebody watches changed its name, number or callsign.",
        "minutes for which a conflict counts after it was last seen",
        least=1,
    ),
    C.EMERGENCY: RuleWords(
        "A craft heard in the last {minutes} min squawks 7500, 7600 or 7700, or is an AIS distress beacon that is no "
        "test; or a device in the field called for help and has not cancelled it.",
        "minutes for which a distress signal counts after it was last heard",
        least=1,
    ),
    C.FEED_LOST: RuleWords(
        "A feed's light has been lost for {minutes} min.", "minutes that the light must have been lost"
    ),
    C.BACKUP_MISSING: RuleWords(
        "The last backup failed, or the newest is {minutes} min past the time for the next.",
        "minutes after the next one was due",
    ),
    C.LRM_NEAR: RuleWords(
        "No unit is tasked {minutes} min before the last responsible moment of a target.",
        "minutes before the last responsible moment",
        least=1,
        subject_has_severity=True,
    ),
    C.LRM_PASSED: RuleWords(
        "The last responsible moment of a target has passed and no unit is tasked.", subject_has_severity=True
    ),
    C.NOT_ACCEPTED: RuleWords(
        "A unit has not accepted its tasking {minutes} min after it should have.",
        "minutes after the time it was to be accepted by",
    ),
    C.TASKING_OVERDUE: RuleWords(
        "A unit is not on scene, or not done, {minutes} min after the time agreed.", "minutes after the time agreed"
    ),
    C.CHECK_IN_OVERDUE: RuleWords(
        "A unit under way has not been heard of for {minutes} min.", "minutes since the last word from it", least=1
    ),
    C.OUTCOME_OWED: RuleWords(
        "A tasking is complete, or a target that was taken up has arrived, and {minutes} min later nobody has said "
        "what was found.",
        "minutes after it was complete or had arrived",
    ),
    C.ENQUIRY_DUE: RuleWords(
        "An enquiry is due in {minutes} min and is not answered; one severity higher once it is overdue.",
        "minutes before it is due",
    ),
    C.HANDOVER_DUE: RuleWords(
        "A watch has not changed hands {minutes} min after its end.", "minutes after the end of the watch"
    ),
    C.HAZARD_NEAR: RuleWords(
        "A hazard in force that is Extreme or Severe lies over a unit or the area of an operation that whoever sees the hazard "
        "may see too.",
    ),
    C.LESSON_OVERDUE: RuleWords(
        "The owner of a lesson has not acted on it {minutes} min after it was due.", "minutes after it was due"
    ),
    C.OPERATION_DUE: RuleWords(
        "The next decision of an operation is due in {minutes} min; one severity higher once it is overdue.",
        "minutes before it is due",
    ),
    C.OPERATION_OVERDUE: RuleWords(
        "An operation should have begun or its window is over, its situation report is due, nobody has responded or it is "
        "not debriefed, {minutes} min after that was due; one severity higher while nobody has responded.",
        "minutes after it was due",
    ),
}


def says(cause: AlertCause, rule: Rule) -> str:
    """The rule in words with its threshold."""
    return WORDS[cause].says.format(minutes=f"{rule.minutes or 0:g}")


def checked(cause: AlertCause, *, enabled: bool, severity: str | None, minutes: float | None) -> Rule:
    """The rule that somebody asks for. Raises Invalid, in words, where it cannot be one."""
    words = WORDS[cause]
    given = None if severity in (None, "", AS_SUBJECT) else severity
    if given is None and not words.subject_has_severity:
        raise Invalid(f"The rule “{cause.value}” needs a severity: top, high or normal.")
    if given is not None and given not in tuple(Severity):
        raise Invalid("The severity must be top, high or normal.")
    if words.minutes_word is None:
        if minutes is not None:
            raise Invalid(f"The rule “{cause.value}” has no threshold in minutes.")
    elif minutes is None or not words.least <= minutes <= words.most:
        raise Invalid(f"The minutes must be from {words.least:g} to {words.most:g}: {words.minutes_word}.")
    return Rule(enabled, Severity(given) if given else None, minutes)


def one_higher(severity: Severity) -> Severity:
    """The next severity above."""
    return {Severity.NORMAL: Severity.HIGH}.get(severity, Severity.TOP)
