"""Areas of hazards as GeoJSON: cut where the world ends, closed, counter-clockwise."""

import itertools

from ops_centre.picture.hazard_geometry import geometry


def test_an_area_across_the_date_line_becomes_two_polygons() -> None:
    ring = [[-30.0, 177.0], [-30.0, 184.0], [-34.0, 184.0], [-34.0, 177.0]]
    found = geometry([{"kind": "polygon", "points": ring}])
    assert found is not None
    assert found["type"] == "MultiPolygon"
    (west,), (east,) = found["coordinates"]
    assert {lon for lon, _lat in west} == {177.0, 180.0}
    assert {lon for lon, _lat in east} == {-180.0, -176.0}
    assert west[0] == west[-1]
    area = sum(one[0] * two[1] - two[0] * one[1] for one, two in itertools.pairwise(west))
    assert area > 0


def test_a_circle_becomes_a_ring_and_a_circle_of_no_radius_a_point() -> None:
    round_one = {"kind": "circle", "points": [[-29.25, -179.4]], "radius_nm": 86.0}
    point = {"kind": "circle", "points": [[-41.0, 174.0]], "radius_nm": 0}
    found = geometry([round_one, point])
    assert found is not None
    assert [one["type"] for one in found["geometries"]] == ["MultiPolygon", "MultiPoint"]
    assert len(found["geometries"][0]["coordinates"]) == 2
    assert geometry([]) is None
