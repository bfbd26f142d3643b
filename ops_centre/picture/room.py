"""How much room is left where the centre writes, asked on a thread of its own: a network share that hangs never answers.

No more than one question stands at a time, however long it takes; what was answered last stays until then.
"""

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path


class Room:
    """Room on the fullest of some disks."""

    def __init__(self, places: Sequence[Path], ticks: Callable[[], float]) -> None:
        """``ticks``: seconds that passed, whatever the clock says."""
        self.free_bytes: int | None = None  # None: not known, or a place is not there
        self._places, self._ticks = places, ticks
        self._asked_ticks: float | None = None  # when the question that stands was asked

    def ask(self, patience_s: float = 0.5) -> None:
        """Ask, unless a question stands; wait for the answer for so long at most."""
        if self._asked_ticks is not None:
            return
        self._asked_ticks = self._ticks()
        asking = threading.Thread(target=self._answer, name="room", daemon=True)
        asking.start()
        asking.join(patience_s)

    def silent_s(self) -> float:
        """For how long a question has stood without an answer."""
        asked = self._asked_ticks
        return self._ticks() - asked if asked is not None else 0.0

    def _answer(self) -> None:
        try:
            self.free_bytes = min(shutil.disk_usage(place).free for place in self._places)
        except OSError:
            self.free_bytes = None
        finally:
            self._asked_ticks = None
