"""Gives one text to one service outside, through Apprise. Says that it was not sent without repeating what might be secret."""

import re
import warnings
from typing import Any

from ops_centre.errors import OpsError

MOST_SECONDS = 8.0  # to connect, and to answer; a service may set its own in its address
_CODE = re.compile(r"error=(\d{3})\b")


class NotSent(OpsError):
    """A service did not take a text; the reason holds neither its address nor what it answered."""


def deliver(address: str, title: str, text: str) -> None:
    """Send ``text`` to the service at ``address`` (an Apprise URL). Raises NotSent."""
    from apprise import LogCapture, NotifyFormat  # noqa: PLC0415  (large; only who sends needs it)

    service = _service(address)
    if service is None:
        raise NotSent("The address is none that Apprise knows.")
    service.socket_connect_timeout = min(service.socket_connect_timeout or MOST_SECONDS, MOST_SECONDS)
    service.socket_read_timeout = min(service.socket_read_timeout or MOST_SECONDS, MOST_SECONDS)
    with LogCapture() as said:  # type: ignore[no-untyped-call]
        took = service.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
    if not took:
        code = _CODE.search(said.getvalue())
        raise NotSent(f"The service refused it (code {code[1]})." if code else "The service could not be reached.")


def _service(address: str) -> Any:
    """Apprise's sender for ``address``; None when it knows none. Its senders are loaded at the first call."""
    from apprise import Apprise  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # one of its many senders imports imghdr
        return Apprise.instantiate(address, suppress_exceptions=True)
