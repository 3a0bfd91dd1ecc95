"""Pauses between retries."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Exponential backoff from 0.1 to 5 s. A random reduction of up to one half keeps many clients from retrying together."""

    FIRST = 0.1
    LONGEST = 5.0

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """``chance`` returns numbers from 0 up to, but not including, 1."""
        self._chance = chance
        self._most = self.FIRST

    def next(self) -> float:
        """The next pause, in seconds."""
        pause = self._most * (1 - self._chance() / 2)
        self._most = min(self._most * 2, self.LONGEST)
        return pause

    def reset(self) -> None:
        """The operation succeeded: the next pause is the shortest again."""
        self._most = self.FIRST
