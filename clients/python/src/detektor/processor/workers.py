"""Handlers in processes of their own. Each is spawned, never forked: a fork after threads, PyTorch or CUDA hangs."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

from detektor.processor import calls, log_context, wire
from detektor.processor.answers import Answer, describe, failed
from detektor.processor.backoff import Backoff
from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import StartFailed, WorkerCrashed
from detektor.processor.frames import Frame, PixelSource, PixelStore
from detektor.processor.jobs import Call
from detektor.processor.keys import Keys
from detektor.processor.pools import ThreadPool
from detektor.processor.redis_address import RedisAddress
from detektor.processor.threads import in_thread
from detektor.processor.tracing import Tracing

log = logging.getLogger("detektor.processor")
_NAME = "detektor-worker-"
_CONTEXT = multiprocessing.get_context("spawn")
_READY = "ready"
# For its functions of on_stop, in seconds.
_STOP_TIMEOUT = 10.0
# A frame: the prefix of its keys, the id of its entry, its fields.
_FrameMessage = tuple[str, str, list[bytes]]


@dataclass(frozen=True)
class WorkerSpec:
    """What a worker runs. It is pickled: functions must be those of a module, by their names."""

    handler: Callable[..., Any]
    on_start: tuple[Callable[[], Any], ...]
    on_stop: tuple[Callable[[], Any], ...]
    config: ProcessorConfig


def is_worker() -> bool:
    """Whether this is a worker process, in which a script that starts a processor is only imported."""
    return multiprocessing.current_process().name.startswith(_NAME)


class WorkerProcess:
    """One process. For one thread at a time, but for `kill`."""

    def __init__(self, number: int, spec: WorkerSpec) -> None:
        self._number = number
        self._spec = spec
        self._process: Any = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._call: Call | None = None

    @property
    def alive(self) -> bool:
        """Whether it can take frames."""
        return self._connection is not None and self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """Starts it and waits until its functions of ``on_start`` have ended.

        Raises StartFailed when they fail or take longer than the start timeout.
        """
        self.close(0.0)
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_worker_main, args=(theirs, self._spec), name=f"{_NAME}{self._number}")
        try:
            process.start()
        except Exception as e:
            ours.close()
            raise StartFailed(
                f"a worker process cannot be started: {describe(e)}; the handler must be a function of a module, found there by its name"
            ) from e
        finally:
            theirs.close()
        self._process, self._connection = process, ours
        said = self._read_start_message()
        if said != _READY:
            self.close(0.0)
            raise StartFailed(said)

    def _read_start_message(self) -> str:
        assert self._connection is not None  # noqa: S101 - it was just made
        timeout = self._spec.config.start_timeout
        try:
            if self._connection.poll(timeout):
                return str(self._connection.recv())
        except (EOFError, OSError):
            return f"a worker process ended while it started ({self._exit_reason()})"
        return f"a worker process has not started within {timeout:g} s; raise start_timeout if its on_start is slow"

    def answers(self, messages: list[_FrameMessage]) -> list[Answer]:
        """What the handler answers to these frames. Raises WorkerCrashed when the process ends meanwhile."""
        try:
            if self._connection is None:
                raise EOFError
            self._connection.send(messages)
            answers: list[Answer] = self._connection.recv()
            return answers
        except (EOFError, OSError) as e:
            ending = self._exit_reason()
            self.close(0.0)
            raise WorkerCrashed(f"its worker process ended with {ending}") from e

    def _exit_reason(self) -> str:
        self._process.join(5.0)
        code = self._process.exitcode
        if code is None:
            return "no exit code"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def begin(self, call: Call | None) -> None:
        """It has this call from now on; None: none."""
        with self._lock:
            self._call = call

    def kill_if_running(self, call: Call) -> None:
        """Ends it at once, if it still has this call. From any thread."""
        with self._lock:
            if self._call is call:
                self.kill()

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError, OSError):
                process.kill()

    def close(self, within: float) -> None:
        """Lets it end, by its functions of ``on_stop``; after so many seconds it is killed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if self._process is not None:
            self._process.join(within)
            self.kill()
            self._process.join(5.0)
            self._process = None


class ProcessPool(ThreadPool):
    """As many workers as calls at once. A thread waits for each; it starts another when its worker has ended."""

    def __init__(self, spec: WorkerSpec, tracing: Tracing) -> None:
        config = spec.config
        super().__init__(f"{config.processor_id}-worker", spec.handler, config.batch > 1, tracing)
        self._workers = [WorkerProcess(number, spec) for number in range(1, config.concurrency + 1)]
        self._idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._stopped = threading.Event()
        # By thread, until its worker is ready for the next call.
        self._used: dict[int, WorkerProcess] = {}

    async def start(self) -> None:
        """Starts all workers, at once. Raises StartFailed when one does not start."""
        await super().start()
        starts = [in_thread(f"start of worker {at}", one.start) for at, one in enumerate(self._workers, 1)]
        try:
            for started in starts:
                await started
        except BaseException:
            await self.stop(0.0)
            raise
        for worker in self._workers:
            self._idle.put(worker)

    def _answers(self, call: Call) -> list[Answer]:
        worker = self._idle.get()
        self._used[threading.get_ident()] = worker
        # It may have ended while it was idle, which is not the fault of this frame.
        self._ensure_alive(worker)
        worker.begin(call)
        call.interrupt = partial(worker.kill_if_running, call)
        messages = [(job.prefix, job.entry.decode(), job.queued.fields) for job in call.jobs]
        try:
            return worker.answers(messages)
        except WorkerCrashed as e:
            log.warning("%s: %s; it held %d frames", self._name, e, len(messages))
            if len(messages) == 1:
                return [failed(str(e))]
            # Which of them it was is not known: each is tried alone, so that only that one is charged.
            return [answer for message in messages for answer in self._call_single(worker, message)]
        finally:
            worker.begin(None)

    def _call_single(self, worker: WorkerProcess, message: _FrameMessage) -> list[Answer]:
        self._ensure_alive(worker)
        try:
            return worker.answers([message])
        except WorkerCrashed as e:
            return [failed(str(e))]

    def _after_call(self) -> None:
        # Behind the answer, which does not wait for a new process to load its model.
        worker = self._used.pop(threading.get_ident())
        self._ensure_alive(worker)
        self._idle.put(worker)

    def _ensure_alive(self, worker: WorkerProcess) -> None:
        backoff = Backoff()
        while not worker.alive and not self._stopped.is_set():
            try:
                worker.start()
            except StartFailed as e:
                log.error("%s: %s; trying again", self._name, e)
                self._stopped.wait(backoff.next())

    async def stop(self, within: float) -> None:
        """Ends the workers: those that are idle by their functions of ``on_stop``, the others are killed."""
        self._stopped.set()
        await super().stop(within)
        idle = set()
        with contextlib.suppress(Empty):
            while True:
                idle.add(self._idle.get_nowait())
        for worker in self._workers:
            if worker not in idle:
                worker.kill()
        for end in [in_thread("end of a worker", partial(one.close, _STOP_TIMEOUT)) for one in idle]:
            await end


def _worker_main(connection: Connection, spec: WorkerSpec) -> None:
    """A worker's life. What ends its parent's connection ends it."""
    # Ctrl-C, and the SIGTERM of a service manager, go to all processes of a group; ours ends when its parent is done with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        for hook in spec.on_start:
            hook()
    except BaseException as e:  # noqa: BLE001 - told to the parent
        connection.send(f"on_start function {getattr(hook, '__name__', hook)} failed in a worker: {describe(e)}")
        return
    connection.send(_READY)
    stores = _PixelStores(RedisAddress.parse(spec.config.redis_url))
    with contextlib.suppress(EOFError, OSError):
        while True:
            messages: list[_FrameMessage] = connection.recv()
            connection.send(_answer_messages(spec, messages, stores))
    for hook in spec.on_stop:
        try:
            hook()
        except Exception:
            log.exception("on_stop function %s failed", getattr(hook, "__name__", hook))


def _answer_messages(spec: WorkerSpec, messages: list[_FrameMessage], stores: _PixelStores) -> list[Answer]:
    queued = [wire.decode_queued(entry, fields) for _, entry, fields in messages]
    frames = [Frame(one, stores.of(message[0])) for one, message in zip(queued, messages, strict=True)]
    log_context.enter(*queued)
    try:
        return calls.call(spec.handler, frames, spec.config.batch > 1)
    finally:
        log_context.enter()


class _PixelStores:
    """Where pixels are, by the prefix of a partition."""

    def __init__(self, address: RedisAddress) -> None:
        self._address = address
        self._stores: dict[str, PixelStore] = {}

    def of(self, prefix: str) -> PixelSource:
        store = self._stores.get(prefix)
        if store is None:
            store = self._stores[prefix] = PixelStore(self._address, Keys(prefix))
        return store.find


__all__ = ["ProcessPool", "WorkerProcess", "WorkerSpec", "is_worker"]
