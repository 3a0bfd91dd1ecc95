"""The function-based API: a processor with a handler."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from detektor.processor import log_context
from detektor.processor.config import ProcessorConfig
from detektor.processor.counters import FrameCounts
from detektor.processor.errors import ProcessorError
from detektor.processor.metrics import ProcessorMetrics
from detektor.processor.runtime import Functions, Runtime
from detektor.processor.settings import ProcessorSettings
from detektor.processor.workers import is_worker

if sys.version_info >= (3, 11):
    from typing import Unpack
elif TYPE_CHECKING:
    from typing_extensions import Unpack


log = logging.getLogger("detektor.processor")
F = TypeVar("F", bound=Callable[..., Any])


class _Imports(threading.local):
    depth = 0


_imports = _Imports()


@contextmanager
def import_only() -> Iterator[None]:
    """Inside this context `Processor.run` returns at once: the caller imports a script only to find its processor."""
    _imports.depth += 1
    try:
        yield
    finally:
        _imports.depth -= 1


class Processor:
    """Registers a processor and runs a handler for each frame::

        faces = Processor("face-1", capabilities=["face_detection"], capacity=10, concurrency=2)

        @faces.handler
        def detect(frame):
            return {"faces": count(frame.image)}

        faces.run()

    The client reads the work queue, answers each frame, sends heartbeats, and reconnects to Redis and the orchestrator for as long
    as necessary. It handles a frame again only if the handler failed, or if the process ended before the answer was known.
    """

    def __init__(self, processor_id: str | None = None, **settings: Unpack[ProcessorSettings]) -> None:
        """Takes the settings of `ProcessorConfig`. Missing settings come from the environment, see `ProcessorConfig.from_env`.

        ``tracing``: an OpenTelemetry ``TracerProvider``; default: the global one. Raises ValueError when a setting is invalid.
        """
        given: dict[str, Any] = {**settings}
        tracing = given.pop("tracing", None)
        self._initialize(ProcessorConfig.from_env(processor_id=processor_id, **given), tracing)

    @classmethod
    def of(cls, config: ProcessorConfig, tracing: Any = None) -> Processor:
        """A processor with these settings; ignores the environment."""
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
        """Decorator for the function that processes a frame, or, with ``batch``, a list of at most ``batch`` frames.

        The return value is the result: any value that JSON can hold, including numpy numbers and arrays. Alternatively the handler
        returns `retry`, `reject` or `error`. An exception is a failed attempt: it is charged to the frame, and the service sends the
        frame again, to another processor if possible. A batch handler returns a list with one answer for each frame; if it fails,
        each frame is tried alone. ``batch_wait``: seconds that the first frame of a batch waits for others, 0 to 60.
        """
        if function is None:
            return lambda decorated: self.handler_of(decorated, batch, batch_wait)
        return self.handler_of(function, batch, batch_wait)

    def handler_of(self, function: F, batch: int | None = None, batch_wait: float | None = None) -> F:
        """Sets the handler, like the decorator. Raises ValueError when the processor already has a handler."""
        if self._handler is not None:
            raise ValueError(f"processor {self.config.processor_id} already has a handler, {self._handler!r}")
        if batch is not None or batch_wait is not None:
            size = self.config.batch if batch is None else batch
            wait = self.config.batch_wait if batch_wait is None else batch_wait
            slots = self.config.concurrency * size
            capacity = max(self.config.capacity or 0, slots)
            self.config = replace(self.config, batch=size, batch_wait=wait, capacity=capacity)
        self._handler = function
        return function

    def on_start(self, function: F) -> F:
        """Decorator for a function that runs before the processor registers, for example to load a model. Worker processes each run it."""
        self._on_start.append(function)
        return function

    def on_stop(self, function: F) -> F:
        """Decorator for a function that runs at the end, after all frames are answered."""
        self._on_stop.append(function)
        return function

    @property
    def functions(self) -> Functions:
        """The decorated functions. Raises ProcessorError when there is no handler."""
        if self._handler is None:
            raise ProcessorError(f"processor {self.config.processor_id} has no handler; decorate a function with @….handler")
        return Functions(self._handler, tuple(self._on_start), tuple(self._on_stop))

    def run(self) -> None:
        """Runs until SIGTERM or Ctrl-C; then finishes the frames in progress, unregisters and returns. A second signal skips the wait.

        Exits the program with a one-line message when the start fails or the orchestrator refuses the registration.
        """
        if is_worker() or _imports.depth:
            # This process imports the script, but must not start the processor.
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
        log.info("%s is stopping (%s)", self.config.processor_id, signal.Signals(number).name)
        self.stop()

    async def serve(self) -> None:
        """Runs in the caller's event loop; returns after `stop`, or after the orchestrator has drained the processor.

        Cancelling the task also stops it gracefully; a second cancel skips the wait for frames in progress. Raises
        RegistrationRefused, StartFailed, or ProcessorError when there is no handler or the processor is already running.
        """
        if self._runtime is not None:
            raise ProcessorError(f"processor {self.config.processor_id} is already running")
        self._loop = asyncio.get_running_loop()
        self._runtime = Runtime(self.config, self.functions, self.metrics, self._tracing)
        try:
            await self._runtime.run()
        finally:
            self._runtime = None

    def stop(self) -> None:
        """Requests a graceful stop and returns at once. A second call skips the wait for frames in progress. Thread-safe."""
        runtime, loop = self._runtime, self._loop
        if runtime is not None and loop is not None:
            loop.call_soon_threadsafe(runtime.stop)

    @property
    def is_working(self) -> bool:
        """Whether the processor is registered and reads its work queue."""
        return self._runtime is not None and self._runtime.working

    @property
    def in_progress(self) -> int:
        """The number of frames that the processor has read and not yet answered."""
        return 0 if self._runtime is None else self._runtime.held

    @property
    def counts(self) -> FrameCounts | None:
        """The counts of frames since the start, by outcome; None: the processor is not running."""
        return None if self._runtime is None else self._runtime.counters.counts()

    @property
    def health_url(self) -> str | None:
        """The base URL of /health and /metrics; None: not served, or not yet."""
        return None if self._runtime is None else self._runtime.health_url
