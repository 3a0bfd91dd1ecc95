"""Logs lasting faults when they begin and when they end, instead of at each occurrence."""

from __future__ import annotations

import logging


class FaultReporter:
    """Tracks one fault. Thread-safe."""

    def __init__(self, log: logging.Logger, name: str) -> None:
        self._log = log
        self._name = name
        self.current: str | None = None

    def report(self, reason: str) -> None:
        """The fault is present; logs each new reason once."""
        if reason != self.current:
            self.current = reason
            self._log.warning("%s: %s", self._name, reason)

    def resolve(self, message: str) -> None:
        """The fault is over; logs the message if a fault was reported before."""
        if self.current is not None:
            self.current = None
            self._log.info("%s: %s", self._name, message)
