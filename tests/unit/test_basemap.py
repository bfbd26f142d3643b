"""The basemap files hold what docs/maps.md says: read here from that description alone."""

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from ops_centre.config import ROOT

FOLDER = ROOT / "data" / "basemap"
FILES = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in ("world", "detail")}
both = pytest.mark.parametrize("name", FILES)


def vertices(file: dict[str, Any], steps: list[int]) -> list[tuple[float, float]]:
    x = y = 0
    line = []
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        line.append((file["translate"][0] + x * file["scale"][0], file["translate"][1] + y * file["scale"][1]))
    return line


def lands(name: str, *, drawn_finer: bool = True) -> Iterator[Polygon]:
    for row in FILES[name]["polygons"]:
        if drawn_finer or "d" not in row:
            outer, *holes = (vertices(FILES[name], ring) for ring in row["r"])
            yield Polygon(outer, holes)


def is_land(name: str, lat: float, lon: float) -> bool:
    tree = shapely.STRtree(list(lands(name)))
    return any(tree.query(Point(lon + turn, lat), predicate="intersects").size for turn in (-360, 0, 360))


@both
def test_the_files_are_of_the_documented_format_and_say_where_they_are_from(name: str) -> None:
    assert FILES[name]["format"] == 1
    assert "world-atlas" in FILES[name]["source"]
    assert {key for row in FILES[name]["polygons"] for key in row} <= {"b", "r", "l", "d"}


@both
def test_a_box_is_the_box_of_its_polygon(name: str) -> None:
    for row, land in zip(FILES[name]["polygons"], lands(name), strict=True):
        assert list(land.bounds) == pytest.approx(row["b"], abs=0.31 if "l" in row else 0.01)
        assert -180.0 <= row["b"][0] < 180.0


@both
def test_no_ring_jumps_at_180(name: str) -> None:
    for row in FILES[name]["polygons"]:
        for ring in row["l"] if "l" in row else row["r"]:
            line = vertices(FILES[name], ring)
            # no coast of Natural Earth has a longer edge than that
            assert max((abs(b[0] - a[0]) for a, b in pairwise(line)), default=0.0) < 20.0


def test_only_antarctica_is_cut_and_its_cut_is_not_coast() -> None:
    (row,) = (row for file in FILES.values() for row in file["polygons"] if "l" in row)
    assert row["b"][3] < -60.0
    (coast,) = (vertices(FILES["world"], line) for line in row["l"])
    assert min(lat for _, lat in coast) > -86.0
    assert coast[0][0] == pytest.approx(-180.0, abs=0.01)
    assert coast[-1][0] == pytest.approx(180.0, abs=0.01)
    assert LineString(coast).length > 360.0


@pytest.mark.parametrize(
    ("place", "lat", "lon", "expected"),
    [
        ("Taupo", -38.9, 175.9, True),
        ("Stewart Island", -46.95, 167.9, True),
        ("Chatham Island", -43.9, -176.5, True),
        ("Great Barrier", -36.2, 175.43, True),
        ("Taveuni, which crosses 180", -16.85, 180.0, True),
        ("Canberra", -35.3, 149.1, True),
        ("Cook Strait", -41.2, 174.55, False),
        ("Hauraki Gulf", -36.5, 175.0, False),
        ("Waitemata approach", -36.77, 174.87, False),
        ("the Pacific at 180", -40.0, 180.0, False),
    ],
)
def test_the_detail_has_land_where_land_is(place: str, lat: float, lon: float, expected: bool) -> None:
    assert is_land("detail", lat, lon) is expected


@pytest.mark.parametrize(
    ("place", "lat", "lon", "expected"),
    [
        ("Chukotka at 180", 68.0, 180.0, True),
        ("Chukotka beyond 180", 66.5, -175.0, True),
        ("Antarctica at 180", -85.0, 180.0, True),
        ("the South Pole", -89.9, 40.0, True),
        ("Caspian Sea", 42.0, 50.5, False),
        ("Black Sea", 43.0, 34.0, False),
        ("Madrid", 40.4, -3.7, True),
        ("Atlantic at 0", 0.0, -10.0, False),
    ],
)
def test_the_world_has_land_where_land_is(place: str, lat: float, lon: float, expected: bool) -> None:
    assert is_land("world", lat, lon) is expected


def test_what_the_detail_draws_finer_is_marked_in_the_world_and_nothing_is_drawn_twice_or_never() -> None:
    detail = shapely.STRtree(list(lands("detail")))
    for row, land in zip(FILES["world"]["polygons"], lands("world"), strict=True):
        assert (detail.query(land, predicate="intersects").size > 0) == ("d" in row)
    assert len(list(lands("world", drawn_finer=False))) < len(list(lands("world")))


@pytest.mark.parametrize(("name", "most"), [("world", 250_000), ("detail", 400_000)])
def test_the_files_are_small_on_the_wire(name: str, most: int) -> None:
    assert len(gzip.compress((FOLDER / f"{name}.json").read_bytes(), 6)) <= most
