"""What a handler gets: a frame, and where its pixels are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from detektor.processor import redis_link, strict_json, wire
from detektor.processor.errors import NoPicture, PixelsAway, PixelsGone, ProcessorError
from detektor.processor.keys import Keys
from detektor.processor.redis_address import RedisAddress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PixelSource = Callable[[wire.QueuedFrame], "bytes | None"]


class Frame:
    """A frame to be processed. For any thread, one at a time.

    Its fields can also be read as from a dict: ``frame["camera_id"]`` is the field's text, or its bytes where it is no text.
    """

    def __init__(self, queued: wire.QueuedFrame, pixels: PixelSource) -> None:
        """``pixels`` finds a frame's pixels; None when there are none."""
        self._queued = queued
        self._pixels = pixels

    @property
    def queued(self) -> wire.QueuedFrame:
        """The frame as it was read."""
        return self._queued

    @property
    def frame_id(self) -> str:
        """1 to 256 characters. Two frames may bear the same: a producer that retried."""
        return self._queued.event.frame_id

    @property
    def camera_id(self) -> str:
        """1 to 256 characters."""
        return self._queued.event.camera_id

    @property
    def timestamp(self) -> datetime:
        """When it was taken, UTC."""
        return self._queued.event.timestamp

    @property
    def expires_at(self) -> datetime | None:
        """When it is no longer worth processing, UTC; None: always."""
        return self._queued.event.expires_at

    @property
    def enqueued_at(self) -> datetime:
        """When it was handed off to this processor, UTC."""
        return self._queued.enqueued_at

    @property
    def priority(self) -> int:
        """0 to 10, 10 is most urgent."""
        return self._queued.event.priority

    @property
    def width(self) -> int:
        """In pixels, as its producer said, else as the picture is."""
        return self._queued.event.width or int(self.image.shape[1])

    @property
    def height(self) -> int:
        """In pixels, as its producer said, else as the picture is."""
        return self._queued.event.height or int(self.image.shape[0])

    @property
    def format(self) -> str | None:
        """Of its pixels, as its producer said, such as ``jpeg``."""
        return self._queued.event.format

    @property
    def capability(self) -> str:
        """What it was sent here for; empty when it needs nothing in particular."""
        return self._queued.capability

    @property
    def attempt(self) -> int:
        """1 at first, one more after each failure that was charged to it."""
        return self._queued.attempt

    @property
    def capture_id(self) -> str:
        """Its id in the capture stream: what tells two frames of one ``frame_id`` apart."""
        return self._queued.capture_id

    @property
    def traceparent(self) -> str | None:
        """Where it is in its trace, as W3C writes it; None: nowhere."""
        trace = self._queued.event.trace
        return None if trace is None else trace.traceparent

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What its producer added; empty when it added nothing."""
        return strict_json.read_object(self.raw.get("metadata", b"{}")) or {}

    @cached_property
    def raw(self) -> dict[str, bytes]:
        """All its fields, byte for byte, as they lay in the work queue."""
        named = wire.as_dict(self._queued.fields).items()
        return {name.decode(errors="backslashreplace"): value for name, value in named}

    @cached_property
    def bytes(self) -> bytes:
        """The pixels as its producer wrote them, such as a JPEG file. Fetched when first used, unless it carries them.

        Raises PixelsGone when they are nowhere, and PixelsAway when Redis is away. In an ``async def`` handler,
        ``await frame.load()`` before, so that nothing else has to wait.
        """
        found = self._pixels(self._queued)
        if found is None:
            raise PixelsGone(f"the pixels of frame {self.frame_id} are gone")
        return found

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        """The picture as OpenCV has it: height x width x 3, BGR, 8 bits. Decoded when first used.

        Raises NoPicture when the pixels are none that OpenCV reads, and what `bytes` raises. Needs the extra ``image``.
        """
        try:
            import cv2  # noqa: PLC0415 - not every detector needs it
            import numpy  # noqa: PLC0415
        except ImportError as e:
            raise ProcessorError("frame.image needs OpenCV: pip install 'detektor-processor-client[image]', or use frame.bytes") from e
        data = self.bytes
        try:
            picture: Any = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR) if data else None
        except cv2.error:
            picture = None
        if picture is None:
            raise NoPicture(f"the {len(data)} bytes of frame {self.frame_id} are no picture")
        image: NDArray[np.uint8] = picture
        return image

    async def load(self) -> Frame:
        """Fetches the pixels without holding up the event loop. Answers the frame itself. Raises what `bytes` raises."""
        if "bytes" not in self.__dict__:
            await asyncio.to_thread(lambda: self.bytes)
        return self

    def __getitem__(self, name: str) -> Any:
        value = self.raw[name]
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value

    def get(self, name: str, default: Any = None) -> Any:
        """The field's text, or its bytes where it is no text; the default when there is none."""
        return self[name] if name in self.raw else default

    def __contains__(self, name: object) -> bool:
        return name in self.raw

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def keys(self) -> list[str]:
        """The names of its fields."""
        return list(self.raw)

    def __repr__(self) -> str:
        return f"<Frame {self.frame_id} of camera {self.camera_id}, attempt {self.attempt}>"


class PixelStore:
    """Fetches pixels, for any thread."""

    def __init__(self, address: RedisAddress, keys: Keys) -> None:
        self._keys = keys
        self._client = redis_link.client(address)

    def find(self, queued: wire.QueuedFrame) -> bytes | None:
        """A frame's pixels: those it carries (``data``, ``image_data``), else under the key it names (``frame_buffer_key``),
        else under ``frame:{frame_id}``; None when they are nowhere (any more).

        Raises PixelsAway when Redis is away; the frame is not to blame.
        """
        named = wire.as_dict(queued.fields)
        inline = named.get(b"data") or named.get(b"image_data")
        if inline:
            return inline
        return self._get(named.get(b"frame_buffer_key") or self._keys.pixels(queued.event.frame_id))

    def _get(self, key: bytes | str) -> bytes | None:
        away: Exception | None = None
        # A connection may have been cut while it lay idle: a second try is made on another, and tells whether Redis is away.
        for _ in range(2):
            try:
                found: bytes | None = self._client.get(key)
                return found
            except ResponseError as e:
                if "WRONGTYPE" in str(e):
                    # The key it names holds something, but no pixels.
                    return None
                raise
            except (RedisConnectionError, RedisTimeoutError, OSError) as e:
                away = e
        raise PixelsAway(f"Redis is away, so the pixels cannot be fetched: {redis_link.error_text(away or OSError())}")

    def close(self) -> None:
        """Ends its connections."""
        self._client.close()
