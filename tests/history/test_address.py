"""What names a history, and what of it may be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.history.address import address


def test_none_is_no_history() -> None:
    assert address("none") is None


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("kept.db", "kept.db"),
        ("~/kept.db", str(Path.home() / "kept.db")),
        ("sqlite:///kept%20here.db", "kept here.db"),
        ("sqlite:////var/kept.db", "/var/kept.db"),
    ],
)
def test_a_path_is_a_file_of_sqlite(text: str, file: str) -> None:
    made = address(text)
    assert made is not None
    assert (made.file, made.shown, made.url, made.secrets) == (file, file, "", ())


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_of_a_database_user_host_and_name_are_shown_and_no_password(scheme: str) -> None:
    made = address(f"{scheme}://gull:we%2Fed@db.example:5433/runs?sslkey=/k/own.pem&application_name=ci")
    assert made is not None
    assert made.url.startswith("postgresql+psycopg://gull:we%2Fed@db.example:5433/runs?")
    assert made.shown == "postgresql://gull@db.example:5433/runs"
    assert set(made.secrets) == {"we/ed", "we%2Fed", "/k/own.pem"}
    assert made.starred("at we/ed and we%2Fed") == "at *** and ***"


@pytest.mark.parametrize(
    "text",
    ["mysql://u:secret@h/d", "postgresql://u:secret@h", "postgresql://u:secret@h:port/d", "sqlite://x", " "],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="--history") as refused:
        address(text)
    assert "secret" not in str(refused.value)
