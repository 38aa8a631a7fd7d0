"""Contract conformance suite."""
