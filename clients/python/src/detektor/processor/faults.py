"""Conditions that last are logged when they begin and when they end, not each time they are met."""

from __future__ import annotations

import logging


class FaultReporter:
    """One condition that can be wrong for a while. For any thread."""

    def __init__(self, log: logging.Logger, name: str) -> None:
        self._log = log
        self._name = name
        self.current: str | None = None

    def report(self, reason: str) -> None:
        """It is wrong, and reason; said once for each reason."""
        if reason != self.current:
            self.current = reason
            self._log.warning("%s: %s", self._name, reason)

    def resolve(self, message: str) -> None:
        """It is right; said if it was wrong."""
        if self.current is not None:
            self.current = None
            self._log.info("%s: %s", self._name, message)
