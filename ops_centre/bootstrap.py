"""Joins the parts. The one place that knows them all; nothing runs until a part's `start` is called."""

import logging
import os
import sys
from dataclasses import dataclass

import structlog

from ops_centre.clock import Clock, SystemClock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.places import Gazetteer, load_gazetteer
from ops_centre.domain.zones import Zones
from ops_centre.picture.alert_reads import AlertReads
from ops_centre.picture.area_reads import AreaReads
from ops_centre.picture.chain_reads import ChainReads
from ops_centre.picture.debrief_reads import DebriefReads
from ops_centre.picture.dispatch_reads import DispatchReads
from ops_centre.picture.enquiry_reads import EnquiryReads
from ops_centre.picture.feed_reads import FeedReads
from ops_centre.picture.field_reads import FieldReads
from ops_centre.picture.field_report_reads import FieldReportReads
from ops_centre.picture.hazard_reads import HazardReads
from ops_centre.picture.lesson_reads import LessonReads
from ops_centre.picture.log_completion import LogCompletion
from ops_centre.picture.log_reads import LogReads
from ops_centre.picture.manifest_reads import ManifestReads
from ops_centre.picture.operation_part_reads import OperationPartReads
from ops_centre.picture.operation_reads import OperationReads
from ops_centre.picture.past_reads import PastReads
from ops_centre.picture.past_span import SpanReads
from ops_centre.picture.plan_reads import PlanReads
from ops_centre.picture.proposal_reads import ProposalReads
from ops_centre.picture.reads import Picture
from ops_centre.picture.since_reads import SinceReads
from ops_centre.picture.sufficiency_reads import SufficiencyReads
from ops_centre.picture.thing_completion import ThingCompletion
from ops_centre.picture.watch_reads import WatchReads
from ops_centre.services.accounts import Accounts
from ops_centre.services.alert_rules import AlertRules
from ops_centre.services.alerts import Alerts
from ops_centre.services.attachments import Attachments
from ops_centre.services.backups import Backups
from ops_centre.services.checkpoints import Checkpoints
from ops_centre.services.crews import Crews
from ops_centre.services.debrief_handling import DebriefHandling
from ops_centre.services.debriefs import Debriefs
from ops_centre.services.deeds import Deeds
from ops_centre.services.dispatch import Dispatch
from ops_centre.services.enquiries import Enquiries
from ops_centre.services.feed_admin import FeedAdmin
from ops_centre.services.feed_many import FeedMany
from ops_centre.services.feed_records import FeedRecords
from ops_centre.services.field_devices import FieldDevices
from ops_centre.services.field_notes import FieldNotes
from ops_centre.services.handovers import Handovers
from ops_centre.services.ingest import Ingest
from ops_centre.services.lessons import Lessons
from ops_centre.services.log_entries import LogEntries
from ops_centre.services.log_export import LogExport
from ops_centre.services.lookouts import Lookouts
from ops_centre.services.manifests import Manifests
from ops_centre.services.notices import Notices
from ops_centre.services.objectives import Objectives
from ops_centre.services.operation_areas import OperationAreas
from ops_centre.services.operations import Operations
from ops_centre.services.options import UnitOptions
from ops_centre.services.orders import Orders
from ops_centre.services.outcomes import Outcomes
from ops_centre.services.past_export import PastExport
from ops_centre.services.plan_calendars import PlanCalendars
from ops_centre.services.plan_imports import PlanImports
from ops_centre.services.plan_patterns import PlanPatterns
from ops_centre.services.plans import Plans
from ops_centre.services.proposals import Proposals
from ops_centre.services.saved_views import SavedViews
from ops_centre.services.situation_reports import SituationReports
from ops_centre.services.taskings import Taskings
from ops_centre.services.watches import Watches
from ops_centre.services.worker_duties import WorkerDuties


@dataclass(slots=True)
class OpsCentre:
    """The centre, joined."""

    settings: Settings
    clock: Clock
    db: Database
    zones: Zones
    gazetteer: Gazetteer
    accounts: Accounts
    saved_views: SavedViews
    feeds: FeedRecords
    ingest: Ingest
    picture: Picture
    deeds: Deeds
    alerts: Alerts
    alert_rules: AlertRules
    alert_reads: AlertReads
    lookouts: Lookouts
    notices: Notices
    log: LogReads
    log_completion: LogCompletion
    thing_completion: ThingCompletion
    checkpoints: Checkpoints
    log_export: LogExport
    entries: LogEntries
    crews: Crews
    options: UnitOptions
    dispatch: Dispatch
    taskings: Taskings
    outcomes: Outcomes
    dispatch_reads: DispatchReads
    chain: ChainReads
    field: FieldReads
    field_report_reads: FieldReportReads
    field_devices: FieldDevices
    field_notes: FieldNotes
    watches: Watches
    handovers: Handovers
    enquiries: Enquiries
    watch_reads: WatchReads
    enquiry_reads: EnquiryReads
    since: SinceReads
    plans: Plans
    plan_patterns: PlanPatterns
    plan_imports: PlanImports
    plan_calendars: PlanCalendars
    plan_reads: PlanReads
    proposals: Proposals
    proposal_reads: ProposalReads
    sufficiency: SufficiencyReads
    debriefs: Debriefs
    debrief_handling: DebriefHandling
    lessons: Lessons
    debrief_reads: DebriefReads
    lesson_reads: LessonReads
    past: PastReads
    past_export: PastExport
    operations: Operations
    operation_reads: OperationReads
    operation_areas: OperationAreas
    area_reads: AreaReads
    orders: Orders
    objectives: Objectives
    situation_reports: SituationReports
    attachments: Attachments
    operation_parts: OperationPartReads
    hazard_reads: HazardReads
    manifest_reads: ManifestReads
    manifests: Manifests
    feed_reads: FeedReads
    feed_admin: FeedAdmin
    feed_many: FeedMany
    worker_duties: WorkerDuties

    def close(self) -> None:
        """Stop what runs and close the database."""
        self.picture.live.stop()
        self.db.dispose()


def bootstrap(settings: Settings, clock: Clock | None = None) -> OpsCentre:
    """The centre for ``settings``. Opens the database but changes nothing in it. Raises ConfigError."""
    clock = clock or SystemClock()
    db = Database(settings.database_url, clock)
    zones = Zones.load(settings.zones_path)
    gazetteer = load_gazetteer()
    picture = Picture(db, clock, settings, gazetteer)
    deeds = Deeds(db, clock)
    log, checkpoints = LogReads(db), Checkpoints(db, clock, settings)
    watches = Watches(db, clock, settings, deeds)
    options = UnitOptions(db, clock, settings, gazetteer)
    plans = Plans(db, clock, settings, deeds, gazetteer)
    plan_reads = PlanReads(db, clock, settings, gazetteer)
    manifest_reads = ManifestReads(db, clock)
    feed_reads = FeedReads(db, settings)
    feed_admin = FeedAdmin(deeds, settings, gazetteer, feed_reads)
    past = PastReads(db, clock, settings, gazetteer)
    return OpsCentre(
        settings=settings,
        clock=clock,
        db=db,
        zones=zones,
        gazetteer=gazetteer,
        accounts=Accounts(db, clock, settings),
        saved_views=SavedViews(db, clock),
        feeds=FeedRecords(db, clock),
        ingest=Ingest(db, clock, zones, gazetteer),
        picture=picture,
        deeds=deeds,
        alerts=Alerts(deeds, settings),
        alert_rules=AlertRules(db, deeds, settings),
        alert_reads=AlertReads(db, clock),
        lookouts=Lookouts(db, deeds),
        notices=Notices(db, deeds, settings),
        log=log,
        log_completion=LogCompletion(db, picture),
        thing_completion=ThingCompletion(db, LogCompletion(db, picture), log),
        checkpoints=checkpoints,
        log_export=LogExport(db, clock, settings, checkpoints, deeds, log),
        entries=LogEntries(deeds, settings.centre.agency),
        crews=Crews(db, clock),
        options=options,
        dispatch=Dispatch(db, clock, settings, deeds, options),
        taskings=Taskings(clock, deeds),
        outcomes=Outcomes(clock, deeds),
        dispatch_reads=DispatchReads(db),
        chain=ChainReads(db),
        field=FieldReads(db, clock, settings),
        field_report_reads=FieldReportReads(db),
        field_devices=FieldDevices(deeds),
        field_notes=FieldNotes(deeds),
        watches=watches,
        handovers=Handovers(watches, deeds, gazetteer),
        enquiries=Enquiries(db, clock, settings, deeds),
        watch_reads=WatchReads(db, clock, settings, gazetteer),
        enquiry_reads=EnquiryReads(db, clock),
        since=SinceReads(db, clock),
        plans=plans,
        plan_patterns=PlanPatterns(plans),
        plan_imports=PlanImports(plans, plan_reads),
        plan_calendars=PlanCalendars(db, clock, settings, deeds, gazetteer),
        plan_reads=plan_reads,
        proposals=Proposals(settings, deeds, plans),
        proposal_reads=ProposalReads(db, clock, settings, gazetteer),
        sufficiency=SufficiencyReads(db, clock, settings, gazetteer),
        debriefs=Debriefs(deeds, settings),
        debrief_handling=DebriefHandling(deeds, settings),
        lessons=Lessons(deeds, settings),
        debrief_reads=DebriefReads(db, clock),
        lesson_reads=LessonReads(db, clock),
        past=past,
        past_export=PastExport(settings, deeds, SpanReads(past)),
        orders=Orders(deeds),
        objectives=Objectives(deeds),
        situation_reports=SituationReports(deeds, settings),
        attachments=Attachments(deeds, settings),
        operation_parts=OperationPartReads(db, settings),
        hazard_reads=HazardReads(db),
        manifest_reads=manifest_reads,
        manifests=Manifests(deeds, manifest_reads, gazetteer),
        feed_reads=feed_reads,
        feed_admin=feed_admin,
        feed_many=FeedMany(feed_admin),
        worker_duties=WorkerDuties(db, clock, settings, Backups(db, clock, settings, checkpoints)),
        operations=Operations(clock, settings, gazetteer, deeds),
        operation_reads=OperationReads(db, clock, settings, log),
        operation_areas=OperationAreas(deeds),
        area_reads=AreaReads(db, picture),
    )


def log_to_terminal() -> None:
    """Plain log lines on standard error; ``OPS_LOG=debug`` says more."""
    level = logging.DEBUG if os.environ.get("OPS_LOG", "").lower() == "debug" else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
