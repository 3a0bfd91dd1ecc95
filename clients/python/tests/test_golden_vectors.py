"""The client decodes and encodes the golden vectors of ``wire/`` like the Java client."""

import base64
import json
import zlib
from pathlib import Path

import pytest

from detektor.processor import keys, timestamps, wire
from detektor.processor.trace_context import TraceContext
from tests.paths import GOLDEN


def vectors(name: str) -> list:
    return [pytest.param(v, id=f"{v['name'][:60]}") for v in json.loads(Path(GOLDEN, name).read_text("utf-8"))]


def raw(fields: dict) -> list[bytes]:
    flat: list[bytes] = []
    for name, value in fields.items():
        flat += [name.encode(), base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()]
    return flat


@pytest.mark.parametrize("vector", vectors("frames-valid.json"))
def test_a_valid_frame_is_read(vector):
    event = wire.decode_event(vector["entry_id"], raw(vector["fields"]))
    read = {
        "frame_id": event.frame_id,
        "camera_id": event.camera_id,
        "timestamp": timestamps.micros(event.timestamp),
        "priority": event.priority,
        "capabilities": list(event.capabilities),
        "traceparent": event.trace and event.trace.traceparent,
        "expires_at": event.expires_at and timestamps.micros(event.expires_at),
        "size_bytes": event.size_bytes,
        "width": event.width,
        "height": event.height,
        "format": event.format,
    }
    assert read == vector["expect"]


@pytest.mark.parametrize("vector", vectors("frames-invalid.json"))
def test_the_error_of_an_invalid_frame_names_its_invalid_fields(vector):
    with pytest.raises(wire.Malformed) as refused:
        wire.decode_event("1763899200123-0", raw(vector["fields"]))
    assert list(dict.fromkeys(field for field, _ in refused.value.problems)) == vector["problems"]


@pytest.mark.parametrize("vector", vectors("queued-frame.json"))
def test_a_queued_frame_is_written_and_read_back(vector):
    note = vector["hand_off"]
    fields = wire.encode_queued(
        raw(vector["frame"]),
        note["capability"],
        note["attempt"],
        note["capture_id"],
        timestamps.parse(note["enqueued_at"]),
        TraceContext.parse(note["dispatch"]),
    )
    assert fields == raw(vector["fields"])
    queued = wire.decode_queued("1-0", fields)
    assert (queued.capability, queued.attempt, queued.capture_id) == (
        note["capability"],
        note["attempt"],
        note["capture_id"],
    )
    assert timestamps.micros(queued.enqueued_at) == note["enqueued_at"]
    assert queued.event.trace.traceparent == note["dispatch"]


@pytest.mark.parametrize("vector", vectors("result.json"))
def test_a_result_is_written(vector):
    fields = wire.encode_result(
        wire.decode_queued("1-0", raw(vector["queued"])),
        vector["processor_id"],
        vector["status"],
        vector["result"],
        timestamps.parse(vector["processed_at"]),
        vector["processing_ms"],
        vector["traceparent"],
    )
    assert fields == raw(vector["fields"])


@pytest.mark.parametrize("vector", vectors("returned-frame.json"))
def test_a_returned_frame_is_written(vector):
    fields = wire.encode_returned(
        wire.decode_queued("1-0", raw(vector["queued"])),
        vector["processor_id"],
        vector["kind"],
        vector["detail"],
        vector["retry_after_ms"],
    )
    assert fields == raw(vector["fields"])


@pytest.mark.parametrize("vector", vectors("trace-contexts.json"))
def test_a_trace_context_is_read(vector):
    if "traceparent" in vector:
        found = TraceContext.parse(vector["traceparent"])
    else:
        found = TraceContext.parse_json(vector["trace_context"].encode())
    assert (found and found.traceparent) == vector["expect"]


@pytest.mark.parametrize("vector", vectors("partitions.json"))
def test_a_camera_is_in_its_partition(vector):
    assert zlib.crc32(vector["camera_id"].encode()) == vector["crc32"]
    for count, partition in vector["partition_of"].items():
        assert keys.partition_of(vector["camera_id"], int(count)) == partition


def test_a_frame_returned_twice_has_only_the_last_reason():
    queued = wire.decode_queued("1-0", wire.flat(frame_id="f", camera_id="c", return_kind="retry", processor_id="old"))
    fields = wire.as_dict(wire.encode_returned(queued, "new", "failed", "why", suspect=True))
    assert fields[b"processor_id"] == b"new"
    assert fields[b"return_kind"] == b"failed"
    assert fields[b"return_suspect"] == b"true"
