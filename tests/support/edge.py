"""The web edge alone: guard, sessions and sign-in pages around a few routes, without feeds, picture or Dash."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from ops_centre.api import guard, session, sign_in
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import Conflict
from ops_centre.services.accounts import Accounts

OURS = {"Origin": "http://localhost"}
PASSWORD = "a tall fence in the wind"


@dataclass(frozen=True)
class Edge:
    """What the edge needs of the centre."""

    settings: Settings
    clock: Clock
    db: Database
    accounts: Accounts


def make_edge(settings: Settings, clock: Clock, db: Database) -> Edge:
    """The parts on one database."""
    return Edge(settings, clock, db, Accounts(db, clock, settings))


def make_server(edge: Edge) -> Flask:
    """A guarded server with one route of each sort."""
    server = Flask("edge", static_folder=None)
    guard.install(server, edge)
    server.register_blueprint(sign_in.blueprint(edge))
    guard.set_csp_hashes(server, ["'sha256-abc'"])

    @server.get("/")
    def page() -> str:
        return f"page of {session.current_actor().name}"

    @server.route("/api/v1/thing", methods=["GET", "POST"])
    def thing() -> dict[str, str]:
        return {"who": session.current_actor().name, "sent": request.get_data(as_text=True)}

    @server.post("/api/v1/report")
    @guard.token_may_write
    def report() -> dict[str, str]:
        return {"who": session.current_actor().name}

    @server.get("/api/v1/restricted")
    def restricted() -> dict[str, str]:
        authorise(session.current_actor(), Permission.METRICS_VIEW)
        return {}

    @server.get("/api/v1/taken")
    def taken() -> dict[str, str]:
        raise Conflict("Hawk 2 was tasked by someone else.")

    @server.get("/broken")
    @server.get("/api/v1/broken", endpoint="broken_api")
    def broken() -> str:
        raise RuntimeError("a secret in a stack trace")

    @server.post("/_dash-update-component")
    def dash_callback() -> dict[str, str]:
        return {"who": session.current_actor().name}

    @server.get("/assets/<path:name>")
    def asset(name: str) -> str:
        return name

    @server.get("/healthz")
    def healthz() -> str:
        return "ok"

    @server.get("/metrics")
    def metrics() -> str:
        return session.current_actor().name

    return server


def sign_in_with(client: Any, name: str, password: str = PASSWORD, **headers: str) -> Any:
    """Post the sign-in form as a browser would."""
    return client.post("/sign-in", data={"name": name, "password": password}, headers=OURS | headers)
