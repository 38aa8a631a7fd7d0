"""Where a run is remembered, and that it is; whatever goes wrong there costs the run nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError
from conformance.fronts.options import Wish
from conformance.history.address import FILE, Address, address

if TYPE_CHECKING:
    from conformance.history.database import Database
    from conformance.record import RunRecord

VARIABLE = "OMEN_CONFORMANCE_HISTORY"
DEFAULT = f"reports/{FILE}"


def history_of(wish: Wish, environment: Mapping[str, str] = os.environ) -> Address | None:
    """The history of a run: that of ``--history``, else of the environment, else the one beside its folder.

    A run whose folder was named leaves nothing outside of it unless it was told to: then there is none.
    Raises ``UsageError`` for what is no address.
    """
    asked = wish.history or environment.get(VARIABLE, "")
    if asked:
        return address(asked)
    return None if wish.report_dir else address(DEFAULT)


class Keeper:
    """Remembers one run. ``tell`` gets a sentence where that fails, which nothing else changes."""

    def __init__(self, where: Address | None) -> None:
        self.where = where
        self._database: Database | None = None

    def open(self, tell: Callable[[str], object]) -> None:
        """Opens the history before the run file ends, so that the run file can still tell of a failure."""
        if self.where is None:
            return
        try:
            from conformance.history.database import Database

            self._database = Database(self.where, create=True)
        except Exception as failure:  # noqa: BLE001 - no fault of a history may take the verdict along
            tell(self._lost(failure))

    def keep(self, run: RunRecord, tell: Callable[[str], None]) -> None:
        """Puts the run into the history that was opened."""
        if self._database is None:
            return
        try:
            from conformance.history.facts import facts
            from conformance.history.storing import store

            store(self._database, [facts(run)])
        except Exception as failure:  # noqa: BLE001 - the same
            tell(self._lost(failure))
        finally:
            self._database.close()
            self._database = None

    def _lost(self, failure: Exception) -> str:
        assert self.where is not None
        says = (
            str(failure) if isinstance(failure, ConformanceError) else f"{type(failure).__name__}: {failure}"
        )
        return f"this run is not in the history: {self.where.starred(says)}"
