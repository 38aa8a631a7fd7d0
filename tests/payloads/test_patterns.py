"""Guessing strings from patterns."""

import jsonschema_rs
import pytest

from conformance.payloads.patterns import guesses


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Za-z0-9_-]{1,64}$",
        "^(0|-?[1-9][0-9]{0,19}|-?(0|[1-9][0-9]{0,19})\\.[0-9]{0,17}[1-9])$",
        "^x_[^\\s]+$",
        "^(?:ab|cd){2}$",
        "^\\d{4}-\\d\\d$",
        "^[\\w.]+@[a-z]+\\.com$",
        "^\\u0041+?$",
        "a|b",
        "",
        "^.{3,}$",
        "^[\\]\\-]$",
    ],
)
def test_a_guess_fits(pattern: str) -> None:
    """The common part of regular expressions is read."""
    validator = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    assert any(validator.is_valid(text) for text in guesses(pattern))


@pytest.mark.parametrize(
    "pattern", ["(?=a)", "(?<!a)b", r"(a)\1", "(", "[", "a{1", "*", "\\", r"\p{L}", "a{99999}", ")"]
)
def test_what_cannot_be_read_gives_no_guess(pattern: str) -> None:
    """No exception, and nothing that would be wrong without being checked."""
    assert isinstance(guesses(pattern), list)


def test_guesses_are_few_and_quick() -> None:
    """Nested repetition does not multiply."""
    assert len(guesses("((((a{1,9}){1,9}){1,9}){1,9}|b|c)*")) <= 16
    assert guesses("(" * 500) == []
