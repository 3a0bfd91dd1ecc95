"""Values in Redis that are not read at each call."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from detektor.processor.lookup import Lookup


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def _refuse():
    raise RedisConnectionError("Redis is away")


def _unexpected():
    raise AssertionError("the value must not be read now")


def test_a_value_is_read_once_in_each_interval():
    clock = Clock()
    lookup = Lookup(5, 60, clock)
    assert lookup.get(lambda: 1) == 1
    clock.now = 4.9
    assert lookup.get(_unexpected) == 1
    clock.now = 5
    assert lookup.get(lambda: 2) == 2


def test_the_known_value_counts_while_another_thread_reads():
    clock = Clock()
    lookup = Lookup(5, 60, clock)
    lookup.get(lambda: 1)
    clock.now = 5
    begun, go = threading.Event(), threading.Event()

    def slow():
        begun.set()
        go.wait(5)
        return 2

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(lookup.get, slow)
        assert begun.wait(5)
        assert lookup.get(_unexpected) == 1
        go.set()
        assert reading.result(5) == 2
    assert lookup.get(_unexpected) == 2


def test_threads_that_read_the_first_value_do_not_wait_for_each_other():
    lookup, both_read = Lookup(5, 60, Clock()), threading.Barrier(2)

    def slow():
        both_read.wait(5)
        return 1

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lookup.get, [slow, slow])) == [1, 1]


def test_a_failed_read_is_remembered_for_half_a_second():
    clock = Clock()
    lookup = Lookup(5, 60, clock)
    with pytest.raises(RedisConnectionError):
        lookup.get(_refuse)
    clock.now = 0.4
    with pytest.raises(RedisError, match="Redis is away"):
        lookup.get(_unexpected)
    clock.now = 0.5
    assert lookup.get(lambda: 1) == 1


def test_after_a_failed_read_the_known_value_counts_until_it_is_too_old():
    clock = Clock()
    lookup = Lookup(5, 60, clock)
    lookup.get(lambda: 1)
    clock.now = 5
    assert lookup.get(_refuse) == 1
    assert lookup.get(_unexpected) == 1
    clock.now = 60.1
    with pytest.raises(RedisConnectionError):
        lookup.get(_refuse)
