"""Answers of a handler, and the Redis call for each: one step writes the result and acknowledges the entry, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from detektor.processor import resp, rights, script, strict_json, wire
from detektor.processor.errors import NoPicture, PixelsAway, PixelsGone
from detektor.processor.keys import Keys

_MAX_DETAIL = 1_000
_MAX_RESULT_BYTES = 16 << 20
_PIXELS_AWAY_DELAY = 1.0


class Answer:
    """The value that `retry`, `reject` and `error` return."""

    __slots__ = ()


@dataclass(frozen=True)
class Result(Answer):
    """The frame is done. ``status`` is success or error; ``json`` is one JSON value."""

    status: str
    json: str


@dataclass(frozen=True)
class Returned(Answer):
    """The frame goes back to the service: ``kind`` is retry, failed or rejected; ``after_ms`` delays a retry."""

    kind: str
    detail: str
    after_ms: int = 0


def retry(reason: str = "", after: float = 0.0) -> Answer:
    """The service sends the frame again, to this processor or another. No attempt is charged, and no failure is counted.

    ``after``: seconds before the next try, 0 to 3600. ``reason`` is for people; text beyond 1000 characters is cut.
    Raises ValueError when ``after`` is out of bounds.
    """
    if not 0 <= after <= 3_600:
        raise ValueError(f"after must be 0 to 3600 seconds, not {after}")
    return Returned("retry", str(reason)[:_MAX_DETAIL], round(after * 1_000))


def reject(reason: str = "") -> Answer:
    """No processor can ever process this frame: it becomes a dead letter. No failure is counted.

    ``reason`` is for people; text beyond 1000 characters is cut.
    """
    return Returned("rejected", str(reason)[:_MAX_DETAIL])


def error(result: Any) -> Answer:
    """The frame is done, with status ``error``. It is not tried again; the service counts a failure of this processor.

    ``result`` is any value that JSON can hold, in at most 16 MiB. Raises ValueError or TypeError for any other value.
    """
    return Result("error", _result_json(result))


def answer_for_value(value: Any) -> Answer:
    """Turns a handler's return value into an answer. A value that JSON cannot hold, or that is too large, is a failed attempt."""
    if isinstance(value, Answer):
        return value
    if isinstance(value, BaseException):
        return answer_for_exception(value)
    try:
        return Result("success", _result_json(value))
    except _ResultTooLarge as e:
        return failed(str(e))
    except (ValueError, TypeError, RecursionError) as e:
        return failed(f"the result is not JSON: {e}")


class _ResultTooLarge(ValueError):
    """A result has more bytes than the client sends."""


def _result_json(value: Any) -> str:
    text = strict_json.write(value)
    # A character has at most four bytes.
    if len(text) > _MAX_RESULT_BYTES // 4:
        size = len(text.encode(errors="replace"))
        if size > _MAX_RESULT_BYTES:
            raise _ResultTooLarge(f"the result has {size} bytes, more than {_MAX_RESULT_BYTES}: store it elsewhere, and return its place")
    return text


def answer_for_exception(raised: BaseException) -> Answer:
    """Turns a handler's exception into an answer: a failed attempt, except for errors of the pixels."""
    if isinstance(raised, (PixelsGone, NoPicture)):
        return reject(str(raised))
    if isinstance(raised, PixelsAway):
        # Without a delay the frame would come back at once, again and again.
        return retry(str(raised), after=_PIXELS_AWAY_DELAY)
    if isinstance(raised, SystemExit):
        return failed(f"the handler called sys.exit({raised.code!r})")
    return failed(describe(raised))


def failed(why: str) -> Answer:
    """The attempt failed: it is charged to the frame, and the service prefers another processor."""
    return Returned("failed", why[:_MAX_DETAIL])


def describe(raised: BaseException) -> str:
    """The exception's class and message. Never raises, even if the exception's own ``__str__`` does."""
    name = type(raised).__name__
    try:
        words = str(raised)
    except BaseException:  # noqa: BLE001 - the author's code may raise anything, and the frame still needs an answer
        return name
    return f"{name}: {words}" if words else name


class AnswerRoute:
    """The streams to which a processor writes its answers. Encodes each answer as a Redis call."""

    def __init__(self, keys: Keys, queue: str, group: str, processor: str, results: str, results_kept: int) -> None:
        """``queue`` and ``results`` are keys. The result stream keeps about the newest ``results_kept`` results."""
        self.processor = processor
        self.counting = rights.needs_of_counting(keys, queue, results)
        self._results = _CommandPrefix(keys, queue, group, results)
        self._returned = _CommandPrefix(keys, queue, group, keys.returned)
        self._kept = results_kept

    def call(self, entry_id: bytes, queued: wire.QueuedFrame, answer: Answer, at: datetime, took_ms: float, trace: str) -> AnswerCall:
        """The Redis call for this answer."""
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

    def returned(self, entry_id: bytes, queued: wire.QueuedFrame, back: Returned, suspect: bool = False) -> AnswerCall:
        """The Redis call that returns this frame to the service."""
        fields = wire.encode_returned(queued, self.processor, back.kind, back.detail, back.after_ms, suspect)
        return self._returned.call((entry_id, "returned", queued.capture_id, queued.event.camera_id, self.processor, 0, *fields))


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """A Redis call that answers a frame, for a user who may write the ledger and for one who may not."""

    counting: bytes
    plain: bytes
    arguments: bytes

    def __len__(self) -> int:
        return len(self.counting) + len(self.arguments)

    def encoded(self, counts: bool) -> bytes:
        """The call as Redis reads it. ``counts``: whether the user may write the ledger."""
        return (self.counting if counts else self.plain) + self.arguments


class _CommandPrefix:
    """The constant start of all calls that write to one stream: script, keys and consumer group."""

    def __init__(self, keys: Keys, queue: str, group: str, to: str) -> None:
        internal = ("ledger", "parts", "completed", "given-back", "circuits", "taken", "accepted")
        named = [keys.named(f"frame-buffer:{name}") for name in internal]
        counting: list[resp.Part] = [b"EVALSHA", script.FINISH.digest, 2 + len(named), queue, to, *named, group]
        plain: list[resp.Part] = [b"EVALSHA", script.ANSWER.digest, 2, queue, to, group]
        self._starts = [(len(parts), resp.strings(parts)) for parts in (counting, plain)]

    def call(self, arguments: Sequence[resp.Part]) -> AnswerCall:
        counting, plain = (b"*%d\r\n%b" % (count + len(arguments), start) for count, start in self._starts)
        return AnswerCall(counting, plain, resp.strings(arguments))
