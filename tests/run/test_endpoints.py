"""The addresses of an environment: which of them a run goes to, and which it never does."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.errors import UsageError
from conformance.run.targets import Given, make_target
from tests.foreign.beacon import document, written

LOCAL, AWAY = "ws://127.0.0.1:9/", "wss://second.example"


def contract(folder: Path, **servers: str) -> Contract:
    """Servers by name: URL; what is called alias… is one of ``main``."""
    made = document()
    made["servers"] = {}
    for name, url in servers.items():
        protocol, _, host = url.partition("://")
        made["servers"][name] = {"host": host.rstrip("/"), "protocol": protocol}
        if name.startswith("alias"):
            made["servers"][name]["x-conformance"] = {"alias_of": "main"}
    return load(find(asyncapi=[written(folder, made)]))


def target(folder: Path, *urls: str, name: str = "main", **servers: str) -> Target:
    return make_target(contract(folder, **servers), Given(name=name, urls=urls))


def others(made: Target) -> dict[str, str]:
    return dict(made.aliases["beacon"])


def test_whoever_names_a_server_names_its_aliases(tmp_path: Path) -> None:
    """By the name of either: the other one is the alias."""
    known = {"main": "wss://first.example", "alias": AWAY}
    assert others(target(tmp_path, **known)) == {"alias": AWAY}
    assert others(target(tmp_path, name="alias", **known)) == {"main": "wss://first.example"}


def test_whoever_gives_an_address_gives_that_one_alone(tmp_path: Path) -> None:
    """Not even the aliases of a server that is at this very address are asked."""
    known = {"main": "wss://first.example", "alias": AWAY}
    for name in ("", "main"):
        made = target(tmp_path, "beacon=wss://first.example", name=name, **known)
        assert made.aliases == {}
        assert AWAY not in made.everywhere().values()


def test_an_alias_by_its_address(tmp_path: Path) -> None:
    """``SERVICE/NAME=URL``, beside the address; one of a document's name is that one from now on."""
    made = target(tmp_path, f"beacon={LOCAL}", "beacon/other=ws://127.0.0.1:10/", name="", main=AWAY)
    assert made.everywhere() == {"beacon": LOCAL, "beacon/other": "ws://127.0.0.1:10/"}
    assert (made.address("beacon"), made.address("beacon", 1), made.address("beacon", 2)) == (
        LOCAL,
        "ws://127.0.0.1:10/",
        "",
    )
    known = {"main": "wss://first.example", "alias": AWAY}
    made = target(tmp_path, "beacon/alias=wss://elsewhere.example", **known)
    assert others(made) == {"alias": "wss://elsewhere.example"}


@pytest.mark.parametrize(
    ("main", "alias", "why"),
    [
        ("wss://first.example", "ws://second.example", "is not encrypted"),
        ("ws://127.0.0.1:9", "ws://second.example", "is not on this machine"),
    ],
)
def test_what_a_document_trusts_less_is_not_asked(tmp_path: Path, main: str, alias: str, why: str) -> None:
    """Credentials would go there: the sentence says how to have it all the same, and both ways work."""
    with pytest.raises(UsageError, match=why) as refused:
        target(tmp_path, main=main, alias=alias)
    assert f"--url beacon/alias={alias}" in refused.value.hint
    assert f"--url beacon={main}" in refused.value.hint
    assert target(tmp_path, f"beacon/alias={alias}", main=main, alias=alias).address("beacon", 1) == alias
    assert target(tmp_path, f"beacon={main}", main=main, alias=alias).aliases == {}


@pytest.mark.parametrize(
    ("urls", "says"),
    [
        (("beacon/other=ws://127.0.0.1:10/",), "an alias of which address"),
        ((f"beacon={LOCAL}", "beacon/a=ws://127.0.0.1:1/", "beacon/a=ws://127.0.0.1:2/"), "two addresses"),
        ((f"beacon={LOCAL}", "beacon/a=http://127.0.0.1:1/"), "--url beacon/a.*scheme http"),
        ((f"beacon={LOCAL}", "bacon/a=ws://127.0.0.1:1/"), "bacon"),
    ],
)
def test_what_is_no_alias_is_refused(tmp_path: Path, urls: tuple[str, ...], says: str) -> None:
    """An alias of nothing, one given twice, one of another protocol, one of a service that is not there."""
    with pytest.raises(UsageError, match=says):
        target(tmp_path, *urls, name="", main=AWAY)


def test_an_alias_elsewhere_takes_the_loopback_s_word_away(tmp_path: Path) -> None:
    """What a document allows on this machine is allowed only where every address is on it."""
    made = document()
    made["servers"] = {"main": {"host": "127.0.0.1:9", "protocol": "ws", "x-conformance": {"trading": True}}}
    known = load(find(asyncapi=[written(tmp_path, made)]))
    assert make_target(known, Given(name="main")).trading
    assert not make_target(known, Given(name="main", urls=(f"beacon/away={AWAY}",))).trading
