"""Every behavioural fault by its name."""

from conformance.reference.faults.fault import Fault

FAULTS: dict[str, Fault] = {}
