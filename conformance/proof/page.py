"""``proof.html``: the proof for people, in one file that asks nothing of any network.

What must be known stands in it as plain HTML; the matrix and the tables are drawn by a script from data
beside it. Every text is escaped here, or put into the page as text by the script; a Content-Security-Policy
forbids everything but that script and that style sheet.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from conformance.proof.page_data import embedded, text
from conformance.proof.record import CAUGHT, OUTCOMES, PROVEN, ProofRecord
from conformance.proof.wrong import NEVER, Group, Item, sentence, wrong
from conformance.reporting.paper import count
from conformance.reporting.summary import write_text

NAME = "proof.html"
OPEN = 6
STATIC = 60
"""As many items of each kind of wrong can be read at once, and as many in all."""

_PANEL = (
    '<aside id="panel" aria-label="Details" hidden><button type="button">Close</button><div></div></aside>'
)
_NAVIGATION = """<nav aria-label="Sections"><a href="#wrong">What is wrong</a>
<a href="#families">By family</a>
<a href="#picture">The matrix</a> <a href="#faults">Faults</a> <a href="#cases">Cases</a></nav>"""

LETTERS = {"survived": "S", "elsewhere": "E", "outside": "O", "unapplied": "U", "inconclusive": "I"}
MEANS = {
    "survived": "survived: no case turned red",
    "elsewhere": "seen elsewhere, not by a case that claims the clause",
    "outside": "an unrelated case turned red",
    "unapplied": "never applied",
    "inconclusive": "could not be judged",
}


def write_page(proof: ProofRecord, path: Path | str) -> None:
    """Writes the page to ``path``; ``EnvironmentFailure`` when that cannot be done."""
    write_text(path, page(proof))


def page(proof: ProofRecord) -> str:
    """The page."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    body = "\n".join(_body(proof))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Proof: {escape(proof.verdict)}</title>
<style>{style}</style>
</head>
<body>
{body}
{_PANEL}
<script type="application/json" id="data">{embedded(proof)}</script>
<script>{script}</script>
</body>
</html>
"""


def _body(proof: ProofRecord) -> Iterator[str]:
    word = {PROVEN: "proven", "not proven": "not"}.get(proof.verdict, "incomplete")
    yield f'<header class="verdict {word}"><h1>Proof: {escape(proof.verdict)}</h1>'
    yield f"<p>{_safe(sentence(proof))}</p></header>"
    groups = wrong(proof)
    yield from _figures(proof, sum(len(group.items) for group in groups))
    yield _NAVIGATION
    yield '<main><section aria-labelledby="wrong"><h2 id="wrong">What is wrong</h2>'
    if not groups:
        yield "<p>Nothing that was played speaks against the proof.</p>"
    for group in groups:
        yield from _group(group)
    if not proof.whole and proof.never:
        never = count(len(proof.never), "case")
        yield f'<p class="quiet">{never} not yet seen failing: not every fault had its turn.</p>'
    yield "</section>"
    yield from _families(proof)
    yield from _matrix(proof)
    yield _FAULTS
    yield _CASES
    yield from _reasons(proof)
    yield "</main>"
    yield from _footer(proof)


def _figures(proof: ProofRecord, answers: int) -> Iterator[str]:
    kinds = Counter(one.kind for one in proof.faults)
    caught = sum(one.outcome == CAUGHT for one in proof.faults)
    seen = sum(one.seen > 0 for one in proof.cases)
    without = proof.clauses_without_fault
    unplayed = proof.total - len(proof.faults)
    of_kinds = f"{_n(kinds['derived'])} derived, {_n(kinds['behavioural'])} behavioural"
    figures = (
        ("Faults", proof.total, of_kinds + (f", {_n(unplayed)} not played" if unplayed else "")),
        ("Caught", caught, "by a case that claims the clause"),
        ("Need an answer", answers, "faults, cases and clauses, below"),
        ("Cases seen failing", seen, f"of {_n(len(proof.cases))}"),
        ("Clauses without fault", len(without), f"{_n(len(proof.unexplained))} unexplained"),
        ("Seconds", round(proof.seconds), f"{count(proof.workers, 'worker')}, mode {_safe(proof.mode)}"),
    )
    told = "".join(
        f"<div><dt>{term}</dt><dd>{_n(number)}<small>{small}</small></dd></div>"
        for term, number, small in figures
    )
    yield f'<dl class="figures">{told}</dl>'


def _group(group: Group) -> Iterator[str]:
    mark = _mark(group.key) if group.key in LETTERS else ""
    yield f'<section class="group"><h3>{mark}{len(group.items)} × {escape(group.title)}</h3>'
    yield f'<p class="quiet">{escape(group.todo)}</p><ul>'
    kind = "fault" if group.key in LETTERS else "case" if group.key == NEVER else ""
    yield from (f"<li>{_item(one, kind)}</li>" for one in group.items[:OPEN])
    yield "</ul>"
    if more := group.items[OPEN:STATIC]:
        yield f"<details><summary>{len(more)} more</summary><ul>"
        yield from (f"<li>{_item(one, kind)}</li>" for one in more)
        yield "</ul></details>"
    if len(group.items) > STATIC:
        yield f'<p class="rest quiet">… and {_n(len(group.items) - STATIC)} more, in proof.json</p>'
    yield "</section>"


def _item(item: Item, kind: str) -> str:
    name = _id(item.name)
    if kind:
        target = quote(text(item.name), safe="")
        name = f'<a class="id" href="#{kind}={target}">{_safe(item.name)}</a>'
    says = f"<p>{_safe(item.says[:400])}</p>" if item.says else ""
    detail = f'<p class="quiet">{_safe(item.detail[:600])}</p>' if item.detail else ""
    repeat = f"<code>{_safe(item.repeat)}</code>" if item.repeat else ""
    return name + says + detail + repeat


def _families(proof: ProofRecord) -> Iterator[str]:
    """A row a family, a column an outcome."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in proof.faults:
        state = "excused" if one.pardoned else one.outcome
        counts.setdefault((one.kind, one.family), Counter())[state] += 1
    states = [one for one in (*OUTCOMES, "excused") if any(found[one] for found in counts.values())]
    head = "".join(f'<th scope="col">{one}</th>' for one in (*states, "all"))
    yield '<section aria-labelledby="families"><h2 id="families">By family</h2>'
    yield '<div class="scroll" tabindex="0"><table class="counts">'
    yield f'<thead><tr><th scope="col">family</th>{head}</tr></thead><tbody>'
    for (kind, family), found in sorted(counts.items(), key=lambda one: (one[0][0] != "derived", one[0])):
        row = "".join(f"<td>{_n(found[one]) if found[one] else '·'}</td>" for one in states)
        name = _safe(family) + (" (behaviour)" if kind != "derived" else "")
        yield f'<tr><th scope="row">{name}</th>{row}<td>{_n(found.total())}</td></tr>'
    yield "</tbody></table></div></section>"


def _matrix(proof: ProofRecord) -> Iterator[str]:
    yield '<section aria-labelledby="picture"><h2 id="picture">The matrix</h2>'
    yield "<p>A square is a fault, a row a message; after a gap comes the next family. "
    yield "Point at one, or walk with the arrow keys.</p>"
    yield '<ul class="legend"><li><span class="mark f"></span>caught by one case</li>'
    yield '<li><span class="mark s"></span>by two or three</li><li><span class="mark"></span>by more</li>'
    there = {one.outcome for one in proof.faults if not one.pardoned}
    yield from (f"<li>{_mark(one)}{escape(MEANS[one])}</li>" for one in LETTERS if one in there)
    if proof.excused:
        yield '<li><span class="mark excused">x</span>not caught, and excused</li>'
    yield '</ul><div id="matrix"></div>'
    yield "<noscript><p>Matrix and tables need scripts; what they show is in proof.json.</p></noscript>"
    yield "</section>"


_TOOLS = """<section id="{id}" aria-labelledby="{id}-head"><h2 id="{id}-head">{title}</h2>
<div class="tools"><input type="search" placeholder="{search}" aria-label="{search}">{choices}
<span class="quiet" role="status"></span></div>
<table class="list {id}"><thead><tr>{head}</tr></thead><tbody></tbody></table>
<p class="more" hidden><button type="button">Show 100 more</button></p></section>"""


def _table(name: str, title: str, search: str, choices: str, heads: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return _TOOLS.format(id=name, title=title, search=search, choices=choices, head=head)


_FAULTS = _table(
    "faults",
    "Faults",
    "Search fault, clause or case",
    '<select id="outcome" aria-label="Outcome"><option value="">any outcome</option></select>'
    '<select id="family" aria-label="Family"><option value="">any family</option></select>',
    ("fault", "outcome", "breaks", "caught by"),
)
_CASES = _table(
    "cases",
    "Cases",
    "Search case",
    '<select aria-label="Seen failing"><option value="">all cases</option>'
    '<option value="seen">seen failing</option>'
    '<option value="never">never seen failing</option><option value="excused">excused</option></select>'
    '<select id="case-family" aria-label="Family"><option value="">any family</option></select>',
    ("case", "family", "failed", "under"),
)


def _reasons(proof: ProofRecord) -> Iterator[str]:
    """What is let off, and why: faults, cases, clauses."""
    spared = [one for one in proof.cases if one.excused and not one.seen]
    parts = (
        ("Excused faults", [(one.excused, one.name, one.says) for one in proof.excused]),
        ("Excused cases", [(one.excused, one.id, "") for one in spared]),
        (
            "Clauses that no fault breaks",
            [(one.reason, one.id, one.says) for one in proof.clauses_without_fault if one.reason],
        ),
    )
    for title, rows in parts:
        if not rows:
            continue
        yield f"<section><h2>{title}</h2>"
        groups: dict[str, list[tuple[str, str]]] = {}
        for reason, name, says in rows:
            groups.setdefault(reason, []).append((name, says))
        for reason, found in sorted(groups.items(), key=lambda group: -len(group[1])):
            yield f"<details><summary>{len(found)} × {_safe(reason)}</summary><ul>"
            for name, says in found:
                yield f'<li>{_id(name)} <span class="quiet">{_safe(says)}</span></li>'
            yield "</ul></details>"
        yield "</section>"


def _footer(proof: ProofRecord) -> Iterator[str]:
    documents = "".join(
        f"<li>{_safe(one.name)} {_safe(one.version)} {_id(one.path)} {_id(one.sha256)}</li>"
        for one in proof.documents
    )
    yield f'<footer class="quiet"><h2>Of what</h2><p>omen-conformance {_safe(proof.suite)}, started '
    yield f"{_safe(proof.started)}, seed {proof.seed}.</p><ul>{documents}</ul></footer>"


def _mark(outcome: str) -> str:
    return f'<span class="mark {outcome}" aria-hidden="true">{LETTERS[outcome]}</span>'


def _safe(value: str) -> str:
    return escape(text(value))


def _id(value: str) -> str:
    return f'<span class="id">{_safe(value)}</span>'


def _n(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
