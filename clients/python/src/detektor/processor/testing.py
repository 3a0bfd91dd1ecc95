"""Test kit for detectors: `ProcessorTest` runs a handler in memory, without any server; `TestRedis` starts a real Redis."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from detektor.processor import hooks, strict_json, wire
from detektor.processor.answers import Answer, AnswerRoute, Result, Returned
from detektor.processor.client import ProcessorClient
from detektor.processor.config import ProcessorConfig
from detektor.processor.frames import Frame, PixelSource
from detektor.processor.jobs import Call, Job, Pool
from detektor.processor.keys import Keys
from detektor.processor.partition_consumer import answer_for_malformed, answer_if_expired, write_answer
from detektor.processor.pools import ThreadPool
from detektor.processor.processor import Processor
from detektor.processor.redis_for_tests import TestRedis
from detektor.processor.runtime import Functions, make_pool
from detektor.processor.slots import Execution
from detektor.processor.trace_context import TraceContext
from detektor.processor.tracing import Tracing
from detektor.processor.workers import ProcessPool

T = TypeVar("T")
_MOST_BATCH = 10_000

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

    A frame is decoded, handled and answered as by a running processor: a malformed frame is rejected, an expired one is not handled,
    a batch has at most ``batch`` frames. Only worker processes are replaced by threads.

    Runs the ``on_start`` functions when it is created, and the ``on_stop`` functions in `close`. As a context manager it closes
    itself.
    """

    __test__ = False  # otherwise pytest collects the class as a test

    def __init__(self, processor: Processor | ProcessorClient | Callable[..., Any], *, batch: bool | None = None) -> None:
        """``processor``: a processor or a handler function. ``batch``: whether a handler function takes a list of frames.

        Raises StartFailed when an ``on_start`` function fails, and the errors of a processor that starts.
        """
        if isinstance(processor, ProcessorClient):
            processor = processor.processor
        if isinstance(processor, Processor):
            config, self._functions = processor.config, processor.functions
        else:
            config, self._functions = ProcessorConfig(processor_id="test", capabilities=("test",)), Functions(processor)
        if batch is not None and batch != (config.batch > 1):
            config = replace(config, batch=_MOST_BATCH if batch else 1, concurrency=1, capacity=_MOST_BATCH)
        self._config = config
        self._route = AnswerRoute(Keys(config.key_prefix), config.queue, "test", config.processor_id, config.result_stream, 1)
        self._pool = _pool(config, self._functions)
        self._loop = asyncio.new_event_loop()
        # In a thread of its own, so that a test may itself run in an event loop.
        threading.Thread(target=self._loop.run_forever, name="detektor test", daemon=True).start()
        try:
            self._run(self._start())
        except BaseException:
            self._end()
            raise

    async def _start(self) -> None:
        await self._pool.start()
        for hook in self._functions.on_start:
            await hooks.start(hook, self._config.start_timeout)

    def send(self, picture: Picture = None, **fields: Any) -> Outcome:
        """Handles one frame and returns its outcome.

        ``picture``: bytes of a file, path of a file, or numpy array. ``fields``: fields of the frame (``camera_id``, ``priority``,
        ``width``, ``metadata`` as a dict, or any others). Without a ``frame_id`` the kit generates one.
        """
        return self.send_all([picture], **fields)[0]

    def send_all(self, pictures: Sequence[Picture], **fields: Any) -> list[Outcome]:
        """Handles several frames, in calls of at most ``batch`` frames. ``fields`` apply to each frame."""
        decoded = [self._decode(picture, fields) for picture in pictures]
        jobs = [one for one in decoded if isinstance(one, Job)]
        answers: dict[Job, Answer] = {}
        for at in range(0, len(jobs), self._config.batch):
            answers.update(self._run(self._answers(jobs[at : at + self._config.batch])))
        return [_outcome(answers[one] if isinstance(one, Job) else one) for one in decoded]

    async def _answers(self, jobs: list[Job]) -> dict[Job, Answer]:
        """Calls the handler once, and returns the answers in the form in which the service would get them."""
        ended = asyncio.Event()
        answers: dict[Job, Answer] = {}

        def done(job: Job, answer: Answer, took: float, trace: str) -> None:
            answers[job] = write_answer(self._route, job, answer, took, trace)[0]

        for job in jobs:
            job.done = done
        self._pool.begin(Call(jobs, ended.set))
        await ended.wait()
        return answers

    def _decode(self, picture: Picture, fields: dict[str, Any]) -> Job | Answer:
        """The frame, or the answer that it gets without a call of the handler."""
        try:
            queued, pixels = self._queued(picture, fields)
        except wire.Malformed as e:
            return answer_for_malformed(e)
        entry = queued.capture_id.encode()
        return answer_if_expired(queued) or Job(entry, queued, Execution(), pixels, "", lambda *_: None, lambda _: None)

    def _queued(self, picture: Picture, fields: dict[str, Any]) -> tuple[wire.QueuedFrame, PixelSource]:
        if isinstance(picture, Frame):
            frame = picture
            return frame.queued, lambda _: frame.bytes
        capability = self._config.capabilities[0]
        given = {"frame_id": f"test-{uuid.uuid4().hex[:8]}", "camera_id": "test-camera", "capability": capability, "attempt": 1, **fields}
        capability, attempt = str(given.pop("capability")), int(given.pop("attempt"))
        flat = [part for name, value in given.items() for part in (name.encode(), _bytes(value))]
        now = datetime.now(timezone.utc)
        entry = f"{int(now.timestamp() * 1000)}-0"
        queued = wire.encode_queued(flat, capability, attempt, entry, now, TraceContext.new())
        data = _data(picture)
        inline = given.get("data") or given.get("image_data")
        found = data if data is not None else _bytes(inline) if inline else None
        return wire.decode_queued(entry, queued), lambda _: found

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Runs the ``on_stop`` functions."""
        try:
            self._run(self._stop())
        finally:
            self._end()

    async def _stop(self) -> None:
        await self._pool.stop(1.0)
        for hook in self._functions.on_stop:
            await hooks.call(hook)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def __enter__(self) -> ProcessorTest:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def _pool(config: ProcessorConfig, functions: Functions) -> Pool:
    """The pool of the processor. Instead of worker processes it has threads, but the functions must be such as workers can get."""
    tracing = Tracing(config.processor_id)
    pool = make_pool(config, functions, tracing)
    if isinstance(pool, ProcessPool):
        pool.spec.check()
        return ThreadPool(config.processor_id, functions.handler, config.batch > 1, tracing)
    return pool


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
