"""The command line as scripts rely on it: verbs, help, exit status, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ops_centre.cli.entry import main
from ops_centre.config import ROOT

VERBS = [
    ["config", "check"], ["db", "upgrade"], ["user", "add"], ["user", "list"], ["token", "create"], ["token", "list"],
    ["feed", "list"], ["feed", "check"], ["replay"], ["quarantine", "list"], ["picture"],
    ["log", "verify"], ["log", "export"], ["log", "key"],
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own."""
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_explains_itself(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*verb, "--help"])
    assert ended.value.code == 0
    assert "usage: python -m ops_centre" in capsys.readouterr().out


@pytest.mark.parametrize(
    "verb", [["nonsense"], ["feed"], ["feed", "list", "--nonsense"], ["replay"], ["token", "create"]], ids=" ".join
)
def test_wrong_use_is_status_two(verb: list[str], here: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(verb)
    assert ended.value.code == 2


def test_a_new_database_goes_from_nothing_to_a_token(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    assert main(["picture"]) == 1
    assert "db upgrade" in capsys.readouterr().err
    assert main(["db", "upgrade"]) == 0
    assert main(["user", "add", "ana", "--role", "duty officer", "--generate"]) == 0
    capsys.readouterr()
    assert main(["token", "create", "--user", "ana"]) == 0
    token = capsys.readouterr().out.strip()
    assert len(token) >= 32
    assert " " not in token
    assert main(["token", "create", "--user", "nobody"]) == 1
    assert main(["user", "list", "--json"]) == 0
    captured = capsys.readouterr().out
    assert json.loads(captured)[0]["name"] == "ana"
    assert token not in captured


@pytest.mark.parametrize(
    "verb",
    [["feed", "list"], ["feed", "list", "--kinds"], ["quarantine", "list"], ["picture"], ["token", "list"]],
    ids=" ".join,
)
def test_lists_are_json_when_asked(verb: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "upgrade"]) == 0
    capsys.readouterr()
    assert main([*verb, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_a_faulty_configuration_names_every_fault_and_is_status_two(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[web]\nport = 99999\n[centre]\ntime_zone = "Mars/Olympus"\nnonsense = 1\n')
    done = subprocess.run(
        [sys.executable, "-m", "ops_centre", "config", "check"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "OPS_CONFIG": str(config), "OPS_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    for word in ("web.port", "Mars/Olympus", "centre.nonsense"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_in_feed_blocks_are_all_named(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[[feeds]]\nname = "A"\nkind = "ais"\nagency = "OPS"\ntransport = "tcp"\n'
        '[[feeds]]\nname = "B"\nkind = "nonsense"\nagency = "OPS"\n'
    )
    monkeypatch.setenv("OPS_CONFIG", str(config))
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    assert main(["config", "check"]) == 2
    said = capsys.readouterr().err
    assert "feed A" in said
    assert "feed B" in said


def test_replaying_a_file_that_is_not_there_is_a_plain_failure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(here / "nothing.txt")]) == 1
    assert "no file" in capsys.readouterr().err


def test_a_replay_does_not_take_the_name_of_a_feed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = here / "empty.txt"
    recording.touch()
    assert main(["replay", str(recording), "--name", "AIS"]) == 1
    assert "needs another" in capsys.readouterr().err


def test_a_terminal_is_not_steered_by_what_a_feed_sent(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ops_centre.cli.listing import show

    show([{"name": "\x1b[2Jgone\u202e"}], as_json=False, empty="")
    assert "\x1b" not in capsys.readouterr().out
