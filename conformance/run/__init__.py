"""The engine, without pytest and without a command line."""

from conformance.run.engine import Engine, Result

__all__ = ["Engine", "Result"]
