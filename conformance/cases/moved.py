"""The same cases at each address of an environment: a case moved to another one is a case of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.cases.case import Case
from conformance.cases.steps import Connect

AT = "at-"
"""Begins the last word of the id of a case that was moved."""


def everywhere(cases: Iterable[Case], aliases: Mapping[str, Iterable[str]]) -> Iterator[Case]:
    """Each case, and behind it the same at each alias (``aliases``: their names, by service).

    What is about several addresses is not moved, nor is what opens no session at one that has an alias.
    """
    for case in cases:
        yield case
        for service, names in aliases.items() if not case.needs.aliases else ():
            if any(isinstance(step, Connect) and step.service == service for step in case.steps):
                yield from (_moved(case, service, at, name) for at, name in enumerate(names, 1))


def _moved(case: Case, service: str, alias: int, name: str) -> Case:
    return replace(
        case,
        id=f"{case.id}/{AT}{name}",
        says=f"{case.says.removesuffix('.')}, at {name}.",
        steps=tuple(
            replace(step, alias=alias) if isinstance(step, Connect) and step.service == service else step
            for step in case.steps
        ),
        needs=replace(case.needs, aliases=((service, alias),)),
    )
