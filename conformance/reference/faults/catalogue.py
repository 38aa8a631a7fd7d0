"""Every behavioural fault by its name, family by family."""

from conformance.reference.faults import (
    access,
    accounts,
    auth,
    commands,
    company,
    crowds,
    deadline,
    endpoints,
    health,
    inflight,
    isolation,
    keys,
    layouts,
    limits,
    markets,
    orders,
    recognition,
    reconnect,
    replies,
    states,
    streams,
    subscriptions,
    trading,
    transport,
    updates,
)
from conformance.reference.faults.fault import REGISTERED, Fault

FAMILIES = {
    "transport": (limits, transport),
    "auth": (access, auth, deadline, keys, recognition),
    "commands": (
        accounts,
        commands,
        endpoints,
        inflight,
        isolation,
        orders,
        reconnect,
        replies,
        trading,
        updates,
    ),
    "layouts": (layouts,),
    "streams": (company, crowds, streams, subscriptions, markets, states),
    "health": (health,),
}
"""The modules of each family."""

ALL: dict[str, Fault] = {
    name: fault
    for modules in FAMILIES.values()
    for module in modules
    for name, fault in REGISTERED.items()
    if fault.behaviour.__module__ == module.__name__
}

FAULTS: dict[str, Fault] = {name: fault for name, fault in ALL.items() if fault.clause}
"""Those that break a clause of the packaged documents, and are seen by a case that enforces it."""

UNSEEN: dict[str, Fault] = {name: fault for name, fault in ALL.items() if not fault.clause}
"""Those that break a sentence which no clause speaks of yet: they can be started, and are not listed."""
