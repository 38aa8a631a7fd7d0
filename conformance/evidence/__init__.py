"""Evidence: a run in one archive, and whether such an archive is still what it was."""

from conformance.evidence.bundle import Made, bundle
from conformance.evidence.verify import Verified, verify

__all__ = ["Made", "Verified", "bundle", "verify"]
