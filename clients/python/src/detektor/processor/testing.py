"""Test kit for detectors: `ProcessorTest` runs a handler in memory, without any server; `TestRedis` starts a real Redis."""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from detektor.processor import calls, log_context, strict_json, wire
from detektor.processor.answers import Answer, Result, Returned
from detektor.processor.client import ProcessorClient
from detektor.processor.frames import Frame
from detektor.processor.processor import Processor
from detektor.processor.redis_for_tests import TestRedis
from detektor.processor.trace_context import TraceContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = bytes | str | Path | NDArray[np.uint8] | Frame | None


@dataclass(frozen=True)
class Outcome:
    """The outcome of a frame. ``kind``: success, error, retry, rejected, or failed (an exception).

    ``result``: for success and error, the result after a round trip through JSON (numpy arrays become lists). ``detail``: for the
    other kinds, the reason. ``after``: for retry, the delay in seconds.
    """

    kind: str
    result: Any = None
    detail: str = ""
    after: float = 0.0


class ProcessorTest:
    """Runs a processor's handler in the same way as the processor, without Redis and service::

        faces = ProcessorTest(detector.faces)
        assert faces.send("two_faces.jpg").result == {"faces": 2}
        assert faces.send(b"no picture").kind == "rejected"

    Runs the ``on_start`` functions when it is created, and the ``on_stop`` functions in `close`. As a context manager it closes
    itself.
    """

    __test__ = False  # otherwise pytest collects the class as a test

    def __init__(self, processor: Processor | ProcessorClient | Callable[..., Any], *, batch: bool | None = None) -> None:
        """``processor``: a processor or a handler function. ``batch``: whether a handler function takes a list of frames."""
        if isinstance(processor, ProcessorClient):
            processor = processor.processor
        if isinstance(processor, Processor):
            self._handler: Callable[..., Any] = processor.functions.handler
            self._on_start, self._on_stop = processor.functions.on_start, processor.functions.on_stop
            self._batch = processor.config.batch > 1 if batch is None else batch
            self._capability = processor.config.capabilities[0]
        else:
            self._handler, self._on_start, self._on_stop = processor, (), ()
            self._batch, self._capability = bool(batch), "test"
        self._loop = asyncio.new_event_loop()
        for hook in self._on_start:
            self._run(hook)

    def send(self, picture: Picture = None, **fields: Any) -> Outcome:
        """Handles one frame and returns its outcome.

        ``picture``: bytes of a file, path of a file, or numpy array. ``fields``: fields of the frame (``camera_id``, ``priority``,
        ``width``, ``metadata`` as a dict, or any others). Without a ``frame_id`` the kit generates one.
        """
        return self.send_all([picture], **fields)[0]

    def send_all(self, pictures: Sequence[Picture], **fields: Any) -> list[Outcome]:
        """Handles several frames, in one call if the handler takes batches. ``fields`` apply to each frame."""
        frames = [self._frame(picture, fields) for picture in pictures]
        groups = [frames] if self._batch else [[frame] for frame in frames]
        return [_outcome(answer) for group in groups for answer in self._answers(group)]

    def _answers(self, frames: list[Frame]) -> list[Answer]:
        log_context.enter(*(frame.queued for frame in frames))
        try:
            if inspect.iscoroutinefunction(self._handler):
                return self._loop.run_until_complete(calls.call_async(self._handler, frames, self._batch, lambda: False))
            return calls.call(self._handler, frames, self._batch)
        finally:
            log_context.enter()

    def _frame(self, picture: Picture, fields: dict[str, Any]) -> Frame:
        if isinstance(picture, Frame):
            return picture
        given = {"frame_id": f"test-{uuid.uuid4().hex[:8]}", "camera_id": "test-camera", **fields}
        capability, attempt = str(given.pop("capability", self._capability)), int(given.pop("attempt", 1))
        flat = [part for name, value in given.items() for part in (name.encode(), _bytes(value))]
        now = datetime.now(timezone.utc)
        entry = f"{int(now.timestamp() * 1000)}-0"
        queued = wire.encode_queued(flat, capability, attempt, entry, now, TraceContext.new())
        data = _data(picture)
        inline = given.get("data") or given.get("image_data")
        found = data if data is not None else _bytes(inline) if inline else None
        return Frame(wire.decode_queued(entry, queued), lambda _: found)

    def _run(self, hook: Callable[[], Any]) -> None:
        if inspect.iscoroutinefunction(hook):
            self._loop.run_until_complete(hook())
        else:
            hook()

    def close(self) -> None:
        """Runs the ``on_stop`` functions."""
        for hook in self._on_stop:
            self._run(hook)
        self._loop.close()

    def __enter__(self) -> ProcessorTest:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def _outcome(answer: Answer) -> Outcome:
    if isinstance(answer, Result):
        return Outcome(answer.status, json.loads(answer.json))
    back = cast("Returned", answer)
    return Outcome(back.kind, detail=back.detail, after=back.after_ms / 1_000)


def _data(picture: Any) -> bytes | None:
    if picture is None or isinstance(picture, (bytes, bytearray, memoryview)):
        return None if picture is None else bytes(picture)
    if isinstance(picture, (str, Path)):
        return Path(picture).read_bytes()
    import cv2  # noqa: PLC0415 - an extra

    # PNG is lossless: the handler gets exactly the pixels of the test.
    encoded: bytes = cv2.imencode(".png", picture)[1].tobytes()
    return encoded


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    return (value if isinstance(value, str) else strict_json.write(value)).encode()


__all__ = ["Outcome", "ProcessorTest", "TestRedis"]
