"""Puts the page together: what must be known as plain HTML, the data beside it, transcripts at the very end.

Every text is escaped by the template, after it has become harmless, or put into the page as text by the
script; a Content-Security-Policy forbids everything but that script and that style sheet.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from conformance.record import RunRecord
from conformance.reporting.drafts import drafted
from conformance.reporting.fills import signed
from conformance.reporting.html.latency import digits
from conformance.reporting.html.listing import Listing, as_script
from conformance.reporting.html.stand import standings
from conformance.reporting.html.transcripts import Packing, sources_packed
from conformance.reporting.html.view import View, view
from conformance.transcript.show import harmless

NAME = "report.html"
ASSETS = Path(__file__).with_name("assets")
SCRIPTS = ("messagepack.js", "wire.js", "details.js", "tables.js", "heat.js", "report.js")
QUOTED = re.compile("`([^`]+)`")
END = "</body>\n</html>\n"


def write_html(run: RunRecord, path: Path | str, source: Path | str) -> None:
    """Writes the page of ``run`` to ``path``; ``source`` is its run file, from which the transcripts come.

    Raises ``EnvironmentFailure`` when that cannot be done. A reader never sees half a page.
    """
    file = Path(path)
    packing = Packing(Path(source))
    beside = Path(source).name if Path(source).resolve().parent == file.resolve().parent else ""
    with drafted(file) as out:
        for piece in pieces(run, packing, beside):
            out.write(piece)


def pieces(run: RunRecord, packing: Packing, beside: str = "") -> Iterator[str]:
    """The page, a piece at a time: what it holds of transcripts is never in memory as a whole."""
    found = standings(run)
    style, script = asset("report.css"), "\n".join(asset(name) for name in SCRIPTS)
    yield _skeleton(view(run, found, packing.left_out, beside), style, script)
    yield '<script type="application/json" id="data">'
    yield as_script(Listing(run, found, packing.places).plain())
    yield f"</script>\n<script>{script}</script>\n"
    for number, chunk in enumerate(packing.packed()):
        yield _inert(f"chunk-{number}", chunk)
    yield _inert("sources", sources_packed([one.text for one in run.sources]))
    yield END


def asset(name: str) -> str:
    """The text of an asset."""
    return ASSETS.joinpath(name).read_text("utf-8")


def _inert(name: str, text: str) -> str:
    return f'<script type="application/octet-stream" id="{name}">{text}</script>\n'


@cache
def template(name: str) -> Any:
    """A template of the assets: it escapes every text, after making it harmless."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters["spoken"] = _spoken
    return environment.get_template(name)


def _skeleton(told: View, style: str, script: str) -> str:
    return rendered("report.html.j2", style, script, told=told)


def rendered(name: str, style: str, script: str = "", **told: object) -> str:
    """A template with its style and the policy that lets nothing but that and the script do anything."""
    allowed = f"script-src {_hash(script)}; " if script else ""
    policy = f"default-src 'none'; style-src {_hash(style)}; {allowed}base-uri 'none'; form-action 'none'"
    numbers = {"n": _number, "digits": digits, "signed": signed}
    return str(template(name).render(policy=policy, style=_markup(style), **numbers, **told))


def _harmless(value: object) -> object:
    # Markup is ours; every other text may be somebody else's.
    return harmless(value) if type(value) is str else value


def _spoken(sentence: str) -> object:
    """A sentence in which what stands between backticks is code; every piece of it is escaped."""
    pieces = QUOTED.split(sentence)
    code = _markup("<code>{}</code>")
    made = [code.format(harmless(one)) if at % 2 else harmless(one) for at, one in enumerate(pieces)]
    return _markup("").join(made)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _number(number: int) -> object:
    """A number with narrow spaces between its thousands."""
    return _markup(f"{number:,}".replace(",", "\u202f"))


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
