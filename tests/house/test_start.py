"""`python app.py`: what it says when it cannot start, and that it keeps what it must before it goes on."""

import socket
from pathlib import Path
from typing import Any

import pytest

import app


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Prepares a start in a folder of its own, with ports that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ais, http = one.getsockname()[1], two.getsockname()[1]
    written = (Path(app.HERE) / "config.toml").read_text()
    config = tmp_path / "config.toml"
    config.write_text(written.replace("10110", str(ais)).replace("10111", str(http)))
    monkeypatch.setenv("OPS_CONFIG", str(config))
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OPS_MODE", "exercise")
    return ais


@pytest.mark.parametrize("which", ["web", "exercise"])
def test_a_taken_port_is_named_and_nothing_is_started(
    start: int, which: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as free:
        port = other.getsockname()[1] if which == "web" else free.getsockname()[1]
        free.close()
        monkeypatch.setenv("OPS_PORT", str(port))
        monkeypatch.setattr(app, "_processes", lambda _settings: pytest.fail("it went on to start"))
        busy = socket.create_server(("127.0.0.1", start)) if which == "exercise" else other
        with busy:
            assert app.main() == 1
    said = capsys.readouterr()
    assert f"port {start if which == 'exercise' else port}: Address already in use" in said.err
    assert "Starting" not in said.out


def test_the_passwords_of_an_exercise_are_written_down_wherever_its_database_is(
    start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'ops.db'}")
    accounts = app._prepare(app.config.load())
    assert any(line.startswith("duty ") for line in accounts)
    assert (tmp_path / "data" / "exercise-accounts.txt").read_text().splitlines() == accounts


def test_a_folder_that_cannot_be_used_is_said_in_a_line(
    start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setenv("OPS_DATA_DIR", str(in_the_way))
    assert app.main() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
