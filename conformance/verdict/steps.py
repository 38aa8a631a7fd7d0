"""Each step of a conversation, judged again from the transcript."""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.conditions import EQ_IF_THERE, resolve, unmet
from conformance.cases.correlation import echoed
from conformance.cases.elsewhere import AS_ELSEWHERE
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.filling import parts
from conformance.cases.matching import Ledger, describe
from conformance.cases.reading import Seen
from conformance.cases.steps import Close, Condition, Expect, Ping
from conformance.codec import MISSING
from conformance.contract import Refusals, find
from conformance.transcript import Transcript
from conformance.verdict.ending import cut_short, ending
from conformance.verdict.notes import MS, Notes


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


def _awaited(step: Expect, refusals: Refusals | None) -> str:
    """What a step waits for in words; a refusal with the code that it is to have."""
    codes = [each for each in step.where if refusals is not None and each.pointer == refusals.code]
    said = next((condition_words(each, each.value) for each in codes if each.op in ("eq", "among")), "")
    return " or ".join(
        f"{name} {said}" if said and refusals is not None and name == refusals.message else name
        for name in step.messages
    )


def condition_words(condition: Condition, wanted: object) -> str:
    """A condition as a reader would say it."""
    names = {"eq": "", "ne": "other than ", "lt": "less than ", "le": "at most ", "gt": "more than "}
    names |= {"ge": "at least ", "multiple_of": "a multiple of ", EQ_IF_THERE: ""}
    if condition.op == "among" and isinstance(wanted, tuple):
        return " or ".join(f"{each!r:.40}" for each in wanted)
    if condition.op == AS_ELSEWHERE:
        shown = "nothing" if wanted is MISSING else f"{wanted!r:.80}"
        return f"{shown}, as at the other address"
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
        # Of many a refusal is the likeliest to be what came instead.
        refused = [each for each in others if refusal_code(refusals, each) is not MISSING]
        last = described((refused or others)[-1], refusals)
        which = "among them" if refused else "the last"
        several = f"{len(others)} other messages, {which} " if others[1:] else ""
        seen = f"nothing but {several}{last}"
    else:
        seen = "nothing"
    wanted = _awaited(step, refusals) or "a message"
    if step.where and step.reply_to is None:
        condition = step.where[0]
        value = resolve(condition.value, ledger.saved)
        wanted += f" with {condition.pointer} {condition_words(condition, value)}"
    where = "event" if step.reply_to is None else f"reply{ledger.called(step.reply_to)}"
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
    if (not right or wrong is not None) and not step.steady and _busy(notes, refusals, seen):
        return False
    if not right:
        kind = f"reply{ledger.called(sent.step)}" if sent else "event"
        notes.broken(step.clause, kind, _awaited(step, refusals), described(seen, refusals))
    else:
        notes.kept(step.clause, _role(refusals, seen))
        _conditions(notes, step, seen, wrong, ledger)
    if sent is not None and right and not step.not_before_ms:
        notes.answers.append((sent, seen))
    if sent is not None and step.correlated and seen.readable:
        _correlation(notes, step, seen, ledger)
    timing(notes, step, seen.at, *times)
    return right and wrong is None


def _busy(notes: Notes, refusals: Refusals | None, seen: Seen) -> bool:
    """Whether the target was too busy to answer: that may stand in for any reply, and judges nothing."""
    code = refusal_code(refusals, seen)
    if refusals is not None and code in notes.excused:
        notes.unclear = notes.unclear or f"the account cannot carry such an order ({code})"
        return True
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
    notes: Notes,
    step: Expect,
    seen: Seen,
    wrong: tuple[Condition, object, object] | None,
    ledger: Ledger,
) -> None:
    clause = step.where_clause or step.clause
    if wrong is not None:
        condition, wanted, found = wrong
        clause = condition.clause or clause
        where = f"{describe(seen)} {condition.pointer}{_told_by(step, ledger)}"
        shown = "nothing" if found is MISSING else f"{found!r:.80}"
        notes.broken(clause, where, condition_words(condition, wanted), shown)
    elif step.where or step.holds:
        notes.kept(clause, *(each.clause for each in step.where + step.holds))


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
            f"{name} {pointer}{_told_by(step, ledger)}",
            f"{allowed[0]!r:.80}, as in the command",
            f"{found[0][1]!r:.80}" if found else "nothing",
        )
        return


def _told_by(step: Expect, ledger: Ledger) -> str:
    called = ledger.called(step.reply_to) if step.reply_to is not None else ""
    return f" of the reply{called}" if called else ""


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
