"""`omen-conformance serve`: the embedded reference exchange, in the foreground or as the child of a run."""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from conformance.errors import EnvironmentFailure, UsageError
from conformance.reference.accounts import DEMO_KEYS
from conformance.reference.faults.catalogue import ALL, FAULTS
from conformance.reference.faults.fault import Fault, combine
from conformance.reference.faults.occasional import occasional
from conformance.reference.introduction import introduction
from conformance.reference.server import PortUnavailable, Reference
from conformance.reference.settings import Settings
from conformance.reference.variations.catalogue import VARIATIONS
from conformance.reference.variations.variation import Variation, vary

HELP = "start the embedded reference exchange"

ADDRESSES = {
    "OPTIONS_GATEWAY_WS_ADDR": "gateway",
    "OPTIONS_GATEWAY_HEALTH_ADDR": "gateway_health",
    "OPTIONS_MARKET_DATA_WS_ADDR": "market_data",
}
"""Environment variables, and the settings that they override."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="gateway on N, its health on N+1, market data on N+2; 0: free ports",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of all that moves by chance (0)"
    )
    parser.add_argument(
        "--deadline", action="append", default=[], metavar="NAME=MS", help="a deadline; auth is known (5000)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="misbehave in this way, NAME@P: on the share P of the connections; repeatable",
    )
    parser.add_argument("--list-faults", action="store_true", help="list the faults that are known, and stop")
    parser.add_argument(
        "--variation",
        action="append",
        default=[],
        metavar="NAME",
        help="conform in this other way; repeatable",
    )
    parser.add_argument(
        "--list-variations", action="store_true", help="list the variations that are known, and stop"
    )
    parser.add_argument(
        "--embedded",
        action="store_true",
        help="free ports, one JSON line on standard output, stop when standard input closes",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until stopped. UsageError, and EnvironmentFailure for a port that cannot be opened."""
    if options.list_faults:
        for name, says in _all_faults():
            print(f"{name}  {says}")
        return 0
    if options.list_variations:
        for variation in VARIATIONS.values():
            print(f"{variation.name}  {variation.keeps}")
        return 0
    try:
        settings = _settings(options, os.environ)
        faults = [_fault(name, options.seed) for name in dict.fromkeys(options.fault)]
        varied = vary(_variation(name) for name in dict.fromkeys(options.variation))
        reference = Reference(settings, combine(faults, varied))
        asyncio.run(_serve(reference, options.embedded))
    except PortUnavailable as failure:
        raise EnvironmentFailure(
            str(failure), hint=f"give --port N, or {next(iter(ADDRESSES))}=HOST:PORT and the like"
        ) from failure
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(reference: Reference, embedded: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with reference:
        gc.freeze()  # what is here now stays: it need not be looked at again
        if embedded:
            print(json.dumps(introduction(reference)), flush=True)
            threading.Thread(target=_watch_input, args=(loop, stop), daemon=True).start()
        else:
            print(_greeting(reference), flush=True)
        await stop.wait()


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop the loop once standard input is closed: the parent is gone."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop has stopped already
        loop.call_soon_threadsafe(stop.set)


def _greeting(reference: Reference) -> str:
    width = max(map(len, (*reference.addresses, *(key.secret for key in DEMO_KEYS)))) + 2
    lines = ["The reference exchange is up. Ctrl-C stops it.", ""]
    lines += [f"  {name:<{width}}{address}" for name, address in reference.addresses.items()]
    lines += ["", "Demo keys, worth nothing anywhere else:", ""]
    for key in DEMO_KEYS:
        lines.append(f"  {key.secret:<{width}}{key.account}: {', '.join(key.permissions)}")
    lines += ["", "To put the cases to it, in another terminal:", "", f"  {_invitation(reference)}"]
    return "\n".join(lines)


def _invitation(reference: Reference) -> str:
    """The command that puts the cases to this very reference."""
    settings, usual = reference.settings, Settings()
    words = ["omen-conformance run"]
    if all(getattr(settings, name) == getattr(usual, name) for name in ADDRESSES.values()):
        words.append("local")
    else:
        words += [f"--url {name}={address}" for name, address in reference.addresses.items()]
        words += ["--credential apiKey=env:VARIABLE", "--exclusive", "--allow-trading"]
        words.append(f"--minimum expires_in_secs={settings.min_expiry_secs}")
    if settings.auth_secs != usual.auth_secs:
        words.append(f"--deadline auth={round(settings.auth_secs * 1000)}")
    return " ".join(words)


def _variation(name: str) -> Variation:
    if name not in VARIATIONS:
        near = get_close_matches(name, VARIATIONS, n=1, cutoff=0.7)
        meant = f"did you mean {near[0]}? " if near else ""
        hint = f"{meant}`omen-conformance serve --list-variations` lists all"
        raise UsageError(f"there is no variation named {name!r}", hint=hint)
    return VARIATIONS[name]


def _all_faults() -> Iterator[tuple[str, str]]:
    """The behavioural ones, then those derived from the contract."""
    yield from ((fault.name, fault.breaks) for fault in FAULTS.values())
    from conformance.contract import load
    from conformance.documents.find import find
    from conformance.faults.catalogue import derived

    yield from ((fault.name, fault.says) for fault in derived(load(find())))


def _fault(name: str, seed: int) -> Fault:
    """A behavioural fault, or one derived from the contract: those have a slash in their names. With ``@P``:
    on the share P of the connections."""
    always, at, share = name.rpartition("@")
    if at:
        return occasional(_fault(always, seed), _share(share), seed)
    if name in ALL:
        return ALL[name]
    if "/" in name:
        from conformance.contract import load
        from conformance.documents.find import find
        from conformance.faults import named

        derived = named(load(find()), name)
        if derived is not None:
            return Fault(name, derived.says, derived.clauses, derived.make())
    raise UsageError(f"there is no fault named {name!r}", hint=_near(name))


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise UsageError(f"--fault NAME@P: P must be a number above 0 and at most 1, not {text!r}")
    return share


def _near(fault: str) -> str:
    near = get_close_matches(fault, ALL, n=1, cutoff=0.7)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}`omen-conformance serve --list-faults` lists all"


def _settings(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    port = 0 if options.embedded else options.port
    if port is not None and not 0 <= port <= 65_533:
        raise UsageError(f"--port must be between 0 and 65533, not {port}")
    auth_secs = _auth_secs(options.deadline)
    settings = Settings(seed=options.seed, auth_secs=auth_secs, aliases=options.embedded)
    for offset, (variable, name) in enumerate(ADDRESSES.items()):
        address = None
        if port is not None:
            address = ("127.0.0.1", port and port + offset)
        elif environment.get(variable):
            address = _address(variable, environment[variable])
        if address is not None:
            settings = _at(settings, name, address)
    return settings


def _at(settings: Settings, name: str, address: tuple[str, int]) -> Settings:
    if name == "gateway":
        return replace(settings, gateway=address)
    if name == "gateway_health":
        return replace(settings, gateway_health=address)
    return replace(settings, market_data=address)


def _address(variable: str, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        raise UsageError(f"{variable} must be host:port, not {text!r}")
    return host.strip("[]"), int(port)


def _auth_secs(deadlines: list[str]) -> float:
    secs = Settings.auth_secs
    for text in deadlines:
        name, equals, value = text.partition("=")
        if name != "auth" or not equals or not (value.isascii() and value.isdigit()) or not int(value):
            raise UsageError(f"--deadline must be auth=MILLISECONDS, not {text!r}")
        secs = int(value) / 1000
    return secs
