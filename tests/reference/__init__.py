"""Tests of the embedded reference, over real sockets and piece by piece."""
