"""The accounts of one conversation: everything that was seen of each, held against everything else.

The model (``trading.model``) says what contradicts what; here is decided who is on which connection, which
reply belongs to which command, and which messages may be believed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Seen
from conformance.contract import Service, find
from conformance.trading import Side, Trading
from conformance.trading.history import Heard
from conformance.trading.model import Account
from conformance.trading.numbering import Deed
from conformance.trading.roles import number
from conformance.trading.sights import Sight, Snapshot, State, Told, Update, sights
from conformance.verdict.notes import Notes

KINDS = ("place", "amend", "cancel", "read")
WHOSE = ("session.account", "account.snapshot.name", "account.state.name")


def accounts_judged(
    notes: Notes, ledger: Ledger, judged: Collection[int], tradings: Mapping[str, Trading | None]
) -> None:
    """Holds what every session of a service with orders saw of its account against the others.

    Messages that were not ``judged``, or on which there is a finding already, are not believed: a cause is
    told once, where it shows first. ``tradings``: by service.
    """
    for name in dict.fromkeys(service.name for service in ledger.services.values()):
        trading = tradings.get(name)
        if trading is not None:
            _Accounts(notes, ledger, judged, trading).judge()


class _Accounts:
    """The accounts of one service."""

    def __init__(self, notes: Notes, ledger: Ledger, judged: Collection[int], trading: Trading) -> None:
        self.notes = notes
        self.ledger = ledger
        self.trading = trading
        self.service: Service = trading.service
        self._judged = judged
        self._doubted = {each.entry for each in notes.findings}
        self._updates = trading.messages("order.update")
        self._kinds = {
            each.owner: kind for kind in reversed(KINDS) if (each := trading.place(f"order.{kind}"))
        }
        self._sides = {trading.meaning(f"order.side.{each}"): each for each in Side}
        self._sights: dict[tuple[int, str], tuple[Sight, ...]] = {}

    def judge(self) -> None:
        """Folds all messages into the accounts, in the order in which they came."""
        if not any(self._shown()):
            return
        whose = {session: self._whose(session) for session in self._sessions()}
        deeds, answers = self._deeds(whose)
        accounts = {name: Account(deeds.get(name, ())) for name in whose.values()}
        every = ((session, seen) for session in whose for seen in self.ledger.seen.get(session, ()))
        for session, seen in sorted(every, key=lambda each: each[1].index):
            self._fold(accounts[whose[session]], session, seen, answers.get(seen.index))
        for account in accounts.values():
            account.settled()
            self.notes.kept(*map(self.trading.promise, account.compared))
            for each in account.contradictions:
                clause = self.trading.promise(each.promise)
                if clause:
                    self.notes.broken(clause, each.where, each.expected, each.seen, entry=each.entry)

    def _sessions(self) -> Iterator[str]:
        return (name for name, each in self.ledger.services.items() if each.name == self.service.name)

    def _shown(self) -> Iterator[bool]:
        """Whether a message shows anything of an account."""
        for session in self._sessions():
            for seen in self.ledger.seen.get(session, ()):
                yield any(self._seen_in(seen, name) for name in seen.names)

    def _seen_in(self, seen: Seen, name: str) -> tuple[Sight, ...]:
        """All that a message shows, as one of that name: looked at once."""
        shown = self._sights.get((seen.index, name))
        if shown is None:
            shown = self._sights[seen.index, name] = tuple(sights(self.trading, name, seen.value))
        return shown

    def _believed(self, seen: Seen) -> bool:
        return len(seen.messages) == 1 and seen.index in self._judged and seen.index not in self._doubted

    def _whose(self, session: str) -> str:
        """The account that a session is authenticated for, as the target says; else it stands for itself."""
        for role in WHOSE:
            for seen in self.ledger.seen.get(session, ()):
                for name in seen.names if self._believed(seen) else ():
                    for _, found in self.trading.found(role, name, seen.value):
                        if isinstance(found, str) and found:
                            return f"account {found}"
        return f"session {session}"

    # -- commands -----------------------------------------------------------------------------------

    def _deeds(self, whose: Mapping[str, str]) -> tuple[dict[str, list[Deed]], dict[int, Deed]]:
        """The commands by account, and those that are answered by the message with which they are."""
        answers: dict[int, Deed] = {}
        deeds: dict[str, list[Deed]] = {}
        for session in whose:
            sents = [each for each in self.ledger.sent.values() if each.session == session]
            told = self._answered(session, [each for each in sents if each.operation is not None])
            for sent in sents:
                seen = told.get(sent.step)
                deed = self._deed(sent, seen)
                deeds.setdefault(whose[session], []).append(deed)
                if seen is not None:
                    answers[seen.index] = deed
        return deeds, answers

    def _answered(self, session: str, sents: Iterable[Sent]) -> dict[int, Seen]:
        """Command -> the first message that only it can have been answered with."""
        waiting = {each.step: each for each in sents}
        told: dict[int, Seen] = {}
        for seen in self.ledger.seen.get(session, ()):
            claims = [
                each
                for each in waiting.values()
                if each.at <= seen.at and self.ledger.carries(seen, each, distinctly=True)
            ]
            if len(claims) == 1:
                told[claims[0].step] = seen
            for each in claims:  # of several nobody knows which: none of them is answered for certain
                del waiting[each.step]
        return told

    def _deed(self, sent: Sent, seen: Seen | None) -> Deed:
        operation, value = sent.operation, sent.value
        kind = self._kinds.get(operation.name, "") if operation is not None else ""

        def field(name: str) -> object:
            at = self.trading.pointer(f"order.{kind}.{name}") if kind else ""
            return next((found for _, found in find(value, at)), None) if at else None

        refusals = self.service.rules.refusals
        refused = refusals is not None and seen is not None and refusals.message in seen.names
        side = field("side")
        return Deed(
            kind=kind,
            ear=sent.session,
            sent=sent.at,
            id=_text(field("id")),
            client_id=_text(field("client_id")),
            symbol=_text(field("symbol")),
            side=self._sides.get(side) if isinstance(side, str) else None,
            type=field("type"),
            price=number(field("price")),
            size=number(field("size")),
            changes=operation is None or operation.changes_state,
            refused=None if seen is None else refused,
        )

    # -- messages -----------------------------------------------------------------------------------

    def _fold(self, account: Account, session: str, seen: Seen, deed: Deed | None) -> None:
        if not self._believed(seen):
            if not seen.messages or set(seen.names) & set(self._updates):
                account.lost(session, seen.at)
            return
        name = seen.names[0]
        heard = Heard(session, seen.at, seen.index, name, deed.sent if deed is not None else None)
        for sight in self._seen_in(seen, name):
            match sight:
                case Update():
                    account.updated(heard, sight)
                case Snapshot():
                    account.snapshot(heard, sight)
                case State():
                    account.state(heard, sight)
                case Told():
                    account.told(heard, sight, deed)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
