"""Which program serves the pages: a page left open over an upgrade learns from it that it is of an older one."""

import hashlib
from functools import cache

from ops_centre.config import ROOT

_PARTS = ("app.py", "assets/*.js", "assets/*.css", "callbacks/**/*.py", "layouts/**/*.py", "ops_centre/**/*.py")


@cache
def program() -> str:
    """A sign of all code and styles as they were when this process first asked. Alike in processes of one program."""
    sign = hashlib.sha256()
    for path in sorted(path for part in _PARTS for path in ROOT.glob(part)):
        sign.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return sign.hexdigest()[:16]
