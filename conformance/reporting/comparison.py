"""A comparison of two runs, for people: what closes the gate first, then all that changed, then the times."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from conformance.comparison import ClauseChange, Comparison, Standing
from conformance.record import RunRecord
from conformance.reporting.paper import Paper, count
from conformance.statistics.shift import ALPHA, FASTER, MARGIN, SAME, SLOWER, TOO_FEW, Shift

TOLD = 20
NAMED = 3
LABEL = 8


def compared(comparison: Comparison, paper: Paper, reasons: Sequence[str]) -> str:
    """The comparison as text that ends in a newline. ``reasons`` close the gate."""
    made = comparison
    lines = [
        *_head(made, paper, reasons),
        *_broken("Newly broken", made.newly_broken, paper, "red"),
        *_unenforced(made, paper),
        *_named("Still broken", made.still_broken, paper),
        *_named("Mended", made.mended, paper),
        *_brief("Newly enforced", made.newly_enforced, paper),
        *_contract(made, paper),
        *_cases(made, paper),
        *_times(made, paper),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def beside(comparison: Comparison, paper: Paper) -> str:
    """What a run's own report does not say: all that changed since the baseline, but what is broken now."""
    made = comparison
    lines = [
        paper.styled("Against the baseline", "bold"),
        *_groups(made, paper),
        *_sides(made, paper),
        *_unenforced(made, paper),
        *_named("Newly broken", made.newly_broken, paper),
        *_named("Still broken", made.still_broken, paper),
        *_named("Mended", made.mended, paper),
        *_brief("Newly enforced", made.newly_enforced, paper),
        *_contract(made, paper),
        *_times(made, paper),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(made: Comparison, paper: Paper, reasons: Sequence[str]) -> Iterator[str]:
    word = "✗ WORSE THAN BEFORE" if reasons else "✓ NO WORSE THAN BEFORE"
    yield paper.styled(word, "bold", "red" if reasons else "green")
    for reason in reasons:
        yield from paper.wrapped(reason, indent=2, most=3)
    yield from _groups(made, paper)
    yield from _sides(made, paper)


def _groups(made: Comparison, paper: Paper) -> Iterator[str]:
    groups = (
        (len(made.newly_broken), "newly broken"),
        (len(made.no_longer_enforced), "no longer enforced"),
        (len(made.still_broken), "still broken"),
        (len(made.mended), "mended"),
        (len(made.newly_enforced), "newly enforced"),
    )
    told = ", ".join(f"{number} {what}" for number, what in groups if number)
    yield from paper.wrapped(f"Promises: {told or 'none is broken, mended, missed or newly enforced'}.")


def _sides(made: Comparison, paper: Paper) -> Iterator[str]:
    yield from paper.wrapped(_run(made.before), label=f"{'before':{LABEL}}", most=3)
    yield from paper.wrapped(_run(made.after), label=f"{'after':{LABEL}}", most=3)
    for each in made.differences:
        text = f"{each.what}: {each.before} → {each.after}: {each.says}"
        yield from paper.wrapped(text, label=f"{'differs':{LABEL}}", most=3, style=("yellow",))
    yield ""


def _run(run: RunRecord) -> str:
    verdict = run.end.verdict if run.end else "interrupted"
    head = run.header
    return f"{verdict}: {head.target.name}, {head.started}, {count(len(head.cases), 'case')} ({run.path})"


def _broken(title: str, changes: Sequence[ClauseChange], paper: Paper, colour: str) -> Iterator[str]:
    """Each promise with what was seen; those that the very same cases saw broken stand together."""
    if not changes:
        return
    yield paper.styled(f"{title}: {count(len(changes), 'promise')}", "bold", colour)
    groups: dict[tuple[str, ...], list[ClauseChange]] = {}
    for each in changes:
        groups.setdefault(each.cases, []).append(each)
    for cases, group in list(groups.items())[:TOLD]:
        first, *others = group
        yield from _entry(first, paper)
        yield from paper.wrapped(first.why, label="seen ", indent=4, most=3)
        yield from paper.wrapped(_some(cases), label=f"by {count(len(cases), 'case')}: ", indent=4, most=2)
        if others:
            names = _some([each.id for each in others])
            yield from paper.wrapped(names, label=f"and with it {len(others)} more: ", indent=4, most=2)
    yield from _more(len(groups) - TOLD, paper)
    yield ""


def _entry(change: ClauseChange, paper: Paper) -> Iterator[str]:
    tags = [change.level] if change.level == "should" else []
    tags += [f"was {change.before}"] if change.before is not Standing.KEPT else []
    tags += ["changed: it promises something else"] if change.rewritten else []
    tags += [change.excuse] if change.excuse else []
    told = f"  [{'; '.join(tags)}]" if tags else ""
    yield from paper.wrapped(f"{change.id or 'no clause of the contract'}{told}", indent=2, style=("bold",))
    place = f" ({change.where})" if change.where else ""
    if change.says or place:
        yield from paper.wrapped(f"{change.says}{place}".strip(), indent=4, most=3)


def _unenforced(made: Comparison, paper: Paper) -> Iterator[str]:
    """By their reasons: one silent message may leave a hundred promises untested."""
    changes = made.no_longer_enforced
    if changes:
        told = f"No longer enforced: {count(len(changes), 'promise')}"
        yield paper.styled(told, "bold", "red")
        reasons: dict[str, list[ClauseChange]] = {}
        for each in changes:
            reasons.setdefault(each.why, []).append(each)
        for why, group in list(reasons.items())[:TOLD]:
            yield from paper.wrapped(f"{len(group)} × {why}", indent=2, most=3)
            yield from paper.wrapped(_some([_tagged(each) for each in group]), indent=4, most=3)
            cases = dict.fromkeys(case for each in group for case in each.cases)
            yield from paper.wrapped(_some(list(cases)), label="enforced before by ", indent=4, most=2)
        yield from _more(len(reasons) - TOLD, paper)
        yield ""
    if made.deselected:
        told = f"{count(len(made.deselected), 'promise')} not looked at: no case of theirs was selected."
        yield from paper.wrapped(told)
        yield ""


def _tagged(change: ClauseChange) -> str:
    broken = " (was broken)" if change.before is Standing.BROKEN else ""
    return change.id + (" (should)" if change.level == "should" else "") + broken


def _named(title: str, changes: Sequence[ClauseChange], paper: Paper) -> Iterator[str]:
    if changes:
        names = [
            (each.id or "no clause of the contract")
            + (" (did not come again)" if each.after is Standing.UNENFORCED else "")
            for each in changes
        ]
        yield paper.styled(f"{title}: {count(len(changes), 'promise')}", "bold")
        for name in names[:TOLD]:
            yield paper.fitted(f"  {name}")
        yield from _more(len(names) - TOLD, paper)
        yield ""


def _brief(title: str, changes: Sequence[ClauseChange], paper: Paper) -> Iterator[str]:
    if changes:
        yield paper.styled(f"{title}: {count(len(changes), 'promise')}", "bold")
        yield from paper.wrapped(_some([each.id for each in changes]), indent=2, most=3)
        yield ""


def _contract(made: Comparison, paper: Paper) -> Iterator[str]:
    groups = (
        ("changed", [each.id for each in made.rewritten]),
        ("added", list(made.added)),
        ("removed", list(made.removed)),
        ("renamed", [f"{before} → {after}" for before, after in made.renamed]),
    )
    if any(names for _, names in groups):
        told = ", ".join(f"{len(names)} {what}" for what, names in groups if names)
        yield paper.styled(f"The contract's clauses: {told}", "bold")
        for what, names in groups:
            if names:
                yield from paper.wrapped(_some(names), label=f"{what:{LABEL}}", indent=2, most=3)
        yield ""


def _cases(made: Comparison, paper: Paper) -> Iterator[str]:
    counts = Counter(f"{each.before} → {each.after}" for each in made.outcomes)
    parts = [f"{number} {what}" for what, number in counts.items()]
    parts += [f"{len(made.appeared)} appeared"] if made.appeared else []
    parts += [f"{len(made.vanished)} vanished"] if made.vanished else []
    if not parts:
        return
    yield from paper.wrapped(f"Cases: {', '.join(parts)}", style=("bold",))
    for each in made.outcomes[:TOLD]:
        text = f"{each.id}: {each.before} → {each.after}" + (f": {each.why}" if each.why else "")
        yield paper.fitted(f"  {text}")
    yield from _more(len(made.outcomes) - TOLD, paper)
    for what, names in (("appeared", made.appeared), ("vanished", made.vanished)):
        if names:
            yield from paper.wrapped(_some(names), label=f"{what} ", indent=2, most=2)
    yield ""


def _times(made: Comparison, paper: Paper) -> Iterator[str]:
    if not made.shifts:
        return
    words = Counter(each.word for each in made.shifts)
    told = f"{words[SLOWER]} slower, {words[FASTER]} faster, {words[SAME]} without a shift shown"
    few = f", {words[TOO_FEW]} with too few values" if words[TOO_FEW] else ""
    number = count(len(made.shifts), "quantile")
    yield from paper.wrapped(f"Response times: {told}{few}, of {number}", style=("bold",))
    if made.common:
        says = (
            f"Nearly everything took about {made.common:.1f} times as long: that is rather the machine, its "
            "load or the network than the build. Measure again."
        )
        yield from paper.wrapped(says, indent=2, style=("yellow",))
    for each in (*made.slower, *made.faster):
        yield from _shift(each, paper)
    needed = {each.quantile: each.needed for each in made.shifts if each.word == TOO_FEW}
    if needed:
        takes = " and ".join(f"a p{100 * p:.0f} {values}" for p, values in sorted(needed.items()))
        yield from paper.wrapped(f"Too few: {takes} independent values a run would take.", indent=2)
    yield from paper.wrapped(_method(made), indent=2, style=("dim",))


def _shift(shift: Shift, paper: Paper) -> Iterator[str]:
    high = f"{shift.high:.2f}" if math.isfinite(shift.high) else "∞"
    sides = (shift.before, shift.after)
    sizes = " and ".join(f"{side.size} (worth {side.worth})" for side in sides)
    yield from paper.wrapped(
        f"{shift.name} p{100 * shift.quantile:.0f}: {shift.before.value:.2f} → {shift.after.value:.2f} ms, "
        f"{shift.low:.2f} to {high} times as long ({_percent(1 - shift.level)} confidence, n {sizes})",
        label=f"{shift.word:{LABEL}}",
        indent=2,
        style=("yellow",) if shift.word == SLOWER else (),
    )  # fmt: skip


def _method(made: Comparison) -> str:
    one, other = made.before.header, made.after.header
    same = (one.jobs, one.seed) == (other.jobs, other.seed)
    load = (
        f"both with {count(one.jobs, 'job')} and seed {one.seed}"
        if same
        else f"with {one.jobs} jobs and seed {one.seed}, then {other.jobs} and seed {other.seed}: not alike"
    )
    return (
        f"Cases of both runs, under the load of the run itself, {load}. A shift is told where its whole "
        f"interval lies beyond {100 * MARGIN:.0f} %; the chance of any false one is at most "
        f"{100 * ALPHA:.0f} % (Holm), as far as the two runs were made alike. Values of one moment count as "
        "fewer: their worth."
    )


def _percent(share: float) -> str:
    text = f"{100 * share:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def _some(names: Sequence[str]) -> str:
    more = f", … and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _more(number: int, paper: Paper) -> Iterable[str]:
    return (paper.safe(f"  … and {number} more (--json has them all)"),) if number > 0 else ()
