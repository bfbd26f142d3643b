"""Files of the past: how high an aircraft flew, operations that had ended and hazards stand in them."""

import json
from xml.etree import ElementTree

from ops_centre.picture.past_span import Point, Span, TrackSpan
from ops_centre.services import past_geojson, past_kml
from tests.support.clock import START

NS = "{http://www.opengis.net/kml/2.2}"

COORD = "{http://www.google.com/kml/ext/2.2}coord"
MODE = "{http://www.opengis.net/kml/2.2}altitudeMode"


def span() -> Span:
    """An aircraft at 10,000 ft and a vessel."""
    flown: Point = (1_000, -36.5, 174.5, 90.0, 300.0, 1_000, 10_000.0)
    sailed: Point = (1_000, -36.6, 174.6, 90.0, 10.0, 1_000, None)
    made = Span(START, START, 10, "then", "Centre", "Pacific/Auckland", True, "Lead", START, {})
    made.tracks = [TrackSpan(1, 1, "aircraft", "ANZ1", (flown,)), TrackSpan(2, 0, "vessel", "KEA", (sailed,))]
    return made


def test_the_altitude_of_an_aircraft_is_in_both_files_and_a_vessel_has_none() -> None:
    aircraft, vessel = (one["properties"] for one in json.loads(past_geojson.document(span()))["features"])
    assert aircraft["altitudes_ft"] == [10_000.0]
    assert "altitudes_ft" not in vessel
    root = ElementTree.fromstring(past_kml.document(span()))
    assert [one.text for one in root.iter(COORD)] == ["174.50000 -36.50000 3048", "174.60000 -36.60000 0"]
    assert len(list(root.iter(MODE))) == 1


def test_an_operation_that_ended_meanwhile_is_one_feature_with_its_last_state() -> None:
    told = span()
    row = {"state": "active", "marking": "GREEN", "owner": "OPS"}
    told.held["operations"][5] = [(0, 10, row)]
    told.held["ended"][5] = [(10, 20, row | {"state": "closed"})]
    told.held["hazards"][7] = [(0, 20, {"severity": "Severe", "marking": "GREEN", "owner": "OPS"})]
    features = {one["id"]: one["properties"] for one in json.loads(past_geojson.document(told))["features"]}
    assert [one["state"] for one in features["operation:5"]["versions"]] == ["active", "closed"]
    assert features["hazard:7"]["versions"][0]["severity"] == "Severe"


def test_kml_holds_hits_operations_and_hazards_with_their_areas_cut_at_the_antimeridian() -> None:
    told = span()
    scope = {"marking": "GREEN", "owner": "OPS"}
    square = {"kind": "polygon", "points": [[-36, 179], [-36, 181], [-37, 181], [-37, 179]]}
    operation = {
        "state": "active",
        "kind": "deliberate",
        "reference": "D26-014",
        "name": "Night <tide>",
        "area": [square],
    }
    told.held["operations"][5] = [(0, 10, operation | scope)]
    lane = {"kind": "lane", "width_nm": 6, "points": [[-36, 175], [-36, 176]]}
    spot = {"kind": "circle", "radius_nm": 0, "points": [[-36, 185]]}
    hazard = {"severity": "Severe", "urgency": "Immediate", "certainty": "Observed", "sender": "Met", "status": "Exercise",
              "headline": "", "event": "Gale", "shapes": [lane, spot]}  # fmt: skip
    told.held["hazards"][7] = [(0, 20, hazard | scope)]
    target = {
        "place_lat": -36.8,
        "place_lon": 174.8,
        "severity": "top",
        "status": "open",
        "reason": "seen",
        "label": "KEA",
    }
    told.held["targets"][3] = [(0, 20_000, target | scope)]
    told.hits[3] = [{"criterion": "R7", "explanation": "name matches", "score": 0.9, "matched_at": 5_000}]
    root = ElementTree.fromstring(past_kml.document(told))
    marks = {one.findtext(f"{NS}name"): one for one in root.iter(f"{NS}Placemark")}
    rings = [one.text or "" for one in marks["D26-014 Night <tide>"].iter(f"{NS}coordinates")]
    lons = [sorted({float(pair.split(",")[0]) for pair in ring.split()}) for ring in rings]
    assert sorted(lons) == [[-180.0, -179.0], [179.0, 180.0]]
    gale = [one.text or "" for one in marks["EXERCISE · Gale"].iter(f"{NS}coordinates")]
    assert gale[-1] == "-175.00000,-36.00000"
    assert len(gale[0].split()) > 30
    hit = marks["KEA: R7"]
    assert hit.findtext(f"{NS}description") == "name matches. score 0.9 (OPS TLP:GREEN)"
    assert hit.findtext(f"{NS}TimeSpan/{NS}begin") == "1970-01-01T00:00:05Z"
