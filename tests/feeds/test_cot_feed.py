"""A feed of Cursor on Target: XML and protobuf in one stream, TLS, multicast, what each event reports, and dirt."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from takproto.proto import TakMessage

from ops_centre.domain.field_reports import (
    DevicePosition,
    Drawing,
    DrawingKind,
    Emergency,
    FieldMessage,
    FieldReport,
    Withdrawal,
)
from ops_centre.domain.geo import distance_nm
from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.cot.framing import LONGEST
from ops_centre.feeds.cot.packets import Packet, PacketSplitter, packets_of
from ops_centre.feeds.sources.cot import KIND, CotFeed, CotSettings
from tests.feeds.situations import context, sample
from tests.feeds.test_ais_feed import sends, tcp_source
from tests.feeds.test_cot_events import event
from tests.support.clock import START, FakeClock

LINK = "<link uid='DEVICE-1' type='a-f-G-U-C' relation='p-p' parent_callsign='K91'/>"


def message(uid: str = "P", *, xml: str = "", **fields: object) -> bytes:
    """A TAK message about one unit, without a header."""
    made = TakMessage()
    told = made.cotEvent
    told.type, told.uid, told.how = "a-f-G-U-C", uid, "m-g"
    told.sendTime = told.startTime = int(START.timestamp() * 1000)
    told.staleTime = told.sendTime + 60_000
    told.lat, told.lon, told.hae, told.ce, told.le = -36.84, 174.76, 12.0, 5.0, 9_999_999.0
    told.detail.contact.callsign, told.detail.xmlDetail = "K91", xml
    told.detail.track.speed, told.detail.status.battery = 10.0, 80
    for name, value in fields.items():
        setattr(told, name, value)
    return bytes(made.SerializeToString())


def framed(raw: bytes) -> bytes:
    """As a stream carries it."""
    length, varint = len(raw), bytearray()
    while length >= 0x80:
        varint.append(length & 0x7F | 0x80)
        length >>= 7
    return b"\xbf" + bytes(varint) + bytes((length,)) + raw


def split(*chunks: bytes) -> list[Packet]:
    splitter = PacketSplitter()
    return [packet for chunk in chunks for packet in splitter.feed(chunk)] + splitter.finish()


@contextmanager
def feed(**settings: object) -> Iterator[CotFeed]:
    made = CotFeed(CotSettings.model_validate(settings), context(FakeClock(START + timedelta(seconds=5)), "CUS"))
    try:
        yield made
    finally:
        made.close()


def batch_of(*events: bytes) -> Batch:
    """What these events bring."""
    with tcp_source(sends(b"".join(events))) as address, feed(address=f"tcp://{address}") as made:
        return made.poll(None)


def report(raw: bytes) -> FieldReport:
    batch = batch_of(raw)
    assert batch.refusals == []
    return batch.field_reports[0]


def drawn(detail: str, kind: str, **given: str) -> Drawing:
    found = report(event(detail, kind=kind, how="h-e", **given))
    assert isinstance(found, Drawing)
    return found


# Framing


def test_events_and_messages_of_one_stream_are_told_apart_wherever_the_network_cut_it() -> None:
    xml, proto = event("<remarks>\u00bf \u077f</remarks>"), message("x" * 300)
    stream = b"\n".join([xml, framed(proto), framed(proto) + xml, xml, framed(message())])
    wanted = [Packet(xml), Packet(proto, True), Packet(proto, True), Packet(xml), Packet(xml), Packet(message(), True)]
    assert split(stream) == wanted
    assert split(*(stream[at : at + 1] for at in range(len(stream)))) == wanted
    assert split(*(stream[at : at + 11] for at in range(0, len(stream), 11))) == wanted


def test_a_message_that_says_it_is_endless_costs_itself_and_memory_does_not_grow() -> None:
    huge = b"\xbf\xff\xff\xff\xff\xff" + b"x" * 100
    first, second = split(huge, event())
    assert (first.fault, second) == (f"it says that it is longer than {LONGEST:,} bytes", Packet(event()))
    assert [packet.fault for packet in split(framed(message())[:-3])] == ["it was cut off"]


def test_a_datagram_is_a_mesh_message_or_what_a_stream_would_hold() -> None:
    assert packets_of(b"\xbf\x01\xbf" + message()) == [Packet(message(), True)]
    assert packets_of(event() + event()) == [Packet(event()), Packet(event())]


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([event(), framed(message()), b"\xbf", b"<event"]))))
def test_whatever_comes_is_accounted_for_and_nothing_raises(chunks: list[bytes]) -> None:
    with feed(address="tcp://127.0.0.1:1") as made:
        batch = Batch()
        packets = split(*chunks)
        for packet in packets:
            made._take(packet, batch)
    assert batch.received + batch.passed_over == len(packets)
    assert sum(len(packet.raw) for packet in packets) <= sum(map(len, chunks))


@given(st.binary(max_size=400))
def test_protobuf_garbage_is_refused_in_words_or_sound(raw: bytes) -> None:
    with feed(address="tcp://127.0.0.1:1") as made:
        batch = Batch()
        made._take(Packet(raw, protobuf=True), batch)
    assert batch.received + batch.passed_over == 1
    assert all(refusal.reason and refusal.raw == raw for refusal in batch.refusals)


# What events report


def test_a_unit_is_read_from_xml_and_from_protobuf_alike() -> None:
    detail = "<contact callsign='K91'/><status battery='80'/><track speed='10.0'/>"
    point = "<point lat='-36.84' lon='174.76' hae='12.0' ce='5.0' le='9999999.0'/>"
    by_xml, by_proto = report(event(detail, uid="P", point=point)), report(framed(message()))
    assert isinstance(by_xml, DevicePosition)
    assert isinstance(by_proto, DevicePosition)
    assert replace(by_xml, stale_at=by_proto.stale_at) == by_proto
    assert (by_proto.callsign, by_proto.speed_kn, by_proto.battery_pct, by_proto.height_m) == ("K91", 19.44, 80, 12)
    assert (by_proto.agency, by_proto.marking, by_proto.observed_at) == ("CUS", "AMBER", START)


def test_xml_within_a_message_is_held_to_the_same_rules() -> None:
    bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]>"
    refusals = batch_of(framed(message(xml=bomb)), framed(message(xml="<a>" * 60)), framed(message(lat=91.0))).refusals
    assert [refusal.reason[:40] for refusal in refusals] == [
        "its details: it is no well-formed XML: n",
        "its details: its elements are nested mor",
        "its point lies outside latitudes -90 to ",
    ]


def test_the_sample_is_read_whole() -> None:
    reports = batch_of(sample("cot.xml")).field_reports
    assert [type(one).__name__ for one in reports] == ["DevicePosition", "FieldMessage", "Drawing", "Emergency"]


def test_a_device_without_a_fix_lives_without_a_place() -> None:
    found = report(event(point="<point lat='0' lon='0' hae='9999999.0' ce='9999999.0' le='9999999.0'/>"))
    assert isinstance(found, DevicePosition)
    assert (found.lat, found.lon) == (None, None)


def test_circles_ellipses_lines_polygons_and_routes_are_drawn_where_they_lie() -> None:
    circle = drawn("<shape><ellipse major='500' minor='500' angle='360'/></shape>", "u-d-c-c")
    assert (circle.kind, circle.radius_m, circle.points) == (DrawingKind.CIRCLE, 500, ((-36.84, -180.0),))
    ellipse = drawn("<shape><ellipse major='1852' minor='926' angle='90'/></shape>", "u-d-c-e")
    reach = [distance_nm(-36.84, 180, *corner) for corner in ellipse.points]
    assert (ellipse.kind, round(max(reach), 3), round(min(reach), 3)) == (DrawingKind.POLYGON, 1.0, 0.5)
    assert max(lon % 360 for _, lon in ellipse.points) == ellipse.points[0][1] % 360  # its long axis lies east
    line = drawn("<range value='1852'/><bearing value='90'/>", "u-rb-a")
    assert (line.kind, round(distance_nm(*line.points[0], *line.points[1]), 6)) == (DrawingKind.LINE, 1)
    corners = "".join(f"<link point='{lat},{lon}'/>" for lat, lon in ((-36, 179), (-36, -179), (-37, -179), (-36, 179)))
    polygon = drawn(corners, "u-d-f")
    assert (polygon.kind, polygon.points) == (DrawingKind.POLYGON, ((-36, 179), (-36, -179), (-37, -179)))
    route = drawn("<link point='-36,174,5' callsign='SP'/><link point='-36.5,174.5'/>" + LINK, "b-m-r")
    assert (route.kind, route.points, route.author_uid) == (
        DrawingKind.ROUTE, ((-36, 174), (-36.5, 174.5)), "DEVICE-1",
    )  # fmt: skip
    marker = drawn("<contact callsign='Cache'/>" + LINK, "a-n-G")
    assert (marker.kind, marker.title, marker.author_callsign) == (DrawingKind.POINT, "Cache", "K91")


@pytest.mark.parametrize(
    ("detail", "kind", "reason"),
    [
        ("<shape><ellipse major='nan' minor='1'/></shape>", "u-d-c-c", "the axes of its ellipse are not between"),
        ("<shape><ellipse minor='1'/></shape>", "u-d-c-c", "the axes of its ellipse must be numbers"),
        ("<link point='91,0'/><link point='0,0'/>", "b-m-r", "its point '91,0' lies outside"),
        ("<link point='1'/>", "b-m-r", "its point '1' is none"),
        ("<link point='1,1'/>", "b-m-r", "it is a route of fewer than two points"),
        ("<link point='1,1'/>" * 2001, "u-d-f", "it has more than 2,000 points"),
        ("<range value='x'/><bearing value='1'/>", "u-rb-a", "its range and bearing must be numbers"),
        ("", "b-t-f", "it is a message without a text"),
        ("", "t-x-d-d", "it deletes something and does not say what"),
        ("<link line='a'/><link line='b'/>", "u-d-f-m", "it is drawn by hand in 2 strokes"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_with_its_bytes(detail: str, kind: str, reason: str) -> None:
    raw = event(detail, kind=kind, how="h-e")
    (refusal,) = batch_of(raw).refusals
    assert refusal.reason.startswith(reason)
    assert refusal.raw == raw


def test_a_message_of_the_chat_says_who_where_and_what() -> None:
    chat = f"<__chat chatroom='Team' senderCallsign='K91'/>{LINK}<remarks>two &lt;b&gt; aboard</remarks>"
    found = report(event(chat, uid="GeoChat.DEVICE-1.Team.1", kind="b-t-f", how="h-g-i-g-o"))
    assert isinstance(found, FieldMessage)
    assert (found.sender_uid, found.sender_callsign, found.room, found.text) == (
        "DEVICE-1", "K91", "Team", "two <b> aboard",
    )  # fmt: skip


def test_a_call_for_help_and_its_end_are_of_one_uid() -> None:
    call = report(event(f"<emergency type='911 Alert'>K91</emergency>{LINK}", uid="DEVICE-1-9-1-1", kind="b-a-o-tbl"))
    end = report(event(f"<emergency cancel='true'>K91</emergency>{LINK}", uid="DEVICE-1-9-1-1", kind="b-a-o-can"))
    assert isinstance(call, Emergency)
    assert isinstance(end, Emergency)
    assert (call.kind, call.callsign, call.device_uid, call.cancels) == ("911 Alert", "K91", "DEVICE-1", False)
    assert (end.uid, end.cancels) == (call.uid, True)


def test_a_deletion_names_what_is_gone_and_receipts_are_passed_over() -> None:
    gone = report(event("<link uid='SHAPE-1' relation='none' type='none'/><__forcedelete/>", kind="t-x-d-d"))
    assert isinstance(gone, Withdrawal)
    assert gone.uid == "SHAPE-1"
    receipt = batch_of(event(kind="b-t-f-d", how="h-g-i-g-o"))
    assert (receipt.passed_over, receipt.received, receipt.is_alive) == (1, 0, True)


def test_an_event_from_the_future_is_refused_and_a_craft_is_a_craft() -> None:
    late = event().replace(b"2026-04-01T06:30:00.000Z", b"2026-04-01T07:30:00.000Z")
    batch = batch_of(late, event(uid="ICAO-C81A2B", kind="a-n-A-C-F"), event(uid="MMSI-512000123", kind="a-n-S-X"))
    assert [refusal.reason for refusal in batch.refusals] == ["its time is 3595 s ahead of our clock"]
    assert [craft.key for craft in batch.crafts] == ["icao:c81a2b", "mmsi:512000123"]


# Connections


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of a server and of a client, each with its key, as PEM files."""
    folder = tmp_path_factory.mktemp("papers")
    authority = ec.generate_private_key(ec.SECP256R1())
    for name, key in (("authority", authority), ("server", None), ("client", None), ("stranger", None)):
        write_papers(folder, name, key or ec.generate_private_key(ec.SECP256R1()), authority)
    return folder


def write_papers(
    folder: Path, name: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey
) -> None:
    signer = ec.generate_private_key(ec.SECP256R1()) if name == "stranger" else authority
    subject, issuer = ([x509.NameAttribute(NameOID.COMMON_NAME, text)] for text in (name, "authority"))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tak.example.org")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = serialization.BestAvailableEncryption(b"open") if name == "client" else serialization.NoEncryption()
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    (folder / f"{name}.key").write_bytes(key.private_bytes(*pem))


@contextmanager
def tls_source(papers: Path, name: str, talk: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    """A server that shows the papers of ``name`` and asks for a client's."""
    rules = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    rules.load_cert_chain(papers / f"{name}.pem", papers / f"{name}.key")
    rules.load_verify_locations(papers / "authority.pem")
    rules.verify_mode = ssl.CERT_REQUIRED

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        try:
            with connection, rules.wrap_socket(connection, server_side=True) as secured:
                talk(secured)
        except OSError:
            return  # refused by the other side, as the test wants it

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"tls://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def test_a_server_is_read_over_tls_with_a_certificate_of_our_own(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_KEY", "open")
    ours = {"authority_file": papers / "authority.pem", "certificate_file": papers / "client.pem",
            "key_file": papers / "client.key", "key_password_env": "FIELD_KEY", "server_name": "tak.example.org"}  # fmt: skip
    with (
        tls_source(papers, "server", lambda to: to.sendall(event() + framed(message()))) as address,
        feed(address=address, **ours) as made,
    ):
        assert len(made.poll(None).field_reports) == 2
    monkeypatch.setenv("FIELD_KEY", "wrong")
    with (
        tls_source(papers, "server", lambda to: None) as address,
        feed(address=address, **ours) as made,
        pytest.raises(FeedUnavailable, match="no TLS connection"),
    ):
        made.poll(None)


@pytest.mark.parametrize(
    ("server", "settings", "said"),
    [
        ("stranger", {"server_name": "tak.example.org"}, "is not good: "),
        ("server", {"server_name": "another.example.org"}, "Hostname mismatch"),
        ("server", {"authority_file": "missing.pem"}, "missing.pem is not there"),
    ],
)
def test_a_server_that_cannot_be_verified_is_not_read(
    papers: Path, server: str, settings: dict[str, str], said: str
) -> None:
    given = {"authority_file": papers / "authority.pem"} | settings
    with (
        tls_source(papers, server, lambda to: to.sendall(event())) as address,
        feed(address=address, **given) as made,
        pytest.raises(FeedUnavailable, match=said),
    ):
        made.poll(None)


def test_datagrams_of_a_multicast_group_are_read() -> None:
    with (
        feed(address="udp://239.2.3.1:6969", interface="127.0.0.1") as made,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        made._source.listener.open()  # type: ignore[union-attr]
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for datagram in (event(), b"\xbf\x01\xbf" + message(), b"nothing"):
            sender.sendto(datagram, ("239.2.3.1", 6969))
        batch = made.poll(None)
    assert (len(batch.field_reports), len(batch.refusals)) == (2, 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"address": "127.0.0.1:8087"}, "is no address"),
        ({"address": "http://a:1"}, "is no address"),
        ({"address": "tcp://a:99999"}, "is no address"),
        ({"address": "tcp://a:1", "authority_file": "ca.pem"}, "certificates belong to an address"),
        ({"address": "tls://a:1", "key_file": "a.key"}, "key_file needs certificate_file"),
        ({"address": "tcp://a:1", "interface": "127.0.0.1"}, "interface belongs to"),
        ({"address": "udp://239.2.3.1:1", "interface": "eth0"}, "eth0"),
        ({"address": "tcp://a:1", "late_after_seconds": 9, "lost_after_seconds": 1}, "must not be less"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        KIND.settings.model_validate(settings)
