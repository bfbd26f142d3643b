"""What a page loads, and which of its parts its script may ask for."""

import json
import re
from pathlib import Path
from typing import Any

from callbacks.binding import DUES
from layouts.ids import Board
from ops_centre.api.bundle import SCRIPTS, STYLES, bundle
from ops_centre.auth.roles import Role
from ops_centre.picture.present import BOARDS

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def dues(client: Any) -> dict[str, dict[str, Any]]:
    layout = client.get("/_dash-layout").get_json()
    frame = next(one for one in layout["props"]["children"] if one and one["props"].get("id") == "shell-due")
    return {one["key"]: one for one in json.loads(frame["props"]["data-dues"])}


def test_a_reader_is_told_of_the_parts_they_may_see_and_of_no_others(web_client: Any) -> None:
    lead, administrator = dues(web_client(Role.SHIFT_LEAD)), dues(web_client(Role.ADMINISTRATOR))
    assert lead["data-due-targets-body"] == {
        "key": "data-due-targets-body", "page": "targets", "boards": [], "every": 5.0,
        "follows": False, "ofOne": False, "kept": False, "leaves": False,
    }  # fmt: skip
    assert {"data-due-planning-board", "data-due-wall-log", "data-due-operation-head"} <= set(lead)
    assert {one["page"] for one in administrator.values()} <= {"admin", "feeds", ""}


def test_every_part_that_is_due_moves_with_boards_that_there_are(sqlite_ops: Any) -> None:
    from app import create_app

    assert {board.value for board in Board} <= set(BOARDS)
    registered = create_app(sqlite_ops).server.extensions[DUES]
    by_property = {f"shell-due.{key}" for key in registered}
    asked = set()
    for entry in create_app(sqlite_ops).callback_map.values():
        asked |= {f"{one['id']}.{one['property']}" for one in entry["inputs"] if one["id"] == "shell-due"}
    assert asked == by_property


def test_a_page_asks_for_one_script_and_one_style_of_ours(web_client: Any) -> None:
    client = web_client(Role.DUTY_OFFICER)
    page = client.get("/").get_data(as_text=True)
    ours = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    assert sorted(address.partition("?")[0] for address in ours) == [
        "/assets/favicon.svg", STYLES, SCRIPTS,
    ]  # fmt: skip
    for address in ours:
        with client.get(address) as answer:
            assert answer.status_code == 200
    script = next(address for address in ours if SCRIPTS in address)
    answer = client.get(script)
    assert (answer.mimetype, "immutable" in answer.headers["Cache-Control"]) == ("text/javascript", True)
    text = answer.get_data(as_text=True)
    assert text.index("/* 11-store.js */") < text.index("/* 32-map.js */") < text.index("/* shell.js */")
    assert "/* field.js */" not in text
    assert "/* past-player.js */" not in text


def test_a_script_that_fails_when_loaded_leaves_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "1-fails.js").write_text("throw new Error('no');")
    (tmp_path / "2-works.js").write_text("window.works = true;")
    (tmp_path / "field.js").write_text("window.elsewhere = true;")
    made = bundle(tmp_path, SCRIPTS, r"^field")
    text = made.body.decode()
    assert "elsewhere" not in text
    assert text.count("catch (failed) { reportError(failed); }") == 2
    before = made.address
    (tmp_path / "2-works.js").write_text("window.works = 1;")
    assert bundle(tmp_path, SCRIPTS, r"^field").address != before


def test_a_page_and_the_beats_of_its_server_name_the_program_and_another_ones_script_is_not_kept(
    web_client: Any,
) -> None:
    client = web_client(Role.DUTY_OFFICER)
    page = client.get("/").get_data(as_text=True)
    named = re.search(r'data-program="([0-9a-f]{16})"', page)
    assert named is not None
    stream = client.get("/api/v1/picture/stream?since=0")
    told = next(chunk for chunk in stream.iter_encoded() if b"event: beat" in chunk)
    assert json.loads(told.partition(b"data: ")[2])["program"] == named[1]
    stream.close()
    own = re.search(rf'src="({re.escape(SCRIPTS)}[^"]+)"', page)
    assert own is not None
    assert "immutable" in client.get(own[1]).headers["Cache-Control"]
    assert "immutable" not in client.get(f"{SCRIPTS}?m=0123456789abcdef").headers["Cache-Control"]
