"""What is noticed while documents are read is told by lint, each kind with its own explanation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.documents.notes import Note
from conformance.documents.where import Where
from conformance.lint import RULES, Severity, lint

from .build import asyncapi3, lint_text, of_rule

PACKAGE = Path(__file__).parents[2] / "conformance"


def kinds() -> set[str]:
    """The rule of every Note that the code makes, where it is a constant."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "Note(" not in text:
            continue
        tree = ast.parse(text)
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Note" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
                elif isinstance(first, ast.Name) and first.id in constants:
                    found.add(constants[first.id])
    return found


def test_every_kind_of_note_is_explained() -> None:
    """A reader finds why it matters and how to mend it, whoever noticed it."""
    known = kinds()
    assert len(known) > 10
    assert known <= set(RULES)


def test_a_note_is_a_finding_of_its_rule(tmp_path: Path) -> None:
    """Such as a message that an operation names by its component."""
    text = asyncapi3("{type: string}").replace("address: /room", "address: 'wss://localhost/room'")
    (found,) = of_rule(lint_text(tmp_path, text), "absolute-address")
    assert "room" in found.says


@pytest.mark.parametrize(("loud", "severity"), [(True, Severity.WARNING), (False, Severity.NOTE)])
def test_a_note_of_an_unknown_kind_is_told_too(loud: bool, severity: Severity) -> None:
    """With what can be said of it; what decides what is tested is a warning."""
    note = Note("never-heard-of", Where("a.yaml", 3), "something is odd\x1b[31m", loud=loud)
    (found,) = lint(Contract({}, {}, (note,)), ())
    assert (found.rule.id, found.rule.severity, str(found.where)) == ("never-heard-of", severity, "a.yaml:3")
    assert found.says == "something is odd\\x1b[31m"
    assert found.rule.why
    assert found.rule.mend
