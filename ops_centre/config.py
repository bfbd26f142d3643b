"""Settings: read from one TOML file, overridden by a few OPS_* variables, checked whole before anything starts.

A fault never stops the search for further faults: `ConfigError.faults` lists them all.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ops_centre.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PATH = ROOT / "config.toml"
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
RegularHours = Annotated[str, Field(pattern=rf"^\S{{1,12}} {_HOUR}-{_HOUR}$")]  # "A 07:00-15:00"
AgencyCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Centre(_Block):
    """Who and where the centre is."""

    name: str = "Border Operations"
    agency: AgencyCode = "OPS"
    time_zone: str = "Pacific/Auckland"
    mode: Literal["exercise", "live"] = "exercise"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError(f"{value!r} is no time zone; try one like Pacific/Auckland") from unknown
        return value


class Agency(_Block):
    """One agency in the room."""

    code: AgencyCode
    name: str


class Web(_Block):
    """The web process."""

    host: str = "127.0.0.1"
    port: int = Field(8050, ge=1, le=65535)
    threads: int = Field(320, ge=4, le=4000)
    max_streams: int = Field(250, ge=0)
    behind_tls: bool = False
    trusted_proxies: int = Field(0, ge=0, le=5)
    origins: list[str] = []
    max_body_bytes: int = Field(1_000_000, ge=1000)


class Sessions(_Block):
    """How long somebody stays signed in, and how often one may try."""

    idle_minutes: int = Field(720, ge=1)
    absolute_hours: int = Field(24, ge=1)
    kiosk_days: int = Field(60, ge=1)
    attempts: int = Field(5, ge=1)
    attempts_per_address: int = Field(20, ge=1)
    attempts_minutes: int = Field(5, ge=1)


class DatabaseBlock(_Block):
    """Where the centre stores."""

    url: str = ""
    warn_free_mb: float = Field(500, ge=0)


class Worker(_Block):
    """The process that polls."""

    lease_seconds: float = Field(6, gt=0.5, le=60)
    renew_seconds: float = Field(2, gt=0.1, le=30)
    quarantine_keep: int = Field(50_000, ge=100)
    quarantine_days: int = Field(30, ge=1, le=3650)
    positions_full_days: int = Field(7, ge=1)
    positions_bound_m: float = Field(50, gt=0, le=5000)
    positions_gap_minutes: float = Field(5, gt=0, le=1440)
    positions_keep_days: int = Field(30, ge=1)

    @model_validator(mode="after")
    def _renewed_in_time(self) -> "Worker":
        if self.renew_seconds * 2 > self.lease_seconds:
            raise ValueError("renew_seconds must be at most half of lease_seconds")
        return self


class Picture(_Block):
    """What the picture holds, and for how long."""

    centre: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-360, le=360)]] = (
        -41.0,
        171.5,
    )
    zoom: float = Field(5.5, ge=1, le=16, multiple_of=0.5)
    whole: tuple[
        Annotated[float, Field(ge=-84, le=84)],
        Annotated[float, Field(ge=-360, le=360)],
        Annotated[float, Field(ge=-84, le=84)],
        Annotated[float, Field(ge=-360, le=360)],
    ] = (-47.4, 166.3, -34.3, 178.7)
    vessel_leaves_after_minutes: int = Field(720, ge=1)
    aircraft_leaves_after_minutes: int = Field(15, ge=1)
    vehicle_leaves_after_minutes: int = Field(240, ge=1)
    fixed_leaves_after_minutes: int = Field(4320, ge=1)
    vessel_stale_after_minutes: int = Field(30, ge=1)
    aircraft_stale_after_minutes: int = Field(2, ge=1)
    vehicle_stale_after_minutes: int = Field(30, ge=1)
    fixed_stale_after_minutes: int = Field(720, ge=1)
    vessel_gap_after_minutes: int = Field(60, ge=1)
    aircraft_gap_after_minutes: int = Field(10, ge=1)
    vehicle_gap_after_minutes: int = Field(60, ge=1)
    frozen_after_seconds: float = Field(5, ge=2)
    zones_file: str = ""

    @model_validator(mode="after")
    def _some_area(self) -> "Picture":
        south, west, north, east = self.whole
        if south >= north or west >= east:
            raise ValueError("whole must be south, west, north, east; east of 180 degrees go on counting, as 190")
        return self


class DispatchBlock(_Block):
    """Decisions, taskings and the unit in the field."""

    accept_minutes_top: float = Field(5, gt=0, le=1440)
    accept_minutes_high: float = Field(10, gt=0, le=1440)
    accept_minutes_normal: float = Field(20, gt=0, le=1440)
    examine_minutes: float = Field(120, gt=0, le=10080)
    options_good_minutes: float = Field(15, gt=0, le=240)
    contact: str = Field("", max_length=120)


class BackupBlock(_Block):
    """Backups that the worker makes by itself. Folder: empty for the one in the data folder."""

    folder: str = ""
    every_hours: float = Field(24, ge=0, le=744)
    keep: int = Field(7, ge=1, le=1000)


class Past(_Block):
    """The picture as it was known: how long its history is kept, how much of it one file may hold."""

    keep_days: int = Field(30, ge=1)
    export_hours: int = Field(24, ge=1, le=192)


class Watches(_Block):
    """The regular watches, and how far ahead they stand on the roster."""

    pattern: list[RegularHours] = ["A 07:00-15:00", "B 15:00-23:00", "C 23:00-07:00"]
    ahead_days: int = Field(14, ge=1, le=90)
    overlap_minutes: int = Field(30, ge=0, le=240)
    longest_hours: float = Field(12, ge=1, le=48)
    brief_hours: int = Field(12, ge=1, le=48)

    @field_validator("pattern")
    @classmethod
    def _readable(cls, value: list[str]) -> list[str]:
        names = [line.split(" ")[0] for line in value]
        if not names or _again(names):
            raise ValueError("name at least one watch, each once")
        return value


class Log(_Block):
    """Key and checkpoints of the duty log. Folders: empty for the one in the data folder; a relative path counts from there."""

    key_dir: str = ""
    checkpoint_dir: str = ""
    second_checkpoint_dir: str = ""
    checkpoint_seconds: float = Field(240, ge=1, le=290)
    checkpoint_entries: int = Field(100, ge=1, le=100)


class OperationsBlock(_Block):
    """When operations are overdue."""

    respond_minutes: float = Field(10, gt=0, le=1440)
    debrief_days: float = Field(7, gt=0, le=365)
    report_hours: float = Field(12, gt=0, le=720)


class AttachmentsBlock(_Block):
    """Files kept with operations."""

    max_bytes: int = Field(10_000_000, ge=1000, le=100_000_000)
    max_files: int = Field(100, ge=1, le=1000)


class ManifestsBlock(_Block):
    """People and goods that carriers announced."""

    keep_days: float = Field(30, ge=1, le=3650)


class FieldReportsBlock(_Block):
    """What devices in the field report."""

    keep_days: float = Field(30, ge=1, le=3650)


class Exercise(_Block):
    """The simulator of an exercise."""

    seed: int = 20260401
    speed: float = Field(1.0, gt=0, le=600)
    ais_port: int = Field(10110, ge=1, le=65535)
    http_port: int = Field(10111, ge=1, le=65535)
    cot_port: int = Field(10112, ge=1, le=65535)
    vessels: int = Field(200, ge=0, le=20000)
    aircraft: int = Field(40, ge=0, le=2000)
    units: int = Field(30, ge=0, le=1000)
    operations: bool = True
    announces: bool = True


class FeedBlock(BaseModel):
    """Common part of a feed's block. What else stands in it is checked by the feed's own kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=40)]
    kind: str
    agency: AgencyCode
    enabled: bool = True
    priority: Annotated[int, Field(ge=-100, le=100)] = 0

    @property
    def particulars(self) -> dict[str, Any]:
        """The settings that belong to the feed's kind."""
        return dict(self.model_extra or {})


RuleSeverity = Literal["as subject", "top", "high", "normal"]


class RuleBlock(_Block):
    """One rule of alerting without a threshold."""

    enabled: bool = True
    severity: RuleSeverity = "as subject"


class TimedRuleBlock(RuleBlock):
    """One rule of alerting with a threshold."""

    minutes: float = Field(0, ge=0, le=1440)


def _rule(severity: RuleSeverity = "as subject", minutes: float | None = None) -> Any:
    return RuleBlock(severity=severity) if minutes is None else TimedRuleBlock(severity=severity, minutes=minutes)


class AlertRuleBlocks(_Block):
    """The rules, each named for its cause."""

    target_new: TimedRuleBlock = _rule(minutes=30)
    target_worse: RuleBlock = _rule()
    lookout_entered: RuleBlock = _rule()
    lookout_dark: RuleBlock = _rule()
    position_gap: RuleBlock = _rule()
    identity_conflict: TimedRuleBlock = _rule("normal", 60)
    emergency: TimedRuleBlock = _rule("top", 10)
    feed_lost: TimedRuleBlock = _rule("high", 0)
    last_moment_near: TimedRuleBlock = _rule(minutes=30)
    last_moment_passed: RuleBlock = _rule()
    tasking_not_accepted: TimedRuleBlock = _rule("high", 0)
    tasking_overdue: TimedRuleBlock = _rule("high", 10)
    check_in_overdue: TimedRuleBlock = _rule("high", 30)
    outcome_owed: TimedRuleBlock = _rule("normal", 60)
    enquiry_due: TimedRuleBlock = _rule("normal", 15)
    handover_due: TimedRuleBlock = _rule("normal", 10)
    hazard_near: RuleBlock = _rule("high")
    lesson_overdue: TimedRuleBlock = _rule("normal", 0)
    operation_decision_due: TimedRuleBlock = _rule("normal", 15)
    operation_overdue: TimedRuleBlock = _rule("normal", 10)
    backup_missing: TimedRuleBlock = _rule("high", 720)


class Alerts(_Block):
    """When alerts escalate, how long they may be shelved, and the rules that raise them."""

    escalate_top_minutes: float = Field(2, ge=0, le=1440)
    escalate_high_minutes: float = Field(10, ge=0, le=1440)
    escalate_normal_minutes: float = Field(0, ge=0, le=1440)
    shelve_max_minutes: int = Field(480, ge=1, le=10_080)
    shelve_top_minutes: int = Field(15, ge=0, le=1440)
    rules: AlertRuleBlocks = AlertRuleBlocks()


class Channel(_Block):
    """One way to tell of alerts outside the room. Its address is a secret: it comes from a variable alone."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$")]
    agency: AgencyCode
    least_severity: Literal["top", "high", "normal"] = "top"
    causes: list[str] = []
    tell_restricted: bool = False
    url: SecretStr | None = None

    @property
    def variable(self) -> str:
        """The environment variable that holds its address."""
        return channel_variable(self.name)


def channel_variable(name: str) -> str:
    """``OPS_CHANNEL_DUTY_MAIL_URL`` for the channel "Duty mail"."""
    return f"OPS_CHANNEL_{re.sub('[^A-Z0-9]', '_', name.upper())}_URL"


class OptionsBlock(_Block):
    """How options of a dispatch and last responsible moments are reckoned (docs/dispatch.md)."""

    vessel_kn: float = Field(20, gt=0, le=80)
    aircraft_kn: float = Field(200, gt=0, le=600)
    helicopter_kn: float = Field(120, gt=0, le=300)
    team_kn: float = Field(30, gt=0, le=100)
    dog_team_kn: float = Field(30, gt=0, le=100)
    vehicle_kn: float = Field(32, gt=0, le=100)
    road_detour: float = Field(1.35, ge=1, le=5)
    vessel_prepare_minutes: float = Field(20, ge=0, le=1440)
    aircraft_prepare_minutes: float = Field(30, ge=0, le=1440)
    team_prepare_minutes: float = Field(10, ge=0, le=1440)
    dog_team_prepare_minutes: float = Field(10, ge=0, le=1440)
    vehicle_prepare_minutes: float = Field(5, ge=0, le=1440)
    under_way_prepare_minutes: float = Field(2, ge=0, le=1440)
    on_scene_minutes: float = Field(30, ge=0, le=1440)
    stale_after_minutes: float = Field(30, gt=0, le=10080)
    thin_slack_minutes: float = Field(15, ge=0, le=1440)
    shortfall_minutes: float = Field(20, ge=0, le=1440)
    frees_within_minutes: float = Field(120, ge=0, le=10080)
    horizon_hours: float = Field(12, gt=0, le=96)
    refresh_seconds: float = Field(20, ge=2, le=600)


Word = Annotated[str, Field(min_length=1, max_length=80)]


class NeedBlock(_Block):
    """What a kind of subject asks for, when any of the words stands in the recommended action (none: otherwise)."""

    subject: Literal["vessel", "flight", "person", "consignment"]
    words: list[Word] = []
    needs: list[Annotated[list[Word], Field(min_length=1)]]


class AuthorityBlock(_Block):
    """An agency may deal with a kind of subject, when any of the words stands in the recommended action (none: always)."""

    agency: AgencyCode
    subject: Literal["vessel", "flight", "person", "consignment"]
    words: list[Word] = []


class SufficiencyBlock(_Block):
    """What places will need against what is there (docs/planning.md)."""

    block_hours: Literal[3, 4, 6, 8, 12] = 6
    horizon_hours: int = Field(72, ge=6, le=168)
    ring_hours: int = Field(24, ge=1, le=168)
    places: list[Word] = ["NZ", "PB-", "BP-"]
    post_hours: float = Field(4.5, gt=0, le=24)
    present_share: float = Field(0.5, gt=0, le=1)
    overdue_hours: float = Field(6, ge=0, le=72)
    top_hours: float = Field(3, ge=0, le=24)
    high_hours: float = Field(2, ge=0, le=24)
    normal_hours: float = Field(1, ge=0, le=24)


class ArrivalBlock(_Block):
    """What a craft wants that is bound for a place by its own word and that nobody targeted."""

    subject: Literal["vessel", "aircraft"]
    needs: Annotated[list[Word], Field(min_length=1)]
    hours: float = Field(0.5, gt=0, le=24)


class ProposalsBlock(_Block):
    """How the solver weighs what it proposes (docs/planning.md)."""

    travel_minutes: float = Field(180, gt=0, le=1440)
    candidates: int = Field(8, ge=1, le=50)
    solve_seconds: float = Field(6, gt=0, le=120)
    change_minutes: float = Field(5, ge=0, le=240)
    worth_top_hours: float = Field(400, gt=0, le=10_000)
    worth_high_hours: float = Field(80, gt=0, le=10_000)
    worth_normal_hours: float = Field(16, gt=0, le=10_000)
    worth_arrival_hours: float = Field(4, gt=0, le=10_000)
    targets_hours: int = Field(24, ge=1, le=96)
    taken_over_seconds: float = Field(30, ge=5, le=600)
    second_person: bool = True


class Planning(_Block):
    """What the plan of deployments is judged by (docs/planning.md)."""

    team_duty_hours: float = Field(13, gt=0, le=720)
    team_rest_hours: float = Field(11, ge=0, le=168)
    dog_team_duty_hours: float = Field(10, gt=0, le=720)
    dog_team_rest_hours: float = Field(11, ge=0, le=168)
    vehicle_duty_hours: float = Field(13, gt=0, le=720)
    vehicle_rest_hours: float = Field(11, ge=0, le=168)
    aircraft_duty_hours: float = Field(13, gt=0, le=720)
    aircraft_rest_hours: float = Field(12, ge=0, le=168)
    vessel_duty_hours: float = Field(336, gt=0, le=720)
    vessel_rest_hours: float = Field(10, ge=0, le=168)
    team_week_hours: float = Field(60, gt=0, le=168)
    dog_team_week_hours: float = Field(50, gt=0, le=168)
    vehicle_week_hours: float = Field(60, gt=0, le=168)
    aircraft_week_hours: float = Field(60, gt=0, le=168)
    vessel_week_hours: float = Field(168, gt=0, le=168)
    flying_week_hours: float = Field(34, gt=0, le=168)
    flying_share: float = Field(0.5, ge=0, le=1)
    out_of_service_hours: float = Field(12, ge=0, le=720)
    tasking_hours: float = Field(4, gt=0, le=168)
    ahead_days: int = Field(400, ge=1, le=1500)
    import_rows: int = Field(2000, ge=1, le=5000)
    calendar_days: int = Field(60, ge=1, le=400)
    calendar_requests: int = Field(120, ge=1, le=100_000)


class Settings(_Block):
    """All settings."""

    centre: Centre = Centre()
    agencies: list[Agency] = [Agency(code="OPS", name="Operations centre")]
    web: Web = Web()
    sessions: Sessions = Sessions()
    database: DatabaseBlock = DatabaseBlock()
    worker: Worker = Worker()
    picture: Picture = Picture()
    backup: BackupBlock = BackupBlock()
    past: Past = Past()
    log: Log = Log()
    dispatch: DispatchBlock = DispatchBlock()
    options: OptionsBlock = OptionsBlock()
    planning: Planning = Planning()
    needs: list[NeedBlock] = []
    authority: list[AuthorityBlock] = []
    sufficiency: SufficiencyBlock = SufficiencyBlock()
    arrivals: list[ArrivalBlock] = []
    proposals: ProposalsBlock = ProposalsBlock()
    alerts: Alerts = Alerts()
    channels: list[Channel] = []
    feeds: list[FeedBlock] = []
    watches: Watches = Watches()
    operations: OperationsBlock = OperationsBlock()
    attachments: AttachmentsBlock = AttachmentsBlock()
    manifests: ManifestsBlock = ManifestsBlock()
    field_reports: FieldReportsBlock = FieldReportsBlock()
    exercise: Exercise = Exercise()
    data_dir: Path = Path("var")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if faults := self._disagreements():
            told = "; ".join(words for _place, words in faults)
            raise PydanticCustomError("blocks_disagree", "{told}", {"told": told, "faults": faults})
        return self

    def _disagreements(self) -> list[tuple[tuple[str | int, ...], str]]:
        """What single blocks cannot know of each other: the place of the block at fault, and words."""
        codes = [agency.code for agency in self.agencies]
        names = [feed.name.casefold() for feed in self.feeds]
        variables = [channel.variable for channel in self.channels]
        faults: list[tuple[tuple[str | int, ...], str]] = []
        faults += [(("agencies", n, "code"), f"agency {codes[n]} stands twice") for n in _again(codes)]
        faults += [(("feeds", n, "name"), f"feed {self.feeds[n].name!r} stands twice") for n in _again(names)]
        faults += [
            (("channels", n, "name"), f"channel variable {variables[n]} stands twice") for n in _again(variables)
        ]
        owners: list[tuple[tuple[str | int, ...], str, str]] = [
            (("centre", "agency"), "centre.agency", self.centre.agency),
            *((("feeds", n, "agency"), f"feed {feed.name}", feed.agency) for n, feed in enumerate(self.feeds)),
            *((("channels", n, "agency"), f"channel {one.name}", one.agency) for n, one in enumerate(self.channels)),
        ]
        for place, where, owner in owners:
            if owner not in codes:
                faults.append((place, f"{where}: agency {owner} is not among [[agencies]]"))
        return faults

    @property
    def database_url(self) -> str | Path:
        """The SQLAlchemy URL in force, or the SQLite file in the data folder: its name may hold what a URL would misread."""
        return self.database.url or (self.data_dir / "ops.db").absolute()

    @property
    def zones_path(self) -> Path | None:
        """The user's own limits, if any; a relative path counts from the repository."""
        return ROOT / self.picture.zones_file if self.picture.zones_file else None

    @property
    def is_exercise(self) -> bool:
        """Whether every screen and export must say EXERCISE."""
        return self.centre.mode == "exercise"


def _again(words: list[str]) -> list[int]:
    """Where a word stands that stood before."""
    return [number for number, word in enumerate(words) if word in words[:number]]


# variable -> place in the settings
OVERRIDES: dict[str, tuple[str, ...]] = {
    "OPS_DATABASE_URL": ("database", "url"),
    "OPS_DATA_DIR": ("data_dir",),
    "OPS_HOST": ("web", "host"),
    "OPS_PORT": ("web", "port"),
    "OPS_BEHIND_TLS": ("web", "behind_tls"),
    "OPS_MODE": ("centre", "mode"),
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``OPS_CONFIG`` (default: config.toml beside app.py) and the OPS_* variables.

    Raises ConfigError naming every fault.
    """
    environ = os.environ if environ is None else environ
    path = Path(environ.get("OPS_CONFIG") or DEFAULT_PATH)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as missing:
        raise ConfigError([f"{path}: {missing.strerror or missing}"]) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as garbled:
        raise ConfigError([f"{path}: {garbled}"]) from garbled
    for variable, place in OVERRIDES.items():
        if value := environ.get(variable):
            _put(raw, place, value)
    _add_addresses(raw, environ)
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as invalid:
        raise ConfigError([fault_text(error) for error in invalid.errors()]) from invalid
    if not settings.data_dir.is_absolute():
        settings = settings.model_copy(update={"data_dir": ROOT / settings.data_dir})
    return settings


_PLAIN = {  # pydantic's word for a fault -> ours
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "list_type": "must be a list",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_pattern_mismatch": "does not have the form {pattern}",
}


def fault_text(error: Any) -> str:
    """One pydantic error as a line an operator can act on: place, what is wrong."""
    place = ".".join(str(part) for part in error["loc"]) or "settings"
    told = {name: f"{value:g}" if isinstance(value, float) else value for name, value in error.get("ctx", {}).items()}
    if error["type"] == "string_too_short" and told.get("min_length") == 1:
        return f"{place}: must not be empty"
    plain = _PLAIN.get(error["type"])
    words = plain.format(**told) if plain else error["msg"].removeprefix("Value error, ")
    return f"{place}: {words}"


def _add_addresses(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Give each channel its address from its variable. Raises ConfigError when one stands in the file."""
    channels = raw.get("channels")
    for channel in [one for one in channels if isinstance(one, dict)] if isinstance(channels, list) else []:
        variable = channel_variable(str(channel.get("name", "")))
        if "url" in channel:
            raise ConfigError([f"channels.url: an address is a secret and must come from {variable}"])
        if address := environ.get(variable):
            channel["url"] = address


def _put(tree: dict[str, Any], place: tuple[str, ...], value: str) -> None:
    for part in place[:-1]:
        tree = tree.setdefault(part, {})
    tree[place[-1]] = value
