"""The embedded reference: both services and a small real exchange behind them.

It is built on third-party packages and the standard library alone. A reference made from the suite's own
codec and contract would agree with itself.
"""
