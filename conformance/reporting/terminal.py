"""The end of a run, for people: the verdict, what it is about, what was broken and how to see it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.record import OUTCOMES, RunRecord
from conformance.reporting.endpoints import endpoints
from conformance.reporting.grounds import grounds
from conformance.reporting.heading import heading
from conformance.reporting.numbers import numbers
from conformance.reporting.paper import Paper, count
from conformance.reporting.standing import concluded
from conformance.reporting.summary import summary
from conformance.reporting.words import sentence

COLOURS = {"conformant": "green", "not conformant": "red", "gate failed": "red"}
MARKS = {"conformant": "✓ ", "not conformant": "✗ ", "gate failed": "✗ "}


def final(run: RunRecord, paper: Paper, *, artefacts: str = "") -> str:
    """The summary of a run as text that ends in a newline. ``artefacts`` is the folder of its files."""
    told = summary(run)
    lines = [
        *_verdict(run, paper, told["cases"]),
        *heading(run, paper, told),
        "",
        *grounds(run, paper),
        *endpoints(run, paper),
        *numbers(run, paper, told, artefacts),
        "",
        *_last(run, paper),
    ]
    return "\n".join(lines) + "\n"


def _word(run: RunRecord, paper: Paper) -> str:
    verdict, _ = concluded(run)
    return paper.styled(MARKS.get(verdict, "! ") + verdict.upper(), "bold", COLOURS.get(verdict, "yellow"))


def _verdict(run: RunRecord, paper: Paper, cases: dict[str, int]) -> Iterator[str]:
    yield f"{_word(run, paper)}  {paper.styled(paper.fitted(run.header.target.name, 40), 'bold')}"
    parts = [f"{cases[outcome]} {outcome}" for outcome in OUTCOMES if cases[outcome]]
    of = ", ".join(parts) or "none played"
    yield from paper.wrapped(f"{sentence(run)}. {count(cases['total'], 'case')}: {of}.")


def _last(run: RunRecord, paper: Paper) -> Iterator[str]:
    verdict, exit_code = concluded(run)
    if verdict == "inconclusive":  # whoever reads only the end of a log gets to know why
        broken = [line.reason for line in run.cases if line.outcome == "broken"]
        why = Counter(broken or (line.reason for line in run.cases if line.outcome == "skipped"))
        for reason, _ in why.most_common(1):
            yield from paper.wrapped(reason, most=2)
    left_out = sum(line.outcome == "skipped" for line in run.cases)
    if verdict == "conformant" and left_out * 4 > len(run.cases):
        words = (
            f"{left_out} of {count(len(run.cases), 'case')} were skipped: this green says nothing of them."
        )
        yield from paper.wrapped(words)
    yield _word(run, paper) + paper.styled(paper.safe(f" · exit code {exit_code}"), "dim")
