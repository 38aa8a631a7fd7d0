"""What every judging of one contract needs: its services' readers and judges. Holds no state of any case."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.probing import Probing
from conformance.cases.reading import Reader, reader_of
from conformance.contract import Clause, Contract, Protocol
from conformance.trading import Trading
from conformance.trading.market import Market
from conformance.verdict.frames import FrameJudge
from conformance.verdict.http import HttpJudge
from conformance.verdict.model import Tolerances


class Bench:
    """The judges of messages and of answers, by service, and the tolerances that they keep to."""

    def __init__(self, contract: Contract, clauses: Mapping[str, Clause], tolerances: Tolerances) -> None:
        self.contract = contract
        self.clauses = dict(clauses)
        self.tolerances = tolerances
        self.probing = Probing(contract)
        self.tradings = {name: Trading.of(service) for name, service in contract.services.items()}
        markets = ((name, Market.of(service)) for name, service in contract.services.items())
        self.markets = {name: market for name, market in markets if market is not None}
        self._frames: dict[str, FrameJudge] = {}
        self._http: dict[str, HttpJudge] = {}
        self._readers: dict[str, Reader] = {}
        for name, service in contract.services.items():
            if service.protocol is Protocol.WEBSOCKET:
                self._frames[name] = FrameJudge(service, clauses)
                self._readers[name] = reader_of(service)
            else:
                self._http[name] = HttpJudge(service)

    def frames_of(self, service: str) -> FrameJudge:
        """The judge of one service's messages."""
        return self._frames[service]

    def http_of(self, service: str) -> HttpJudge:
        """The judge of one service's answers."""
        return self._http[service]

    def reader_of(self, service: str) -> Reader:
        """The reader of one service's messages."""
        return self._readers[service]
