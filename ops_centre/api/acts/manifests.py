"""Acts on people and goods of movements."""

from typing import Annotated

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Number, Words
from ops_centre.auth.permissions import Permission
from ops_centre.domain.targeting import Severity


class Clear(Body):
    """Whom, and a word why."""

    subjects: Annotated[list[Number], Field(min_length=1, max_length=500)]
    word: Words


class MakeTarget(Body):
    """Whom or what, how grave, and why."""

    subject: Number
    severity: Severity
    reason: Words


ACTS = (
    Act(
        "manifests/clear",
        Permission.MANIFEST_ASSESS,
        Clear,
        lambda ops, actor, body: ops.manifests.clear(actor, body.subjects, body.word, body.request_id),
        "Say of people or goods of a movement that they need nothing more.",
    ),
    Act(
        "manifests/target",
        Permission.MANIFEST_ASSESS,
        MakeTarget,
        lambda ops, actor, body: ops.manifests.make_target(
            actor, body.subject, body.severity.value, body.reason, body.request_id
        ),
        "Make a person or a consignment of a movement a target.",
    ),
)
