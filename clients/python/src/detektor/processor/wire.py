"""Wire format (docs/protocol.md 2): decodes and encodes stream entries.

An entry is a flat list of bytes, names and values in turn, in the order of the stream. Fields that the client does not use are
not decoded, and are returned byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from detektor.processor import keys, strict_json, timestamps
from detektor.processor.fields import FieldReader, join_problems
from detektor.processor.trace_context import TraceContext

MOST_FIELDS = 1_000
MOST_CAPABILITIES = 32
LONGEST_RETRY_MS = 3_600_000
UNKNOWN = "unknown"
_MAX_ADDED_FIELDS = 7
_MAX_CACHED_BYTES = 1_024
_MAX_TTL_MS = 3_155_760_000_000
_ENTRY_ID = re.compile(rb"([0-9]{1,20})(?:-([0-9]{1,20}))?")
_UNSIGNED = 2**64
_ADDED_BY_RETURN = frozenset((b"return_kind", b"return_detail", b"retry_after_ms", b"processor_id", b"return_suspect"))
_ADDED_BY_HAND_OFF = frozenset((b"capability", b"attempt", b"capture_id", b"enqueued_at", b"traceparent", b"trace_context"))


class Malformed(ValueError):
    """An entry is malformed; ``problems`` has each invalid field and its problem."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(join_problems(problems))
        self.problems = problems


@dataclass(frozen=True)
class FrameEvent:
    """A frame as its producer published it (docs/protocol.md 2.2). Moments are UTC; missing values are None."""

    frame_id: str
    camera_id: str
    timestamp: datetime
    priority: int
    capabilities: tuple[str, ...]
    trace: TraceContext | None
    expires_at: datetime | None
    size_bytes: int | None
    width: int | None
    height: int | None
    format: str | None


@dataclass(frozen=True)
class QueuedFrame:
    """A frame in a work queue: the event, the fields that the hand-off added (docs/protocol.md 2.3), and all raw fields."""

    event: FrameEvent
    capability: str
    attempt: int
    capture_id: str
    enqueued_at: datetime
    fields: list[bytes]


def as_dict(fields: list[bytes]) -> dict[bytes, bytes]:
    """The fields by name. If a name occurs twice, the last one counts."""
    return dict(zip(fields[::2], fields[1::2], strict=True))


def decode_event(entry_id: str, fields: list[bytes], most: int = MOST_FIELDS) -> FrameEvent:
    """Decodes an entry of the capture stream. ``most``: largest number of fields.

    Raises Malformed with all problems.
    """
    if len(fields) // 2 > most:
        raise Malformed([("fields", f"must be at most {most}, not {len(fields) // 2}")])
    reader = FieldReader()
    event = _decode_fields(entry_id, as_dict(fields), reader)
    if reader.problems:
        raise Malformed(reader.problems)
    return event


def decode_queued(entry_id: str, fields: list[bytes]) -> QueuedFrame:
    """Decodes an entry of a work queue. ``entry_id`` is the capture id if the entry has none.

    Raises Malformed with all problems.
    """
    if len(fields) // 2 > MOST_FIELDS + _MAX_ADDED_FIELDS:
        raise Malformed([("fields", f"must be at most {MOST_FIELDS}, not {len(fields) // 2}")])
    named = as_dict(fields)
    reader = FieldReader()
    # A frame without a timestamp has the time of its capture, even after several hand-offs.
    capture_id = entry_id
    written = named.get(b"capture_id")
    if written is not None:
        canonical = _canonical(written)
        if canonical is None:
            reader.problem("capture_id", "must be an entry id")
        else:
            capture_id = canonical
    event = _decode_fields(capture_id, named, reader)
    attempt = reader.integer("attempt", named.get(b"attempt"), 1, 1_000_000)
    enqueued_at = reader.moment("enqueued_at", named.get(b"enqueued_at"))
    capability = named.get(b"capability", b"").decode(errors="replace")
    if reader.problems:
        raise Malformed(reader.problems)
    return QueuedFrame(event, capability, attempt or 1, capture_id, enqueued_at or event.timestamp, fields)


def unreadable(entry_id: str, fields: list[bytes]) -> QueuedFrame:
    """A placeholder for a malformed entry, sufficient to return it with all its fields."""
    named = as_dict(fields)
    names = [named.get(name, UNKNOWN.encode()).decode(errors="replace") for name in (b"frame_id", b"camera_id")]
    at = _time_of_entry(entry_id)
    event = FrameEvent(names[0], names[1], at, 0, (), None, None, None, None, None, None)
    return QueuedFrame(event, "", 1, entry_id, at, fields)


def encode_queued(
    fields: list[bytes], capability: str, attempt: int, capture_id: str, enqueued_at: datetime, dispatch: TraceContext
) -> list[bytes]:
    """Encodes an entry of a work queue, as the service does. The test kit uses it."""
    return _without(fields, _ADDED_BY_HAND_OFF) + flat(
        capability=capability,
        attempt=str(attempt),
        capture_id=capture_id,
        enqueued_at=timestamps.micros(enqueued_at),
        traceparent=dispatch.traceparent,
        trace_context=dispatch.json,
    )


def encode_result(  # noqa: PLR0917 - one parameter for each field of the result
    queued: QueuedFrame, processor_id: str, status: str, result: str, processed_at: datetime, took_ms: float, trace: str
) -> list[bytes]:
    """Encodes an entry of the result stream (docs/protocol.md 2.4). ``status``: success or error. ``result``: JSON."""
    event = queued.event
    # fmt: off
    return [
        b"frame_id", event.frame_id.encode(), b"camera_id", event.camera_id.encode(),
        b"processor_id", processor_id.encode(), b"capability", queued.capability.encode(errors="replace"),
        b"status", status.encode(), b"result", result.encode(errors="replace"),
        b"processed_at", timestamps.micros(processed_at).encode(), b"processing_ms", b"%.3f" % took_ms,
        b"attempt", b"%d" % queued.attempt, b"traceparent", trace.encode(),
    ]
    # fmt: on


def encode_returned(
    queued: QueuedFrame, processor_id: str, kind: str, detail: str, retry_after_ms: int = 0, suspect: bool = False
) -> list[bytes]:
    """Encodes an entry of ``frames:returned`` (docs/protocol.md 2.5): all fields of the frame, and the reason of its return.

    ``kind``: retry, failed or rejected. ``suspect``: the frame may have ended its processor.
    """
    back = flat(return_kind=kind, return_detail=detail, retry_after_ms=str(retry_after_ms), processor_id=processor_id)
    return _without(queued.fields, _ADDED_BY_RETURN) + back + (flat(return_suspect="true") if suspect else [])


def flat(**fields: str) -> list[bytes]:
    """Encodes fields as a flat list."""
    return [part.encode(errors="replace") for pair in fields.items() for part in pair]


def _decode_fields(entry_id: str, named: dict[bytes, bytes], reader: FieldReader) -> FrameEvent:
    get = named.get
    frame_id = reader.required("frame_id", get(b"frame_id"))
    camera_id = reader.required("camera_id", get(b"camera_id"))
    timestamp = reader.moment("timestamp", get(b"timestamp")) or _time_of_entry(entry_id)
    priority = reader.integer("priority", get(b"priority"), 0, 10) or 0
    capabilities, problems = _capabilities(get(b"detection_type"), get(b"metadata"))
    for problem in problems:
        reader.problem(*problem)
    written = get(b"format")
    return FrameEvent(
        frame_id,
        camera_id,
        timestamp,
        priority,
        capabilities,
        _trace(get(b"traceparent"), get(b"trace_context")),
        _expiry(named, timestamp, reader),
        reader.integer("size_bytes", get(b"size_bytes"), 0),
        reader.integer("width", get(b"width"), 1),
        reader.integer("height", get(b"height"), 1),
        None if written is None else reader.text("format", written),
    )


def _trace(header: bytes | None, context: bytes | None) -> TraceContext | None:
    found = None if header is None else TraceContext.parse(header.decode(errors="replace"))
    return found if found is not None or context is None else TraceContext.parse_json(context)


def _expiry(named: dict[bytes, bytes], timestamp: datetime, reader: FieldReader) -> datetime | None:
    at = reader.moment("expires_at", named.get(b"expires_at"))
    ttl = reader.integer("ttl_ms", named.get(b"ttl_ms"), 0)
    if ttl is None:
        return at
    by_ttl = timestamps.after(timestamp, min(ttl, _MAX_TTL_MS))
    return by_ttl if at is None else min(at, by_ttl)


def _canonical(written: bytes) -> str | None:
    found = _ENTRY_ID.fullmatch(written)
    if found is None:
        return None
    millis, sequence = int(found[1]), int(found[2] or 0)
    return f"{millis}-{sequence}" if millis < _UNSIGNED and sequence < _UNSIGNED else None


def _time_of_entry(entry_id: str) -> datetime:
    millis = int(entry_id.partition("-")[0])
    return timestamps.of_millis(millis) if millis <= timestamps.LATEST_MILLIS else timestamps.EPOCH


def _without(fields: list[bytes], names: frozenset[bytes]) -> list[bytes]:
    if names.isdisjoint(fields[::2]):
        return list(fields)
    kept: list[bytes] = []
    for at in range(0, len(fields), 2):
        if fields[at] not in names:
            kept += fields[at : at + 2]
    return kept


def _capabilities(kind: bytes | None, metadata: bytes | None) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The distinct capabilities in field and metadata, and the problems."""
    if len(kind or b"") + len(metadata or b"") > _MAX_CACHED_BYTES:
        return _read_capabilities(kind, metadata)
    return _cached_capabilities(kind, metadata)


def _read_capabilities(kind: bytes | None, metadata: bytes | None) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    reader = FieldReader()
    named: dict[str, None] = {}
    if kind is not None:
        _add_capabilities(named, "detection_type", [reader.text("detection_type", kind) or ""], reader)
    if metadata is not None:
        said = strict_json.read_object(metadata)
        if said is None:
            reader.problem("metadata", "must be a JSON object")
        else:
            _read_metadata(said, named, reader)
    if len(named) > MOST_CAPABILITIES:
        reader.problem("metadata", f"names more than {MOST_CAPABILITIES} capabilities")
    return tuple(named), reader.problems


# The frames of one camera usually name the same capabilities. Long metadata usually differs, and would fill the memory.
_cached_capabilities = lru_cache(maxsize=4_096)(_read_capabilities)


def _read_metadata(metadata: dict[str, object], named: dict[str, None], reader: FieldReader) -> None:
    one = metadata.get("detection_type")
    if isinstance(one, str):
        _add_capabilities(named, "metadata.detection_type", [one], reader)
    elif one is not None:
        reader.problem("metadata.detection_type", "must be text")
    several = metadata.get("detection_types")
    if isinstance(several, list):
        _add_capabilities(named, "metadata.detection_types", [text for text in several if isinstance(text, str)], reader)
        if not all(isinstance(text, str) for text in several):
            reader.problem("metadata.detection_types", "must be a list of texts")
    elif several is not None:
        reader.problem("metadata.detection_types", "must be a list of texts")


def _add_capabilities(named: dict[str, None], field: str, texts: Iterable[str], reader: FieldReader) -> None:
    for text in texts:
        if text and not keys.is_capability(text):
            reader.problem(field, "must name a capability of 1 to 128 characters")
        elif text and len(named) <= MOST_CAPABILITIES:
            named[text] = None
