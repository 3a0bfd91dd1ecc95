"""A running processor, from start and registration to the graceful stop."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from detektor.processor import hooks
from detektor.processor.config import ProcessorConfig
from detektor.processor.counters import FrameCounters
from detektor.processor.errors import ProcessorError, StartFailed
from detektor.processor.faults import FaultReporter
from detektor.processor.health import HealthServer
from detektor.processor.jobs import Batcher
from detektor.processor.keys import Keys
from detektor.processor.metrics import ProcessorMetrics
from detektor.processor.orchestrator_api import OrchestratorApi
from detektor.processor.partition_consumer import ConsumerContext, PartitionConsumer
from detektor.processor.pools import LoopPool, ThreadPool
from detektor.processor.redis_address import RedisAddress
from detektor.processor.registration import Membership
from detektor.processor.slots import Slots
from detektor.processor.threads import in_thread
from detektor.processor.tracing import Tracing
from detektor.processor.workers import ProcessPool, WorkerSpec

log = logging.getLogger("detektor.processor")
T = TypeVar("T")
_WATCH_INTERVAL = 1.0
_HEARTBEAT_STATUS = {"healthy": "healthy", "registering": "healthy", "stopping": "healthy", "unhealthy": "unhealthy"}


@dataclass(frozen=True)
class Functions:
    """The author's functions: the handler, and those that run before registration and at the end."""

    handler: Callable[..., Any]
    on_start: Sequence[Callable[[], Any]] = ()
    on_stop: Sequence[Callable[[], Any]] = ()


def make_pool(config: ProcessorConfig, functions: Functions, tracing: Tracing) -> LoopPool | ThreadPool | ProcessPool:
    """The pool for this handler. Raises ProcessorError when it cannot run where the settings say."""
    handler, batch = functions.handler, config.batch > 1
    is_async = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
        getattr(handler, "__call__", None)  # noqa: B004 - the test is for a coroutine function, not for a callable
    )
    if config.executor == "process":
        if is_async:
            raise ProcessorError("executor='process' needs a def handler, not async def")
        spec = WorkerSpec(handler, tuple(functions.on_start), tuple(functions.on_stop), config)
        return ProcessPool(spec, tracing)
    if is_async:
        return LoopPool(handler, batch, tracing)
    return ThreadPool(f"{config.processor_id}-frame", handler, batch, tracing)


class _Stopped(Exception):
    """The processor is stopped before a step of its start has ended."""


@dataclass
class Phase:
    """The current phase, and its start on the monotonic clock."""

    name: str = "starting"
    since: float = field(default_factory=time.monotonic)


class Runtime:
    """One run of a processor, in one event loop."""

    def __init__(self, config: ProcessorConfig, functions: Functions, metrics: ProcessorMetrics, tracing: Any) -> None:
        self._config = config
        self._functions = functions
        self._metrics = metrics
        self._counters = FrameCounters()
        self._slots = Slots(config.slots)
        self._phase = Phase()
        self._stopping = asyncio.Event()
        self._skip_grace = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._consumers: list[PartitionConsumer] = []
        self._in_processes = config.executor == "process"
        self._pool = make_pool(config, functions, Tracing(config.processor_id, tracing))
        self._batcher = Batcher(self._pool, config.concurrency, config.batch, config.batch_wait)
        self._health: HealthServer | None = None
        self._membership: Membership | None = None
        self._loop_seen_at = time.monotonic()
        self._stuck = FaultReporter(log, config.processor_id)

    async def run(self) -> None:
        """Starts, works until `stop`, and stops gracefully. Raises StartFailed or RegistrationRefused."""
        watcher = asyncio.create_task(self._watch())
        hooks_done = False
        try:
            self._health = HealthServer.open(self._config, self.health, self._metrics.text)
            await self._until_stop(lambda: hooks.wait_for_start("the workers", self._pool.start(), self._config.start_timeout))
            if not self._in_processes:
                for hook in self._functions.on_start:
                    await self._until_stop(partial(hooks.start, hook, self._config.start_timeout))
            hooks_done = True
            await self._run_until_stop()
        except _Stopped:
            pass
        finally:
            watcher.cancel()
            await self._to_its_end(self._shut_down(hooks_done))

    async def _run_until_stop(self) -> None:
        self._set_phase("registering")
        config = self._config
        endpoint = None if self._health is None else self._health.endpoint
        api = OrchestratorApi(config.orchestrator_url, config.token, config.ca_file)
        membership = Membership(api, config.registration(endpoint), self._report, self._on_membership_end)
        self._membership = membership
        # Register first: that creates the work queues and returns the partitions.
        prefixes = await self._until_stop(lambda: in_thread(f"{config.processor_id}-register", membership.join))
        if prefixes is None:
            return
        partitions = [Keys(prefix) for prefix in prefixes] or [Keys(config.key_prefix)]
        redis = RedisAddress.parse(config.redis_url, config.ca_file)
        context = ConsumerContext(config, redis, self._slots, self._batcher, self._counters, self._metrics, len(partitions))
        self._consumers = [PartitionConsumer(context, keys) for keys in partitions]
        for consumer in self._consumers:
            consumer.start()
        self._set_phase("working")
        await self._stopping.wait()

    async def _until_stop(self, begin: Callable[[], Awaitable[T]]) -> T:
        """Begins the work and waits for it. Raises _Stopped if the processor is stopped before the work ends."""
        if self._stopping.is_set():
            raise _Stopped
        task = asyncio.ensure_future(begin())
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise _Stopped
            return await task
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()

    async def _to_its_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Waits for the work even if it is cancelled meanwhile; a cancel only skips the wait for frames in progress."""
        task = asyncio.create_task(work)
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError as e:
                cancelled = e
                self._skip_grace.set()
        task.result()
        if cancelled is not None:
            raise cancelled

    async def _shut_down(self, hooks_done: bool) -> None:
        """Stops reading, waits at most the grace for frames in progress, sends the answers, and unregisters."""
        self._set_phase("stopping")
        config = self._config
        await asyncio.gather(*(consumer.stop_reading() for consumer in self._consumers))
        self._batcher.flush()
        await self._wait_for_answers()
        await asyncio.gather(*(consumer.close() for consumer in self._consumers))
        self._batcher.drop()
        await self._pool.stop(1.0)
        if self._membership is not None:
            self._membership.stop_joining()
            membership = self._membership
            await in_thread(f"{config.processor_id}-leave", lambda: membership.leave(config.unregister_on_stop))
        if hooks_done and not self._in_processes:
            for hook in self._functions.on_stop:
                await hooks.stop(hook)
        if self._health is not None:
            self._health.close()
        self._set_phase("stopped")

    async def _wait_for_answers(self) -> None:
        deadline = time.monotonic() + self._config.grace
        skip_grace = asyncio.ensure_future(self._skip_grace.wait())
        answered = True
        for consumer in self._consumers:
            wait = asyncio.ensure_future(consumer.wait_answered(max(0.0, deadline - time.monotonic())))
            await asyncio.wait({wait, skip_grace}, return_when=asyncio.FIRST_COMPLETED)
            answered &= wait.done() and wait.result()
            wait.cancel()
        skip_grace.cancel()
        if not answered:
            log.warning(
                "%s: %d frames were not answered within %s s; they stay pending, and the service hands them off again",
                self._config.processor_id,
                self.held,
                self._config.grace,
            )

    def stop(self) -> None:
        """Requests a graceful stop; the second call skips the wait for frames in progress. Call it in the event loop."""
        if self._stopping.is_set():
            self._skip_grace.set()
        self._stopping.set()
        if self._membership is not None:
            self._membership.stop_joining()

    def _on_membership_end(self) -> None:
        """Stops the processor because its registration has ended. Called from the heartbeat thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    @property
    def held(self) -> int:
        """The number of frames that are read and not yet answered."""
        return sum(consumer.held for consumer in self._consumers)

    @property
    def counters(self) -> FrameCounters:
        """Counts of frames by outcome."""
        return self._counters

    @property
    def working(self) -> bool:
        """Whether the processor is registered and reads its work queue."""
        return self._phase.name == "working"

    def _set_phase(self, phase: str) -> None:
        self._phase = Phase(phase)

    @property
    def health_url(self) -> str | None:
        """The base URL of /health and /metrics; None: not served."""
        return None if self._health is None else self._health.url

    def health(self) -> dict[str, Any]:
        """The body of /health. Thread-safe."""
        counts, phase = self._counters.counts(), self._phase
        stuck = self._stuck_reason()
        trouble = [reason for reason in (stuck, *(consumer.trouble for consumer in self._consumers)) if reason]
        status = phase.name
        if status == "working":
            status = "degraded" if trouble or self._is_loop_blocked() else "healthy"
            status = "unhealthy" if self._slots.stuck >= self._slots.total else status
        return {
            "status": status,
            "processor_id": self._config.processor_id,
            "since_seconds": round(time.monotonic() - phase.since, 3),
            "in_progress": self.held,
            "frames_processed": counts.processed,
            "avg_processing_time_ms": round(counts.mean_ms, 3),
            "errors_last_minute": counts.errors_last_minute,
            "trouble": trouble,
        }

    def _report(self) -> dict[str, Any]:
        """The body of the next heartbeat. Called from the heartbeat thread."""
        health = self.health()
        return {
            "processor_id": self._config.processor_id,
            "status": _HEARTBEAT_STATUS.get(health["status"], "degraded"),
            "capacity_used": float(health["in_progress"]),
            "frames_processed": health["frames_processed"],
            "avg_processing_time_ms": health["avg_processing_time_ms"],
            "errors_last_minute": health["errors_last_minute"],
        }

    def _stuck_reason(self) -> str | None:
        if self._slots.stuck == 0:
            return None
        which = "all slots are" if self._slots.stuck >= self._slots.total else "some slots are"
        return f"{which} occupied by handlers that do not return, although the service took their frames away; restart the processor"

    async def _watch(self) -> None:
        while True:
            stuck = self._stuck_reason()
            if stuck is None:
                self._stuck.resolve("handlers returned; their slots are free again")
            else:
                self._stuck.report(stuck)
            now = time.monotonic()
            if now - self._loop_seen_at > self._config.heartbeat_interval + _WATCH_INTERVAL:
                log.warning(
                    "%s: an async handler blocked the event loop, and so all frames, for %.1f s: it computes or waits without await; "
                    "make it def, so that it runs in a thread",
                    self._config.processor_id,
                    now - self._loop_seen_at,
                )
            self._loop_seen_at = now
            await asyncio.sleep(_WATCH_INTERVAL)

    def _is_loop_blocked(self) -> bool:
        return time.monotonic() - self._loop_seen_at > self._config.heartbeat_interval + _WATCH_INTERVAL


__all__ = ["Functions", "Runtime", "StartFailed", "make_pool"]
