"""How far an objective was reached."""

from enum import StrEnum


class Result(StrEnum):
    """Successful: its measure is met; partial: a part of it is; unsuccessful: none is."""

    SUCCESSFUL = "successful"
    PARTIAL = "partial"
    UNSUCCESSFUL = "unsuccessful"
