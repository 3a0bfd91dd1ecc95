"""Waiting for a condition, for a bounded time."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str, within: float = 20.0):
    """Waits until this is true, and answers what it is then."""
    deadline = time.monotonic() + within
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
