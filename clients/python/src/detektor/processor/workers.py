"""Runs handlers in worker processes. They are spawned, not forked: a fork after threads, PyTorch or CUDA started can hang."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from typing import Any

from detektor.processor import calls, log_context, wire
from detektor.processor.answers import Answer, describe, failed
from detektor.processor.backoff import Backoff
from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import StartFailed, WorkerCrashed
from detektor.processor.frames import Frame, PixelSource, PixelStore
from detektor.processor.jobs import Call, Job
from detektor.processor.keys import Keys
from detektor.processor.pools import Outcome, ThreadPool, report
from detektor.processor.redis_address import RedisAddress
from detektor.processor.threads import in_thread
from detektor.processor.tracing import Tracing

log = logging.getLogger("detektor.processor")
_NAME = "detektor-worker-"
_CONTEXT = multiprocessing.get_context("spawn")
_READY = "ready"
# Time for the on_stop functions, in seconds.
_STOP_TIMEOUT = 10.0
_TAKEN_AWAY = "the service took the frame away"
# Key prefix, entry id, and fields of the entry.
_FrameMessage = tuple[str, str, list[bytes]]


@dataclass(frozen=True)
class WorkerSpec:
    """The functions and settings of a worker. It is pickled, so the functions must be top-level functions of a module."""

    handler: Callable[..., Any]
    on_start: tuple[Callable[[], Any], ...]
    on_stop: tuple[Callable[[], Any], ...]
    config: ProcessorConfig

    def check(self) -> None:
        """Raises StartFailed when a worker could not get the functions."""
        try:
            ForkingPickler.dumps(self)
        except Exception as e:
            raise _cannot_be_started(e) from e


def _cannot_be_started(why: Exception) -> StartFailed:
    return StartFailed(f"a worker process cannot be started: {describe(why)}; the handler must be a top-level function of a module")


def is_worker() -> bool:
    """Whether this process imports the script of the processor, but must not start the processor.

    It is a worker, or any other process that multiprocessing spawned, for example for a ProcessPoolExecutor of the author.
    """
    current = multiprocessing.current_process()
    return current.name.startswith(_NAME) or bool(getattr(current, "_inheriting", False))


class WorkerProcess:
    """One worker process. Only one thread at a time may use it, except for `kill`."""

    def __init__(self, number: int, spec: WorkerSpec) -> None:
        self._number = number
        self._spec = spec
        self._process: Any = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._call: Call | None = None
        self._ended = False

    @property
    def alive(self) -> bool:
        """Whether the process can take frames."""
        return self._connection is not None and self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """Starts the process and waits until its ``on_start`` functions have ended.

        Raises StartFailed when they fail or exceed the start timeout.
        """
        self.close(0.0)
        try:
            ours, theirs = _CONTEXT.Pipe()
        except OSError as e:
            raise StartFailed(f"a worker process cannot be started: {describe(e)}") from e
        process = _CONTEXT.Process(target=_worker_main, args=(theirs, self._spec), name=f"{_NAME}{self._number}")
        try:
            process.start()
        except Exception as e:
            ours.close()
            raise _cannot_be_started(e) from e
        finally:
            theirs.close()
        with self._lock:
            self._process, self._connection = process, ours
            if self._ended:
                self.kill()
        said = self._read_start_message()
        if said != _READY:
            self.close(0.0)
            raise StartFailed(said)

    def _read_start_message(self) -> str:
        assert self._connection is not None  # noqa: S101 - set by start
        timeout = self._spec.config.start_timeout
        try:
            if self._connection.poll(timeout):
                return str(self._connection.recv())
        except (EOFError, OSError):
            return f"a worker process ended during its start ({self._exit_reason()})"
        return f"a worker process did not start within {timeout:g} s; raise start_timeout if its on_start is slow"

    def answers(self, messages: list[_FrameMessage]) -> list[Answer]:
        """Runs the handler on these frames and returns its answers. Raises WorkerCrashed when the process ends."""
        try:
            if self._connection is None:
                raise EOFError
            self._connection.send(messages)
            answers: list[Answer] = self._connection.recv()
            return answers
        except (EOFError, OSError) as e:
            ending = self._exit_reason()
            self.close(0.0)
            raise WorkerCrashed(f"the worker process ended with {ending}") from e

    def _exit_reason(self) -> str:
        self._process.join(5.0)
        code = self._process.exitcode
        if code is None:
            return "no exit code"
        return f"signal {_signal_name(-code)}" if code < 0 else f"exit code {code}"

    def begin(self, call: Call) -> bool:
        """Sets the current call. Returns False when all its frames were taken away: it must not begin."""
        with self._lock:
            self._call = None if call.is_abandoned else call
            return self._call is not None

    def end(self) -> None:
        """The worker has no current call: nothing kills it."""
        with self._lock:
            self._call = None

    def kill_if_running(self, call: Call) -> None:
        """Kills the process if this is still its current call. Thread-safe."""
        with self._lock:
            if self._call is call:
                self.kill()

    def kill_for_ever(self) -> None:
        """Kills the process, also if it is only being started. Thread-safe."""
        with self._lock:
            self._ended = True
            self.kill()

    def kill(self) -> None:
        """Kills the process."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError, OSError):
                process.kill()

    def close(self, within: float) -> None:
        """Lets the process run its ``on_stop`` functions; kills it after ``within`` seconds."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if self._process is not None:
            self._process.join(within)
            self.kill()
            self._process.join(5.0)
            self._process = None


class ProcessPool(ThreadPool):
    """As many workers as parallel calls. Each call has a thread that waits for its worker, and replaces a worker that has ended."""

    def __init__(self, spec: WorkerSpec, tracing: Tracing) -> None:
        config = spec.config
        super().__init__(f"{config.processor_id}-worker", spec.handler, config.batch > 1, tracing)
        self.spec = spec
        self._workers = [WorkerProcess(number, spec) for number in range(1, config.concurrency + 1)]
        self._idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._stopped = threading.Event()
        # The worker of each thread, until the worker is ready for the next call.
        self._used: dict[int, WorkerProcess] = {}
        self._at_exit: Finalize | None = None

    async def start(self) -> None:
        """Starts all workers in parallel. Raises StartFailed when one fails."""
        await super().start()
        # At its exit, multiprocessing waits for its processes. Idle workers wait for this process: without `stop` both would hang.
        self._at_exit = Finalize(None, self._kill_workers, exitpriority=10)
        starts = [in_thread(f"start of worker {at}", one.start) for at, one in enumerate(self._workers, 1)]
        try:
            for started in starts:
                await started
        except BaseException:
            await self.stop(0.0)
            raise
        for worker in self._workers:
            self._idle.put(worker)

    def begin(self, call: Call) -> None:
        """Passes the call to an idle thread. A worker that is killed ends its call: the next one must not begin before it is replaced."""
        call.ends_itself = True
        for job in call.jobs:
            job.execution.keeps_slot = True
        super().begin(call)

    def _answers(self, call: Call) -> list[Answer]:
        worker = self._idle.get()
        self._used[threading.get_ident()] = worker
        call.interrupt = partial(worker.kill_if_running, call)
        try:
            return self._call_worker(worker, call, call.jobs)
        except WorkerCrashed as e:
            log.warning("%s: %s; it held %d frames", self._name, e, len(call.jobs))
            if len(call.jobs) == 1:
                return [failed(str(e))]
        # Try each frame alone, so that only the frame that crashes the worker is charged.
        return [answer for job in call.jobs for answer in self._call_single(worker, call, job)]

    def _call_single(self, worker: WorkerProcess, call: Call, job: Job) -> list[Answer]:
        if job in call.abandoned:
            return [failed(_TAKEN_AWAY)]
        try:
            return self._call_worker(worker, call, [job])
        except WorkerCrashed as e:
            return [failed(str(e))]

    def _call_worker(self, worker: WorkerProcess, call: Call, jobs: list[Job]) -> list[Answer]:
        # The worker may have ended while it was idle: these frames are not to blame.
        self._ensure_alive(worker)
        if not worker.begin(call):
            return [failed(_TAKEN_AWAY) for _ in jobs]
        try:
            return worker.answers([(job.prefix, job.entry.decode(), job.queued.fields) for job in jobs])
        finally:
            worker.end()

    def _end(self, outcome: Outcome) -> None:
        worker = self._used.pop(threading.get_ident(), None)
        if worker is None or worker.alive:
            if worker is not None:
                self._idle.put(worker)
            super()._end(outcome)
            return
        # The answers do not wait for a new worker to load its model, but the next frame is not read before.
        self._post(partial(report, outcome))
        self._ensure_alive(worker)
        self._idle.put(worker)
        self._post(partial(self._release, outcome[0]))

    def _ensure_alive(self, worker: WorkerProcess) -> None:
        backoff = Backoff()
        while not worker.alive and not self._stopped.is_set():
            try:
                worker.start()
            except Exception as e:  # noqa: BLE001 - the thread must go on, whatever prevents the start
                log.error("%s: %s; retrying", self._name, e)
                self._stopped.wait(backoff.next())

    async def stop(self, within: float) -> None:
        """Ends the workers: idle ones run their ``on_stop`` functions, busy ones are killed."""
        self._stopped.set()
        await super().stop(within)
        idle = set()
        with contextlib.suppress(Empty):
            while True:
                idle.add(self._idle.get_nowait())
        self._kill_workers(idle)
        for end in [in_thread("end of a worker", partial(one.close, _STOP_TIMEOUT)) for one in idle]:
            await end
        if self._at_exit is not None:
            self._at_exit.cancel()

    def _kill_workers(self, spared: Collection[WorkerProcess] = ()) -> None:
        self._stopped.set()
        for worker in self._workers:
            if worker not in spared:
                worker.kill_for_ever()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        # A real-time signal: only the first and the last have a name.
        return str(number)


def _worker_main(connection: Connection, spec: WorkerSpec) -> None:
    """The main function of a worker. It ends when the parent closes the connection."""
    # Ctrl-C, and the SIGTERM of a service manager, go to the whole process group. The parent decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        for hook in spec.on_start:
            _run_hook(hook)
    except BaseException as e:  # noqa: BLE001 - sent to the parent
        connection.send(f"on_start function {getattr(hook, '__name__', hook)} failed in a worker: {describe(e)}")
        return
    connection.send(_READY)
    stores = _PixelStores(spec.config.pixels_redis)
    with contextlib.suppress(EOFError, OSError):
        while True:
            messages: list[_FrameMessage] = connection.recv()
            connection.send(_answer_messages(spec, messages, stores))
    for hook in spec.on_stop:
        try:
            _run_hook(hook)
        except Exception:
            log.exception("on_stop function %s failed", getattr(hook, "__name__", hook))


def _run_hook(hook: Callable[[], Any]) -> None:
    """Runs a ``def``, or an ``async def`` in an event loop of its own."""
    ran = hook()
    if inspect.iscoroutine(ran):
        asyncio.run(ran)


def _answer_messages(spec: WorkerSpec, messages: list[_FrameMessage], stores: _PixelStores) -> list[Answer]:
    queued = [wire.decode_queued(entry, fields) for _, entry, fields in messages]
    frames = [Frame(one, stores.of(message[0])) for one, message in zip(queued, messages, strict=True)]
    log_context.enter(*queued)
    try:
        return calls.call(spec.handler, frames, spec.config.batch > 1)
    finally:
        log_context.enter()


class _PixelStores:
    """The pixel stores by key prefix."""

    def __init__(self, address: RedisAddress) -> None:
        self._address = address
        self._stores: dict[str, PixelStore] = {}

    def of(self, prefix: str) -> PixelSource:
        store = self._stores.get(prefix)
        if store is None:
            store = self._stores[prefix] = PixelStore(self._address, Keys(prefix))
        return store.find


__all__ = ["ProcessPool", "WorkerProcess", "WorkerSpec", "is_worker"]
