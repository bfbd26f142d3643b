"""Every setting stands in config.toml with its default and in docs/settings.md with the same one."""

import json
import re
import tomllib
from typing import Any

import pytest
from pydantic import BaseModel

from ops_centre.config import DEFAULT_PATH, OVERRIDES, ROOT, Settings, load
from ops_centre.errors import ConfigError

ROW = re.compile(r"^\| `([a-z_]+(?:\.[a-z_]+)+)` \| `([^`]*)` \| \S", re.MULTILINE)


def blocks() -> dict[str, BaseModel]:
    """The blocks of single settings; lists of agencies and feeds are examples, not defaults."""
    defaults = Settings()
    return {
        name: getattr(defaults, name)
        for name in Settings.model_fields
        if isinstance(getattr(defaults, name), BaseModel)
    }


def every_setting() -> dict[str, Any]:
    """ "web.port" to its default as JSON would hold it."""
    return {
        f"{block}.{name}": value
        for block, defaults in blocks().items()
        for name, value in flat(defaults.model_dump(mode="json")).items()
    }


def flat(tree: dict[str, Any]) -> dict[str, Any]:
    """Blocks within blocks as names with dots."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found |= (
            {f"{name}.{part}": deep for part, deep in flat(value).items()} if isinstance(value, dict) else {name: value}
        )
    return found


def test_config_toml_holds_every_setting_with_the_default_of_the_code() -> None:
    shipped = tomllib.loads(DEFAULT_PATH.read_text("utf-8"))
    written = {f"{block}.{name}": value for block in blocks() for name, value in flat(shipped.get(block, {})).items()}
    assert written == every_setting()


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {
        name: json.loads(default) for name, default in ROW.findall((ROOT / "docs/settings.md").read_text("utf-8"))
    }
    assert documented == every_setting()


def test_every_variable_is_documented() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    assert [name for name in ("OPS_CONFIG", *OVERRIDES) if f"`{name}`" not in text] == []


def test_the_configuration_as_shipped_is_sound() -> None:
    assert load({}).is_exercise


def test_all_faults_of_a_configuration_are_named_at_once(tmp_path: Any) -> None:
    broken = tmp_path / "config.toml"
    broken.write_text('[web]\nport = 99999\n[centre]\ntime_zone = "Atlantis"\n[pictures]\nzoom = 1\n', "utf-8")
    with pytest.raises(ConfigError) as refused:
        load({"OPS_CONFIG": str(broken)})
    places = [fault.split(":")[0] for fault in refused.value.faults]
    assert sorted(places) == ["centre.time_zone", "pictures", "web.port"]
