"""Calls a handler and turns its result or exception into answers. Threads, event loop and worker processes share this code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from detektor.processor.answers import Answer, Returned, answer_for_exception, answer_for_value, describe, failed
from detektor.processor.frames import Frame

log = logging.getLogger("detektor.processor")
Handler = Callable[..., Any]


def call(handler: Handler, frames: Sequence[Frame], batch: bool) -> list[Answer]:
    """Returns one answer for each frame. Never raises: a frame without an answer would occupy its slot for ever."""
    if not batch:
        return [_call_one(handler, frame) for frame in frames]
    try:
        return _batch_answers(handler(list(frames)), len(frames))
    except BaseException as e:  # noqa: BLE001 - every frame needs an answer, whatever the handler raises
        if len(frames) == 1:
            return [_answer_for_failure(e, frames[0])]
        log.warning("a batch of %d frames failed (%s); trying each frame alone", len(frames), describe(e))
    # A bad picture must not cost the other frames of its batch an attempt.
    return [answer for frame in frames for answer in call(handler, [frame], batch)]


async def call_async(
    handler: Callable[..., Awaitable[Any]], frames: Sequence[Frame], batch: bool, cancelled: Callable[[], bool]
) -> list[Answer]:
    """Like `call`, for a handler in the event loop. ``cancelled`` tells whether this client cancelled the call."""
    if cancelled():
        # While another frame of the batch was tried alone.
        return [failed("the handler was cancelled") for _ in frames]
    given: Any = list(frames) if batch else frames[0]
    try:
        value = await handler(given)
        return _batch_answers(value, len(frames)) if batch else [answer_for_value(value)]
    except BaseException as e:  # noqa: BLE001
        if cancelled():
            return [failed("the handler was cancelled") for _ in frames]
        if len(frames) == 1 or isinstance(e, asyncio.CancelledError):
            # Whoever cancels a call wants it to end: the frames are not tried alone.
            return [_answer_for_failure(e, frame) for frame in frames]
        log.warning("a batch of %d frames failed (%s); trying each frame alone", len(frames), describe(e))
    return [answer for frame in frames for answer in await call_async(handler, [frame], batch, cancelled)]


def _call_one(handler: Handler, frame: Frame) -> Answer:
    try:
        return answer_for_value(handler(frame))
    except BaseException as e:  # noqa: BLE001
        return _answer_for_failure(e, frame)


def _batch_answers(values: Any, frames: int) -> list[Answer]:
    if isinstance(values, (str, bytes, dict, Answer)) or not hasattr(values, "__len__") or len(values) != frames:
        raise TypeError(f"a batch of {frames} frames needs a list of {frames} answers, not {_describe_type(values)}")
    return [answer_for_value(value) for value in values]


def _describe_type(values: Any) -> str:
    return f"{len(values)} in a {type(values).__name__}" if hasattr(values, "__len__") else type(values).__name__


def _answer_for_failure(raised: BaseException, frame: Frame) -> Answer:
    answer = answer_for_exception(raised)
    if isinstance(answer, Returned) and answer.kind == "failed":
        _log_failure(raised, frame)
    return answer


def _log_failure(raised: BaseException, frame: Frame) -> None:
    """Logs a traceback for the first failure at each place in the code; later ones would be the same."""
    at = raised.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = (type(raised).__qualname__, at and at.tb_frame.f_code.co_filename, at and at.tb_lineno)
    first = place not in _logged_failures
    if first and len(_logged_failures) < _MAX_LOGGED_FAILURES:
        _logged_failures.add(place)
    try:
        level = logging.WARNING if first else logging.DEBUG
        log.log(level, "the handler failed with frame %s", frame.frame_id, exc_info=raised if first else None)
    except BaseException:  # noqa: BLE001 - the author's __str__ may raise
        log.warning("the handler failed with frame %s", frame.frame_id)


_MAX_LOGGED_FAILURES = 200
_logged_failures: set[tuple[object, ...]] = set()
