"""Daemon threads with a result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_thread(name: str, work: Callable[[], T]) -> asyncio.Future[T]:
    """Runs ``work`` in a new daemon thread; its result or exception arrives in the event loop."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, raised: BaseException | None) -> None:
        if future.done():
            return
        if raised is None:
            future.set_result(result)  # type: ignore[arg-type] # there is a result when nothing was raised
        elif isinstance(raised, (StopIteration, SystemExit, KeyboardInterrupt)):
            # A future cannot hold StopIteration; the other two would end the event loop.
            future.set_exception(RuntimeError(f"the function ended with {raised!r}"))
        else:
            future.set_exception(raised)

    def run() -> None:
        result: T | None = None
        raised: BaseException | None = None
        try:
            result = work()
        except BaseException as e:  # noqa: BLE001 - the future raises it
            raised = e
        try:
            loop.call_soon_threadsafe(deliver, result, raised)
        except RuntimeError:
            # The event loop has ended; no task waits any more.
            return

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
