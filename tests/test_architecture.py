"""The rooms of the design, and who may enter whom: read from every import, those inside functions too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "conformance"
MOST_LINES = 300

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "frozen": set(),
    "documents": set(),
    "codec": set(),
    "contract": {"documents"},
    "trading": {"contract", "codec"},
    "transcript": {"codec"},
    "payloads": {"contract", "codec", "validation"},
    "validation": {"contract", "codec"},
    "cases": {"documents", "contract", "codec", "payloads", "trading"},
    "changes": {"cases", "contract", "documents", "validation"},
    "session": {"transcript", "codec"},
    "verdict": {"cases", "contract", "codec", "validation", "transcript", "trading"},
    "conversation": {"cases", "contract", "codec", "validation", "session", "transcript"},
    "record": {"verdict", "transcript", "cases", "contract", "documents"},
    "run": {
        "conversation",
        "verdict",
        "record",
        "statistics",
        "cases",
        "contract",
        "session",
        "transcript",
        "trading",
    },
    "statistics": set(),
    "reference": set(),
    "faults": {"documents", "cases", "payloads", "validation", "contract", "codec", "reference"},
    "proof": {"faults", "run", "record", "reporting", "cases", "contract", "documents", "verdict"},
    "comparison": {"record", "statistics"},
    "reporting": {
        "record",
        "codec",
        "transcript",
        "documents",
        "sarif",
        "comparison",
        "history",
        "statistics",
    },
    "gate": {"record", "documents"},
    "history": {"record", "statistics"},
    "evidence": {"record", "reporting"},
    "adopt": {"contract", "documents"},
    "sarif": set(),
    "lint": {"documents", "contract", "codec", "payloads", "validation", "cases", "sarif"},
    "suite": set(),
}
"""Who imports whom; each itself, and all what is ``FOR_ALL``."""

FOR_ALL = ("errors", "frozen")
"""Of no room: how failures are told, and how values are made that are many."""

FRONTS = {"cli", "plugin", "commands", "fronts"}
"""They may import any; of them only ``fronts``, what both share, is imported, and only by the others."""


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "specs" not in path.relative_to(PACKAGE).parts)


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that a file imports; no dynamic import but that of ``cli.py``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            assert path == PACKAGE / "cli.py", (
                f"{path}:{node.lineno}: the one dynamic import is that of cli.py"
            )


def target_room(name: str) -> str | None:
    words = name.split(".")
    if words[0] != "conformance" or len(words) < 2:
        return None
    return words[1]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_what_the_design_lets_it(path: Path) -> None:
    """Data goes one way through the rooms: nobody reaches back."""
    mine = room(path)
    for line, name in imported(path):
        other = target_room(name)
        if other in (None, *FOR_ALL, mine):
            continue
        where = f"{path.relative_to(ROOT)}:{line}"
        if mine in FRONTS:
            assert other not in {"cli", "plugin", "commands"}, f"{where}: nobody imports {other}"
        elif mine != "__init__":
            assert other in MAY_IMPORT[mine], f"{where}: {mine} may not import {other}"


def test_every_room_is_in_the_design() -> None:
    """A new room is a decision, not an accident."""
    rooms = {room(path) for path in modules()} - {"__init__"}
    assert rooms <= set(MAY_IMPORT) | FRONTS


def test_the_design_has_no_circle() -> None:
    """No room is reachable from itself."""

    def reached(name: str, trail: tuple[str, ...] = ()) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        for other in MAY_IMPORT[name]:
            reached(other, (*trail, name))

    for name in MAY_IMPORT:
        reached(name)


def test_the_one_dynamic_import_is_a_table_of_verbs() -> None:
    """``cli.py`` imports the modules of ``commands`` by name, each of which is there, and no other."""
    tree = ast.parse((PACKAGE / "cli.py").read_text("utf-8"))
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERBS"
    )
    verbs = ast.literal_eval(table)
    for verb, (name, says) in verbs.items():
        module = PACKAGE / "commands" / f"{verb}.py"
        assert name == f"conformance.commands.{verb}"
        assert module.is_file()
        assert f'HELP = "{says}"' in module.read_text("utf-8")
    there = {path.stem for path in (PACKAGE / "commands").glob("*.py")} - {"__init__"}
    assert there == set(verbs)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_grows_beyond_its_concept(path: Path) -> None:
    """A file that needs more than 300 lines holds a concept that wants a room of its own."""
    assert len(path.read_text("utf-8").splitlines()) < MOST_LINES


EXCHANGE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+|[A-Za-z][a-z0-9]+(?:[A-Z][a-z0-9]+)+")
"""A name that nobody uses by accident: of several words, in snake or camel case."""


@cache
def names_of_the_exchange() -> set[str]:
    """Names of messages, operations, schemas, fields, constants and codes, out of the documents themselves.

    The words of the standards and of our own extensions are in the documents, too: as keys that the
    extensions' schemas and the meta-schemas know.
    """
    found: set[str] = set()
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        if path.name != "scenarios.yaml":
            _collect(yaml.safe_load(path.read_text("utf-8")), found, in_map=False)
    ours: set[str] = set()
    for path in [*(PACKAGE / "schemas").glob("*.json"), *(PACKAGE / "documents/meta").glob("*.json")]:
        ours |= set(re.findall(r"\w+", path.read_text("utf-8")))
    return {name for name in found if EXCHANGE.fullmatch(name) and len(name) >= 8} - ours


@cache
def functions_of_ours() -> frozenset[str]:
    """Functions outside the reference: one may be called what a code of the exchange is."""
    return frozenset(
        node.name
        for path in modules()
        if room(path) != "reference"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


NAMED = {
    "messages",
    "operations",
    "schemas",
    "properties",
    "channels",
    "securitySchemes",
    "correlationIds",
    "responses",
}
VALUES = {"enum", "const", "required", "refusal", "unknown", "repeated", "absent", "exhausted"}


def _collect(value: object, found: set[str], *, in_map: bool) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if in_map:
                found.add(str(key))
            if key in VALUES or key == "codes":
                _texts(inner, found)
            _collect(inner, found, in_map=key in NAMED and not in_map)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found, in_map=False)


def _texts(value: object, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            _texts(inner, found)


def test_names_of_the_exchange_are_found() -> None:
    """The test below looks for something: messages, operations, fields and codes alike."""
    names = names_of_the_exchange()
    assert {"TradeEvent", "placeOptionOrder", "client_order_id", "insufficient_margin"} <= names
    assert len(names) > 100


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if room(path) != "reference" and path.stem != "serve"],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_code_knows_documents_and_not_the_exchange(path: Path) -> None:
    """No message, field, operation or code of the exchange stands in code; prose may give examples."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    names = names_of_the_exchange()
    for node in ast.walk(tree):
        known = frozenset() if isinstance(node, ast.Constant) else functions_of_ours()
        words: set[str] = set()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            words = set(re.findall(r"\w+", node.value))
        elif isinstance(node, ast.Name):
            words = {node.id}
        elif isinstance(node, ast.Attribute):
            words = {node.attr}
        elif isinstance(node, ast.arg | ast.keyword):
            words = {node.arg or ""}
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        wrong = sorted((words & names) - known)
        assert not wrong, f"{where}: {', '.join(wrong)}"
