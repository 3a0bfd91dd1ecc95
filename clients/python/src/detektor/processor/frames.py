"""The frame that a handler gets, and access to its pixels."""

from __future__ import annotations

import asyncio
import builtins
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from redis.exceptions import ResponseError

from detektor.processor import redis_link, strict_json, wire
from detektor.processor.errors import NoPicture, PixelsAway, PixelsGone, ProcessorError
from detektor.processor.keys import Keys
from detektor.processor.redis_address import RedisAddress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MILLISECONDS = re.compile(rb"[0-9]{1,12}")
PixelSource = Callable[[wire.QueuedFrame], "bytes | None"]


class Frame:
    """A frame to process. Any thread may use it, but only one at a time.

    Its fields can be read as from a dict: ``frame["camera_id"]`` is the field's text, or its bytes if they are not UTF-8.
    """

    def __init__(self, queued: wire.QueuedFrame, pixels: PixelSource) -> None:
        """``pixels`` returns the frame's pixels, or None when they do not exist."""
        self._queued = queued
        self._pixels = pixels
        # Cached here and not by functools.cached_property: before Python 3.12 that holds one lock for all frames, so that all threads
        # would fetch and decode one after the other.
        self._raw: dict[str, bytes] | None = None
        self._metadata: dict[str, Any] | None = None
        self._bytes: bytes | None = None
        self._image: NDArray[np.uint8] | None = None

    @property
    def queued(self) -> wire.QueuedFrame:
        """The decoded entry of the work queue."""
        return self._queued

    @property
    def frame_id(self) -> str:
        """1 to 256 characters. Not unique: a producer that retries may publish two frames with the same id."""
        return self._queued.event.frame_id

    @property
    def camera_id(self) -> str:
        """1 to 256 characters."""
        return self._queued.event.camera_id

    @property
    def timestamp(self) -> datetime:
        """Time of capture, UTC."""
        return self._queued.event.timestamp

    @property
    def expires_at(self) -> datetime | None:
        """Time after which the frame is not worth processing, UTC; None: the frame never expires."""
        return self._queued.event.expires_at

    @property
    def enqueued_at(self) -> datetime:
        """Time of the hand-off to this processor, UTC."""
        return self._queued.enqueued_at

    @property
    def priority(self) -> int:
        """0 to 10; 10 is the most urgent."""
        return self._queued.event.priority

    @property
    def width(self) -> int:
        """Width in pixels, as the producer gave it, else of the decoded picture."""
        return self._queued.event.width or int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels, as the producer gave it, else of the decoded picture."""
        return self._queued.event.height or int(self.image.shape[0])

    @property
    def format(self) -> str | None:
        """Format of the pixels as the producer gave it, for example ``jpeg``; None: not given."""
        return self._queued.event.format

    @property
    def capability(self) -> str:
        """The capability for which this processor got the frame; empty when the frame names none."""
        return self._queued.capability

    @property
    def attempt(self) -> int:
        """1 at first; each charged failure adds one."""
        return self._queued.attempt

    @property
    def capture_id(self) -> str:
        """Entry id in the capture stream. Unique: it distinguishes two frames with the same ``frame_id``."""
        return self._queued.capture_id

    @property
    def traceparent(self) -> str | None:
        """The frame's W3C ``traceparent``; None: the frame has no trace."""
        trace = self._queued.event.trace
        return None if trace is None else trace.traceparent

    @property
    def metadata(self) -> dict[str, Any]:
        """The producer's metadata; empty when there is none."""
        if self._metadata is None:
            self._metadata = strict_json.read_object(self.raw.get("metadata", b"{}")) or {}
        return self._metadata

    @property
    def raw(self) -> dict[str, builtins.bytes]:
        """All fields of the work queue entry, as bytes."""
        if self._raw is None:
            named = wire.as_dict(self._queued.fields).items()
            self._raw = {name.decode(errors="backslashreplace"): value for name, value in named}
        return self._raw

    @property
    def bytes(self) -> builtins.bytes:
        """The pixels as the producer wrote them, for example a JPEG file. Fetched at first use, unless the frame carries them.

        Raises PixelsGone when the pixels do not exist, and PixelsAway when Redis is unavailable. In an ``async def`` handler, call
        ``await frame.load()`` first, so that the fetch does not block the event loop.
        """
        if self._bytes is None:
            self._bytes = self._pixels(self._queued)
            if self._bytes is None:
                raise PixelsGone(f"the pixels of frame {self.frame_id} are gone")
        return self._bytes

    @property
    def image(self) -> NDArray[np.uint8]:
        """The picture as an OpenCV array: height x width x 3, BGR, 8 bits. Decoded at first use.

        Raises NoPicture when OpenCV cannot decode the pixels, and the errors of `bytes`. Needs the extra ``image``.
        """
        if self._image is None:
            self._image = self._decode()
        return self._image

    def _decode(self) -> NDArray[np.uint8]:
        try:
            import cv2  # noqa: PLC0415 - an extra
            import numpy  # noqa: PLC0415
        except ImportError as e:
            raise ProcessorError("frame.image needs OpenCV: pip install 'detektor-processor-client[image]', or use frame.bytes") from e
        data = self.bytes
        try:
            picture: Any = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR) if data else None
        except cv2.error:
            picture = None
        if picture is None:
            raise NoPicture(f"the {len(data)} bytes of frame {self.frame_id} are not a picture")
        image: NDArray[np.uint8] = picture
        return image

    async def load(self) -> Frame:
        """Fetches the pixels without blocking the event loop. Returns the frame. Raises the errors of `bytes`."""
        if self._bytes is None:
            await asyncio.to_thread(lambda: self.bytes)
        return self

    def __getitem__(self, name: str) -> Any:
        value = self.raw[name]
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value

    def get(self, name: str, default: Any = None) -> Any:
        """The field's text, or its bytes if they are not UTF-8; the default when the field is missing."""
        return self[name] if name in self.raw else default

    def __contains__(self, name: object) -> bool:
        return name in self.raw

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def keys(self) -> list[str]:
        """The names of the fields."""
        return list(self.raw)

    def __repr__(self) -> str:
        return f"<Frame {self.frame_id} of camera {self.camera_id}, attempt {self.attempt}>"


class PixelStore:
    """Fetches pixels from Redis, and shortens their time to live. Thread-safe."""

    def __init__(self, address: RedisAddress, keys: Keys) -> None:
        self._keys = keys
        self._on_cluster = address.mode == "cluster"
        self._client = redis_link.LazyClient(address)

    def find(self, queued: wire.QueuedFrame) -> bytes | None:
        """The pixels of a frame, or None when they do not exist (any more).

        Looks in this order: the fields ``data`` and ``image_data``, the key in the field ``frame_buffer_key``, the key
        ``frame:{frame_id}``. Raises PixelsAway when Redis is unavailable; the frame is not to blame.
        """
        named = wire.as_dict(queued.fields)
        inline = named.get(b"data") or named.get(b"image_data")
        if inline:
            return inline
        return self._get(named.get(b"frame_buffer_key") or self._keys.pixels(queued.event.frame_id))

    def kept_after_end(self, queued: wire.QueuedFrame) -> tuple[bytes, int] | None:
        """The key of the frame's pixels, and for how many milliseconds the producer allows to keep them after the end of the frame.

        None: it does not limit the time. A producer may only name keys that begin with ``frame:``.
        """
        named = wire.as_dict(queued.fields)
        kept = named.get(b"pixels_keep_ms", b"")
        key = named.get(b"frame_buffer_key") or self._keys.pixels(queued.event.frame_id).encode()
        if not _MILLISECONDS.fullmatch(kept) or not key.startswith(self._keys.pixels("").encode()):
            return None
        return key, int(kept)

    def shorten(self, kept: Iterable[tuple[bytes, int]]) -> None:
        """Shortens the time to live of these keys, in one round trip. Keys without a time to live are left alone.

        Raises one of UNAVAILABLE or RedisError when Redis is unavailable or refuses.
        """
        if self._on_cluster:
            for key, millis in kept:
                self._client.get().pexpire(key, millis, xx=True, lt=True)
            return
        with self._client.get().pipeline(transaction=False) as together:
            for key, millis in kept:
                together.execute_command("PEXPIRE", key, millis, "XX", "LT")
            together.execute()

    def _get(self, key: bytes | str) -> bytes | None:
        away: Exception | None = None
        # The first failure may only be an idle connection that was cut. A second try uses a new connection.
        for _ in range(2):
            try:
                found: bytes | None = self._client.get().get(key)
                return found
            except redis_link.UNAVAILABLE as e:
                away = e
            except ResponseError as e:
                if "WRONGTYPE" in str(e):
                    # The key holds another type than a string: it has no pixels.
                    return None
                raise
        raise PixelsAway(f"Redis is unavailable, so the pixels cannot be fetched: {redis_link.error_text(away or OSError())}")

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()
