"""The short face: a processor from a handler."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar, overload

from detektor.processor import log_context
from detektor.processor.config import ProcessorConfig
from detektor.processor.counters import FrameCounts
from detektor.processor.errors import ProcessorError
from detektor.processor.metrics import ProcessorMetrics
from detektor.processor.runtime import Functions, Runtime
from detektor.processor.workers import is_worker

log = logging.getLogger("detektor.processor")
F = TypeVar("F", bound=Callable[..., Any])


class _Imports(threading.local):
    depth = 0


_imports = _Imports()


@contextmanager
def import_only() -> Iterator[None]:
    """While in this, `Processor.run` returns at once: a script is imported for the processor in it."""
    _imports.depth += 1
    try:
        yield
    finally:
        _imports.depth -= 1


class Processor:
    """A processor: give it a handler, and run it::

        faces = Processor("face-1", capabilities=["face_detection"], capacity=10, concurrency=2)

        @faces.handler
        def detect(frame):
            return {"faces": count(frame.image)}

        faces.run()

    It registers, reads its queue, answers for each frame, sends heartbeats, and connects again to Redis and to the orchestrator
    for as long as it takes. A frame is handled again only when a handler failed, or the process ended before the answer was known.
    """

    def __init__(self, processor_id: str | None = None, **settings: Any) -> None:
        """The settings are those of `ProcessorConfig`; what is not given comes from the environment, see there.

        ``tracing``: an OpenTelemetry ``TracerProvider``; by default the global one. Raises ValueError when one breaks its form.
        """
        tracing = settings.pop("tracing", None)
        self._initialize(ProcessorConfig.from_env(processor_id=processor_id, **settings), tracing)

    @classmethod
    def of(cls, config: ProcessorConfig, tracing: Any = None) -> Processor:
        """A processor with these settings, and nothing from the environment."""
        made = cls.__new__(cls)
        made._initialize(config, tracing)
        return made

    def _initialize(self, config: ProcessorConfig, tracing: Any) -> None:
        self.config = config
        self._tracing = tracing
        self.metrics = ProcessorMetrics(self.config.processor_id)
        self._handler: Callable[..., Any] | None = None
        self._on_start: list[Callable[[], Any]] = []
        self._on_stop: list[Callable[[], Any]] = []
        self._runtime: Runtime | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @overload
    def handler(self, function: F, /) -> F: ...

    @overload
    def handler(self, function: None = None, /, *, batch: int | None = ..., batch_wait: float | None = ...) -> Callable[[F], F]: ...

    def handler(self, function: Any = None, /, *, batch: int | None = None, batch_wait: float | None = None) -> Any:
        """Decorates what is called for each frame, or, with ``batch``, for a list of at most so many frames.

        What it answers becomes the frame's result: anything that JSON can hold, also numpy's numbers and arrays. Or it answers
        `retry`, `reject` or `error`. An exception means that the attempt failed: the frame is charged and sent again, to another
        processor if there is one. A batch answers a list of as many; one that fails is tried again frame by frame.
        """
        if function is None:
            return lambda decorated: self.handler_of(decorated, batch, batch_wait)
        return self.handler_of(function, batch, batch_wait)

    def handler_of(self, function: F, batch: int | None = None, batch_wait: float | None = None) -> F:
        """Sets the handler, like the decorator. Raises ValueError when there is one already."""
        if self._handler is not None:
            raise ValueError(f"processor {self.config.processor_id} has a handler already, {self._handler!r}")
        if batch is not None or batch_wait is not None:
            size = self.config.batch if batch is None else batch
            wait = self.config.batch_wait if batch_wait is None else batch_wait
            slots = self.config.concurrency * size
            capacity = max(self.config.capacity or 0, slots)
            self.config = replace(self.config, batch=size, batch_wait=wait, capacity=capacity)
        self._handler = function
        return function

    def on_start(self, function: F) -> F:
        """Decorates what runs before the processor registers, such as loading a model. In worker processes it runs in each."""
        self._on_start.append(function)
        return function

    def on_stop(self, function: F) -> F:
        """Decorates what runs in the end, when all frames are answered."""
        self._on_stop.append(function)
        return function

    @property
    def functions(self) -> Functions:
        """What was decorated. Raises ProcessorError when there is no handler."""
        if self._handler is None:
            raise ProcessorError(f"processor {self.config.processor_id} has no handler; give it one with @….handler")
        return Functions(self._handler, tuple(self._on_start), tuple(self._on_stop))

    def run(self) -> None:
        """Runs it until SIGTERM or Ctrl-C; then it finishes what it holds, unregisters and returns. A second one hurries.

        What cannot be helped ends the program with one line: the orchestrator refuses it, or its start failed.
        """
        if is_worker() or _imports.depth:
            # This process only imports the script that starts the processor.
            return
        log_context.show_unless_configured()
        try:
            asyncio.run(self._serve_until_signal())
        except ProcessorError as e:
            sys.exit(f"{self.config.processor_id}: {e}")

    async def _serve_until_signal(self) -> None:
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._on_signal, number)
        await self.serve()

    def _on_signal(self, number: int) -> None:
        log.info("%s ends (%s)", self.config.processor_id, signal.Signals(number).name)
        self.stop()

    async def serve(self) -> None:
        """The same within an event loop of yours: returns after `stop`, or when the orchestrator has drained it.

        Cancelling it ends it in peace too. Raises RegistrationRefused, StartFailed, and ProcessorError when there is no handler
        or it runs already.
        """
        if self._runtime is not None:
            raise ProcessorError(f"processor {self.config.processor_id} runs already")
        self._loop = asyncio.get_running_loop()
        self._runtime = Runtime(self.config, self.functions, self.metrics, self._tracing)
        try:
            await self._runtime.run()
        finally:
            self._runtime = None

    def stop(self) -> None:
        """Asks it to end in peace, and returns at once. From any thread; more often than once hurries."""
        runtime, loop = self._runtime, self._loop
        if runtime is not None and loop is not None:
            loop.call_soon_threadsafe(runtime.stop)

    @property
    def is_working(self) -> bool:
        """Whether it is registered and reads its queue."""
        return self._runtime is not None and self._runtime.working

    @property
    def in_progress(self) -> int:
        """How many frames it has read and not yet answered."""
        return 0 if self._runtime is None else self._runtime.held

    @property
    def counts(self) -> FrameCounts | None:
        """How frames ended in this life; None: it does not run."""
        return None if self._runtime is None else self._runtime.counters.counts()

    @property
    def health_url(self) -> str | None:
        """Where it answers /health and /metrics; None: nowhere, or not yet."""
        return None if self._runtime is None else self._runtime.health_url
