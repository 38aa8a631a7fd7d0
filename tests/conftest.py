"""What all tests share: generated examples are the same in every run, unless new ones are asked for."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("explore" if os.environ.get("CONFORMANCE_EXPLORE") else "same")
