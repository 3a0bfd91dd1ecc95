"""The author's functions of start and stop. A start that is slow (a model is loaded) is told from one that is stuck."""

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
    """Runs a function of ``on_start``: a ``def`` in a thread, an ``async def`` in the event loop.

    Raises StartFailed when it raises, or has not ended within so many seconds; then it is said where it is.
    """
    await wait_for_start(f"on_start function {name_of(hook)}", _call(hook), timeout)


async def wait_for_start(what: str, work: Awaitable[Any], timeout: float) -> None:
    """Waits for a part of the start, and says every half minute that it still runs."""
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
                f"{what} has not ended within {timeout:g} s; raise start_timeout if it is slow. It is at {_current_line(what)}"
            )
        log.info("%s has run for %.0f s; waiting for it, up to %g s", what, passed, timeout)
    try:
        task.result()
    except ProcessorError:
        raise
    except Exception as e:
        raise StartFailed(f"{what} failed: {describe(e)}") from e


async def stop(hook: Callable[[], Any]) -> None:
    """Runs a function of ``on_stop``. What it raises is logged: the end goes on."""
    try:
        await asyncio.wait_for(_call(hook), _STOP_TIMEOUT)
    except asyncio.TimeoutError:
        log.warning("on_stop function %s has not ended within %g s", name_of(hook), _STOP_TIMEOUT)
    except Exception:
        log.exception("on_stop function %s failed", name_of(hook))


def _call(hook: Callable[[], Any]) -> Awaitable[Any]:
    if inspect.iscoroutinefunction(hook):
        coroutine: Awaitable[Any] = hook()
        return coroutine
    return in_thread(_thread_name(f"on_start function {name_of(hook)}"), hook)


def name_of(hook: Callable[..., Any]) -> str:
    """The function's name, for people."""
    return getattr(hook, "__name__", type(hook).__name__)


def _thread_name(what: str) -> str:
    return f"detektor {what}"


def _current_line(what: str) -> str:
    """The line at which the thread of this is, as far as that can be told."""
    for thread in threading.enumerate():
        if thread.name == _thread_name(what) and thread.ident is not None:
            frame = sys._current_frames().get(thread.ident)
            if frame is not None:
                last = traceback.extract_stack(frame)[-1]
                return f"{last.filename}:{last.lineno}, in {last.name}"
    return "a place that cannot be told"
