"""Conditions that last are logged when they begin and when they end, not each time they are met."""

from __future__ import annotations

import logging


class LastingFault:
    """One condition that can be wrong for a while. For any thread."""

    def __init__(self, log: logging.Logger, who: str) -> None:
        self._log = log
        self._who = who
        self.current: str | None = None

    def present(self, why: str) -> None:
        """It is wrong, and why; said once for each reason."""
        if why != self.current:
            self.current = why
            self._log.warning("%s: %s", self._who, why)

    def over(self, how: str) -> None:
        """It is right; said if it was wrong."""
        if self.current is not None:
            self.current = None
            self._log.info("%s: %s", self._who, how)
