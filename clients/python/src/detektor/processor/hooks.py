"""Runs the author's ``on_start`` and ``on_stop`` functions, and distinguishes a slow start (loading a model) from a stuck one."""

from __future__ import annotations

import asyncio
import inspect
import logging
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from detektor.processor.answers import describe
from detektor.processor.errors import ProcessorError, StartFailed
from detektor.processor.threads import in_thread

log = logging.getLogger("detektor.processor")
_LOG_INTERVAL = 30.0
_STOP_TIMEOUT = 10.0


async def start(hook: Callable[[], Any], timeout: float) -> None:
    """Runs an ``on_start`` function: a ``def`` in a thread, an ``async def`` in the event loop.

    Raises StartFailed when the function raises, or does not end within ``timeout`` seconds; the message then has its current line.
    """
    await wait_for_start(f"on_start function {name_of(hook)}", call(hook), timeout)


async def wait_for_start(step: str, work: Awaitable[Any], timeout: float) -> None:
    """Waits for one step of the start, and logs every 30 s that it is still running. Raises StartFailed like `start`."""
    task = asyncio.ensure_future(work)
    begun = time.monotonic()
    while True:
        passed = time.monotonic() - begun
        done, _ = await asyncio.wait({task}, timeout=min(_LOG_INTERVAL, max(0.0, timeout - passed)))
        passed = time.monotonic() - begun
        if done:
            break
        if passed >= timeout:
            task.cancel()
            raise StartFailed(
                f"{step} did not end within {timeout:g} s; raise start_timeout if it is slow. Current line: {_current_line(step)}"
            )
        log.info("%s is still running after %.0f s (start_timeout: %g s)", step, passed, timeout)
    try:
        task.result()
    except ProcessorError:
        raise
    except Exception as e:
        raise StartFailed(f"{step} failed: {describe(e)}") from e


async def stop(hook: Callable[[], Any]) -> None:
    """Runs an ``on_stop`` function. Logs its exception, and continues to stop."""
    try:
        await asyncio.wait_for(call(hook), _STOP_TIMEOUT)
    except asyncio.TimeoutError:
        log.warning("on_stop function %s did not end within %g s", name_of(hook), _STOP_TIMEOUT)
    except Exception:
        log.exception("on_stop function %s failed", name_of(hook))


def call(hook: Callable[[], Any]) -> Awaitable[Any]:
    """Runs an author's function: a ``def`` in a thread, an ``async def`` in the event loop."""
    if inspect.iscoroutinefunction(hook):
        coroutine: Awaitable[Any] = hook()
        return coroutine
    return in_thread(_thread_name(f"on_start function {name_of(hook)}"), hook)


def name_of(hook: Callable[..., Any]) -> str:
    """The function's name, for messages."""
    return getattr(hook, "__name__", type(hook).__name__)


def _thread_name(step: str) -> str:
    return f"detektor {step}"


def _current_line(step: str) -> str:
    """The line that the thread of this step is executing, if known."""
    for thread in threading.enumerate():
        if thread.name == _thread_name(step) and thread.ident is not None:
            frame = sys._current_frames().get(thread.ident)
            if frame is not None:
                last = traceback.extract_stack(frame)[-1]
                return f"{last.filename}:{last.lineno}, in {last.name}"
    return "unknown"
