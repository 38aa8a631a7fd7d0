"""Faults: named misbehaviours, derived from the contract by rule, and the behavioural ones of the reference.

Derived faults work at the reference's outgoing seam (a few at its incoming one), so that the reference stays
clean: it knows nothing of them, and they know nothing of the exchange.
"""

from conformance.faults.catalogue import catalogue, named
from conformance.faults.fault import Fault, Kind, combined

__all__ = ["Fault", "Kind", "catalogue", "combined", "named"]
