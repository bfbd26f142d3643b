"""Every fault of config.toml at once, with line and remedy; and one feed tried before it is trusted."""

import json
import socket
from pathlib import Path

import pytest

from ops_centre.cli.config_faults import find_faults, lines_of
from ops_centre.cli.entry import main

BAD = """\
[web]
port = 99999
prot = 1
[[feeds]]
name = "A"
kind = "adbs"
agency = "OPS"
[[feeds]]
name = "B"
kind = "sbs"
agency = "OPS"
adress = "x:1"
time_zone = "Mars"
[alerts.rules]
emergency = { minutes = -1 }
[[channels]]
name = "Duty mail"
agency = "OPS"
url = "mailto://hunter2"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of this test's own."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("OPS_CONFIG", str(path))
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path / "data"))
    return path


def test_a_line_is_found_for_each_table_and_key() -> None:
    text = (
        'a.b = 1\n[x]\ny = """\n[no]\nz = 1\n"""\n[[feeds]]\n[feeds.columns]\n"c d" = 2\n[[feeds]]\nname = "n" # [no]\n'
    )
    assert lines_of(text) == {
        ("a", "b"): 1, ("x",): 2, ("x", "y"): 3, ("feeds", 0): 7, ("feeds", 0, "columns"): 8,
        ("feeds", 0, "columns", "c d"): 9, ("feeds", 1): 10, ("feeds", 1, "name"): 11,
    }  # fmt: skip


def test_every_fault_is_told_at_once_with_its_line_and_remedy(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(BAD)
    assert main(["config", "check"]) == 2
    told = capsys.readouterr().err.splitlines()
    lines = [line.removeprefix("config: config.toml line ").partition(":")[0] for line in told[:8]]
    assert lines == ["2", "3", "6", "8", "12", "13", "15", "19"], told
    assert told[1].endswith("did you mean 'port'?")
    assert told[2].endswith("did you mean 'adsb'?")
    assert told[4].endswith("did you mean 'address'?")
    assert "must come from OPS_CHANNEL_DUTY_MAIL_URL" in told[7]
    assert not any("hunter2" in line for line in told)


def test_faults_behind_faults_are_told_too(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(
        "[picture]\nzoom = 5.3\nwhole = [1, 2, 0, 3]\n[worker]\nlease_seconds = 5\nrenew_seconds = 4\nwho = 1\n"
        '[[feeds]]\nname = "A"\nkind = "aiss"\n[[feeds]]\nname = "A"\nkind = "sbs"\nagency = "OPS"\naddress = 5\n'
        '[[feeds]]\nkind = "adsb"\nagency = "OPS"\nurl = "http://x"\nevery_seconds = -1\n'
    )
    assert main(["config", "check"]) == 2
    told = capsys.readouterr().err
    for words in (
        "zoom: must be a multiple", "whole must be south, west, north, east", "renew_seconds must be at most half",
        "worker.who", "feed number 1: agency: is missing", "kind 'aiss' is unknown", "feed 'A' stands twice",
        "feed A: address", "feed number 3: name: is missing", "every_seconds must lie between 0.2 and 3600 (found -1)",
    ):  # fmt: skip
        assert words in told, told
    assert told.count("is missing") == 2, told


def test_blocks_that_do_not_fit_together_are_told_where_they_stand(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(
        '[[feeds]]\nname = "Coast; AIS"\nkind = "sbs"\nagency = "OPS"\naddress = "a:1"\n'
        '[[feeds]]\nname = "coast; ais"\nkind = "sbs"\nagency = "XYZ"\naddress = "b:1"\n'
        '[[channels]]\nname = "desk"\nagency = "QQQ"\n[[agencies]]\ncode = "OPS"\nname = "A"\n'
        '[[agencies]]\ncode = "OPS"\nname = "B"\n'
    )
    assert main(["config", "check"]) == 2
    told = [line.removeprefix("config: config.toml ") for line in capsys.readouterr().err.splitlines()]
    for line in (
        "line 7: feed 'coast; ais' stands twice. Give one of them another name",
        "line 9: feed coast; ais: agency XYZ is not among [[agencies]]. Add it there, or name one that is",
        "line 13: channel desk: agency QQQ is not among [[agencies]]. Add it there, or name one that is",
        "line 18: agency OPS stands twice. Give one of them another name",
    ):
        assert line in told, told


def test_all_faults_of_a_query_and_its_mapping_are_told_beside_that_of_its_address(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(
        feed("database", records="targeting", url_env="CASES", query="DELETE FROM cases", increment="changed")
        + '\n[feeds.columns]\nref = "id"\nseverty = "risk"\n"subject.imo" = "imo"\n'
    )
    assert main(["config", "check"]) == 2
    told = capsys.readouterr().err
    for words in (
        "such as OPS_CASES_URL", "query must ask for increment >= :after", "query must end with ORDER BY", "must be one SELECT",
    ):  # fmt: skip
        assert words in told, told
    config.write_text(config.read_text().replace("CASES", "OPS_CASES").replace("DELETE", "SELECT id").replace(
        "cases\"", "cases WHERE changed >= :after ORDER BY changed\""))  # fmt: skip
    assert main(["config", "check"]) == 2
    told = capsys.readouterr().err
    assert "no field 'severty'; is it severity" in told
    assert "no field 'subject.imo'; is it subject.identifiers.imo" in told


def test_lines_are_found_behind_a_value_of_several_lines() -> None:
    text = '[x]\narea = [\n  [1, 2], # [y]\n  [3, 4]\n]\nname = "]["\nlast = 1\n[[z]]\nq = { a = [1] }\nr = 2\n'
    assert lines_of(text) == {
        ("x",): 1, ("x", "area"): 2, ("x", "name"): 6, ("x", "last"): 7, ("z", 0): 8, ("z", 0, "q"): 9, ("z", 0, "r"): 10,
    }  # fmt: skip


def test_the_configuration_that_ships_has_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPS_CONFIG", raising=False)
    assert find_faults() == []


def feed(kind: str, **settings: object) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    return "\n".join(["[[feeds]]", 'name = "One"', f'kind = "{kind}"', 'agency = "OPS"', *lines])


def test_a_feed_is_tried_and_what_it_would_refuse_is_told(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.csv"
    path.write_text("MMSI,BaseDateTime,LAT,LON\n512000123,2026-04-01T06:00:00,-41,174\n1,noon\x1b[2J,-41,174\n")
    config.write_text(feed("craft_csv", path=str(path), every_seconds=0.2))
    assert main(["feed", "check", "one"]) == 3
    told = capsys.readouterr().out
    assert "Would ingest 1 craft:" in told
    assert "day.csv, line 3: time 'noon" in told
    assert "Received 2: 1 would be ingested, 0 repeats, 1 refused" in told
    assert "\x1b" not in told
    assert not (tmp_path / "data" / "ops.db").exists(), "nothing is stored"
    assert path.exists()


def test_a_source_that_cannot_be_read_and_a_feed_that_is_not_there_are_told_of(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config.write_text(feed("sbs", address=f"127.0.0.1:{port}"))
    assert main(["feed", "check", "One", "--for", "0"]) == 1
    assert "The source cannot be read: connection refused" in capsys.readouterr().out
    assert main(["feed", "check", "Two"]) == 1
    assert "there are: One" in capsys.readouterr().err
