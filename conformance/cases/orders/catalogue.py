"""All stories about orders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.orders import (
    candles,
    endpoints,
    illegal,
    isolation,
    kinds,
    lives,
    meetings,
    names,
    numbers,
    reconnect,
    refusals,
    survival,
    trades,
)
from conformance.cases.orders.stories import told
from conformance.contract.endpoints import most_aliases


def order_cases(commander: Commander) -> Iterator[Case]:
    """The stories of one service: none where its document gives too few roles, or promises nothing."""
    groups = (
        *(lives, illegal, names, isolation, reconnect, survival),
        *(refusals, kinds, meetings, trades, candles, numbers),
    )
    yield from told(commander, chain.from_iterable(each.stories() for each in groups))
    yield from told(commander, endpoints.stories(most_aliases(commander.service)))
