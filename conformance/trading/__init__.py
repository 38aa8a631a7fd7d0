"""Orders and accounts, as the roles of a document let a client see them. Knows no name of any exchange."""

from conformance.trading.roles import Report, Side, Status, Trading

__all__ = ["Report", "Side", "Status", "Trading"]
