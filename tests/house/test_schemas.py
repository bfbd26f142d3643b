"""The published formats: the copies in docs/schemas are those the centre speaks, and they say what matters.

`python -m tests.house.test_schemas` writes the copies anew.
"""

import json
import re
from pathlib import Path

import pytest

from ops_centre.config import ROOT
from ops_centre.feeds.base import FeedKind
from ops_centre.feeds.schemas import ENVELOPES, json_schema
from ops_centre.feeds.sources import adsb, deployments, targeting

FOLDER = ROOT / "docs" / "schemas"


def written(name: str) -> str:
    """The schema as its copy should read."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", sorted(ENVELOPES))
def test_the_copy_of_a_schema_is_the_one_in_force(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text("utf-8") == written(name), "run python -m tests.house.test_schemas"


def test_no_copy_stands_for_a_format_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(ENVELOPES)


def test_every_field_of_a_format_stands_in_the_documentation() -> None:
    text = (ROOT / "docs" / "feeds.md").read_text("utf-8")
    names = {
        field
        for name in ENVELOPES
        for model in json_schema(name)["$defs"].values()
        for field in model.get("properties", {})
    }
    assert {name for name in names if not re.search(rf"[`.]{name}[`.]", text)} == set()


@pytest.mark.parametrize("kind", [adsb.KIND, deployments.KIND, targeting.KIND], ids=lambda kind: kind.kind)
def test_every_setting_of_a_polled_kind_stands_in_the_documentation(kind: FeedKind) -> None:
    text = (ROOT / "docs" / "feeds.md").read_text("utf-8")
    assert {name for name in kind.settings.model_fields if not re.search(rf"\b{name}\b", text)} == set()


def _write() -> None:
    for name in ENVELOPES:
        Path(FOLDER / f"{name}.json").write_text(written(name), "utf-8")


if __name__ == "__main__":
    _write()
