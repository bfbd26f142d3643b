"""gunicorn's settings, read from ours: `gunicorn app:server` in this folder needs no options (docs/operations-guide.md).

Each open stream keeps a thread, so the worker class is gthread with threads for every screen and to spare. Several web
processes are several gunicorn workers (`--workers N`); each follows the database by itself.
"""

import gc
import signal
from typing import Any

from ops_centre.config import load as _load

_settings = _load().web

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = 1
threads = _settings.threads
preload_app = False  # engines opened before a fork break
graceful_timeout = 3
timeout = 60
keepalive = 75
limit_request_line = 8190
accesslog = None
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Load the picture before the first visitor, and end the streams at once when told to stop."""
    live = worker.wsgi.extensions["ops"].picture.live
    live.start()
    gc.collect()
    gc.freeze()  # what has been loaded stays: looking through all of it again and again is a tenth of a second each time
    inherited = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: Any) -> None:
        live.request_stop()
        if callable(inherited):
            inherited(number, frame)

    signal.signal(signal.SIGTERM, stop)
