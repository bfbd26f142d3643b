"""Files and prints over HTTP: sent once, served to be saved and never to be shown, scoped like everything."""

import io
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.debriefs import DebriefOf, DebriefSort, PointHead
from ops_centre.domain.orders import written
from ops_centre.models import AuditEvent
from ops_centre.services.debriefs import Opening, Said
from tests.factories import actor
from tests.operation_factories import make_operation

OURS = {"Origin": "http://localhost"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LEAD = actor(Role.SHIFT_LEAD, name="lead")
HEADS = {"mission": "Meet every yacht — Tēnā koutou, Łódź, Ψυχή, 高雄.", "execution": "Two boats.\nOne aircraft."}


@pytest.fixture
def number(sqlite_ops: Any) -> int:
    with sqlite_ops.db.begin() as session:
        return int(make_operation(session, state="active", releases="CUS", name="Kōwhai").id)


def send(client: Any, number: int, content: bytes, name: str, **headers: str) -> Any:
    address = f"/api/v1/operations/{number}/attachments?name={quote(name)}&request_id=upload-00000001"
    return client.post(address, data=content, headers=OURS | headers)


def test_a_file_is_sent_once_and_served_so_that_no_browser_shows_it(web_client: Any, number: int) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    first = send(lead, number, PNG, "Tēnā.png", **{"Content-Type": "image/png"})
    again = send(lead, number, PNG, "Tēnā.png", **{"Content-Type": "image/png"})
    assert (first.status_code, again.json["repeated"], again.json["attachment"]) == (
        200,
        True,
        first.json["attachment"],
    )
    address = f"/api/v1/operations/{number}/attachments/{first.json['attachment']}"
    got = web_client(Role.AGENCY_LIAISON, "CUS").get(address)
    assert got.data == PNG
    assert got.headers["Content-Disposition"].startswith("attachment; filename=\"T_n_.png\"; filename*=UTF-8''T%C4%93n")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert "script-src" not in got.headers["Content-Security-Policy"]
    assert web_client(Role.AGENCY_LIAISON, "POL").get(address).status_code == 404


def test_a_page_in_the_clothes_of_a_text_is_refused_with_words(web_client: Any, number: int) -> None:
    answer = send(
        web_client(Role.SHIFT_LEAD), number, b"<html><script>1</script>", "a.txt", **{"Content-Type": "text/html"}
    )
    assert answer.status_code == 422
    assert "HTML" in answer.json["error"]


def test_only_files_may_be_larger_than_other_requests(web_client: Any, sqlite_ops: Any, number: int) -> None:
    lead, limits = web_client(Role.SHIFT_LEAD), sqlite_ops.settings
    large = PNG.ljust(limits.web.max_body_bytes + 1)
    assert send(lead, number, large, "large.png").status_code == 200
    assert lead.post("/api/v1/acts/orders/save", data=large, headers=OURS).status_code == 413
    too_large = io.BytesIO(PNG.ljust(limits.attachments.max_bytes + 1))
    assert send(lead, number, too_large.getvalue(), "b.png").status_code == 413


def test_an_address_with_a_nul_is_refused_before_any_database_meets_it(web_client: Any, number: int) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    for path in ("operations?agency=%00", "plan?agency=a%00b", f"operations/{number}/orders?%00=1"):
        assert lead.get(f"/api/v1/{path}").status_code == 422
    sent = f"/api/v1/operations/{number}/attachments?name=a.txt&request_id=12345678%00"
    assert lead.post(sent, data=b"hello", headers=OURS | {"Content-Type": "text/plain"}).status_code == 422


def test_another_site_cannot_send_a_file(web_client: Any, number: int) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Content-Type": "text/plain"}
    assert send(web_client(Role.SHIFT_LEAD), number, b"hello", "a.txt", **foreign).status_code == 403


def test_order_and_report_are_printed_for_whoever_may_see_them(web_client: Any, sqlite_ops: Any, number: int) -> None:
    sqlite_ops.orders.issue(LEAD, number, 1, 0, HEADS)
    report = sqlite_ops.situation_reports.draft(LEAD, number, ["CUS"])["report"]
    sqlite_ops.situation_reports.issue(LEAD, report, 1, {"situation": "Calm."}, ["CUS"])
    base = f"/api/v1/operations/{number}"
    customs, police = web_client(Role.AGENCY_LIAISON, "CUS"), web_client(Role.AGENCY_LIAISON, "POL")
    for path, name in (("orders", "order"), ("reports", "report")):
        got = customs.get(f"{base}/{path}/1.pdf")
        assert got.data.startswith(b"%PDF-")
        assert f"-{name}-1.pdf" in got.headers["Content-Disposition"]
        assert customs.get(f"{base}/{path}/2.pdf").status_code == 404
        assert police.get(f"{base}/{path}/1.pdf").status_code == 404
        listed = customs.get(f"{base}/{path}").json
        assert listed["draft"] is None
        assert listed["issued"][0]["sealed"] is True
        assert police.get(f"{base}/{path}").status_code == 404
    with sqlite_ops.db.reading() as session:
        taken = session.scalars(select(AuditEvent).where(AuditEvent.kind == "file saved")).all()
    assert [one.detail["file"] for one in taken] == ["order 1", "situation report 1"], "what left the centre is audited"
    assert customs.get(f"{base}/orders").json["issued"][0]["heads"] == written(HEADS)
    assert customs.get(f"{base}/objectives").json == {"objectives": [], "dropped": []}


def test_the_acts_are_carried_out_as_the_page_sends_them(web_client: Any, number: int) -> None:
    lead = web_client(Role.SHIFT_LEAD)

    def act(name: str, **body: Any) -> Any:
        answer = lead.post(
            f"/api/v1/acts/{name}", json=body | {"request_id": f"{name}-0001".replace("/", "-")}, headers=OURS
        )
        assert answer.status_code == 200, answer.json
        return answer.json

    act("orders/save", operation=number, version=1, edition=0, situation="Fog.", mission="Meet.")
    act("orders/issue", operation=number, version=1, edition=1, mission="Meet.", execution="Go.", command="Channel 16.")
    added = act("objectives/add", operation=number, text="All met", measure="counted")["objective"]
    act("objectives/edit", objective=added, version=1, text="All met by dusk", measure="counted")
    act("objectives/judge", objective=added, version=2, result="partial", note="One missed.")
    report = act("reports/draft", operation=number, agencies=["OPS"])["report"]
    act("reports/save", report=report, edition=1, agencies=["OPS"], situation="Calm.")
    act("reports/issue", report=report, edition=2, agencies=["OPS"], situation="Calm.", next="Rest.")
    sent = send(lead, number, PNG, "a.png").json["attachment"]
    act("attachments/remove", attachment=sent, reason="Wrong one.")
    body = {"objective": added, "version": 3, "up": True, "request_id": "objectives-shift-0001"}
    alone = lead.post("/api/v1/acts/objectives/shift", json=body, headers=OURS)
    assert (alone.status_code, alone.json["error"]) == (409, "Objective 1 is the first already.")
    act("objectives/drop", objective=added, reason="Done with.")
    heads = lead.get(f"/api/v1/operations/{number}/orders").json["issued"][0]["heads"]
    assert (heads["situation"], heads["command and signals"]) == ("", "Channel 16.")


def test_a_debrief_is_printed_for_whoever_may_read_it(web_client: Any, sqlite_ops: Any, number: int) -> None:
    debrief = sqlite_ops.debriefs.open(LEAD, Opening(DebriefSort.HOT, DebriefOf.OPERATION, number))["debrief"]
    sqlite_ops.debriefs.contribute(LEAD, debrief, Said(PointHead.WHY, "No gangway ✓ 船."))
    customs, police = web_client(Role.AGENCY_LIAISON, "CUS"), web_client(Role.AGENCY_LIAISON, "POL")
    got = customs.get(f"/api/v1/debriefs/{debrief}.pdf")
    assert got.data.startswith(b"%PDF-")
    assert got.headers["Content-Disposition"] == f'attachment; filename="debrief-{debrief}.pdf"'
    assert police.get(f"/api/v1/debriefs/{debrief}.pdf").status_code == 404
    with sqlite_ops.db.reading() as session:
        (saved,) = session.scalars(select(AuditEvent).where(AuditEvent.kind == "file saved"))
    assert saved.subject == f"debrief {debrief}"
