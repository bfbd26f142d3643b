"""Administration: accounts for those who keep them, and the audit trail for those who may read it.

A new password is generated, shown once to the administrator, and never asked of them: people then change it themselves.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dash import dcc, html

from layouts.components.marks import chip, empty
from layouts.components.painted import element, painted, sketch
from layouts.components.times import age, local_time
from layouts.ids import Admin
from ops_centre.auth.roles import Role


class AdminPart(StrEnum):
    """Parts of the page."""

    ACCOUNTS = "admin-accounts"
    TRAIL = "admin-trail"
    TRAIL_KIND = "admin-trail-kind"
    ADD_NAME = "admin-add-name"
    ADD_DISPLAY_NAME = "admin-add-display-name"
    ADD_ROLE = "admin-add-role"
    ADD_AGENCY = "admin-add-agency"
    ADD = "admin-add"
    ADDED = "admin-added"  # what came of it
    ADDED_REVISION = "admin-added-revision"  # store: rises with each account added
    CHANGE_NAME = "admin-change-name"
    CHANGE_ACT = "admin-change-act"
    CHANGE_ROLE = "admin-change-role"
    CHANGE_ROLE_FIELD = "admin-change-role-field"
    CHANGE = "admin-change"
    ASK = "admin-ask"  # the dialog before a change
    CHANGED = "admin-changed"
    CHANGED_REVISION = "admin-changed-revision"
    CREWS = "admin-crews"


class Act(StrEnum):
    """What can be done to an account."""

    ROLE = "role"
    PASSWORD = "password"  # noqa: S105
    DISABLE = "disable"
    ENABLE = "enable"


ACTS = {
    Act.ROLE: "give another role",
    Act.PASSWORD: "give a new password",
    Act.DISABLE: "disable",
    Act.ENABLE: "enable again",
}

QUESTIONS = {
    Act.ROLE: "Make {name} {role}? Everything {name} has open ends, and {name} has to sign in again.",
    Act.PASSWORD: "Give {name} a new password? Everything {name} has open ends. The new password is shown once.",
    Act.DISABLE: "Disable {name}? Everything {name} has open ends at once, tokens too.",
    Act.ENABLE: "Let {name} sign in again?",
}


def page(*, accounts: bool) -> html.Div:
    """The page; ``accounts`` says whether the reader keeps accounts. Its lists are filled when it is shown."""
    keeping = [_accounts(), html.Div([_add(), _change(), _crews()], className="admin-forms")] if accounts else []
    revisions = [dcc.Store(id=part, data=0) for part in (AdminPart.ADDED_REVISION, AdminPart.CHANGED_REVISION)]
    parts = [html.H1("Administration"), *revisions, *keeping, _trail()]
    return html.Div(parts, id=Admin.PAGE, className="page sheet admin")


def accounts_table(rows: Sequence[Any]) -> Any:
    """The accounts (`AccountRow`), those that may sign in first."""
    if not rows:
        return empty("No accounts")
    titles = ("Name", "Shown as", "Role", "Agency", "State", "Open sessions", "Last seen", "Since")
    ordered = sorted(rows, key=lambda row: (row.disabled_at is not None, row.name))
    return _table(f"{len(rows)} accounts", titles, [_account(row) for row in ordered])


def account_choices(rows: Sequence[Any]) -> list[dict[str, str]]:
    """The accounts as choices."""
    return [
        {"value": row.name, "label": f"{row.name} · {row.role}{' · disabled' if row.disabled_at else ''}"}
        for row in rows
    ]


def crew_form(rows: Sequence[Any], crews: dict[str, str], callsigns: Sequence[str]) -> str:
    """The form that gives field accounts (`AccountRow`) their units, painted. ``crews``: callsign by sign-in name."""
    field = [row for row in rows if row.role == Role.FIELD_UNIT and row.disabled_at is None]
    if not field:
        return painted(html.P("There is no account of a field unit yet.", className="quiet"))
    names = [element("option", f"{row.name} · {crews.get(row.name, 'no unit')}", value=row.name) for row in field]
    units = [
        element("option", "none", value=""),
        *(element("option", callsign, value=callsign) for callsign in callsigns),
    ]
    return painted(
        element(
            "form",
            html.Label("Account", htmlFor="admin-crew-name", className="field-label"),
            element("select", *names, id="admin-crew-name", name="name", **{"class": "select"}),
            html.Label("Reports for the unit", htmlFor="admin-crew-unit", className="field-label"),
            element("select", *units, id="admin-crew-unit", name="callsign", **{"class": "select"}),
            element("button", "Assign", type="submit", **{"class": "button"}),
            element("p", role="alert", **{"class": "admin-answer", "data-answer": True}),
            **{"class": "admin-crew", "data-do": "crews/assign"},
        )
    )


def trail_table(rows: Sequence[Any]) -> Any:
    """Audit events (`AuditRow`), as they come."""
    if not rows:
        return empty("Nothing recorded", "Sign-ins, refusals and changes of accounts will stand here.")
    titles = ("When", "What", "Who", "About", "Particulars", "From")
    return _table(f"The newest {len(rows)}", titles, [_event(row) for row in rows])


def answer(text: str, password: str | None = None) -> list[Any]:
    """What came of an act, with a generated password to hand over."""
    if password is None:
        return [text]
    shown = html.Code(password, className="admin-password")
    return [text, " Password: ", shown, " It is shown this once."]


def _accounts() -> html.Section:
    return html.Section(
        [
            html.H2("Accounts", id="admin-accounts-title"),
            html.Div(id=AdminPart.ACCOUNTS, className="table-frame admin-frame", tabIndex=0),
        ],
        **{"aria-labelledby": "admin-accounts-title"},
    )


def _add() -> html.Section:
    return html.Section(
        [
            html.H2("Add an account", id="admin-add-title"),
            _input("Sign-in name", AdminPart.ADD_NAME, 40),
            _input("Shown as", AdminPart.ADD_DISPLAY_NAME, 80),
            _choice("Role", AdminPart.ADD_ROLE, _roles()),
            _choice("Agency", AdminPart.ADD_AGENCY, []),
            html.Button("Add", id=AdminPart.ADD, type="button", className="button"),
            html.P(id=AdminPart.ADDED, className="admin-answer", role="status"),
        ],
        className="admin-form",
        **{"aria-labelledby": "admin-add-title"},
    )


def _change() -> html.Section:
    acts = [{"value": act.value, "label": words} for act, words in ACTS.items()]
    return html.Section(
        [
            html.H2("Change an account", id="admin-change-title"),
            _choice("Account", AdminPart.CHANGE_NAME, []),
            _choice("What", AdminPart.CHANGE_ACT, acts),
            html.Div(_choice("Role", AdminPart.CHANGE_ROLE, _roles()), id=AdminPart.CHANGE_ROLE_FIELD, hidden=True),
            html.Button("Change", id=AdminPart.CHANGE, type="button", className="button"),
            dcc.ConfirmDialog(id=AdminPart.ASK),
            html.P(id=AdminPart.CHANGED, className="admin-answer", role="status"),
        ],
        className="admin-form",
        **{"aria-labelledby": "admin-change-title"},
    )


def _crews() -> html.Section:
    return html.Section(
        [
            html.H2("Units in the field", id="admin-crews-title"),
            html.P("Which unit an account on the phone page reports for.", className="quiet"),
            html.Div(id=AdminPart.CREWS, **sketch(empty("Loading …"))),
        ],
        className="admin-form",
        **{"aria-labelledby": "admin-crews-title"},
    )


def _trail() -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Audit trail", id="admin-trail-title"),
                    _choice("Only", AdminPart.TRAIL_KIND, [], clearable=True),
                ],
                className="admin-head",
            ),
            html.Div(id=AdminPart.TRAIL, className="table-frame admin-frame", tabIndex=0),
        ],
        **{"aria-labelledby": "admin-trail-title"},
    )


def _roles() -> list[dict[str, str]]:
    return [{"value": role.value, "label": role.value} for role in Role]


def _input(title: str, identity: str, longest: int) -> html.Div:
    field = dcc.Input(id=identity, type="text", maxLength=longest, autoComplete="off", className="field")
    return html.Div([html.Label(title, htmlFor=identity, className="field-label"), field], className="admin-field")


def _choice(title: str, identity: str, options: list[dict[str, str]], *, clearable: bool = False) -> html.Div:
    title_id = f"{identity}-title"
    field = dcc.Dropdown(id=identity, options=options, clearable=clearable, searchable=len(options) != len(ACTS))
    return html.Div(
        [html.Label(title, htmlFor=identity, id=title_id, className="field-label"), field],
        className="admin-field",
        role="group",  # Dash names the control by its value alone
        **{"aria-labelledby": title_id},
    )


def _table(caption: str, titles: Sequence[str], lines: list[html.Tr]) -> html.Table:
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    return html.Table([html.Caption(caption), html.Thead(head), html.Tbody(lines)], className="table")


def _account(row: Any) -> html.Tr:
    return html.Tr(
        [
            html.Th(row.name, scope="row"),
            html.Td(row.display_name),
            html.Td(row.role),
            html.Td(row.agency),
            html.Td(chip("disabled", "warn") if row.disabled_at else "may sign in"),
            html.Td(str(row.sessions)),
            html.Td(age(row.last_seen_at, never="not signed in")),
            html.Td(local_time(row.created_at)),
        ]
    )


def _event(row: Any) -> html.Tr:
    particulars = " · ".join(f"{name}: {value}" for name, value in row.detail.items())
    return html.Tr(
        [
            html.Td(local_time(row.at)),
            html.Th(row.kind, scope="row"),
            html.Td(row.actor),
            html.Td(row.subject or "—"),
            html.Td(particulars or "—", className="cell-wide"),
            html.Td(row.address or "—"),
        ]
    )
