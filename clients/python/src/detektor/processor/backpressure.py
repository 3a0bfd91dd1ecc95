"""Backpressure: the share of frames that producers should send, as the service publishes it (docs/protocol.md 2.7)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from detektor.processor import strict_json, timestamps

_RATES = {"NORMAL": 1.0, "MODERATE": 0.8, "HIGH": 0.5, "CRITICAL": 0.0}
_CAPABILITY = "capability:"
# Older backpressure is ignored: a service that has stopped must not slow producers down.
_MAX_AGE = timedelta(seconds=5)


@dataclass(frozen=True)
class Backpressure:
    """The published backpressure. Levels are NORMAL, MODERATE, HIGH and CRITICAL: one of the service, and one for each capability.

    ``camera_rates``: by capability, the frames per second that each camera may always send.
    """

    level: str = "NORMAL"
    paused_by_operator: bool = False
    updated_at: datetime = timestamps.EPOCH
    capabilities: Mapping[str, str] = field(default_factory=dict)
    camera_rates: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def decode(fields: Mapping[str, bytes]) -> Backpressure:
        """Reads the Redis hash. Malformed values count as missing."""
        levels: dict[str, str] = {}
        rates: dict[str, float] = {}
        for name, value in fields.items():
            values = strict_json.read_object(value) if name.startswith(_CAPABILITY) else None
            if values is None:
                continue
            capability = name[len(_CAPABILITY) :]
            if values.get("level") in _RATES:
                levels[capability] = values["level"]
            rate = values.get("camera_rate")
            if isinstance(rate, (int, float)) and not isinstance(rate, bool) and 0 <= rate < math.inf:
                rates[capability] = float(rate)
        texts = {name: fields.get(name, b"").decode(errors="replace") for name in ("level", "paused_by", "updated_at")}
        return Backpressure(
            texts["level"] if texts["level"] in _RATES else "NORMAL",
            texts["paused_by"] == "operator",
            timestamps.parse(texts["updated_at"]) or timestamps.EPOCH,
            levels,
            rates,
        )

    def share(self, capabilities: Collection[str] = (), per_second: float = math.inf) -> float:
        """The share of frames to send, from 0 to 1, for frames that need all of these capabilities; without capabilities, for any frame.

        ``per_second``: the frames per second that the camera wants to send. A camera may always send its guaranteed rate, so that
        producers that ignore backpressure cannot take a detector away from it.
        """
        if capabilities:
            return min(self._share(name, per_second) for name in capabilities)
        return max((self._share(name, per_second) for name in self.capabilities), default=self._rate("NORMAL"))

    def _share(self, capability: str, per_second: float) -> float:
        rate = self._rate(self.capabilities.get(capability, "NORMAL"))
        own = min(1.0, self.camera_rates.get(capability, 0.0) / per_second) if per_second > 0 else 1.0
        return rate if self.paused_by_operator else max(rate, own)

    def _rate(self, level: str) -> float:
        return 0.0 if self.paused_by_operator else _RATES[level]

    def is_current(self, now: datetime) -> bool:
        """Whether the values are less than five seconds old, and not from the future."""
        return abs(now - self.updated_at) <= _MAX_AGE
