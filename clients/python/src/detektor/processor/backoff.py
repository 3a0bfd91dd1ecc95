"""Pauses between tries."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Pauses from 0.1 to 5 s, each twice the last, less up to a half by chance, so that many do not come at once."""

    FIRST = 0.1
    LONGEST = 5.0

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """``chance``: numbers from 0 to below 1."""
        self._chance = chance
        self._most = self.FIRST

    def next(self) -> float:
        """The next pause, in seconds."""
        pause = self._most * (1 - self._chance() / 2)
        self._most = min(self._most * 2, self.LONGEST)
        return pause

    def reset(self) -> None:
        """What was tried has worked."""
        self._most = self.FIRST
