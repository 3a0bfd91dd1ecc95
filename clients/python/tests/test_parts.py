"""Unit tests of small parts."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
from redis import exceptions

from detektor.processor import resp, wire, workers
from detektor.processor.answers import AnswerCall, AnswerRoute, answer_for_exception, answer_for_value, error, reject, retry
from detektor.processor.counters import FrameCounters
from detektor.processor.errors import PixelsAway
from detektor.processor.flag import Flag
from detektor.processor.frames import Frame
from detektor.processor.jobs import Batcher, Job
from detektor.processor.keys import Keys
from detektor.processor.redis_link import needs_reconnect
from detektor.processor.script import ANSWER, FINISH
from detektor.processor.sender import AnswerSender, PendingAnswer
from detektor.processor.slots import Execution, InFlight, Slots, Waiter
from detektor.processor.strict_json import read_object, read_value
from detektor.processor.trace_context import TraceContext


def test_a_command_is_written_as_redis_reads_it():
    assert resp.command(("SET", b"k\r\n", "ü", 12)) == b"*4\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$2\r\n\xc3\xbc\r\n$2\r\n12\r\n"


def test_an_answer_is_one_call_of_the_script():
    queued = wire.decode_queued("5-1", wire.flat(frame_id="f", camera_id="c", capability="face", capture_id="3-4"))
    route = AnswerRoute(Keys("{p1}"), "{p1}frames:ready:face-1", "face-1-group", "face-1", "{p1}frames:results", 10)
    hash_names = ("ledger", "parts", "completed", "given-back", "circuits", "taken", "accepted")
    hashes = [f"{{p1}}frame-buffer:{name}" for name in hash_names]
    fields = wire.encode_returned(queued, "face-1", "rejected", "small")
    line = ["face-1-group", "5-1", "returned", "3-4", "c", "face-1", "0", *fields]
    keys = ["{p1}frames:ready:face-1", "{p1}frames:returned", *hashes]
    call = route.call(b"5-1", queued, reject("small"), None, 0, "")
    assert call.encoded(counts=True) == resp.command(["EVALSHA", FINISH.digest, 9, *keys, *line])
    assert call.encoded(counts=False) == resp.command(["EVALSHA", ANSWER.digest, 2, *keys[:2], *line])


def test_an_answer_out_of_bounds_is_refused_when_created():
    for after in (-0.1, 3_600.1):
        with pytest.raises(ValueError, match="after must be 0 to 3600 seconds"):
            retry("x", after=after)
    with pytest.raises(TypeError, match="JSON cannot hold a value of type object"):
        error(object())
    assert len(reject("x" * 2_000).detail) == 1_000


def test_a_frame_whose_pixels_are_away_comes_back_after_a_while():
    answer = answer_for_exception(PixelsAway("Redis is unavailable"))
    assert (answer.kind, answer.after_ms) == ("retry", 1_000)


def test_a_result_that_is_too_large_is_a_failed_attempt():
    largest = "x" * ((16 << 20) - 2)
    assert answer_for_value(largest).status == "success"
    answer = answer_for_value(largest + "x")
    assert (answer.kind, answer.detail[:43]) == ("failed", "the result has 16777217 bytes, more than 16")
    with pytest.raises(ValueError, match="the result has 16777218 bytes"):
        error("é" * (8 << 20))


def test_answers_are_sent_together_up_to_a_number_of_bytes():
    class Recording:
        batches: ClassVar[list[list[int]]] = []

        async def run_packed(self, _, calls):
            self.batches.append([len(call) for call in calls])
            return [1] * len(calls)

    async def scenario():
        queued = wire.decode_queued("5-1", wire.flat(frame_id="f", camera_id="c", capability="face", capture_id="3-4"))
        route = AnswerRoute(Keys(""), "frames:ready:face-1", "face-1-group", "face-1", "frames:results", 10)
        sender = AnswerSender(route, InFlight(Slots(8)), FrameCounters())
        for size in (1, 2, 8 << 20, 9 << 20, 3, 4):
            sender.send(PendingAnswer(b"5-1", queued, "retry", 0.0, AnswerCall(b"", b"", bytes(size))))
        await sender.stopping(Recording())

    asyncio.run(scenario())
    assert Recording.batches == [[1, 2], [8 << 20], [9 << 20], [3, 4]]


@pytest.mark.parametrize(("length", "kept"), [(100, 1), (10_000, 0)])
def test_only_short_metadata_is_kept_in_memory(length, kept):
    wire._cached_capabilities.cache_clear()
    metadata = json.dumps({"detection_type": "face", "note": "x" * length})
    event = wire.decode_event("5-1", wire.flat(frame_id="f", camera_id="c", metadata=metadata))
    assert event.capabilities == ("face",)
    assert wire._cached_capabilities.cache_info().currsize == kept


def test_json_is_strict():
    assert read_object(b'{"a": [1, null]}') == {"a": [1, None]}
    for text in (b"", b"[]", b"{}{}", b'{"a":1,"a":2}', b'{"a":NaN}', b"{'a':1}", b"\xff{}", b"[" * 2_000):
        assert read_object(text) is None
    assert read_value(b"[" * 100 + b"]" * 100) is not None
    assert read_value(b"[" * 102 + b"]" * 102) is None


@pytest.mark.parametrize(
    ("reply", "reconnects"),
    [
        (exceptions.MovedError("3999 127.0.0.1:7001"), True),
        (exceptions.AskError("3999 127.0.0.1:7001"), True),
        (exceptions.ClusterDownError("The cluster is down"), True),
        (exceptions.MasterDownError("Link with MASTER is down"), True),
        (exceptions.TryAgainError("Multiple keys request during rehashing of slot"), True),
        (exceptions.ReadOnlyError("You can't write against a read only replica"), True),
        (exceptions.ResponseError("MOVED 3999 127.0.0.1:7001"), True),
        (exceptions.ResponseError("BUSY Redis is busy running a script"), False),
        (b"1", False),
    ],
)
def test_a_reply_of_the_wrong_node_needs_a_new_connection(reply, reconnects):
    assert needs_reconnect(reply) == reconnects


def test_trace_ids_are_new_each_time():
    assert len({TraceContext.new().trace_id for _ in range(1_000)}) == 1_000
    above = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 1)
    below = above.child()
    assert (below.trace_id, below.flags) == (above.trace_id, 1)
    assert below.span_id != above.span_id
    assert below.sampled


def test_a_wait_for_a_flag_has_a_timeout():
    async def scenario():
        flag = Flag()
        assert not await flag.wait(0.01)
        waiting = [asyncio.create_task(flag.wait(20)) for _ in range(2)]
        await asyncio.sleep(0)
        flag.set()
        assert await asyncio.gather(*waiting) == [True, True]
        assert await flag.wait(0)
        flag.clear()
        cancelled = asyncio.create_task(flag.wait(20))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        assert flag._waiting == []

    asyncio.run(scenario())


def test_the_first_waiter_gets_the_next_slot_even_after_a_timeout():
    async def scenario():
        slots, first, second = Slots(1), Waiter(), Waiter()
        assert await slots.acquire(Waiter(), 1, 0) == 1
        assert await slots.acquire(first, 1, 0.01) == 0
        waiting = asyncio.create_task(slots.acquire(second, 1, 20))
        await asyncio.sleep(0)
        slots.release(1)
        assert await slots.acquire(first, 1, 0) == 1
        assert not waiting.done()
        slots.release(1)
        assert await waiting == 1

    asyncio.run(scenario())


def test_a_waiter_that_does_not_come_back_keeps_no_slot_from_others():
    async def scenario():
        slots = Slots(1)
        away, waiting = InFlight(slots), InFlight(slots)
        assert await slots.acquire(Waiter(), 1, 0) == 1
        assert await away.acquire(1, 0.01) == 0
        slots.release(1)
        assert await waiting.acquire(1, 0.01) == 1
        waiting.release(1)

    asyncio.run(scenario())


def test_a_reader_that_connects_again_waits_behind_the_others():
    async def scenario():
        slots, second = Slots(1), Waiter()
        first = InFlight(slots)
        assert await slots.acquire(Waiter(), 1, 0) == 1
        assert await first.acquire(1, 0.01) == 0
        waiting = asyncio.create_task(slots.acquire(second, 1, 20))
        await asyncio.sleep(0)
        first.drop_place()
        slots.release(1)
        assert await first.acquire(1, 0) == 0
        assert await waiting == 1

    asyncio.run(scenario())


def test_a_frame_is_held_until_its_answer_is_known_and_occupies_a_slot_until_its_handler_ends():
    async def scenario():
        slots = Slots(2)
        here, there = InFlight(slots), InFlight(slots)
        assert await here.acquire(5, 0) == 2
        for entry in (b"1-0", b"2-0"):
            assert here.begin(entry)
        assert here.begin(b"1-0") is None
        assert await there.acquire(1, 0) == 0
        here.finished(b"1-0")
        # The answer is on its way: another partition may use the slot, but this partition has reached its limit of held frames.
        assert await there.acquire(1, 0) == 1
        assert await here.acquire(1, 0) == 0
        here.end(b"1-0")
        there.release(1)
        assert await here.acquire(5, 0) == 1
        here.release(1)
        here.end(b"2-0")
        assert await here.wait_empty(0)
        assert (len(here), slots.free) == (0, 2)

    asyncio.run(scenario())


def test_an_abandoned_frame_is_not_answered():
    async def scenario():
        slots = Slots(1)
        held, interrupted = InFlight(slots), []
        for number in range(6):
            assert await held.acquire(1, 0) == 1
            entry = b"%d-0" % number
            held.begin(entry).interrupt = lambda number=number: interrupted.append(number)
            if not held.abandon(entry):
                break
        # At most four handlers for each slot may be abandoned.
        assert interrupted == [0, 1, 2, 3]
        assert not held.finished(b"0-0")
        assert held.abandon(b"4-0")

    asyncio.run(scenario())


def test_the_pixels_of_two_frames_are_fetched_at_the_same_time():
    queued = wire.decode_queued("5-1", wire.flat(frame_id="f", camera_id="c", capability="face", capture_id="3-4"))
    both_fetch = threading.Barrier(2)

    def fetch(_):
        both_fetch.wait(5)
        return b"pixels"

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda frame: frame.bytes, [Frame(queued, fetch), Frame(queued, fetch)])) == [b"pixels", b"pixels"]


def test_the_pixels_are_fetched_once():
    queued = wire.decode_queued("5-1", wire.flat(frame_id="f", camera_id="c", capability="face", capture_id="3-4"))
    fetched = []
    frame = Frame(queued, lambda _: fetched.append(1) or b"")
    assert (frame.bytes, frame.bytes) == (b"", b"")
    assert len(fetched) == 1


def test_an_answered_frame_occupies_its_slot_until_it_is_freed():
    async def scenario():
        slots = Slots(2)
        held = InFlight(slots)
        assert await held.acquire(2, 0) == 2
        held.begin(b"1-0")
        held.begin(b"2-0").keeps_slot = True
        assert held.answered(b"1-0")
        held.end(b"1-0")
        assert held.abandon(b"2-0")
        assert (len(held), slots.free) == (0, 0)
        assert not held.answered(b"2-0")
        for entry in (b"1-0", b"2-0", b"1-0"):
            held.free(entry)
        assert slots.free == 2

    asyncio.run(scenario())


class _RecordingPool:
    def __init__(self):
        self.calls = []

    def begin(self, call):
        self.calls.append(call)


def _job(entry, freed=lambda _: None):
    return Job(entry, None, Execution(), None, "", None, freed)


def test_a_frame_that_is_taken_away_before_its_call_is_not_handled():
    async def scenario():
        pool, freed = _RecordingPool(), []
        batcher = Batcher(pool, 1, 2, 0.01)
        first, second, third = (_job(entry, freed.append) for entry in (b"1-0", b"2-0", b"3-0"))
        batcher.add(first)
        first.execution.interrupt()
        batcher.add(second)
        batcher.add(third)
        assert freed == [first]
        assert [call.jobs for call in pool.calls] == [[second, third]]

    asyncio.run(scenario())


def test_a_batch_that_waits_for_a_free_call_arms_no_timer():
    async def scenario():
        pool, loop, armed = _RecordingPool(), asyncio.get_running_loop(), []
        call_later = loop.call_later
        loop.call_later = lambda *given: armed.append(given) or call_later(*given)
        batcher = Batcher(pool, 1, 2, 0.0)
        batcher.add(_job(b"1-0"))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(pool.calls) == 1
        batcher.add(_job(b"2-0"))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(armed) == 2
        pool.calls[0].ended()
        assert len(pool.calls) == 2

    asyncio.run(scenario())


def test_a_call_with_equal_entry_ids_of_two_partitions_is_abandoned_after_both():
    async def scenario():
        pool = _RecordingPool()
        batcher = Batcher(pool, 1, 2, 0.01)
        jobs = [_job(b"1-0"), _job(b"1-0")]
        for job in jobs:
            batcher.add(job)
        jobs[0].execution.interrupt()
        assert not pool.calls[0].is_abandoned
        jobs[1].execution.interrupt()
        assert pool.calls[0].is_abandoned

    asyncio.run(scenario())


def test_workers_are_spawned():
    assert workers._CONTEXT.get_start_method() == "spawn"
    assert not workers.is_worker()


@pytest.mark.parametrize(("reason", "detail"), [(b"dark", "b'dark'"), (["a", 1], "['a', 1]"), (None, "None")])
def test_a_reason_may_be_any_object(reason, detail):
    assert retry(reason).detail == reject(reason).detail == detail
