"""Opens a history: its engine, its tables, and every failure of it as one sentence of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from conformance.errors import DocumentError, EnvironmentFailure, UsageError
from conformance.history.address import Address
from conformance.history.tables import METADATA, SCHEMA, VERSION

PATIENCE_S: Final = 15
"""How long a writer waits for the others that write."""

CONNECTING_S: Final = 5
LOCK: Final = 0x636F6E66
"""The advisory lock of PostgreSQL under which runs are written, one at a time."""


class Database:
    """A history that has been opened. ``close`` it.

    Raises ``EnvironmentFailure`` when it cannot be reached or written, ``DocumentError`` when it is none, or
    that of a newer suite. With ``create`` it is made where there is none.
    """

    def __init__(self, address: Address, *, create: bool = False) -> None:
        self.address = address
        if address.file and not create and not Path(address.file).is_file():
            raise DocumentError(
                address.shown, "there is no history", hint="each run writes one: see `run --history`"
            )
        self.engine = self._engine(create)
        try:
            with self._told():
                if create:
                    self._made()
                else:
                    with self.engine.connect() as connection:
                        self._checked(connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that changes nothing."""
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A transaction that has the history for itself: whole at its end, or nothing of it."""
        with self._told(), self._alone() as connection:
            yield connection

    def _engine(self, create: bool) -> sql.Engine:
        if self.address.file:
            return _sqlite(self.address.file, create)
        try:
            url = sql.make_url(self.address.url)
            return sql.create_engine(url, poolclass=sql.NullPool, connect_args=_defaults(url))
        except ModuleNotFoundError:
            raise EnvironmentFailure(
                f"{self.address.shown}: the driver of PostgreSQL is not installed",
                hint="pip install 'omen-conformance[postgres]'",
            ) from None
        except (ArgumentError, ValueError):
            raise UsageError(f"--history: {self.address.shown} is no address of PostgreSQL") from None

    @contextmanager
    def _alone(self) -> Iterator[sql.Connection]:
        with self.engine.connect() as connection:
            connection = connection.execution_options(alone=True)
            with connection.begin():
                if self.address.url:
                    connection.execute(sql.text(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'"))
                    connection.execute(sql.select(sql.func.pg_advisory_xact_lock(LOCK)))
                yield connection

    def _made(self) -> None:
        """Makes the tables where there are none; whoever else does at this moment comes first or waits."""
        with self.engine.connect() as connection, connection.begin():
            if sql.inspect(connection).has_table(SCHEMA.name):
                self._checked(connection)
                return
        with self._alone() as connection:
            if not sql.inspect(connection).has_table(SCHEMA.name):
                METADATA.create_all(connection)
                connection.execute(SCHEMA.insert().values(version=VERSION))
            self._checked(connection)

    def _checked(self, connection: sql.Connection) -> None:
        shown = self.address.shown
        if not sql.inspect(connection).has_table(SCHEMA.name):
            raise DocumentError(shown, "holds no history", hint="each run writes one: see `run --history`")
        version = connection.execute(sql.select(sql.func.max(SCHEMA.c.version))).scalar()
        if version != VERSION:
            raise DocumentError(
                shown,
                f"a history of version {version}, and this suite knows version {VERSION}",
                hint="install the version of the suite that wrote it, or name another history",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as failure:
            raise EnvironmentFailure(f"the history {self.address.shown}: {self._sentence(failure)}") from None

    def _sentence(self, failure: SQLAlchemyError) -> str:
        """The driver's own words in one line: neither the statement nor its values, and no secret."""
        cause: object = failure.orig if isinstance(failure, DBAPIError) else type(failure).__name__
        words = " ".join(str(cause).split()) or type(cause).__name__
        return self.address.starred(words[:300])


def _sqlite(file: str, create: bool) -> sql.Engine:
    path = Path(file).resolve()
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFailure(f"the history {file}: {error.strerror}") from error
    # No write-ahead log: it works on no network disk and leaves files beside the history. A run writes
    # a few kilobytes, so that whoever waits does not wait long.
    address = f"sqlite:///file:{quote(str(path))}?mode={'rwc' if create else 'ro'}&uri=true"
    engine = sql.create_engine(
        address, poolclass=sql.NullPool, connect_args={"timeout": PATIENCE_S, "isolation_level": None}
    )

    @sql.event.listens_for(engine, "connect")
    def _(connection: Any, _: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")

    @sql.event.listens_for(engine, "begin")
    def _(connection: sql.Connection) -> None:
        alone = connection.get_execution_options().get("alone", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")

    return engine


def _defaults(url: sql.URL) -> dict[str, Any]:
    return {} if "connect_timeout" in url.query else {"connect_timeout": CONNECTING_S}
