"""The frame stays light: Dash's renderer pays for each new component with every component there is."""

from typing import Any

from callbacks.shell import framed
from ops_centre.auth.roles import Role
from tests.factories import actor, make_feed, make_target, make_unit

MOST_COMPONENTS = (
    300  # 142 when this was written; lists are painted, not made of components (layouts/components/painted.py)
)


def test_the_frame_holds_few_components_however_long_its_lists_are(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        for _thing in range(100):
            make_target(session, feed)
            make_unit(session, feed)
    with sqlite_ops.db.reading() as session:
        sqlite_ops.picture.live.present.load(session)
    frame = framed(sqlite_ops, actor(Role.DUTY_OFFICER))
    assert len(sqlite_ops.picture.targets(actor(Role.DUTY_OFFICER))) == 100
    assert 50 < len(list(frame._traverse())) <= MOST_COMPONENTS
