"""The work queue of a processor: adds frames like the service, and reads the outcomes."""

import time

from detektor.processor import wire
from detektor.processor.trace_context import TraceContext
from tests.waiting import until


class QueueInRedis:
    def __init__(self, client, processor: str = "face-1", prefix: str = ""):
        self.client = client
        self.prefix = prefix
        self.key = f"{prefix}frames:ready:{processor}"
        self.group = f"{processor}-group"
        self._captured = int(time.time() * 1000)

    def add(self, frame_id: str, **fields) -> str:
        """Hands off a frame; returns the id of its entry."""
        self._captured += 1
        added = {
            "frame_id": frame_id,
            "camera_id": "cam-1",
            "capability": "face",
            "attempt": "1",
            "capture_id": f"{self._captured}-0",
            "enqueued_at": "2026-11-23T12:00:00.000000Z",
            "traceparent": TraceContext.new().traceparent,
        }
        self.client.hincrby(self.prefix + "frame-buffer:ledger", "captured:cam-1", 1)
        return self.client.xadd(self.key, {**added, **fields}).decode()

    def results(self) -> list[dict[str, str]]:
        return self._entries("frames:results")

    def returned(self) -> list[dict[str, str]]:
        return self._entries("frames:returned")

    def _entries(self, name: str) -> list[dict[str, str]]:
        entries = self.client.xrange(self.prefix + name)
        return [{k.decode(): v.decode(errors="replace") for k, v in fields.items()} for _, fields in entries]

    def until_results(self, count: int, within: float = 20) -> list[dict[str, str]]:
        return until(lambda: len(self.results()) >= count and self.results(), f"{count} results; {self.returned()}", within)

    def until_returned(self, count: int, within: float = 20) -> list[dict[str, str]]:
        return until(lambda: len(self.returned()) >= count and self.returned(), f"{count} returned; {self.results()}", within)

    @property
    def pending(self) -> int:
        try:
            return self.client.xpending(self.key, self.group)["pending"]
        except Exception:  # noqa: BLE001 - the group does not exist yet
            return 0

    @property
    def length(self) -> int:
        return self.client.xlen(self.key)

    def ledger(self, field: str) -> int:
        return int(self.client.hget(self.prefix + "frame-buffer:ledger", field) or 0)

    def fields_of(self, entry: str) -> list[bytes]:
        return [part for pair in self.client.xrange(self.key, entry, entry)[0][1].items() for part in pair]

    @staticmethod
    def decoded(fields: list[bytes]):
        return wire.decode_queued("1-0", fields)
