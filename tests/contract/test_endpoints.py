"""Servers that are aliases: read, judged, promised."""

from __future__ import annotations

import pytest

from conformance.contract.endpoints import environment, most_aliases
from conformance.errors import DocumentError
from tests.contract.build import service_of
from tests.contract.test_extensions import FULL

SERVERS = """\
servers:
  main: {host: main.example, protocol: wss}
  other:
    host: other.example
    protocol: wss
    x-conformance: {alias_of: main}
  third: {host: third.example, protocol: wss, x-conformance: {alias_of: main}}
  alone: {host: alone.example, protocol: wss}
"""


def test_an_environment_is_the_same_from_each_of_its_addresses() -> None:
    """The server that stands for it comes first, whichever is asked from."""
    service, _ = service_of(FULL + SERVERS)
    others = {each.name: [one.name for one in environment(each, service.servers)] for each in service.servers}
    assert others == {
        "main": ["other", "third"],
        "other": ["main", "third"],
        "third": ["main", "other"],
        "alone": [],
    }
    assert most_aliases(service) == 2


def test_what_is_promised_of_it() -> None:
    """A clause for each promise, at the line that makes it; of streams only where there are streams."""
    service, book = service_of(FULL + SERVERS)
    promised = {name.partition("/endpoints/")[2]: each for name, each in book.clauses.items()}
    names = {"same-upgrade", "same-answers", "same-refusals", "same-limits", "same-state"}
    assert names <= promised.keys()
    assert ("same-streams" in promised) == (service.rules.streams is not None)
    place = promised["same-answers"].where
    assert (FULL + SERVERS).splitlines()[place.line - 1].strip() == "x-conformance: {alias_of: main}"
    assert service.rules.clauses["endpoints/same-state"] == "toy/endpoints/same-state"


def test_no_alias_no_promise() -> None:
    """Two servers are two environments, unless the document says otherwise."""
    service, book = service_of(FULL + SERVERS.partition("  other:")[0])
    assert most_aliases(service) == 0
    assert not [name for name in book.clauses if "/endpoints/" in name]


def test_an_http_server_is_no_alias() -> None:
    """Cases are put to one address of an HTTP service: that is said, not passed over."""
    text = """\
openapi: 3.1.0
info: {title: Lamps, version: '1'}
servers:
  - {url: 'http://first.example', x-conformance: {name: first}}
  - {url: 'http://second.example', x-conformance: {name: second, alias_of: first}}
paths: {}
"""
    with pytest.raises(DocumentError, match="an OpenAPI server is no alias"):
        service_of(text)


@pytest.mark.parametrize(
    ("of", "says"),
    [
        ("mian", r"there is no server 'mian'.*did you mean main"),
        ("other", "no alias of itself"),
        ("third", "third is an alias itself.*main"),
    ],
)
def test_an_alias_of_what_cannot_be_is_one_sentence(of: str, says: str) -> None:
    """A server that is not there, itself, and a chain are refused."""
    text = SERVERS.replace("    x-conformance: {alias_of: main}", f"    x-conformance: {{alias_of: {of}}}")
    with pytest.raises(DocumentError, match=says):
        service_of(FULL + text)
