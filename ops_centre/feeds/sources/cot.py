"""Devices in the field by Cursor on Target: a server's stream over TCP or TLS, or datagrams, also of a multicast group.

Events come as XML or as TAK protocol version 1; the centre only listens and asks for neither (docs/feeds.md, "cot").
"""

import time
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ops_centre.domain.handling import Marking
from ops_centre.domain.observations import Batch, CraftReport, Refusal
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest, FeedSettings
from ops_centre.feeds.cot.events import Event, EventError, read_event
from ops_centre.feeds.cot.packets import Packet, PacketSplitter, packets_of
from ops_centre.feeds.cot.protobuf import read_message
from ops_centre.feeds.cot.reports import Handling, report_of
from ops_centre.feeds.transports.lines import Gatherer
from ops_centre.feeds.transports.tcp import TcpClient
from ops_centre.feeds.transports.tls import TlsClient, TlsFiles
from ops_centre.feeds.transports.udp import UdpListener

_SCHEMES = ("tcp", "tls", "udp")
_KEPT = 65_536  # bytes of a refused event
_LONGEST_REASON = 500


class CotSettings(FeedSettings):
    """What stands in the block of a feed of kind ``cot``."""

    address: str  # "tcp://host:port", "tls://host:port", "udp://host or group:port"
    interface: str = ""  # udp: the address of the network on which a multicast group is joined
    authority_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    key_password_env: str = ""
    server_name: str = ""
    marking: Marking = Marking.AMBER
    releases: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    gather_ms: int = Field(200, ge=0, le=1000)
    batch_events: int = Field(2000, ge=1, le=20_000)
    late_after_seconds: float = Field(60, gt=0)
    lost_after_seconds: float = Field(300, gt=0)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        scheme, _, _ = endpoint(self.address)
        if self.lost_after_seconds < self.late_after_seconds:
            raise ValueError("lost_after_seconds must not be less than late_after_seconds")
        files = (self.authority_file, self.certificate_file, self.key_file)
        if scheme != "tls" and (any(files) or self.key_password_env or self.server_name):
            raise ValueError("certificates belong to an address that begins with tls://")
        if self.key_file and not self.certificate_file:
            raise ValueError("key_file needs certificate_file")
        if self.interface:
            if scheme != "udp":
                raise ValueError("interface belongs to an address that begins with udp://")
            IPv4Address(self.interface)
        return self


def endpoint(address: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError with words for the operator."""
    fault = f"{address!r} is no address; try tcp://tak.example.org:8087, tls://… or udp://239.2.3.1:6969"
    try:
        split = urlsplit(address)
        host, port = split.hostname, split.port
    except ValueError as garbled:
        raise ValueError(fault) from garbled
    if split.scheme not in _SCHEMES or not host or not port or split.path.strip("/") or split.query:
        raise ValueError(fault)
    return split.scheme, host, port


class _Datagrams:
    """Packets of a UDP port, gathered for a moment."""

    def __init__(self, host: str, port: int, interface: str) -> None:
        self.listener = UdpListener(host, port, interface)

    def gather(self, first_seconds: float, then_seconds: float, most: int) -> list[Packet]:
        """As `Gatherer.gather`."""
        data = self.listener.datagram(first_seconds)
        packets: list[Packet] = []
        until = time.monotonic() + then_seconds
        while data is not None:
            packets += packets_of(data)
            if len(packets) >= most:
                break
            data = self.listener.datagram(max(0.0, until - time.monotonic()))
        return packets

    def close(self) -> None:
        """Let go of the port."""
        self.listener.close()


class CotFeed:
    """One server's stream, or what is sent to one port."""

    def __init__(self, settings: CotSettings, context: FeedContext) -> None:
        """Opens nothing."""
        self._settings = settings
        self._clock = context.clock
        self._handling = Handling(context.agency, settings.marking.value, settings.releases, settings.agencies)
        self._source = _source(settings)

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return FeedManifest(
            every=timedelta(seconds=2),
            late_after=timedelta(seconds=self._settings.late_after_seconds),
            lost_after=timedelta(seconds=self._settings.lost_after_seconds),
            listens=True,
        )

    def poll(self, cursor: str | None) -> Batch:
        """What came: at once when something did, after at most a second when nothing does. Raises FeedUnavailable."""
        batch = Batch()
        for packet in self._source.gather(1.0, self._settings.gather_ms / 1000, self._settings.batch_events):
            self._take(packet, batch)
        if isinstance(self._source, _Datagrams):
            batch.refusals += self._source.listener.losses(self._clock.now())
        return batch

    def close(self) -> None:
        """Hang up."""
        self._source.close()

    def _take(self, packet: Packet, batch: Batch) -> None:
        received_at = self._clock.now()
        try:
            report = report_of(event_in(packet), received_at, self._handling)
        except EventError as unusable:
            batch.refusals.append(Refusal(packet.raw[:_KEPT], str(unusable)[:_LONGEST_REASON], received_at))
            return
        batch.is_alive = True  # also by a ping
        if report is None:
            batch.passed_over += 1
        elif isinstance(report, CraftReport):
            batch.crafts.append(report)
        else:
            batch.field_reports.append(report)


def event_in(packet: Packet) -> Event:
    """The event of a packet. Raises EventError."""
    if packet.fault:
        raise EventError(packet.fault)
    return read_message(packet.raw) if packet.protobuf else read_event(packet.raw)


def _source(settings: CotSettings) -> Gatherer[Packet] | _Datagrams:
    scheme, host, port = endpoint(settings.address)
    if scheme == "udp":
        return _Datagrams(host, port, settings.interface)
    if scheme == "tcp":
        return Gatherer(TcpClient(host, port), PacketSplitter())
    files = TlsFiles(
        settings.authority_file,
        settings.certificate_file,
        settings.key_file,
        settings.key_password_env,
        settings.server_name,
    )
    return Gatherer(TlsClient(host, port, files), PacketSplitter())


KIND = FeedKind(
    "cot", "Devices in the field by Cursor on Target: TCP, TLS, UDP; XML or TAK protocol", CotSettings, CotFeed
)
