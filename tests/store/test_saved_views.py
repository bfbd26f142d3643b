"""Saved views belong to one person, and hold nothing but a place on the map and layers."""

import math
from typing import Any

import pytest

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.services.saved_views import MOST_VIEWS, SavedViews
from tests.support.accounts import add, make_accounts
from tests.support.clock import FakeClock

HARBOUR: dict[str, Any] = {"lat": -36.8, "lon": 174.8, "zoom": 11, "layers": ["tracks", "targets"]}


@pytest.fixture
def duty(database: Database, frozen_clock: FakeClock, settings: Settings) -> Actor:
    return add(make_accounts(database, frozen_clock, settings))


@pytest.fixture
def views(database: Database, frozen_clock: FakeClock) -> SavedViews:
    return SavedViews(database, frozen_clock)


def test_a_view_is_kept_under_its_name_and_replaced_by_the_next(views: SavedViews, duty: Actor) -> None:
    views.save(duty, " Harbour  approach ", HARBOUR)
    views.save(duty, "Harbour approach", HARBOUR | {"zoom": 12})
    kept = views.list(duty)
    assert [(row.name, row.view["zoom"]) for row in kept] == [("Harbour approach", 12)]


def test_nobody_sees_or_removes_another_persons_views(
    views: SavedViews, duty: Actor, database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    other = add(make_accounts(database, frozen_clock, settings), "targeter", Role.TARGETER)
    views.save(duty, "Harbour", HARBOUR)
    assert views.list(other) == []
    with pytest.raises(NotFound):
        views.remove(other, "Harbour")
    views.remove(duty, "Harbour")
    assert views.list(duty) == []


def test_a_wall_saves_nothing(
    views: SavedViews, database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    wall = add(make_accounts(database, frozen_clock, settings), "wall", Role.WALL)
    assert views.list(wall) == []
    with pytest.raises(NotPermitted):
        views.save(wall, "Harbour", HARBOUR)


@pytest.mark.parametrize(
    "view",
    [
        {},
        HARBOUR | {"lat": math.nan},
        HARBOUR | {"lon": math.inf},
        HARBOUR | {"lat": 91},
        HARBOUR | {"zoom": True},
        HARBOUR | {"zoom": "11"},
        HARBOUR | {"layers": "tracks"},
        HARBOUR | {"layers": ["<img src=x>"]},
        HARBOUR | {"layers": ["tracks"] * 100},
        HARBOUR | {"layers": [7]},
    ],
)
def test_a_view_that_cannot_be_is_refused(views: SavedViews, duty: Actor, view: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        views.save(duty, "Harbour", view)
    assert views.list(duty) == []


def test_only_what_belongs_to_a_view_is_kept(views: SavedViews, duty: Actor) -> None:
    views.save(duty, "Harbour", HARBOUR | {"html": "<script>", "layers": {"tracks": True, "units": False}})
    assert views.list(duty)[0].view == HARBOUR | {"layers": {"tracks": True, "units": False}}


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b"])
def test_a_view_needs_a_name(views: SavedViews, duty: Actor, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        views.save(duty, name, HARBOUR)


def test_nobody_fills_the_database_with_views(views: SavedViews, duty: Actor) -> None:
    for number in range(MOST_VIEWS):
        views.save(duty, f"view {number}", HARBOUR)
    with pytest.raises(Conflict, match="Remove one"):
        views.save(duty, "one more", HARBOUR)
    views.save(duty, "view 7", HARBOUR)
