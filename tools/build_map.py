#!/usr/bin/env python3
"""Makes the map data that ships with the product: basemap, limits, places.

Maintainers run it when a source changes (`python tools/build_map.py`, needs `npm` and a network); users never
do. It writes `data/` and nothing else, and the same sources give the same bytes. Sources and licences:
data/README.md; formats: docs/maps.md. It must never read anything but the registry packages pinned below and
the tables beside it.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.map_basemap import basemaps  # noqa: E402  the path must be set first
from tools.map_limits import limits  # noqa: E402
from tools.map_places import places  # noqa: E402

# npm package -> version and SHA-256 of its archive
PACKAGES = {
    "world-atlas": ("2.0.2", "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"),
    "sea-ports": ("0.0.9", "157962ab89c9bfb686829ae4aef5e670c6e1d8399880cfacd529a6f0270aa68a"),
}


def main() -> None:
    """Fetch the packages, build what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", default=["basemap", "limits", "places"], help="what to build (default: all)"
    )
    parts = parser.parse_args().parts
    with tempfile.TemporaryDirectory() as scratch:
        if "places" in parts:
            _write("places.json", places(_package("sea-ports", Path(scratch))), indent=True)
        if "basemap" in parts or "limits" in parts:
            atlas = _package("world-atlas", Path(scratch))
        if "basemap" in parts:
            for name, content in basemaps(atlas).items():
                _write(f"basemap/{name}.json", content)
        if "limits" in parts:
            _write("limits/limits.geojson", limits(atlas, ROOT / "data" / "places.json"))


def _package(name: str, scratch: Path) -> Path:
    """The unpacked npm package, fetched by npm and checked against its pinned digest."""
    version, digest = PACKAGES[name]
    pack = ["npm", "pack", "--silent", f"{name}@{version}"]
    subprocess.run(pack, cwd=scratch, check=True, stdout=subprocess.DEVNULL)
    archive = scratch / f"{name}-{version}.tgz"
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        sys.exit(f"{archive.name} has SHA-256 {found}, expected {digest}")
    with tarfile.open(archive) as tar:
        tar.extractall(scratch / name, filter="data")
    return scratch / name / "package"


def _write(name: str, content: dict[str, Any], *, indent: bool = False) -> None:
    path = ROOT / "data" / name
    path.parent.mkdir(exist_ok=True)
    if indent:
        rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in content["places"])
        head = json.dumps({k: v for k, v in content.items() if k != "places"}, ensure_ascii=False)[:-1]
        text = f'{head}, "places": [\n  {rows}\n]}}\n'
    else:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    path.write_text(text, "utf-8")
    print(f"{path.relative_to(ROOT)}: {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
