"""How a processor handles its frames, on a real Redis."""

import asyncio
import json
import sys
import threading
import time

import pytest

from detektor.processor import PixelsGone, Processor, RegistrationRefused, error, reject, retry
from detektor.processor.testing import TestRedis
from tests.queue_in_redis import QueueInRedis
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.waiting import until


@pytest.fixture
def orchestrator():
    recording = RecordingOrchestrator()
    yield recording
    recording.close()


@pytest.fixture
def queue(redis_server):
    return QueueInRedis(redis_server.client)


@pytest.fixture
def make(redis_server, orchestrator):
    """Creates a processor with this handler."""

    def made(handler, **settings):
        given = {"capabilities": ["face"], "redis_url": redis_server.url, "orchestrator_url": orchestrator.url, **settings}
        processor = Processor("face-1", **given)
        processor.handler(handler)
        return processor

    return made


def test_a_frame_becomes_a_result(make, queue):
    queue.add("f-1", attempt="3", width="640")
    with Running(make(lambda frame: {"wide": frame.width, "who": frame["camera_id"]})):
        [result] = queue.until_results(1)
    assert json.loads(result.pop("result")) == {"wide": 640, "who": "cam-1"}
    assert float(result.pop("processing_ms")) >= 0
    assert result.pop("processed_at").endswith("Z")
    assert len(result.pop("traceparent")) == 55
    assert result == {
        "frame_id": "f-1",
        "camera_id": "cam-1",
        "processor_id": "face-1",
        "capability": "face",
        "status": "success",
        "attempt": "3",
    }


def test_a_frame_that_is_done_is_counted_once_and_gone(make, queue):
    for i in range(5):
        queue.add(f"f-{i}")
    with Running(make(lambda _: None, concurrency=2)):
        queue.until_results(5)
    assert (queue.length, queue.pending, queue.ledger("done:cam-1")) == (0, 0, 5)


async def _async_handler(frame):
    await asyncio.sleep(0)
    return frame.frame_id


def test_an_async_handler_runs_in_the_event_loop(make, queue):
    queue.add("f-1")
    with Running(make(_async_handler)):
        [result] = queue.until_results(1)
    assert result["result"] == '"f-1"'


def test_an_error_is_a_result_too(make, queue):
    queue.add("f-1")
    with Running(make(lambda _: error({"why": "dark"}))):
        [result] = queue.until_results(1)
    assert (result["status"], result["result"]) == ("error", '{"why":"dark"}')


def test_a_frame_can_be_retried_later(make, queue):
    queue.add("f-1", more="bytes")
    with Running(make(lambda _: retry("busy", after=1.5))):
        [back] = queue.until_returned(1)
    assert (back["return_kind"], back["return_detail"], back["retry_after_ms"], back["more"]) == ("retry", "busy", "1500", "bytes")
    assert (queue.length, queue.pending) == (0, 0)


def test_an_expired_frame_is_returned_unprocessed_to_be_shed(make, queue):
    queue.add("f-1", timestamp="2020-01-01T00:00:00Z", ttl_ms="10")
    with Running(make(lambda _: pytest.fail("the handler was called"))):
        [back] = queue.until_returned(1)
    assert (back["return_kind"], back["retry_after_ms"]) == ("retry", "100")
    assert "it was worth processing until 2020-01-01" in back["return_detail"]


def test_a_frame_can_be_rejected(make, queue):
    queue.add("f-1")
    with Running(make(lambda _: reject("too small"))):
        [back] = queue.until_returned(1)
    assert (back["return_kind"], back["return_detail"]) == ("rejected", "too small")


def _raises(raised):
    raise raised


class _Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no message")


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda _: sys.exit(3), "the handler called sys.exit(3)"),
        (lambda _: _raises(KeyboardInterrupt()), "KeyboardInterrupt"),
        (lambda _: _raises(MemoryError()), "MemoryError"),
        (lambda _: _raises(asyncio.CancelledError()), "CancelledError"),
        (lambda _: _raises(_Unspeakable()), "_Unspeakable"),
        (lambda _: object(), "the result is not JSON: JSON cannot hold a value of type object"),
        (lambda _: float("nan"), "the result is not JSON: Out of range float values are not JSON compliant"),
        (lambda _: b"bytes", "the result is not JSON: JSON cannot hold a value of type bytes"),
        (lambda _: "\ud83d" * 2_000 + _raises(ValueError("x" * 2_000)), "ValueError: " + "x" * 988),
    ],
)
@pytest.mark.parametrize("kind", ["thread", "loop"])
def test_every_handler_failure_answers_the_frame(make, queue, handler, said, kind):
    async def in_loop(frame):
        return handler(frame)

    queue.add("f-1")
    with Running(make(handler if kind == "thread" else in_loop)) as running:
        [back] = queue.until_returned(1)
        assert back["return_kind"] == "failed"
        assert back["return_detail"].startswith(said)
        assert len(back["return_detail"]) <= 1_000
        # The slot is free again, and the event loop is running.
        until(lambda: running.processor.in_progress == 0, "nothing is in progress")
    assert queue.ledger("done:cam-1") == 0


def test_numpy_is_json(make, queue):
    numpy = pytest.importorskip("numpy")
    queue.add("f-1")
    with Running(make(lambda _: {"box": numpy.array([1, 2], numpy.int32), "score": numpy.float32(0.5), "n": numpy.int64(3)})):
        [result] = queue.until_results(1)
    assert json.loads(result["result"]) == {"box": [1, 2], "score": 0.5, "n": 3}


def test_frames_in_progress_do_not_exceed_the_concurrency(make, queue):
    most, now, lock, go = 0, 0, threading.Lock(), threading.Event()

    def handler(_):
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        go.wait(20)
        with lock:
            now -= 1

    for i in range(10):
        queue.add(f"f-{i}")
    with Running(make(handler, concurrency=3)):
        until(lambda: now == 3, "three frames are in progress")
        # Redis has delivered no more frames than the handler has started.
        assert queue.pending == 3
        go.set()
        queue.until_results(10)
    assert most == 3


def test_stop_finishes_the_frames_in_progress_and_unregisters(make, queue, orchestrator):
    begun, go = threading.Event(), threading.Event()

    def handler(_):
        begun.set()
        go.wait(20)

    queue.add("f-1")
    queue.add("f-2")
    running = Running(make(handler)).start()
    assert begun.wait(20)
    running.processor.stop()
    time.sleep(0.3)
    assert not running.ended
    go.set()
    running.join()
    assert [result["frame_id"] for result in queue.results()] == ["f-1"]
    assert (queue.length, queue.pending) == (1, 0)
    assert orchestrator.called[-1] == "DELETE /processors/face-1"


def test_a_frame_that_exceeds_the_grace_stays_pending(make, queue, orchestrator):
    begun, never = threading.Event(), threading.Event()

    def handler(_):
        begun.set()
        never.wait(60)

    queue.add("f-1")
    running = Running(make(handler, grace=0.2, unregister_on_stop=False)).start()
    assert begun.wait(20)
    running.end()
    never.set()
    assert (queue.pending, queue.results(), queue.returned()) == (1, [], [])
    assert orchestrator.count("DELETE /processors/face-1") == 0


def test_heartbeats_contain_the_counts(make, queue, orchestrator):
    queue.add("f-1")
    queue.add("f-2", fail="1")
    with Running(make(lambda frame: 1 / 0 if "fail" in frame else None, heartbeat_interval=1)):
        queue.until_results(1)
        queue.until_returned(1)
        before = orchestrator.count("POST /processors/face-1/heartbeat")
        until(lambda: orchestrator.count("POST /processors/face-1/heartbeat") > before + 1, "a heartbeat")
        beat = orchestrator.body_of("POST /processors/face-1/heartbeat")
    assert beat["processor_id"] == "face-1"
    assert (beat["status"], beat["frames_processed"], beat["errors_last_minute"], beat["capacity_used"]) == ("healthy", 1, 1, 0)
    assert beat["avg_processing_time_ms"] > 0


def test_the_processor_registers_its_settings(make, orchestrator):
    with Running(make(lambda _: None, capacity=7, concurrency=3, metadata={"gpu": "no"})):
        body = orchestrator.body_of("POST /processors/register")
    assert (body["id"], body["capabilities"], body["capacity"], body["concurrency"]) == ("face-1", ["face"], 7, 3)
    assert (body["queue"], body["partition"], body["metadata"]) == ("frames:ready:face-1", "all", {"gpu": "no"})


def test_a_refused_processor_does_not_read(make, queue, orchestrator):
    orchestrator.always["POST /processors/register"] = (422, {"detail": "capacity is\n too large"})
    queue.add("f-1")
    with pytest.raises(RegistrationRefused, match=r"does not register face-1: capacity is too large \(422\)"):
        Running(make(lambda _: None)).start()
    assert queue.pending == 0


def test_results_may_go_to_another_stream(make, queue, redis_server):
    queue.add("f-1")
    with Running(make(lambda _: None, result_stream="mine", results_kept=10)):
        until(lambda: redis_server.client.xlen("mine") == 1, "a result")


def test_pixels_are_found_inline_or_by_key(make, queue, redis_server):
    redis_server.client.set("frame:f-3", b"under its id")
    redis_server.client.set("elsewhere", b"under its key")
    queue.add("f-1", data="inline")
    queue.add("f-2", image_data="inline too", data="")
    queue.add("f-3")
    queue.add("f-4", frame_buffer_key="elsewhere")
    with Running(make(lambda frame: frame.bytes.decode())):
        found = {one["frame_id"]: json.loads(one["result"]) for one in queue.until_results(4)}
    assert found == {"f-1": "inline", "f-2": "inline too", "f-3": "under its id", "f-4": "under its key"}


def test_an_async_handler_loads_pixels_without_holding_up_the_loop(make, queue, redis_server):
    async def handler(frame):
        return (await frame.load()).bytes.decode()

    redis_server.client.set("frame:f-1", b"pixels")
    queue.add("f-1")
    with Running(make(handler)):
        assert queue.until_results(1)[0]["result"] == '"pixels"'


def test_a_frame_without_pixels_is_rejected(make, queue, redis_server):
    redis_server.client.hset("no string", "a", "b")
    queue.add("f-1")
    queue.add("f-2", frame_buffer_key="no string")
    with Running(make(lambda frame: frame.bytes)):
        back = queue.until_returned(2)
    assert {one["return_kind"] for one in back} == {"rejected"}
    assert back[0]["return_detail"] == "the pixels of frame f-1 are gone"


def test_pixels_are_shortened_when_the_frame_has_ended_as_its_producer_allows(make, queue):
    for frame_id in ("done", "silent", "again", "parted"):
        queue.client.set(f"frame:{frame_id}", b"x", px=60_000)
    queue.client.hset("frame-buffer:parts", "7-0", 2)
    queue.add("silent")
    queue.add("again", pixels_keep_ms="5000")
    queue.add("parted", pixels_keep_ms="5000", capture_id="7-0")
    queue.add("done", pixels_keep_ms="5000")
    with Running(make(lambda frame: retry("not now", after=1) if frame.frame_id == "again" else None)):
        queue.until_results(3)
        until(lambda: queue.client.pttl("frame:done") <= 5_000, "shortened")
    for frame_id in ("silent", "again", "parted"):
        assert queue.client.pttl(f"frame:{frame_id}") > 30_000, frame_id


def test_only_keys_of_frames_with_a_time_to_live_are_shortened(make, queue):
    queue.client.set("lease", b"x", px=60_000)
    queue.client.set("frame:f-2", b"x")
    queue.add("f-1", pixels_keep_ms="0", frame_buffer_key="lease")
    queue.add("f-2", pixels_keep_ms="0")
    queue.client.set("frame:f-3", b"x", px=60_000)
    queue.add("f-3", pixels_keep_ms="0")
    with Running(make(lambda _: None)):
        until(lambda: not queue.client.exists("frame:f-3"), "gone")
    assert queue.client.pttl("lease") > 30_000
    assert queue.client.pttl("frame:f-2") == -1


def test_pixels_may_be_in_a_redis_of_their_own(make, queue):
    with TestRedis() as other:
        other.client.set("frame:f-1", b"there", px=60_000)
        queue.add("f-1", pixels_keep_ms="5000")
        with Running(make(lambda frame: frame.bytes.decode(), pixels_redis_url=other.url)):
            [result] = queue.until_results(1)
            until(lambda: other.client.pttl("frame:f-1") <= 5_000, "shortened")
    assert result["result"] == '"there"'


def test_answers_do_not_wait_for_a_redis_of_the_pixels_that_is_away(make, queue):
    for i in range(3):
        queue.add(f"f-{i}", data="inline", pixels_keep_ms="5000")
    with Running(make(lambda frame: len(frame.bytes), pixels_redis_url="redis://127.0.0.1:1")):
        assert len(queue.until_results(3)) == 3


def test_a_handler_may_catch_pixels_gone(make, queue):
    def handler(frame):
        try:
            return len(frame.bytes)
        except PixelsGone:
            return 0

    queue.add("f-1")
    with Running(make(handler)):
        assert queue.until_results(1)[0]["result"] == "0"


def test_the_image_is_bgr_and_undecodable_pixels_are_rejected(make, queue):
    cv2 = pytest.importorskip("cv2")
    import numpy

    picture = numpy.zeros((2, 3, 3), numpy.uint8)
    picture[:] = (255, 0, 0)
    queue.client.set("frame:f-1", cv2.imencode(".png", picture)[1].tobytes())
    queue.client.set("frame:f-2", b"no picture")
    queue.add("f-1")
    queue.add("f-2")
    with Running(make(lambda frame: [frame.width, frame.height, frame.image[0, 0]])):
        assert queue.until_results(1)[0]["result"] == "[3,2,[255,0,0]]"
        assert queue.until_returned(1)[0]["return_detail"] == "the 10 bytes of frame f-2 are not a picture"


def test_a_malformed_entry_is_rejected_with_all_its_fields(make, queue):
    queue.add("f-1", priority="99", more="kept")
    with Running(make(lambda _: None)):
        [back] = queue.until_returned(1)
    assert (back["return_kind"], back["more"], back["priority"]) == ("rejected", "kept", "99")
    assert back["return_detail"] == 'cannot be read: priority must be an integer from 0 to 10, not "99"'


def test_each_partition_is_read_and_answered(make, redis_server, orchestrator):
    prefixes = ["{p0}", "{p1}", "{p2}"]
    orchestrator.always["POST /processors/register"] = (201, {"key_prefixes": prefixes})
    queues = [QueueInRedis(redis_server.client, prefix=prefix) for prefix in prefixes]
    for queue in queues:
        for i in range(20):
            queue.add(f"{queue.prefix}-{i}")
        redis_server.client.set(f"{queue.prefix}frame:x", queue.prefix)
    with Running(make(lambda frame: frame.frame_id, concurrency=2)):
        for queue in queues:
            assert {one["frame_id"] for one in queue.until_results(20)} == {f"{queue.prefix}-{i}" for i in range(20)}
        # The reader notices a later frame without holding a slot for its partition.
        queues[1].add("late", frame_buffer_key="{p1}frame:x")
        queues[1].until_results(21)


def test_a_processor_can_be_started_again(make, queue):
    processor = make(lambda _: None)
    for lives in (1, 2):
        queue.add(f"f-{lives}")
        with Running(processor):
            queue.until_results(lives)


def test_on_start_runs_before_registration_and_on_stop_at_the_end(make, queue, orchestrator):
    processor, told = make(lambda _: None), []
    processor.on_start(lambda: told.append(f"loaded, {len(orchestrator.called)} calls"))

    @processor.on_stop
    async def closed():
        told.append(f"closed, {orchestrator.called[-1]}")

    queue.add("f-1")
    with Running(processor):
        queue.until_results(1)
    assert told == ["loaded, 0 calls", "closed, DELETE /processors/face-1"]
