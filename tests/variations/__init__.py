"""Conforming variations of the reference: they are other on the wire, and no case minds."""
