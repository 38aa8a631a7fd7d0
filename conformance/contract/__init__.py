"""What the documents promise together: ``load()`` reads them into one frozen ``Contract``."""

from conformance.contract.loading import load
from conformance.contract.model import Contract, Service

__all__ = ["Contract", "Service", "load"]
