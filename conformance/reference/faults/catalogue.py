"""Every behavioural fault by its name, family by family."""

from conformance.reference.faults import (
    auth,
    commands,
    health,
    keys,
    layouts,
    replies,
    streams,
    trading,
    transport,
)
from conformance.reference.faults.fault import REGISTERED, Fault

FAMILIES = {
    "transport": (transport,),
    "auth": (auth, keys),
    "commands": (commands, replies, trading),
    "layouts": (layouts,),
    "streams": (streams,),
    "health": (health,),
}
"""The modules of each family."""

FAULTS: dict[str, Fault] = {
    name: fault
    for modules in FAMILIES.values()
    for module in modules
    for name, fault in REGISTERED.items()
    if fault.behaviour.__module__ == module.__name__
}
