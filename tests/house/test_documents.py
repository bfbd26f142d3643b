"""What is documented exists, and what exists is documented."""

import re
import subprocess
import sys

import pytest

from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.cli.entry import main
from ops_centre.config import ROOT
from ops_centre.feeds.registry import KINDS
from tests.support import tree

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
VERB = re.compile(r"python -m ops_centre((?: [a-z][a-z-]+){1,2})")
MAKE = re.compile(r"(?:^|`|\$ )make ([a-z][a-z-]*)", re.MULTILINE)
SAMPLES = {"adsb": "aircraft"}  # named as its source names the file
PAGES = [path for path in tree.files(".md") if not tree.is_vendored(path)]


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("path", PAGES, ids=tree.name_of)
def test_every_link_leads_to_a_file(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    broken = [link for link in LINK.findall(text) if not (path.parent / link).exists()]  # type: ignore[attr-defined]
    assert broken == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", page("Makefile"), re.MULTILINE))
    named = {target for path in PAGES for target in MAKE.findall(path.read_text("utf-8"))}
    assert {"run", "test"} <= named
    assert named - targets == set()


def test_the_stable_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", page("Makefile"), re.MULTILINE))
    assert {"install", "run", "test", "bench", "check"} <= targets


def documented_verbs() -> list[str]:
    return sorted({verb.strip() for path in PAGES for verb in VERB.findall(path.read_text("utf-8"))})


def test_the_verbs_of_the_command_line_are_documented() -> None:
    stable = {
        "config check",
        "db upgrade",
        "user add",
        "token create",
        "feed list",
        "feed check",
        "replay",
        "quarantine list",
        "picture",
    }
    named = set(documented_verbs()) | {verb.split()[0] for verb in documented_verbs()}
    assert stable - named == set()


@pytest.mark.parametrize("verb", documented_verbs())
def test_every_documented_verb_answers_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*verb.split(), "--help"])
    assert ended.value.code == 0, capsys.readouterr().err
    assert f"usage: python -m ops_centre {verb.split(maxsplit=1)[0]}" in capsys.readouterr().out


def test_help_is_answered_by_the_command_as_it_is_documented() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "ops_centre", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    assert "usage: python -m ops_centre" in asked.stdout


def test_every_permission_is_held_used_and_documented() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in tree.python_files("ops_centre/", "callbacks/", "layouts/", "app.py")
        if not tree.name_of(path).startswith(("ops_centre/auth/permissions", "ops_centre/auth/roles"))
    )
    text = page("docs/permissions.md")
    held = frozenset().union(*HOLDS.values())
    assert [p.value for p in Permission if p not in held] == []
    assert [p.value for p in Permission if f"Permission.{p.name}" not in source] == []
    assert [p.value for p in Permission if f"`{p.value}`" not in text] == []


def test_every_role_holds_something_and_is_documented() -> None:
    text = page("docs/permissions.md")
    assert [role.value for role in Role if not HOLDS.get(role)] == []
    assert [role.value for role in Role if role.value not in text.lower()] == []


def feed_pages() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("feeds*.md")))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_feed_kind_is_documented_with_all_its_settings(kind: str) -> None:
    text = feed_pages()
    assert f"`{kind}`" in text
    assert [name for name in KINDS[kind].settings.model_fields if f"`{name}`" not in text] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_feed_kind_ships_a_recorded_sample(kind: str) -> None:
    samples = [path.name for path in (ROOT / "tests/feeds/samples").rglob("*") if path.is_file()]
    assert any(SAMPLES.get(kind, kind) in name for name in samples), samples


def test_every_decision_of_the_record_has_context_decision_and_consequences() -> None:
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text("utf-8")
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences")), path.name
