"""What happens to frames when Redis, the network, the handler or the process fails, with a recorded orchestrator."""

import asyncio
import threading
import time

import pytest

from detektor.processor import Processor
from tests.fault_proxy import FaultProxy
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
def network(redis_server):
    proxy = FaultProxy(redis_server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def make(network, orchestrator):
    def made(handler, **settings):
        given = {"capabilities": ["face"], "redis_url": network.url, "orchestrator_url": orchestrator.url, **settings}
        processor = Processor("face-1", **given)
        processor.handler(handler)
        return processor

    return made


def test_pending_frames_of_an_earlier_run_are_returned_as_failed(make, queue):
    queue.client.xgroup_create(queue.key, queue.group, "0", mkstream=True)
    for i in range(5):
        queue.add(f"held-{i}")
    queue.client.xreadgroup(queue.group, "face-1-1", {queue.key: ">"}, count=5)
    queue.add("new")
    with Running(make(lambda frame: frame.frame_id, concurrency=2)):
        back = queue.until_returned(5)
        [result] = queue.until_results(1)
    assert [one["frame_id"] for one in back] == [f"held-{i}" for i in range(5)]
    assert {(one["return_kind"], one["return_detail"], one["return_suspect"]) for one in back} == {
        ("failed", "its processor ended while it held the frame", "true")
    }
    assert result["frame_id"] == "new"
    assert (queue.length, queue.pending) == (0, 0)


def test_an_answer_whose_reply_was_lost_counts_once(make, queue, network):
    # Each call of the script contains its digest.
    from detektor.processor.script import FINISH

    with Running(make(lambda _: None)) as running:
        queue.add("first")
        queue.until_results(1)
        lost = network.lose_reply_to(FINISH.digest.decode())
        queue.add("f-1")
        assert lost.wait(20)
        queue.add("f-2")
        queue.until_results(3)
        until(lambda: running.processor.counts.processed == 3, "each frame counts once")
    assert queue.ledger("done:cam-1") == 3
    assert [one["frame_id"] for one in queue.results()] == ["first", "f-1", "f-2"]


def test_a_delivery_whose_reply_was_lost_is_read_again(make, queue, network):
    with Running(make(lambda frame: frame.attempt)):
        queue.add("first")
        queue.until_results(1)
        lost = network.lose_reply_to("XREADGROUP")
        until(lambda: lost.is_set() or queue.add("f") is None, "a reply is lost", within=20)
        added = queue.client.xlen(queue.key)
        assert added >= 0
        until(lambda: queue.length == 0 and queue.pending == 0, "all frames are answered")
    assert queue.returned() == []


def test_a_frame_in_progress_is_not_read_again_after_a_cut(make, queue, network):
    begun, go = [], threading.Event()

    def handler(frame):
        begun.append(frame.frame_id)
        go.wait(20)

    with Running(make(handler, concurrency=2)):
        queue.add("f-1")
        until(lambda: begun == ["f-1"], "the first handler is running")
        network.cut()
        queue.add("f-2")
        until(lambda: len(begun) == 2, "the second handler is running")
        go.set()
        queue.until_results(2)
    assert begun == ["f-1", "f-2"]
    assert queue.returned() == []


def test_answers_wait_until_redis_is_back(make, queue, network):
    begun, go = threading.Event(), threading.Event()

    def handler(_):
        begun.set()
        go.wait(20)

    with Running(make(handler)) as running:
        queue.add("f-1")
        assert begun.wait(20)
        network.refuse()
        go.set()
        until(lambda: running.processor._runtime.health()["status"] == "degraded", "the health report is degraded")
        network.accept()
        queue.until_results(1)
        until(lambda: running.processor._runtime.health()["status"] == "healthy", "the health report is healthy")


def test_a_refused_result_returns_the_frame_as_failed(make, queue, redis_server):
    redis_server.client.set("results", "no stream")
    with Running(make(lambda _: None, result_stream="results")) as running:
        queue.add("f-1")
        [back] = queue.until_returned(1)
        until(lambda: running.processor.in_progress == 0, "no frame is in progress")
    assert back["return_kind"] == "failed"
    assert back["return_detail"].startswith("Redis refused the result: ")
    assert "results is a string, not a stream" in back["return_detail"]


def test_while_redis_refuses_to_write_a_finished_frame_waits_and_is_not_charged(make, queue, redis_server):
    handled, begun, go = [], threading.Event(), threading.Event()

    def handler(frame):
        handled.append(frame.frame_id)
        begun.set()
        go.wait(20)

    with Running(make(handler)) as running:
        queue.add("f-1")
        assert begun.wait(20)
        redis_server.client.config_set("min-replicas-to-write", 1)
        go.set()
        until(lambda: running.processor._runtime.health()["status"] == "degraded", "the health report is degraded", within=5)
        redis_server.client.config_set("min-replicas-to-write", 0)
        queue.until_results(1)
        until(lambda: running.processor.in_progress == 0, "no frame is in progress")
        assert running.processor._runtime.health()["status"] == "healthy"
    assert handled == ["f-1"]
    assert queue.returned() == []


def test_a_frame_taken_away_in_progress_gets_no_answer(make, queue):
    begun, go = threading.Event(), threading.Event()

    def handler(_):
        begun.set()
        go.wait(20)

    with Running(make(handler)) as running:
        entry = queue.add("f-1")
        assert begun.wait(20)
        assert queue.client.xack(queue.key, queue.group, entry) == 1
        go.set()
        until(lambda: running.processor.in_progress == 0, "no frame is in progress")
        queue.add("f-2")
        queue.until_results(1)
        assert running.processor.counts.processed == 1
    assert [one["frame_id"] for one in queue.results()] == ["f-2"]


@pytest.mark.parametrize("kind", ["thread", "loop"])
def test_a_handler_that_never_returns_keeps_no_slot_once_its_frame_is_taken_away(make, queue, kind):
    never, begun = threading.Event(), threading.Event()

    def handler(frame):
        if frame.frame_id == "stuck":
            begun.set()
            never.wait(60)

    async def in_loop(frame):
        if frame.frame_id == "stuck":
            begun.set()
            await asyncio.Event().wait()

    with Running(make(handler if kind == "thread" else in_loop)):
        entry = queue.add("stuck")
        assert begun.wait(20)
        queue.client.xack(queue.key, queue.group, entry)
        queue.client.xdel(queue.key, entry)
        queue.add("f-2")
        [result] = queue.until_results(1)
        never.set()
    assert result["frame_id"] == "f-2"
    assert queue.returned() == []


def test_a_deleted_frame_is_counted_as_lost_and_frees_its_capacity(make, queue):
    queue.client.xgroup_create(queue.key, queue.group, "0", mkstream=True)
    entry = queue.add("gone")
    queue.client.xreadgroup(queue.group, "face-1-1", {queue.key: ">"}, count=1)
    queue.client.xdel(queue.key, entry)
    with Running(make(lambda _: None)):
        queue.add("f-1")
        queue.until_results(1)
        until(lambda: queue.pending == 0, "no entry is pending")
    lost = {k.decode(): int(v) for k, v in queue.client.hgetall("frame-buffer:ledger").items() if k.startswith(b"lost:")}
    assert sum(lost.values()) == 1


@pytest.mark.parametrize("emptied", [False, True], ids=["the group is deleted", "Redis is emptied"])
def test_a_missing_consumer_group_is_created_again(make, queue, emptied, caplog):
    with Running(make(lambda frame: frame.frame_id)):
        queue.add("f-1")
        queue.until_results(1)
        if emptied:
            queue.client.flushall()
        else:
            queue.client.xgroup_destroy(queue.key, queue.group)
        queue.add("f-2")
        until(lambda: any(one["frame_id"] == "f-2" for one in queue.results()), "the result of the later frame")
    assert any("was missing; created it again at the start of the stream" in record.message for record in caplog.records)


def test_a_frame_delivered_again_in_progress_takes_no_second_slot(make, queue):
    begun, go = [], threading.Event()

    def handler(frame):
        begun.append(frame.frame_id)
        go.wait(20)

    with Running(make(handler, concurrency=2)) as running:
        queue.add("f-1")
        until(lambda: begun == ["f-1"], "the handler is running")
        # Without its group Redis forgets the delivery: the client creates the group again at the start of the stream.
        queue.client.xgroup_destroy(queue.key, queue.group)
        queue.add("f-2")
        until(lambda: len(begun) == 2, "the second handler is running")
        go.set()
        until(lambda: running.processor.in_progress == 0, "no frame is in progress")
        queue.add("f-3")
        queue.until_results(3)
    assert begun == ["f-1", "f-2", "f-3"]


def test_a_consumer_removed_with_entries_pending_leaves_the_processor_working(make, queue):
    begun, go = threading.Event(), threading.Event()

    def handler(_):
        begun.set()
        go.wait(20)

    with Running(make(handler)) as running:
        queue.add("f-1")
        assert begun.wait(20)
        queue.client.xgroup_delconsumer(queue.key, queue.group, "face-1-1")
        go.set()
        until(lambda: running.processor.in_progress == 0, "no frame is in progress")
        queue.add("f-2")
        queue.until_results(1)


def test_a_missing_permission_is_reported_before_the_first_write(make, queue, redis_server, caplog):
    client = redis_server.client
    client.execute_command("ACL", "SETUSER", "narrow", "on", ">pw", "~frames:*", "~frame-buffer:*", "~frame:*", "+@all", "-xack")
    queue.add("f-1")
    with Running(make(lambda _: None, redis_url=f"redis://narrow:pw@127.0.0.1:{redis_server.port}")):
        until(
            lambda: any("may not run XACK on frames:ready:face-1" in one.message for one in caplog.records),
            "the error is logged",
        )
        assert queue.pending == 0
        assert "ACL SETUSER narrow +xack grants it" in caplog.text
        client.execute_command("ACL", "SETUSER", "narrow", "+xack")
        queue.until_results(1)


def test_a_deleted_frame_that_may_not_be_counted_stops_no_other_frame(make, queue, redis_server, caplog):
    client = redis_server.client
    client.execute_command("ACL", "SETUSER", "narrow", "on", ">pw", "~frames:re*", "~frame-buffer:*", "~frame:*", "+@all")
    client.xgroup_create(queue.key, queue.group, "0", mkstream=True)
    gone = [queue.add(f"gone-{i}") for i in range(2)]
    client.xreadgroup(queue.group, "face-1-1", {queue.key: ">"}, count=2)
    client.xdel(queue.key, *gone)
    queue.add("f-1")
    with Running(make(lambda _: None, redis_url=f"redis://narrow:pw@127.0.0.1:{redis_server.port}")):
        queue.until_results(1, within=5)
    assert queue.pending == 2
    assert caplog.text.count("Redis refuses to count deleted entries of frames:ready:face-1 as lost") == 1


def test_a_frame_whose_pixels_cannot_be_fetched_is_retried_uncharged(make, queue, network):
    begun, go, ended = threading.Event(), threading.Event(), threading.Event()

    def handler(frame):
        begun.set()
        go.wait(20)
        try:
            return len(frame.bytes)
        finally:
            ended.set()

    with Running(make(handler)):
        queue.add("f-1")
        assert begun.wait(20)
        network.refuse()
        go.set()
        assert ended.wait(20)
        network.accept()
        [back] = queue.until_returned(1)
    assert back["return_kind"] == "retry"
    assert "Redis is unavailable" in back["return_detail"]


def test_a_blocked_event_loop_does_not_stop_the_heartbeats(make, queue, orchestrator, caplog):
    beat = "POST /processors/face-1/heartbeat"

    async def handler(_):
        time.sleep(3.5)  # noqa: ASYNC251 - the mistake under test

    with Running(make(handler, heartbeat_interval=1)):
        queue.add("f-1")
        until(lambda: queue.pending == 1, "the handler is running")
        before = orchestrator.count(beat)
        until(lambda: orchestrator.count(beat) >= before + 2, "heartbeats while the event loop is blocked", within=3.2)
        queue.until_results(1)
        until(lambda: "make it def, so that it runs in a thread" in caplog.text, "the warning is logged")


def test_a_busy_handler_does_not_stop_the_heartbeats(make, queue, orchestrator):
    beat = "POST /processors/face-1/heartbeat"
    stop = threading.Event()

    def handler(_):
        while not stop.is_set():
            pass

    with Running(make(handler, heartbeat_interval=1)):
        queue.add("f-1")
        until(lambda: queue.pending == 1, "the handler is running")
        before = orchestrator.count(beat)
        until(lambda: orchestrator.count(beat) >= before + 2, "heartbeats while the handler is running")
        stop.set()
        queue.until_results(1)


def test_the_log_advises_a_process_for_a_thread_that_holds_the_global_lock(make, queue, caplog):
    from tests.detectors import holding_the_lock

    with Running(make(holding_the_lock, heartbeat_interval=1)):
        queue.add("f-1", hold_us="3500000")
        queue.until_results(1)
        until(lambda: "run it in a worker process, with executor='process'" in caplog.text, "the warning is logged")
