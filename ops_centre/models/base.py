"""What every table shares: the declarative base, names of constraints, and how times are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from ops_centre.clock import from_ms, to_ms

# SQLite numbers rows by itself only in a column of type INTEGER
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, stored as whole milliseconds since 1970 on both databases (ADR 0003)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware time to milliseconds."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Milliseconds to aware time."""
        return None if value is None else from_ms(value)


class Base(DeclarativeBase):
    """Base of all mapped tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}
