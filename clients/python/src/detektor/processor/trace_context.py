"""A position in a trace, in the format of W3C Trace Context (level 1)."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from detektor.processor import strict_json

_HEADER = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_TRACE_ID = re.compile(r"[0-9a-f]{32}")
_SPAN_ID = re.compile(r"[0-9a-f]{16}")
_FLAGS = re.compile(r"[0-9a-f]{1,2}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
# Ids are not secret, but two processes must not generate the same ones.
_random = random.SystemRandom()


@dataclass(frozen=True)
class TraceContext:
    """Trace id (32 lower-case hex digits) and span id (16), neither all zero, and flags from 0 to 255; bit 0 means sampled."""

    trace_id: str
    span_id: str
    flags: int

    @staticmethod
    def parse(header: str) -> TraceContext | None:
        """Parses a ``traceparent`` header; None when malformed: broken tracing must not fail a frame."""
        found = _HEADER.fullmatch(header)
        if found is None or found[1] == "ff" or (found[1] == "00" and found[5] is not None):
            return None
        return _of(found[2], found[3], int(found[4], 16))

    @staticmethod
    def parse_json(text: bytes) -> TraceContext | None:
        """Parses ``{"trace_id": …, "span_id": …, "trace_flags": "01"}``; None when malformed, empty or not JSON."""
        said = strict_json.read_object(text)
        flags = None if said is None else _flags(said.get("trace_flags"))
        if said is None or flags is None:
            return None
        return _of(said.get("trace_id"), said.get("span_id"), flags)

    @staticmethod
    def new() -> TraceContext:
        """A new, unsampled trace with its first span."""
        return TraceContext(f"{_id(128):032x}", f"{_id(64):016x}", 0)

    def child(self) -> TraceContext:
        """A new child span in the same trace."""
        return TraceContext(self.trace_id, f"{_id(64):016x}", self.flags)

    @property
    def sampled(self) -> bool:
        """Whether the producer wants this trace to be recorded."""
        return bool(self.flags & 1)

    @property
    def traceparent(self) -> str:
        """The text of the ``traceparent`` header."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    @property
    def json(self) -> str:
        """The text of the ``trace_context`` field."""
        return f'{{"trace_id":"{self.trace_id}","span_id":"{self.span_id}","trace_flags":"{self.flags:02x}"}}'


def _id(bits: int) -> int:
    return _random.getrandbits(bits) or 1


def _of(trace_id: object, span_id: object, flags: int) -> TraceContext | None:
    if not isinstance(trace_id, str) or not isinstance(span_id, str):
        return None
    if not _TRACE_ID.fullmatch(trace_id) or not _SPAN_ID.fullmatch(span_id):
        return None
    return None if trace_id == _NO_TRACE or span_id == _NO_SPAN else TraceContext(trace_id, span_id, flags)


def _flags(said: object) -> int | None:
    if said is None:
        return 0
    if isinstance(said, int) and not isinstance(said, bool):
        return said if 0 <= said <= 255 else None
    return int(said, 16) if isinstance(said, str) and _FLAGS.fullmatch(said) else None
