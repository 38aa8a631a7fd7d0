"""From the records of two runs to what changed. Pure: the same two files, the same comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.comparison.differences import differences
from conformance.comparison.model import CaseChange, ClauseChange, Comparison, Standing
from conformance.comparison.standings import Standings
from conformance.comparison.times import response_times
from conformance.record.types import CaseLine, ClauseEntry, RunRecord

UNPLAYED = "not played"

LOST = {(Standing.KEPT, Standing.UNENFORCED), (Standing.BROKEN, Standing.UNENFORCED)}


def compare(before: RunRecord, after: RunRecord) -> Comparison:
    """What changed from ``before`` to ``after``: promises by clause, cases, response times.

    A clause that is broken now and was not counts as newly broken whatever it was before: kept, not
    enforced, or not promised at all. One that the later run's documents promise no more is ``removed``, and
    no longer missed: whether that is right is said by comparing the documents.
    """
    old, new = Standings(before), Standings(after)
    renamed = _renamed(old.clauses, new.clauses)
    earlier = {later: name for name, later in renamed}
    changes = [
        _change(name, earlier.get(name, name), clause, old, new)
        for name, clause in (new.clauses | new.strays).items()
    ]
    lost = [each for each in changes if (each.before, each.after) in LOST]
    held = old.held_by({earlier.get(each.id, each.id) for each in lost})
    missed, deselected, unseen = [], [], []
    playable = {entry.id for entry in after.header.cases}
    for each in lost:
        cases = held[earlier.get(each.id, each.id)]
        if not cases:
            unseen += [each] if each.before is Standing.BROKEN else []
        elif after.header.selection and not playable.intersection(cases):
            deselected.append(each.id)
        else:
            missed.append(replace(each, cases=cases))
    gone = {name for name, _ in renamed}
    first, second = _lines(before), _lines(after)
    return Comparison(
        before,
        after,
        newly_broken=_group(changes, Standing.BROKEN, not_before=Standing.BROKEN),
        no_longer_enforced=tuple(missed),
        still_broken=_group(changes, Standing.BROKEN, before=Standing.BROKEN),
        mended=(*_group(changes, Standing.KEPT, before=Standing.BROKEN), *unseen),
        newly_enforced=_group(changes, Standing.KEPT, before=Standing.UNENFORCED),
        deselected=tuple(deselected),
        rewritten=tuple(each for each in changes if each.rewritten),
        added=tuple(
            each.id
            for each in changes
            if each.id not in old.clauses and each.id in new.clauses and each.id not in earlier
        ),
        removed=tuple(name for name in old.clauses if name not in new.clauses and name not in gone),
        renamed=renamed,
        appeared=tuple(name for name in second if name not in first),
        vanished=tuple(name for name in first if name not in second),
        outcomes=tuple(_outcomes(first, second)),
        shifts=response_times(before, after),
        differences=differences(before, after),
    )


def _change(name: str, earlier: str, clause: ClauseEntry, old: Standings, new: Standings) -> ClauseChange:
    was, is_ = old.of(earlier), new.of(name)
    broken = is_ is Standing.BROKEN
    cases = new.seen_by(name) if broken else old.seen_by(earlier)
    return ClauseChange(
        name,
        clause.says,
        clause.level,
        clause.provenance,
        clause.where,
        was,
        is_,
        rewritten=earlier in old.clauses and _says_other(old.clauses[earlier], clause),
        why=new.why(name),
        cases=cases,
        excuse=new.excuse(name),
    )


def _says_other(old: ClauseEntry, new: ClauseEntry) -> bool:
    """Whether a clause promises something else; runs of older versions hold only its sentence."""
    if old.digest and new.digest:
        return old.digest != new.digest
    return old.says != new.says


def _renamed(old: Mapping[str, ClauseEntry], new: Mapping[str, ClauseEntry]) -> tuple[tuple[str, str], ...]:
    """Clauses that promise the same under another id, where that can be told: one on each side."""
    gone = _by_digest(clause for name, clause in old.items() if name not in new)
    come = _by_digest(clause for name, clause in new.items() if name not in old)
    return tuple((gone[digest], come[digest]) for digest in gone if digest in come)


def _by_digest(clauses: Iterable[ClauseEntry]) -> dict[tuple[str, str], str]:
    clauses = list(clauses)
    counts = Counter((clause.service, clause.digest) for clause in clauses if clause.digest)
    return {
        (clause.service, clause.digest): clause.id
        for clause in clauses
        if counts[clause.service, clause.digest] == 1
    }


def _group(
    changes: Iterable[ClauseChange],
    after: Standing,
    *,
    before: Standing | None = None,
    not_before: Standing | None = None,
) -> tuple[ClauseChange, ...]:
    """Those of these standings: musts first, then as the document has them."""
    found = (
        each
        for each in changes
        if each.after is after and before in (None, each.before) and each.before is not not_before
    )
    return tuple(sorted(found, key=lambda each: each.level == "should"))


def _lines(run: RunRecord) -> dict[str, CaseLine | None]:
    played = {line.id: line for line in run.cases}
    return {entry.id: played.get(entry.id) for entry in run.header.cases}


def _outcomes(
    first: Mapping[str, CaseLine | None], second: Mapping[str, CaseLine | None]
) -> Iterator[CaseChange]:
    for name, line in second.items():
        if name in first:
            was = first[name]
            before, after = (UNPLAYED if each is None else each.outcome for each in (was, line))
            if before != after:
                yield CaseChange(name, before, after, line.reason if line else "")
