"""Builds data/places.json from tools/places.toml, PyPI airportsdata (MIT) and npm sea-ports (MIT)."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import airportsdata

TABLE = Path(__file__).with_name("places.toml")
SOURCE = "PyPI airportsdata (MIT), npm sea-ports 0.0.9 (MIT), own positions for New Zealand ports, bases and posts"


def places(sea_ports: Path) -> dict[str, Any]:
    """The file's content: every place, New Zealand's first, each code and alias once."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    abroad = json.loads((sea_ports / "lib" / "ports.json").read_text("utf-8"))
    airports = airportsdata.load("ICAO")
    rows = [_row(code, name, "port", lat, lon, rank, more) for code, name, lat, lon, rank, *more in table["ports"]]
    rows += [_row(code, name, "patrol base", lat, lon, 2) for code, name, lat, lon in table["bases"]]
    rows += [_row(code, name, "border post", lat, lon, 3) for code, name, lat, lon in table["posts"]]
    rows += [_airport(airports[code], 2) for code in table["airports_2"]]
    rows += [_airport(airports[code], 3) for code in [*table["airports_3"], *table["airports_abroad"]]]
    rows += [_row(code, name, "port", lat, lon, 3) for code, name, lat, lon in table["ports_pacific"]]
    rows += [_port_abroad(code, abroad[code]) for code in table["ports_abroad"]]
    _check_once(rows)
    return {"source": SOURCE, "places": rows}


def _row(
    code: str, name: str, kind: str, lat: float, lon: float, rank: int, more: Sequence[str] = ()
) -> dict[str, Any]:
    aliases = [alias.replace(" ", "") for alias in more]
    place = {"code": code, "name": name, "kind": kind, "lat": round(lat, 4), "lon": round(lon, 4)}
    return {**place, "aliases": aliases, "rank": rank}


def _airport(airport: dict[str, Any], rank: int) -> dict[str, Any]:
    name = airport["name"].replace(" International Airport", " Airport")
    iata = [airport["iata"]] if airport["iata"] else []
    return _row(airport["icao"], name, "airport", airport["lat"], airport["lon"], rank, iata)


def _port_abroad(code: str, port: dict[str, Any]) -> dict[str, Any]:
    lon, lat = port["coordinates"]
    return _row(code, port["name"], "port", lat, lon, 3)


def _check_once(rows: list[dict[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        for code in (row["code"], *row["aliases"]):
            if code in seen:
                raise SystemExit(f"{code} stands for {seen[code]} and {row['code']}")
            seen[code] = row["code"]
