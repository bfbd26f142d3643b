"""Administration: wiring of accounts and the audit trail. Every right is checked again by the services."""

from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, clicked, on
from layouts.admin import QUESTIONS, Act, AdminPart, account_choices, accounts_table, answer, crew_form, trail_table
from ops_centre.auth.actor import Actor
from ops_centre.auth.passwords import generate_password
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid, NotPermitted, OpsError
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""
    _lists(app, ops)
    _adding(app, ops)
    _changing(app, ops)


def _lists(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(AdminPart.ACCOUNTS, "children"),
        Output(AdminPart.CHANGE_NAME, "options"),
        Output(AdminPart.ADD_AGENCY, "options"),
        Output(AdminPart.CREWS, "data-painted"),
        Input(AdminPart.ADDED_REVISION, "data"),
        Input(AdminPart.CHANGED_REVISION, "data"),
        due=Due("admin"),
        needs=Permission.ACCOUNT_ADMIN,
    )
    def draw_accounts(actor: Actor, _address: Address, _added: Any, _changed: Any) -> Any:
        rows = ops.accounts.users(actor)
        agencies = [
            {"value": agency.code, "label": f"{agency.code} · {agency.name}"} for agency in ops.settings.agencies
        ]
        crews = crew_form(rows, ops.crews.of_accounts(actor), ops.crews.callsigns(actor))
        return accounts_table(rows), account_choices(rows), agencies, crews

    @on(
        app,
        Output(AdminPart.TRAIL, "children"),
        Output(AdminPart.TRAIL_KIND, "options"),
        Input(AdminPart.TRAIL_KIND, "value"),
        Input(AdminPart.ADDED_REVISION, "data"),
        Input(AdminPart.CHANGED_REVISION, "data"),
        due=Due("admin"),
        needs=Permission.AUDIT_VIEW,
    )
    def draw_trail(actor: Actor, _address: Address, kind: Any, _added: Any, _changed: Any) -> Any:
        wanted = AuditKind(kind) if kind in set(AuditKind) else None
        return trail_table(audit.recent(ops.db, actor, kind=wanted)), [one.value for one in AuditKind]


def _adding(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(AdminPart.ADDED, "children"),
        Output(AdminPart.ADDED_REVISION, "data"),
        Input(AdminPart.ADD, "n_clicks"),
        State(AdminPart.ADD_NAME, "value"),
        State(AdminPart.ADD_DISPLAY_NAME, "value"),
        State(AdminPart.ADD_ROLE, "value"),
        State(AdminPart.ADD_AGENCY, "value"),
        needs=Permission.ACCOUNT_ADMIN,
        prevent_initial_call=True,
    )
    def add_account(actor: Actor, clicks: Any, name: Any, display_name: Any, role: Any, agency: Any) -> Any:
        if not clicked():
            raise PreventUpdate
        password = generate_password()
        try:
            name, role, agency = _text(name, "sign-in name"), _text(role, "role"), _text(agency, "agency")
            added = ops.accounts.add_user(actor, name, str(display_name or ""), role, agency, password)
        except OpsError as refused:
            return _refusal(refused), no_update
        return answer(f"{added.name} may sign in.", password), clicks


def _changing(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(AdminPart.CHANGE_ROLE_FIELD, "hidden"),
        Input(AdminPart.CHANGE_ACT, "value"),
        needs=Permission.ACCOUNT_ADMIN,
        prevent_initial_call=True,
    )
    def ask_for_role(_actor: Actor, act: Any) -> Any:
        return act != Act.ROLE

    @on(
        app,
        Output(AdminPart.ASK, "message"),
        Output(AdminPart.ASK, "displayed"),
        Input(AdminPart.CHANGE, "n_clicks"),
        State(AdminPart.CHANGE_NAME, "value"),
        State(AdminPart.CHANGE_ACT, "value"),
        State(AdminPart.CHANGE_ROLE, "value"),
        needs=Permission.ACCOUNT_ADMIN,
        prevent_initial_call=True,
    )
    def ask(_actor: Actor, _clicks: Any, name: Any, act: Any, role: Any) -> Any:
        if not clicked() or not name or act not in set(Act) or (act == Act.ROLE and not role):
            raise PreventUpdate
        return QUESTIONS[Act(act)].format(name=name, role=role), True

    @on(
        app,
        Output(AdminPart.CHANGED, "children"),
        Output(AdminPart.CHANGED_REVISION, "data"),
        Input(AdminPart.ASK, "submit_n_clicks"),
        State(AdminPart.CHANGE_NAME, "value"),
        State(AdminPart.CHANGE_ACT, "value"),
        State(AdminPart.CHANGE_ROLE, "value"),
        needs=Permission.ACCOUNT_ADMIN,
        prevent_initial_call=True,
    )
    def change_account(actor: Actor, confirmed: Any, name: Any, act: Any, role: Any) -> Any:
        if not clicked():
            raise PreventUpdate
        try:
            return _change(ops, actor, _text(name, "account"), act, role), confirmed
        except OpsError as refused:
            return _refusal(refused), no_update


def _change(ops: OpsCentre, actor: Actor, name: str, act: Any, role: Any) -> list[Any]:
    if act == Act.ROLE:
        ops.accounts.set_role(actor, name, _text(role, "role"))
        return answer(f"{name} is {role} now.")
    if act == Act.PASSWORD:
        password = generate_password()
        ops.accounts.set_password(actor, name, password)
        return answer(f"{name} has a new password.", password)
    if act == Act.DISABLE:
        ops.accounts.disable(actor, name)
        return answer(f"{name} can sign in no more.")
    if act == Act.ENABLE:
        ops.accounts.enable(actor, name)
        return answer(f"{name} may sign in again.")
    raise Invalid("Choose what to do.")


def _refusal(refused: OpsError) -> list[Any]:
    """What was wrong, beside the form. A missing right is no matter of the form: the guard answers and audits it."""
    if isinstance(refused, NotPermitted):
        raise refused
    return answer(str(refused))


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"Choose the {what}." if what != "sign-in name" else "Give a sign-in name.")
    return value
