"""Each step of a conversation, judged again from the transcript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from conformance.cases.conditions import resolve, unmet
from conformance.cases.correlation import echoed
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.filling import parts
from conformance.cases.matching import Ledger, Sent, describe
from conformance.cases.reading import Seen
from conformance.cases.steps import Close, Condition, Expect, Ping, Silence
from conformance.codec import MISSING
from conformance.contract import Clause, Refusals, find
from conformance.transcript import Transcript
from conformance.validation import Finding
from conformance.verdict.ending import cut_short, ending
from conformance.verdict.model import Tolerances
from conformance.verdict.places import put

MS = 1_000_000


@dataclass
class Notes:
    """What the judging of one case has gathered so far.

    ``lag_ms`` is by how much our own loop lagged when the step now judged ended, and ``ended`` the place in
    the transcript of the mark that says so: what did not come is missed there. ``unclear`` is why the
    case cannot be judged although the target did nothing wrong (first one wins);
    ``suspect`` why a timing finding is the suite's own. ``answers`` are commands with the promised replies
    that came as soon as the target had them.
    """

    clauses: dict[str, Clause]
    tolerances: Tolerances
    lag_ms: float = 0.0
    ended: int | None = None
    findings: list[Finding] = field(default_factory=list)
    exercised: set[str] = field(default_factory=set)
    unclear: str = ""
    busy: bool = False
    suspect: str = ""
    answers: list[tuple[Sent, Seen]] = field(default_factory=list)

    def kept(self, *clauses: str) -> None:
        """These clauses were really held against something."""
        self.exercised.update(clause for clause in clauses if clause)

    @contextmanager
    def about(self, entry: int | None) -> Iterator[None]:
        """What is found in here is about this entry of the transcript, unless it says another."""
        since = len(self.findings)
        yield
        put(self.findings, since, entry)

    def broken(self, clause: str, where: str, expected: str, seen: str, *, entry: int | None = None) -> None:
        """A promise was broken, as ``entry`` of the transcript shows."""
        self.kept(clause)
        known = self.clauses.get(clause)
        self.findings.append(
            Finding(
                clause=clause,
                where=where,
                expected=expected,
                seen=seen,
                path=(),
                document=str(known.where) if known else "",
                entry=entry,
            )
        )

    def bound(
        self, over_ms: float, clause: str, where: str, expected: str, seen: str, *, entry: int | None = None
    ) -> None:
        """A time bound was missed by ``over_ms``: ours when the loop lagged by more than that."""
        if over_ms < self.lag_ms:
            self.suspect = self.suspect or (
                f"{where} missed its bound by {over_ms:.0f} ms, "
                f"less than the suite's own lag of {self.lag_ms:.0f} ms"
            )
            return
        self.broken(clause, where, expected, seen, entry=entry)


def refusal_code(refusals: Refusals | None, seen: Seen) -> object:
    """The code of a refusal message; ``MISSING`` when it is none."""
    if refusals is not None and refusals.message in seen.names:
        for _path, code in find(seen.value, refusals.code):
            return code
    return MISSING


def described(seen: Seen, refusals: Refusals | None) -> str:
    """A received message in words: its name, and its code when it refuses."""
    code = refusal_code(refusals, seen)
    return describe(seen) + (f" {code!r:.60}" if code is not MISSING else "")


def condition_words(condition: Condition, wanted: object) -> str:
    """A condition as a reader would say it."""
    names = {"eq": "", "ne": "other than ", "lt": "less than ", "le": "at most ", "gt": "more than "}
    names |= {"ge": "at least ", "multiple_of": "a multiple of "}
    if condition.op == "among" and isinstance(wanted, tuple):
        return " or ".join(f"{each!r:.40}" for each in wanted)
    if condition.op in names:
        origin = " and ".join(part.name for part in parts(condition.value))
        origin = f" ({origin})" if origin else ""
        return f"{names[condition.op]}{wanted!r:.80}{origin}"
    return condition.op


def expect_missing(
    notes: Notes, step: Expect, transcript: Transcript, ledger: Ledger, begun: int, given_up: int
) -> None:
    """The awaited message did not come until we gave up (ns), or too early: before what it was to follow."""
    early = ledger.match(replace(step, ordered=False), given_up) if step.ordered else None
    if early is not None:
        what = describe(early)
        expected = f"{what} behind what was expected before it"
        notes.broken(step.clause, "order", expected, f"{what} first", entry=early.index)
        return
    refusals = ledger.services[step.session].rules.refusals if step.session in ledger.services else None
    others = [
        s
        for s in ledger.seen.get(step.session, ())
        if s.index not in ledger.consumed and (begun <= s.at or step.reply_to is None) and s.at <= given_up
    ]
    end = ending(transcript, step.session, given_up)
    if end is not None:
        seen = str(end)
    elif cut_short(transcript, given_up):
        return  # we stopped listening before its time was up
    elif others:
        last = described(others[-1], refusals)
        several = f"{len(others)} other messages, the last " if others[1:] else ""
        seen = f"nothing but {several}{last}"
    else:
        seen = "nothing"
    wanted = " or ".join(step.messages) or "a message"
    if step.where and step.reply_to is None:
        condition = step.where[0]
        value = resolve(condition.value, ledger.saved)
        wanted += f" with {condition.pointer} {condition_words(condition, value)}"
    where = "reply" if step.reply_to is not None else "event"
    over = (given_up - begun) / MS - step.within_ms - notes.tolerances.late_ms
    if end is None:
        notes.bound(over, step.clause, where, f"{wanted} {span(step.within_ms)}", seen, entry=notes.ended)
    elif end.by == "peer":
        notes.broken(step.clause, where, f"{wanted} {span(step.within_ms)}", seen, entry=end.entry)


def expect_found(notes: Notes, step: Expect, seen: Seen, ledger: Ledger, times: tuple[int, int]) -> bool:
    """Judges a matched message; False when the conversation cannot have gone on behind it.

    ``times`` are the moments (ns) that lateness and earliness count from.
    """
    refusals = ledger.services[step.session].rules.refusals
    sent = ledger.sent.get(step.reply_to) if step.reply_to is not None else None
    right = not step.messages or bool(set(step.messages) & set(seen.names))
    wrong = unmet(step.where + step.holds, seen.value, ledger.saved, seen.names) if right else None
    if (not right or wrong is not None) and _busy(notes, refusals, seen):
        return False
    if not right:
        kind = "reply" if sent else "event"
        notes.broken(step.clause, kind, " or ".join(step.messages), described(seen, refusals))
    else:
        notes.kept(step.clause, _role(refusals, seen))
        _conditions(notes, step, seen, wrong)
    if sent is not None and right and not step.not_before_ms:
        notes.answers.append((sent, seen))
    if sent is not None and step.correlated and seen.readable:
        _correlation(notes, step, seen, ledger)
    timing(notes, step, seen.at, *times)
    return right and wrong is None


def _busy(notes: Notes, refusals: Refusals | None, seen: Seen) -> bool:
    """Whether the target was too busy to answer: that may stand in for any reply, and judges nothing."""
    code = refusal_code(refusals, seen)
    if refusals is None or code not in refusals.of("busy"):
        return False
    notes.busy = True
    notes.unclear = notes.unclear or f"the target was busy ({code}); this says nothing about its promises"
    return True


def _role(refusals: Refusals | None, seen: Seen) -> str:
    """The clause of the role whose code a refusal carries, or ''."""
    code = refusal_code(refusals, seen)
    if refusals is None or code is MISSING:
        return ""
    roles = (role for role in refusals.codes if code in refusals.of(role))
    return refusals.clauses.get(next(roles, ""), "")


def _conditions(
    notes: Notes, step: Expect, seen: Seen, wrong: tuple[Condition, object, object] | None
) -> None:
    clause = step.where_clause or step.clause
    if wrong is not None:
        condition, wanted, found = wrong
        where = f"{describe(seen)} {condition.pointer}"
        shown = "nothing" if found is MISSING else f"{found!r:.80}"
        notes.broken(clause, where, condition_words(condition, wanted), shown)
    elif step.where or step.holds:
        notes.kept(clause)


def _correlation(notes: Notes, step: Expect, seen: Seen, ledger: Ledger) -> None:
    sent = ledger.sent[step.reply_to] if step.reply_to is not None else None
    if sent is None:
        return
    for name in seen.names:
        echoes = ledger.echoes(sent, name)
        if not echoes:
            continue
        clause = step.correlation_clause or step.clause
        notes.kept(clause)
        if echoed(seen.value, echoes):
            return
        pointer, allowed = next(
            (pair for pair in echoes.items() if not echoed(seen.value, dict([pair]))),
            next(iter(echoes.items())),
        )
        found = find(seen.value, pointer)
        notes.broken(
            clause,
            f"{name} {pointer}",
            f"{allowed[0]!r:.80}, as in the command",
            f"{found[0][1]!r:.80}" if found else "nothing",
        )
        return


def span(milliseconds: int) -> str:
    """A time in words: what no document states is told as what it is, the suite's patience."""
    if milliseconds == PATIENCE_MS:
        return f"within {milliseconds} ms (as long as the suite waits: no time is documented)"
    return f"within {milliseconds} ms"


def timing(notes: Notes, step: Expect | Close | Ping, at: int, late_from: int, early_from: int) -> None:
    """What came, came in its time: neither late nor early."""
    what = " or ".join(step.messages) if isinstance(step, Expect) else type(step).__name__.lower()
    late = (
        "" if isinstance(step, Ping) else step.late_clause if isinstance(step, Close) else step.within_clause
    )
    over = (at - late_from) / MS - step.within_ms - notes.tolerances.late_ms
    notes.kept(late)
    ours = isinstance(step, Expect) and step.optional  # how long we wait for what need not come binds nobody
    if over > 0 and not ours:
        after = f"after {(at - late_from) / MS:.0f} ms"
        notes.bound(over, late or step.clause, what, f"within {step.within_ms} ms", after)
    if not isinstance(step, Ping) and step.not_before_ms:
        early = step.early_clause or step.clause
        notes.kept(early)
        since = (at - early_from) / MS
        margin = since - step.not_before_ms + notes.tolerances.early_ms(step.not_before_ms)
        if margin < 0:
            # A lag of ours makes what we see later, never earlier: there is nothing to excuse here.
            notes.broken(early, what, f"not before {step.not_before_ms} ms", f"after {since:.0f} ms")
        elif margin < notes.lag_ms and notes.lag_ms > notes.tolerances.late_ms:
            # What came early would have been seen late: beyond the tolerance nothing is proved.
            notes.suspect = notes.suspect or (
                f"{what} may have come early: the suite's own lag was {notes.lag_ms:.0f} ms"
            )


def silence_judged(notes: Notes, step: Silence, ledger: Ledger, end: int) -> None:
    """Nothing of the kind may have arrived before the entry ``end`` of the transcript."""
    service = ledger.services[step.session]
    begun = ledger.settled(step.session)
    for seen in ledger.seen.get(step.session, ()):
        if not begun < seen.index < end or seen.index in ledger.consumed:
            continue
        if step.messages and not set(step.messages) & set(seen.names):
            continue
        if unmet(step.where, seen.value, ledger.saved, seen.names) is None:
            what = " or ".join(step.messages) or "message at all"
            told = described(seen, service.rules.refusals)
            notes.broken(step.clause, "silence", f"no {what}", told, entry=seen.index)
            return
    notes.kept(step.clause)
