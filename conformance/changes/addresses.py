"""Where a service is: its address, what may stand in the holes of it, its servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.changes.entry import CLIENT, whom
from conformance.changes.ground import Ground, only
from conformance.contract.addresses import HOLE, holes
from conformance.contract.clause import Clause
from conformance.contract.model import Server, Service, Variable
from conformance.documents.where import Where

ANY = Variable()


def addresses(ground: Ground, old: Service, new: Service) -> None:
    """Compare where two services are."""
    _address(ground, old, new)
    _servers(ground, old, new)


def bare(address: str) -> str:
    """An address whatever its parameters are called."""
    return HOLE.sub("{}", address)


def listed(was: Iterable[str], now: Iterable[str]) -> tuple[bool, bool]:
    """Whom it breaks (clients, server) that a client may choose among other values; none listed: any."""
    old, new = set(was), set(now)
    tightened = bool(new and (not old or old - new))
    return whom(CLIENT, tightened=tightened, loosened=bool(old and (not new or new - old)))


def _address(ground: Ground, old: Service, new: Service) -> None:
    before, after = (each.template or each.address for each in (old, new))
    if bare(before) != bare(after):
        said = f"the address: {before} → {after}"
        ground.tell("address", new.name, "", said, clients=True, server=True, old=old.where, new=new.where)
    for name, other in _parameters(before, after):
        about = f"the parameter {{{other}}} of the address"
        if name != other:
            said = f"{about} was called {{{name}}} in the documents"
            ground.tell("parameter-renamed", new.name, "", said, old=old.where, new=new.where)
        gone = _described(ground.old.catalogue.clauses.values(), old.name, name)
        come = _described(ground.new.catalogue.clauses.values(), new.name, other)
        ground.same.update(zip(gone, come, strict=False))
        values = old.allowed.get(name, ()), new.allowed.get(other, ())
        _values(ground, new.name, about, values, (old.where, new.where), gone, come)


def _parameters(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Holes that belong together: by where they stand, in another address by their names."""
    if bare(old) == bare(new):
        yield from zip(holes(old), holes(new), strict=True)
    else:
        yield from ((name, name) for name in holes(old) if name in holes(new))


def _described(clauses: Iterable[Clause], service: str, name: str) -> list[str]:
    """The clauses that a parameter may have any of its values, one a channel of the address."""
    return [
        each.id
        for each in clauses
        if (each.service, each.keyword) == (service, name)
        and (each.path[:1], each.path[2:]) == (("channels",), ("parameters",))
    ]


def _values(
    ground: Ground, service: str, about: str, values: tuple[tuple[str, ...], tuple[str, ...]],
    places: tuple[Where, Where], gone: Iterable[str] = (), come: Iterable[str] = (),
) -> None:  # fmt: skip
    if set(values[0]) != set(values[1]):
        said = " → ".join(f"one of {', '.join(each)}" if each else "any value" for each in values)
        clients, server = listed(*values)
        ground.tell(
            "values", service, "", f"{about}: {said}", clients=clients, server=server, old=places[0],
            new=places[1], gone=gone, come=come,
        )  # fmt: skip


def _servers(ground: Ground, old: Service, new: Service) -> None:
    before, after = ({each.name: each for each in one.servers} for one in (old, new))
    pairs = {name: name for name in before if name in after}
    gone, come = (
        {name: each.url for name, each in one.items() if name not in pairs} for one in (before, after)
    )
    for name, other in only(gone, come):
        pairs[name] = other
        said = f"the server {name} is called {other} in the documents"
        _server(ground, new.name, said, before[name].where, after[other].where, clients=False)
    for name, server in before.items():
        if name in pairs:
            _server_in_both(ground, new.name, server, after[pairs[name]])
        else:
            _server(ground, new.name, f"the server {name} is gone", server.where, None, clients=True)
    for name, server in after.items():
        if name not in pairs.values():
            _server(ground, new.name, f"the server {name} is new", None, server.where, clients=False)


def _server_in_both(ground: Ground, service: str, old: Server, new: Server) -> None:
    if bare(old.url) != bare(new.url):
        said = f"the server {new.name}: {old.url} → {new.url}"
        _server(ground, service, said, old.where, new.where, clients=True)
    for name, other in _parameters(old.template, new.template):
        was, now = (each.variables.get(key, ANY).allowed for each, key in ((old, name), (new, other)))
        about = f"the variable {{{other}}} of the server {new.name}"
        _values(ground, service, about, (was, now), (old.where, new.where))
    _asked(ground, service, old, new)


def _asked(ground: Ground, service: str, old: Server, new: Server) -> None:
    """What a server asks for when a session is opened."""
    was, now = set(old.security), set(new.security)
    if was == now:
        return
    bound, freed = bool(now) and not was, bool(was) and not now
    said = [" or ".join(each.security) or "no credential" for each in (old, new)]
    ground.tell(
        "security", service, "", f"opening a session at {new.name} needs {said[0]} → {said[1]}",
        clients=bound or (not freed and bool(was - now)), server=freed or bound or bool(now - was),
        old=old.where, new=new.where,
    )  # fmt: skip


def _server(
    ground: Ground, service: str, says: str, old: Where | None, new: Where | None, *, clients: bool
) -> None:
    ground.tell("server", service, "", says, clients=clients, old=old, new=new)
