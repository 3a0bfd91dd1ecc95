"""What a handler answers, and how that is sent: result and acknowledgement in one step of Redis that happens once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from detektor.processor import resp, script, strict_json, wire
from detektor.processor.errors import NoPicture, PixelsAway, PixelsGone
from detektor.processor.keys import Keys

_MAX_DETAIL = 1_000


class Answer:
    """What `retry`, `reject` and `error` give."""

    __slots__ = ()


@dataclass(frozen=True)
class Result(Answer):
    """The frame is done. ``status`` is success or error; ``json`` is one JSON value."""

    status: str
    json: str


@dataclass(frozen=True)
class Returned(Answer):
    """The frame goes back: ``kind`` is retry, failed or rejected."""

    kind: str
    detail: str
    after_ms: int = 0


def retry(reason: str = "", after: float = 0.0) -> Answer:
    """The frame goes back and is sent again, here or elsewhere. It is not charged with an attempt, and this is no failure.

    ``after``: not before so many seconds, 0 to 3600. ``reason`` is for people; what is beyond 1000 characters is cut.
    Raises ValueError when the time is out of bounds.
    """
    if not 0 <= after <= 3_600:
        raise ValueError(f"retry after 0 to 3600 seconds, not {after}")
    return Returned("retry", reason[:_MAX_DETAIL], round(after * 1_000))


def reject(reason: str = "") -> Answer:
    """The frame can never be processed, here or elsewhere: it becomes a dead letter. This is no failure.

    ``reason`` is for people; what is beyond 1000 characters is cut.
    """
    return Returned("rejected", reason[:_MAX_DETAIL])


def error(result: Any) -> Answer:
    """The frame is done, and this went wrong: it is not tried again, and counts as a failure of this processor.

    ``result`` is anything that JSON can hold. Raises ValueError or TypeError when it is not.
    """
    return Result("error", strict_json.write(result))


def answer_for_value(value: Any) -> Answer:
    """What a handler's value means. One that JSON cannot hold is a failure of the handler."""
    if isinstance(value, Answer):
        return value
    if isinstance(value, BaseException):
        return answer_for_exception(value)
    try:
        return Result("success", strict_json.write(value))
    except (ValueError, TypeError, RecursionError) as e:
        return failed(f"its result is no JSON: {e}")


def answer_for_exception(raised: BaseException) -> Answer:
    """What an exception of a handler means: the attempt failed, unless the pixels are to blame."""
    if isinstance(raised, (PixelsGone, NoPicture)):
        return reject(str(raised))
    if isinstance(raised, PixelsAway):
        return retry(str(raised))
    if isinstance(raised, SystemExit):
        return failed(f"the handler called sys.exit({raised.code!r})")
    return failed(describe(raised))


def failed(why: str) -> Answer:
    """The attempt failed: it is charged, and another processor is preferred."""
    return Returned("failed", why[:_MAX_DETAIL])


def describe(raised: BaseException) -> str:
    """The exception's class and words, whatever its words do."""
    name = type(raised).__name__
    try:
        words = str(raised)
    except BaseException:  # noqa: BLE001 - it is the author's code, and the frame needs an answer whatever it does
        return name
    return f"{name}: {words}" if words else name


class AnswerRoute:
    """Where a processor answers. Its calls of the script are made as Redis reads them."""

    def __init__(self, keys: Keys, queue: str, group: str, processor: str, results: str, results_kept: int) -> None:
        """``queue`` and ``results`` are keys; about ``results_kept`` results are kept, the newest."""
        self.processor = processor
        self._results = _CommandPrefix(keys, queue, group, results)
        self._returned = _CommandPrefix(keys, queue, group, keys.returned)
        self._kept = results_kept

    def call(self, entry_id: bytes, queued: wire.QueuedFrame, answer: Answer, at: datetime, took_ms: float, trace: str) -> bytes:
        """The call that gives this answer."""
        if isinstance(answer, Returned):
            return self.returned(entry_id, queued, answer)
        result = cast("Result", answer)
        fields = wire.encode_result(queued, self.processor, result.status, result.json, at, took_ms, trace)
        arguments: tuple[resp.Part, ...] = (
            entry_id,
            result.status,
            queued.capture_id,
            queued.event.camera_id,
            self.processor,
            self._kept,
            *fields,
        )
        return self._results.call(arguments)

    def returned(self, entry_id: bytes, queued: wire.QueuedFrame, back: Returned, suspect: bool = False) -> bytes:
        """The call that gives this frame back."""
        fields = wire.encode_returned(queued, self.processor, back.kind, back.detail, back.after_ms, suspect)
        return self._returned.call((entry_id, "returned", queued.capture_id, queued.event.camera_id, self.processor, 0, *fields))


class _CommandPrefix:
    """What each call has in common that writes to one stream: its keys, and the group."""

    def __init__(self, keys: Keys, queue: str, group: str, to: str) -> None:
        named = [keys.named(f"frame-buffer:{name}") for name in ("ledger", "parts", "completed", "given-back", "circuits", "taken")]
        parts: list[resp.Part] = [b"EVALSHA", script.FINISH.digest, 2 + len(named), queue, to, *named, group]
        self._count = len(parts)
        self._bytes = resp.strings(parts)

    def call(self, arguments: Sequence[resp.Part]) -> bytes:
        return b"*%d\r\n%b%b" % (self._count + len(arguments), self._bytes, resp.strings(arguments))
