"""For cameras and other sources: publishes frames, and sends fewer when the service reports backpressure."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from redis.exceptions import NoPermissionError

from detektor.processor import keys as names
from detektor.processor import redis_link, timestamps
from detektor.processor.backpressure import Backpressure
from detektor.processor.config import check_ca_file, pixels_address, redis_url_of
from detektor.processor.errors import ProcessorError
from detektor.processor.keys import Keys
from detektor.processor.lookup import LOOKUP_ERRORS, Lookup
from detektor.processor.redis_address import RedisAddress
from detektor.processor.trace_context import TraceContext
from detektor.processor.wire import MOST_CAPABILITIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BACKPRESSURE_INTERVAL = 0.5
_PARTITIONS_INTERVAL = 5.0
_MAX_AGE = 5.0
_MAX_CAMERAS = 10_000


class NotPublished(ProcessorError):
    """Redis is unavailable or refused the command; the frame may or may not have been published."""


class FrameProducer:
    """Publishes frames on the capture stream, and stores their pixels for a limited time. Thread-safe::

    with FrameProducer() as producer:
        producer.publish("yard", picture, capabilities=["face_detection"], priority=3)
    """

    def __init__(
        self,
        redis_url: str | None = None,
        *,
        key_prefix: str = "",
        pixels_ttl: float = 60.0,
        pixels_keep: float | None = 5.0,
        pixels_redis_url: str | None = None,
        ca_file: str | None = None,
        obey: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``redis_url``: default REDIS_URL, or redis://localhost:6379. ``key_prefix``: prefix of all Redis keys. ``pixels_ttl``: time to
        live of pixels in seconds, more than 0; a longer ``ttl`` of the frame counts instead, and the service extends it while the frame
        is in flight. ``pixels_keep``: seconds that the pixels may stay after the end of the frame, at least 0; None: until their time to
        live is over. Keys that `publish` gets with ``key`` keep theirs. ``pixels_redis_url``: default PIXELS_REDIS_URL, or the Redis of
        the frames. ``ca_file``: PEM file with authorities that rediss:// trusts besides those of the machine; default CA_FILE.
        ``obey``: whether `publish` leaves out frames when the service reports backpressure; if False, `share` tells how many to send. Do
        not publish two frames with one ``frame_id``: they share their pixels.

        Raises ValueError when an argument is invalid.
        """
        if pixels_ttl <= 0:
            raise ValueError(f"pixels_ttl must be more than 0 s, not {pixels_ttl}")
        if pixels_keep is not None and pixels_keep < 0:
            raise ValueError(f"pixels_keep must be at least 0 s, not {pixels_keep}")
        authorities = ca_file or os.environ.get("CA_FILE") or None
        check_ca_file(authorities)
        address = RedisAddress.parse(redis_url_of(redis_url), authorities)
        pixels_url = pixels_redis_url or os.environ.get("PIXELS_REDIS_URL")
        self._pixels_client = redis_link.LazyClient(pixels_address(pixels_url, authorities)) if pixels_url else None
        self._keep_ms = None if pixels_keep is None else round(pixels_keep * 1_000)
        self._on_cluster = address.mode == "cluster"
        self._client = redis_link.LazyClient(address)
        self._prefix = key_prefix
        self._ttl_ms = max(1, round(pixels_ttl * 1_000))
        self._obey = obey
        self._clock = clock
        self._lock = threading.Lock()
        self._partitions: Lookup[int | None] = Lookup(_PARTITIONS_INTERVAL, float("inf"), clock)
        self._lookups: dict[str, Lookup[Backpressure]] = {}
        self._cameras: dict[tuple[str, tuple[str, ...]], _CameraThrottle] = {}

    def publish(  # noqa: PLR0913 - one parameter for each property of the frame
        self,
        camera_id: str,
        picture: bytes | NDArray[np.uint8] | None = None,
        *,
        key: str | None = None,
        capabilities: Collection[str] = (),
        priority: int = 0,
        ttl: float | None = None,
        timestamp: datetime | None = None,
        frame_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        inline: bool = False,
    ) -> str | None:
        """Publishes a frame. Returns its ``frame_id``, or None when the frame was left out because of backpressure.

        ``picture``: the bytes of a file, or a numpy array (height x width x 3, BGR, 8 bits), which is encoded as JPEG. ``key``:
        alternatively, the Redis key of the pixels. ``capabilities``: what the frame needs, at most 32; none: any processor will do.
        ``priority``: 0 to 10; 10 is the most urgent. ``timestamp``: time of capture, with a zone; default now. ``ttl``: seconds
        after ``timestamp`` when the frame expires, at least 0. ``inline``: put the pixels into the frame itself, which suits small
        pictures.

        Raises ValueError when an argument is invalid, and NotPublished when Redis is unavailable.
        """
        wanted = _validated(camera_id, capabilities, priority, ttl)
        if timestamp is not None and timestamp.utcoffset() is None:
            raise ValueError("timestamp has no zone; write datetime.now(timezone.utc), or .astimezone() for a local time")
        if (picture is None) == (key is None):
            raise ValueError("pass either a picture or the key of its pixels")
        try:
            keys = self._keys_of(camera_id)
            if self._obey and not self._camera(camera_id, wanted).allows(self._backpressure(keys), wanted, self._clock()):
                return None
            frame = _frame_fields(camera_id, frame_id or uuid.uuid4().hex, wanted, priority, timestamp, metadata)
            if ttl is not None:
                frame["ttl_ms"] = str(round(ttl * 1_000))
            data = b"" if picture is None else self._encode_picture(frame, picture)
            if key is not None:
                frame["frame_buffer_key"] = key
            elif inline:
                frame["data"] = data
            self._send(keys, frame, None if inline or key is not None else data)
        except LOOKUP_ERRORS as e:
            raise NotPublished(f"the frame may not have been published: {redis_link.error_text(e)}") from e
        return str(frame["frame_id"])

    def share(self, capabilities: Collection[str] = (), camera_id: str = "", per_second: float = float("inf")) -> float:
        """The share of its frames that a camera should send, from 0 to 1, for frames that need these capabilities. Without backpressure: 1.

        ``per_second``: the frames per second that the camera wants to send. Raises NotPublished when Redis is unavailable.
        """
        try:
            return self._backpressure(self._keys_of(camera_id)).share(capabilities, per_second)
        except LOOKUP_ERRORS as e:
            raise NotPublished(redis_link.error_text(e)) from e

    def _send(self, keys: Keys, frame: dict[str, Any], pixels: bytes | None) -> None:
        # The pixels live at least as long as the frame.
        lifetime = max(self._ttl_ms, int(frame.get("ttl_ms", "0")))
        if pixels is not None and self._keep_ms is not None:
            frame["pixels_keep_ms"] = str(self._keep_ms)
        # On a cluster, some versions of redis-py have no transactions. The pixels are written first: a frame must not precede them.
        if pixels is None or self._on_cluster or self._pixels_client is not None:
            if pixels is not None:
                (self._pixels_client or self._client).get().set(keys.pixels(frame["frame_id"]), pixels, px=lifetime)
            self._client.get().xadd(keys.capture, frame)
            return
        with self._client.get().pipeline(transaction=True) as together:
            together.set(keys.pixels(frame["frame_id"]), pixels, px=lifetime)
            together.xadd(keys.capture, frame)
            together.execute()

    def _encode_picture(self, frame: dict[str, Any], picture: Any) -> bytes:
        """Returns the bytes of the picture, and adds its size and format to the frame."""
        if isinstance(picture, (bytes, bytearray, memoryview)):
            data = bytes(picture)
            frame.update(size_bytes=str(len(data)), format=_format_of(data))
            return data
        try:
            import cv2  # noqa: PLC0415 - an extra
        except ImportError as e:
            raise ProcessorError(
                "encoding a numpy array needs OpenCV: pip install 'detektor-processor-client[image]', or pass bytes"
            ) from e
        done, encoded = cv2.imencode(".jpg", picture)
        if not done:
            raise ValueError("OpenCV cannot encode this array; it must be height x width x 3, 8 bits")
        data = encoded.tobytes()
        height, width = picture.shape[:2]
        frame.update(size_bytes=str(len(data)), format="jpeg", width=str(width), height=str(height))
        return data

    def _keys_of(self, camera_id: str) -> Keys:
        count = self._partitions.get(self._read_partitions)
        if count is None:
            return Keys(self._prefix)
        return Keys(f"{self._prefix}{{p{names.partition_of(camera_id, count)}}}")

    def _read_partitions(self) -> int | None:
        reply = self._client.get().get(f"{self._prefix}{{p0}}frame-buffer:partitions")
        return int(reply) if reply is not None else None

    def _backpressure(self, keys: Keys) -> Backpressure:
        with self._lock:
            lookup = self._lookups.get(keys.prefix)
            if lookup is None:
                lookup = self._lookups[keys.prefix] = Lookup(_BACKPRESSURE_INTERVAL, _MAX_AGE, self._clock)
        return lookup.get(lambda: self._read_backpressure(keys))

    def _read_backpressure(self, keys: Keys) -> Backpressure:
        reply, here = self._read_hash_and_time(keys.backpressure)
        backpressure = Backpressure.decode({name.decode(errors="replace"): value for name, value in reply.items()})
        return backpressure if backpressure.is_current(here) else Backpressure()

    def _read_hash_and_time(self, key: str) -> tuple[dict[bytes, bytes], datetime]:
        """A hash, and the time by the clock of Redis, which wrote its moments: the clock of a camera may be wrong."""
        client = self._client.get()
        try:
            if self._on_cluster:
                fields = client.hgetall(key)
                seconds, micros = client.execute_command("TIME", target_nodes=client.get_node_from_key(key))
            else:
                with client.pipeline(transaction=False) as together:
                    fields, (seconds, micros) = together.hgetall(key).time().execute()
        except NoPermissionError:
            # Users of earlier versions need no TIME. If it was HGETALL that is not permitted, this raises the same error.
            return client.hgetall(key), datetime.now(timezone.utc)
        return fields, timestamps.EPOCH + timedelta(seconds=seconds, microseconds=micros)

    def _camera(self, camera_id: str, wanted: tuple[str, ...]) -> _CameraThrottle:
        with self._lock:
            camera = self._cameras.get((camera_id, wanted))
            if camera is None:
                if len(self._cameras) >= _MAX_CAMERAS:
                    self._cameras.pop(next(iter(self._cameras)))
                camera = self._cameras[camera_id, wanted] = _CameraThrottle()
            return camera

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()
        if self._pixels_client is not None:
            self._pixels_client.close()

    def __enter__(self) -> FrameProducer:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class _CameraThrottle:
    """Spreads the share of frames to send evenly over the frames of one camera."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._credit = 0.5
        self._last: float | None = None
        self._interval: float | None = None

    def allows(self, backpressure: Backpressure, wanted: Collection[str], now: float) -> bool:
        with self._lock:
            if self._last is not None:
                passed = max(1e-6, now - self._last)
                self._interval = passed if self._interval is None else 0.8 * self._interval + 0.2 * passed
            self._last = now
            share = backpressure.share(wanted, float("inf") if self._interval is None else 1 / self._interval)
            self._credit += share
            if share <= 0 or self._credit < 1.0 - 1e-9:
                return False
            self._credit -= 1.0
            return True


def _validated(camera_id: str, capabilities: Collection[str], priority: int, ttl: float | None) -> tuple[str, ...]:
    if not 1 <= len(camera_id) <= 256:
        raise ValueError("camera_id must have 1 to 256 characters")
    wanted = tuple(dict.fromkeys([capabilities] if isinstance(capabilities, str) else capabilities))
    if len(wanted) > MOST_CAPABILITIES or not all(names.is_capability(name) for name in wanted):
        raise ValueError(f"capabilities must be at most {MOST_CAPABILITIES} names of 1 to 128 characters")
    if not 0 <= priority <= 10:
        raise ValueError(f"priority must be 0 to 10, not {priority}")
    if ttl is not None and ttl < 0:
        raise ValueError(f"ttl must be at least 0 s, not {ttl}")
    return wanted


def _frame_fields(
    camera_id: str,
    frame_id: str,
    wanted: tuple[str, ...],
    priority: int,
    timestamp: datetime | None,
    metadata: Mapping[str, Any] | None,
) -> dict[str, Any]:
    at = timestamp or datetime.now(timezone.utc)
    trace = _current_trace()
    frame: dict[str, Any] = {"frame_id": frame_id, "camera_id": camera_id, "timestamp": timestamps.micros(at)}
    frame.update(priority=str(priority), traceparent=trace.traceparent, trace_context=trace.json)
    if len(wanted) == 1:
        frame["detection_type"] = wanted[0]
    values = dict(metadata or {})
    if len(wanted) > 1:
        values["detection_types"] = list(wanted)
    if values:
        frame["metadata"] = json.dumps(values, allow_nan=False)
    return frame


def _current_trace() -> TraceContext:
    """The producer's current span; else a new trace."""
    try:
        from opentelemetry import trace  # noqa: PLC0415 - an extra
    except ImportError:
        return TraceContext.new()
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return TraceContext.new()
    return TraceContext(f"{here.trace_id:032x}", f"{here.span_id:016x}", int(here.trace_flags))


def _format_of(data: bytes) -> str:
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else "bytes"


__all__ = ["FrameProducer", "NotPublished"]
