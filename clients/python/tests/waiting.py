"""Waits for a condition, with a timeout."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str, within: float = 20.0):
    """Waits until the condition is true, and returns its value. ``what`` describes the condition."""
    deadline = time.monotonic() + within
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
