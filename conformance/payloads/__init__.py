"""Contract to payloads: valid values with holes, and one-fault mutants that name the clause that they
break.
"""

from conformance.payloads.again import broken_again
from conformance.payloads.choices import Choices, Point
from conformance.payloads.fresh import Fresh, fresh
from conformance.payloads.freshness import fresh_at
from conformance.payloads.holes import Hole, exemplified, fill, holes_in, place
from conformance.payloads.mutants import Mutant, mutants
from conformance.payloads.valid import Variant, fits, valid, variants

__all__ = [
    "Choices",
    "Fresh",
    "Hole",
    "Mutant",
    "Point",
    "Variant",
    "broken_again",
    "exemplified",
    "fill",
    "fits",
    "fresh",
    "fresh_at",
    "holes_in",
    "mutants",
    "place",
    "valid",
    "variants",
]
