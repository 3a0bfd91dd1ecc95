"""Remembers a value that is in Redis, so that not every call reads it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from detektor.processor import redis_link
from detektor.processor.redis_link import RedisError

Value = TypeVar("Value")
LOOKUP_ERRORS = (RedisError, *redis_link.UNAVAILABLE)
_RETRY_AFTER = 0.5


class Lookup(Generic[Value]):
    """One value. Thread-safe: while one thread reads the value again, the others use the known one, and none waits for another.

    A read that failed is not repeated for half a second: until then the known value counts, or the same error is raised.
    """

    def __init__(self, interval: float, max_age: float, clock: Callable[[], float]) -> None:
        """The value is read again after ``interval`` seconds, and does not count after ``max_age`` seconds."""
        self._interval = interval
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        # The value, with the time of its read; None: none was read yet.
        self._known: tuple[float, Value] | None = None
        self._failure: BaseException | None = None
        self._next_read = 0.0
        self._reading = False

    def get(self, read: Callable[[], Value]) -> Value:
        """The value. Raises the error of the read, one of LOOKUP_ERRORS, when no value is known."""
        with self._lock:
            now = self._clock()
            known = self._known if self._known is not None and now - self._known[0] <= self._max_age else None
            waits = self._reading or ((known or self._failure) is not None and now < self._next_read)
            if waits and known is not None:
                return known[1]
            if waits and self._failure is not None:
                raise redis_link.RedisError(redis_link.error_text(self._failure))
            self._reading = True
        try:
            value = read()
        except LOOKUP_ERRORS as e:
            self._read(now, None, e)
            if known is not None:
                return known[1]
            raise
        except BaseException:
            self._reading = False
            raise
        self._read(now, (now, value), None)
        return value

    def _read(self, began: float, known: tuple[float, Value] | None, failure: BaseException | None) -> None:
        with self._lock:
            self._reading = False
            self._failure = failure
            if known is not None:
                self._known = known
                self._next_read = began + self._interval
            else:
                self._next_read = self._clock() + _RETRY_AFTER
