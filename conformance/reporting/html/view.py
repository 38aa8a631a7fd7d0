"""What the first screen says, and what stands below it, as the template takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.record import OUTCOMES, Header, RunRecord
from conformance.record.types import WaiverLine
from conformance.reporting.endpoints import Aside, asides
from conformance.reporting.fills import Fills, fills
from conformance.reporting.grounds import BLAMED
from conformance.reporting.html.failures import IN_FULL, Failure, failures
from conformance.reporting.html.latency import Latency, latency, shown
from conformance.reporting.html.orders import Orders, orders
from conformance.reporting.html.stand import Row, Standing, rows
from conformance.reporting.standing import concluded
from conformance.reporting.summary import seconds, skipped
from conformance.reporting.words import sentence

TONES = {"conformant": "good", "not conformant": "bad", "gate failed": "bad"}
HEAT_MOST = 6000
"""As many clauses are drawn one by one; of more, what they speak about is."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many cases or clauses tell nothing."""

    why: str
    n: int


@dataclass(frozen=True, slots=True)
class Family:
    """The cases of a family, by outcome, in the order of ``OUTCOMES``."""

    name: str
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that the template shows."""

    head: Header
    verdict: str
    exit_code: int
    tone: str
    sentence: str
    complete: bool
    duration: str
    outcomes: dict[str, int]
    total: int
    statuses: dict[str, int]
    published: int
    unenforced: tuple[Reason, ...]
    skipped: tuple[Reason, ...]
    unjudged: tuple[Reason, ...]
    notices: tuple[str, ...]
    gate: tuple[str, ...]
    waivers: tuple[WaiverLine, ...]
    families: tuple[Family, ...]
    rows: tuple[Row, ...]
    drawn: bool
    failures: tuple[Failure, ...]
    excused: int
    latency: Latency
    fills: Fills | None
    orders: Orders
    asides: tuple[Aside, ...]
    left_out: int
    beside: str
    in_full: int = IN_FULL


def view(run: RunRecord, found: Sequence[Standing], left_out: int = 0, beside: str = "") -> View:
    """The view of a run whose clauses stand as ``found``; so many transcripts are ``left_out``.

    ``beside`` is the name of the run file where it stands in the page's own folder.
    """
    verdict, exit_code = concluded(run)
    broken = failures(run)
    families = _families(run)
    outcomes = {
        word: sum(family.counts[number] for family in families) for number, word in enumerate(OUTCOMES)
    }
    statuses = Counter(one.status for one in found)
    reasons = Counter(one.reason for one in found if one.status == "unenforced")
    unjudged = Counter(
        f"because of {BLAMED.get(line.blame, line.blame)}: {line.reason}"
        for line in run.cases
        if line.outcome == "broken"
    )
    return View(
        head=run.header,
        verdict=verdict,
        exit_code=exit_code,
        tone=TONES.get(verdict, "unsure"),
        sentence=sentence(run),
        complete=run.complete,
        duration=shown(seconds(run) * 1000),
        outcomes=outcomes,
        total=len(run.header.cases),
        statuses={word: statuses[word] for word in ("enforced", "broken", "unenforced")},
        published=sum(one.clause.provenance == "published" for one in found),
        unenforced=_reasons(reasons),
        skipped=_reasons(Counter(skipped(run))),
        unjudged=_reasons(unjudged),
        notices=tuple(notice.text for notice in run.notices),
        gate=run.end.gate if run.end else (),
        waivers=run.waivers,
        families=families,
        rows=rows(found),
        drawn=len(found) <= HEAT_MOST,
        failures=broken,
        excused=sum(bool(one.promise.excuse) for one in broken),
        latency=latency(run.cases),
        fills=fills(run),
        orders=orders(run),
        asides=asides(run),
        left_out=left_out,
        beside=beside,
    )


def _reasons(counts: Counter[str]) -> tuple[Reason, ...]:
    return tuple(Reason(why, number) for why, number in counts.most_common())


def _families(run: RunRecord) -> tuple[Family, ...]:
    played = {line.id: line.outcome for line in run.cases}
    found: dict[str, Counter[str]] = {}
    for entry in run.header.cases:
        found.setdefault(entry.family, Counter())[played.get(entry.id, "skipped")] += 1
    return tuple(
        Family(name, sum(counts.values()), tuple(counts[word] for word in OUTCOMES))
        for name, counts in found.items()
    )
