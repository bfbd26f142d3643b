"""Long lists of values in pieces that every database takes in one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SIZE = 500
T = TypeVar("T")


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of at most `SIZE`."""
    rest = iter(values)
    while piece := list(islice(rest, SIZE)):
        yield piece
