"""From what a user names to a target, without any process."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract import NOBODY, Contract, Protocol, load
from conformance.documents.find import find
from conformance.errors import UsageError
from conformance.fronts.options import Wish, repeat_command
from conformance.run.addresses import parse_address
from conformance.run.targets import Given, make_target
from tests.foreign.beacon import document, written


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ws://localhost:3001/", "ws://127.0.0.1:3001"),
        ("ws://localhost:3001/", "ws://[::1]:3001/"),
        ("wss://Example.com", "wss://example.COM:443/"),
        ("http://127.0.0.1/", "HTTP://localhost:80"),
    ],
)
def test_spellings_of_one_place_are_equal(one: str, other: str) -> None:
    """Letter case, default ports, a closing slash and the names of the loopback make no difference."""
    assert parse_address(one).key == parse_address(other).key


def test_a_place_is_told_as_it_was_written() -> None:
    """Whoever gave an address looks for that address in what we print."""
    assert parse_address("ws://127.0.0.1:4001/").place == "127.0.0.1:4001"
    assert parse_address("wss://[::1]/").place == "[::1]:443"
    assert parse_address("ws://LocalHost:1/").place == "localhost:1"


@pytest.mark.parametrize(
    "other", ["ws://localhost:3002/", "wss://localhost:3001/", "ws://localhost.example:3001/"]
)
def test_other_places_are_not(other: str) -> None:
    """Another port, scheme or host is another place."""
    assert parse_address("ws://localhost:3001/").key != parse_address(other).key


@pytest.mark.parametrize(
    "url", ["", "ws:", "ws://", "//host/", "ftp://host/", "ws://[::1", "ws://h/ x", "ws://h/?q=1"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """Malformed addresses are refused before anything is sent."""
    with pytest.raises(UsageError):
        parse_address(url, Protocol.WEBSOCKET)


def test_a_named_server_brings_what_is_stated_of_it(contract: Contract) -> None:
    """`local`: addresses of all documents, the demo credentials, trading, exclusive."""
    target = make_target(contract, Given(name="local"))
    assert set(target.addresses) == set(contract.services)
    assert target.credentials
    assert (target.exclusive, target.trading, target.embedded) == (True, True, False)
    assert target.minimums


def test_an_address_that_a_document_knows_brings_the_same(contract: Contract) -> None:
    """Another spelling of a documented address takes what the document states of it."""
    urls = (
        "gateway=ws://127.0.0.1:3001/", "gateway-health=http://127.0.0.1:3002",
        "market-data=ws://[::1]:3003", "market-data-health=http://LOCALHOST:3003/",
    )  # fmt: skip
    named, given = make_target(contract, Given(name="local")), make_target(contract, Given(urls=urls))
    assert given.credentials == named.credentials
    assert (given.exclusive, given.trading, given.minimums) == (True, True, named.minimums)


def test_an_unknown_address_brings_nothing(contract: Contract) -> None:
    """Nothing is assumed of an address that no document knows."""
    target = make_target(contract, Given(urls=("gateway=ws://127.0.0.1:4001/",)))
    assert (target.credentials, target.exclusive, target.trading) == ((), False, False)


def test_a_public_server_gets_no_demo_credentials(contract: Contract) -> None:
    """Stated credentials are for the loopback; trading needs the user's own word elsewhere."""
    target = make_target(contract, Given(name="public-test"))
    assert (target.credentials, target.trading) == ((), False)
    assert make_target(contract, Given(name="public-test", allow_trading=True)).trading


def test_a_value_that_only_a_scenario_asks_for_can_be_given(contract: Contract) -> None:
    """Whoever is told to give --value quiet_symbol=… can."""
    given = Given(urls=("gateway=ws://127.0.0.1:1/",), values={"quiet_symbol": "X"})
    assert make_target(contract, given).values["quiet_symbol"] == "X"


def test_given_credentials_win(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """Explicit credentials stand in the place of stated ones, with what is said of them."""
    monkeypatch.setenv("A_KEY", "secret")
    words = "apiKey=env:A_KEY,label=mine,account=a,permissions=read+trade"
    (one,) = make_target(contract, Given(name="local", credentials=(words,))).credentials
    assert (one.scheme, one.value, one.label, one.account) == ("apiKey", "secret", "mine", "a")
    assert one.permissions == {"read", "trade"}
    assert "secret" not in repr(one)


def test_the_repeat_command_is_the_same_run_of_one_case() -> None:
    """Target options are repeated, quoted for a shell; what chose the cases and where reports go is not."""
    wish = Wish(
        target="local", credential=("apiKey=env:KEY",), case=("a*",), jobs=4, seed=7, fault=("x y",),
        allow_trading=True, report_dir="there", tolerance=500,
    )  # fmt: skip
    assert repeat_command(wish, "s/f/one") == (
        "omen-conformance run local --credential apiKey=env:KEY --allow-trading --tolerance 500 "
        "--fault 'x y' --seed 7 --case s/f/one"
    )


def _channels(folder: Path) -> Contract:
    """A document with two channels: two services."""
    made = document(address="/lamp/one")
    made["channels"]["fog"] = {**made["channels"]["lamp"], "address": "/fog"}
    return load(find(asyncapi=[written(folder, made)]))


def test_an_address_is_that_of_all_services_of_its_document(tmp_path: Path) -> None:
    """By itself, by the document's name, and by a service's own, which goes first."""
    contract = _channels(tmp_path)
    one, other = contract.services
    for text in ("ws://127.0.0.1:5/", "beacon=ws://127.0.0.1:5/"):
        addresses = make_target(contract, Given(urls=(text,))).addresses
        assert addresses == dict.fromkeys(contract.services, "ws://127.0.0.1:5/")
    urls = (f"{other}=ws://127.0.0.1:6/", "beacon=ws://127.0.0.1:5/")
    assert make_target(contract, Given(urls=urls)).addresses == {
        one: "ws://127.0.0.1:5/",
        other: "ws://127.0.0.1:6/",
    }


@pytest.mark.parametrize(
    ("servers", "asked"),
    [
        ({"rock": ["pass"]}, ("pass",)),
        ({"rock": ["pass"], "pier": []}, ("pass", NOBODY)),
        ({"rock": []}, ()),
    ],
)
def test_an_unknown_address_asks_for_what_the_documents_servers_do(
    servers: dict[str, list[str]], asked: tuple[str, ...], tmp_path: Path
) -> None:
    """A credential is needed where each of them needs one, and may be given where one does."""
    made = document({"pass": {"type": "http", "scheme": "bearer"}})
    made["servers"] = {
        name: {
            "host": f"127.0.0.1:{port}",
            "protocol": "ws",
            "security": [{"$ref": f"#/components/securitySchemes/{each}"} for each in security],
        }
        for port, (name, security) in enumerate(servers.items(), 9)
    }
    contract = load(find(asyncapi=[written(tmp_path, made)]))
    target = make_target(contract, Given(urls=("ws://127.0.0.1:5/",)))
    assert target.security == {"beacon": asked}
    stated = make_target(contract, Given(urls=("ws://127.0.0.1:9/",)))
    assert stated.security == {"beacon": tuple(servers["rock"])}
