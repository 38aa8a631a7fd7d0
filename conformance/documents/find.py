"""Which documents make the contract: found in a folder by what they contain, or named one by one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.documents.loader import MAX_BYTES
from conformance.errors import DocumentError, UsageError

PACKAGED = Path(__file__).parent.parent / "specs"
SUFFIXES = (".yaml", ".yml", ".json")
KINDS = ("asyncapi", "openapi", "scenarios", "overlay")
BROKEN = re.compile(rf"""^(?:\{{\s*|\s*)["']?({"|".join(KINDS)})["']?\s*:""", re.MULTILINE)
TOP_LEVEL = re.compile(rf"""^["']?({"|".join(KINDS)})["']?\s*:""", re.MULTILINE)
NAMED = re.compile(r"([A-Za-z0-9._-]+)=(.+)", re.DOTALL)
SKIPPED = frozenset({"node_modules", "target", "vendor", "build", "dist", "__pycache__"})
MAX_DEPTH = 3
MOST_JSON = 4 * 1024 * 1024
"""Characters of a JSON text whose keys are worth being read: values take far more memory than their text."""

Named = tuple[str | None, Path]


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents of a contract: (name or None, file) of each service, and the scenario files.

    The name of an overlay is that of the document it is for. ``references`` are what ``--reference`` allows.
    ``root`` is the folder that file names are shown relative to when they lie outside the working directory.
    """

    asyncapi: tuple[Named, ...] = ()
    openapi: tuple[Named, ...] = ()
    scenarios: tuple[Path, ...] = ()
    root: Path | None = None
    overlays: tuple[Named, ...] = ()
    references: tuple[str, ...] = ()

    perspective: Mapping[str, str] = field(default_factory=dict)
    """Whose point of view documents are written from, by name; '' stands for all."""

    def shown(self, path: Path) -> str:
        """The name of a file for people: relative to the working directory, else to the contract's folder."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError):  # a circle of links: whoever reads it says so
            return str(path)
        for folder in (Path.cwd(), self.root.resolve() if self.root is not None else None):
            if folder is not None and real.is_relative_to(folder):
                return real.relative_to(folder).as_posix()
        return str(path)


def find(
    contract: Path | None = None,
    *,
    asyncapi: Sequence[str] = (),
    openapi: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    overlays: Sequence[str] = (),
    references: Sequence[str] = (),
) -> Sources:
    """The documents of a folder (default: the packaged ones), or those given as ``FILE`` or ``NAME=FILE``.

    Overlays of a folder are applied in the order of their names; those given as ``overlays`` come after.
    Scenario files add to what there is; one that lies in the folder, too, counts once.
    Raises DocumentError when a folder holds none, and when a name is given twice; UsageError when both a
    folder and files are given.
    """
    explicit = [*asyncapi, *openapi]
    if explicit and contract is not None:
        raise UsageError(
            "both a contract folder and single documents are given", hint="give one or the other"
        )
    if explicit:
        found = Sources(_named(asyncapi), _named(openapi))
    else:
        found = _folder(contract if contract is not None else PACKAGED)
    there = {path.resolve() for path in found.scenarios}
    authored = tuple(path for _, path in _named(scenarios) if path.resolve() not in there)
    given = tuple(_split(text) for text in overlays)
    return replace(
        found,
        scenarios=(*found.scenarios, *authored),
        overlays=(*found.overlays, *given),
        references=tuple(references),
    )


def kind_of(path: Path) -> str:
    """``asyncapi``, ``openapi``, ``scenarios``, ``overlay``, or '' for any other file, by the first such key
    at its top."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            made = json.loads(text) if len(text) <= MOST_JSON else {}
            if made:
                return next((key for key in made if key in KINDS), "")
        found = BROKEN.search(text)  # not JSON: whoever reads it shall say what is wrong
    else:
        found = TOP_LEVEL.search(text)
    return found[1] if found else ""


def _named(texts: Sequence[str]) -> tuple[Named, ...]:
    made: list[Named] = []
    for name, path in map(_split, texts):
        if name is not None and name in [each for each, _ in made]:
            raise DocumentError(
                str(path), f"the name {name!r} is given to two documents", expected="each name once"
            )
        made.append((name, path))
    return tuple(made)


def _split(text: str) -> Named:
    named = NAMED.fullmatch(text)
    return (named[1], Path(named[2])) if named and not os.path.lexists(text) else (None, Path(text))


def _folder(contract: Path) -> Sources:
    if not contract.exists():
        raise DocumentError(str(contract), "no such folder", expected="a folder of contract documents")
    if contract.is_file():
        sources = _sort([contract], contract.parent)
        if not sources.asyncapi and not sources.openapi:
            raise DocumentError(
                str(contract),
                "a file that is no AsyncAPI or OpenAPI document",
                expected="a folder of contract documents, or one such document",
            )
        return sources
    real = contract.resolve()
    sources = _sort(list(_candidates(real, MAX_DEPTH)), real)
    if not sources.asyncapi and not sources.openapi:
        raise DocumentError(
            str(contract),
            "no AsyncAPI or OpenAPI document in this folder",
            expected=f"{', '.join(SUFFIXES)} files with a top-level key asyncapi or openapi",
            hint=f"looked {MAX_DEPTH} folders deep",
        )
    return sources


def _sort(files: list[Path], root: Path) -> Sources:
    kinds = [(kind_of(path), path) for path in files]
    return Sources(
        tuple((None, path) for kind, path in kinds if kind == "asyncapi"),
        tuple((None, path) for kind, path in kinds if kind == "openapi"),
        tuple(path for kind, path in kinds if kind == "scenarios"),
        root,
        tuple((None, path) for kind, path in kinds if kind == "overlay"),
    )


def _candidates(folder: Path, depth: int) -> Iterator[Path]:
    """Files by name, then folders by name; hidden ones and those of tools are left out."""
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.is_file() and entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith("."):
            yield Path(entry.path)
    for entry in listed:
        hidden = entry.name.startswith(".") or entry.name in SKIPPED
        if depth > 0 and not hidden and entry.is_dir(follow_symlinks=False):
            yield from _candidates(Path(entry.path), depth - 1)
