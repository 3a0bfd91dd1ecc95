"""Executors: batches and worker processes."""

import asyncio
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from detektor.processor import Processor, ProcessorClient, ProcessorError, StartFailed, calls, pools, reject, retry
from detektor.processor.answers import Answer
from tests import detectors
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
    def made(handler, on_start=None, **settings):
        given = {"capabilities": ["face"], "redis_url": redis_server.url, "orchestrator_url": orchestrator.url, **settings}
        processor = Processor("face-1", **given)
        processor.handler(handler)
        if on_start:
            processor.on_start(on_start)
        return processor

    return made


def results(queue, count):
    return {one["frame_id"]: json.loads(one["result"]) for one in queue.until_results(count)}


# Batches.


def test_a_batch_is_a_list_of_frames_and_is_answered_one_by_one(make, queue):
    sizes = []

    def handler(frames):
        sizes.append(len(frames))
        return [retry("later") if frame.frame_id == "f-2" else frame.frame_id for frame in frames]

    for i in range(8):
        queue.add(f"f-{i}")
    with Running(make(handler, batch=8, batch_wait=5)):
        assert set(results(queue, 7).values()) == {f"f-{i}" for i in range(8)} - {"f-2"}
        assert queue.until_returned(1)[0]["return_detail"] == "later"
    assert sizes == [8]


def test_an_incomplete_batch_waits_at_most_batch_wait(make, queue):
    with Running(make(lambda frames: [len(frames)] * len(frames), batch=16, batch_wait=0.2)):
        begun = time.monotonic()
        for i in range(3):
            queue.add(f"f-{i}")
        assert results(queue, 3) == {f"f-{i}": 3 for i in range(3)}
        assert 0.2 <= time.monotonic() - begun < 5


def test_parallel_batches_do_not_exceed_the_concurrency(make, queue):
    go, now, most, lock = threading.Event(), 0, 0, threading.Lock()

    def handler(frames):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        go.wait(20)
        with lock:
            now -= 1
        return frames and [None] * len(frames)

    with Running(make(handler, batch=4, batch_wait=0.01)):
        for i in range(3):
            queue.add(f"f-{i}")
            time.sleep(0.05)
        go.set()
        queue.until_results(3)
    assert most == 1


def test_a_failed_batch_is_tried_frame_by_frame_and_only_the_bad_frame_is_charged(make, queue):
    def handler(frames):
        if any("bad" in frame for frame in frames):
            raise ValueError("one of these is bad")
        return [frame.frame_id for frame in frames]

    for i in range(4):
        queue.add(f"f-{i}", **({"bad": "1"} if i == 1 else {}))
    with Running(make(handler, batch=4, batch_wait=5)):
        assert set(results(queue, 3)) == {"f-0", "f-2", "f-3"}
        [back] = queue.until_returned(1)
    assert (back["frame_id"], back["return_kind"], back["return_detail"]) == ("f-1", "failed", "ValueError: one of these is bad")


@pytest.mark.parametrize("answers", [[], [1], {"a": 1}, "ab", None, 7])
def test_a_batch_needs_one_answer_for_each_frame(make, queue, answers):
    for i in range(2):
        queue.add(f"f-{i}")
    with Running(make(lambda _: answers if answers != [1] else [1, 2, 3], batch=2, batch_wait=5)):
        back = queue.until_returned(2)
    assert all("needs a list of 1 answers, not" in one["return_detail"] for one in back)


def test_one_answer_of_a_batch_may_be_an_exception_or_not_json(make, queue):
    for i in range(3):
        queue.add(f"f-{i}")
    with Running(make(lambda _: [ValueError("dark"), object(), 1], batch=3, batch_wait=5)):
        back = queue.until_returned(2)
        assert len(queue.until_results(1)) == 1
    assert [one["return_kind"] for one in back] == ["failed", "failed"]


@pytest.mark.parametrize("odd", [reject(b"dark"), retry(["dark"]), Answer()])
def test_an_odd_answer_costs_neither_its_slot_nor_the_other_frames_of_its_batch(make, queue, odd):
    for i in range(4):
        queue.add(f"f-{i}", **({"odd": "1"} if i % 2 == 0 else {}))
    with Running(make(lambda frames: [odd if "odd" in frame else frame.frame_id for frame in frames], batch=2, batch_wait=5)):
        assert results(queue, 2) == {"f-1": "f-1", "f-3": "f-3"}
        assert [one["frame_id"] for one in queue.until_returned(2)] == ["f-0", "f-2"]


@pytest.mark.parametrize("kind", ["thread", "loop"])
def test_a_call_that_fails_outside_of_the_handler_is_a_failed_attempt(make, queue, monkeypatch, kind):
    async def in_loop(frame):
        return frame.frame_id

    def broken(*_):
        raise OSError("no memory")

    with Running(make(in_loop if kind == "loop" else lambda frame: frame.frame_id)):
        with monkeypatch.context() as patched:
            patched.setattr(calls, "call_async" if kind == "loop" else "call", broken)
            queue.add("f-1")
            assert queue.until_returned(1)[0]["return_detail"] == "OSError: no memory"
        queue.add("f-2")
        assert results(queue, 1) == {"f-2": "f-2"}


def test_a_frame_for_which_no_thread_can_be_started_is_a_failed_attempt(make, queue, monkeypatch):
    def no_thread(*_, **__):
        raise RuntimeError("can't start new thread")

    with Running(make(lambda frame: frame.frame_id)):
        with monkeypatch.context() as patched:
            patched.setattr(pools.threading, "Thread", no_thread)
            queue.add("f-1")
            assert queue.until_returned(1)[0]["return_detail"] == "RuntimeError: can't start new thread"
        queue.add("f-2")
        assert results(queue, 1) == {"f-2": "f-2"}


def test_a_batch_in_the_event_loop(make, queue):
    async def handler(frames):
        if any("bad" in frame for frame in frames):
            raise ValueError("bad")
        return [len(frames)] * len(frames)

    for i in range(3):
        queue.add(f"f-{i}", **({"bad": "1"} if i == 1 else {}))
    with Running(make(handler, batch=3, batch_wait=5)):
        assert results(queue, 2) == {"f-0": 1, "f-2": 1}
        assert queue.until_returned(1)[0]["frame_id"] == "f-1"


@pytest.mark.parametrize("raised", [asyncio.CancelledError, ValueError])
def test_a_stop_ends_a_hung_batch_of_coroutines_and_calls_no_handler_again(make, queue, raised):
    called, hung = [], threading.Event()

    async def handler(frames):
        called.append([frame.frame_id for frame in frames])
        hung.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise raised from None

    running = Running(make(handler, batch=2, batch_wait=5, grace=0.1)).start()
    for i in range(2):
        queue.add(f"f-{i}")
    assert hung.wait(20)
    running.end()
    assert called == [["f-0", "f-1"]]
    assert queue.pending == 2


def test_a_stop_while_the_frames_of_a_batch_are_tried_alone_tries_no_other_frame(make, queue):
    called = []

    async def handler(frames):
        called.append([frame.frame_id for frame in frames])
        if len(frames) > 1:
            raise ValueError("bad")
        await asyncio.sleep(3600)

    for i in range(3):
        queue.add(f"f-{i}")
    running = Running(make(handler, batch=3, batch_wait=5, grace=0.1)).start()
    until(lambda: len(called) == 2, "a frame is tried alone")
    running.end()
    assert called == [["f-0", "f-1", "f-2"], ["f-0"]]


def test_a_frame_that_waits_for_a_hung_call_stays_pending_at_a_stop(make, queue):
    called = []

    async def handler(frames):
        called.append([frame.frame_id for frame in frames])
        await asyncio.sleep(3600)

    running = Running(make(handler, batch=2, batch_wait=0.01, grace=0.1)).start()
    queue.add("f-1")
    until(lambda: called, "the handler is running")
    queue.add("f-2")
    until(lambda: running.processor.in_progress == 2, "the second frame waits")
    running.end()
    assert called == [["f-1"]]
    assert queue.pending == 2


def test_the_decorator_takes_a_batch(redis_server, orchestrator, queue):
    processor = Processor("face-1", capabilities=["face"], redis_url=redis_server.url, orchestrator_url=orchestrator.url)

    @processor.handler(batch=16, batch_wait=0.01)
    def detect(frames):
        return [reject("all")] * len(frames)

    assert (processor.config.batch, processor.config.capacity, processor.config.slots) == (16, 16, 16)
    queue.add("f-1")
    with Running(processor):
        queue.until_returned(1)
    assert orchestrator.body_of("POST /processors/register")["concurrency"] == 16


# Worker processes.


def test_a_handler_runs_in_a_spawned_worker_process(make, queue):
    for i in range(6):
        queue.add(f"f-{i}")
    with Running(make(detectors.steady, executor="process", concurrency=2)):
        pids = {result["pid"] for result in results(queue, 6).values()}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2
    until(lambda: not any(alive(pid) for pid in pids), "the workers have ended")


@pytest.mark.parametrize("how", ["exit", "signal", "realtime"])
def test_a_worker_crash_charges_an_attempt_only_to_its_frame(make, queue, how):
    for i in range(6):
        queue.add(f"f-{i}", **({"crash": how} if i == 2 else {}))
    with Running(make(detectors.crashing, executor="process", concurrency=2)):
        assert set(results(queue, 5)) == {"f-0", "f-1", "f-3", "f-4", "f-5"}
        [back] = queue.until_returned(1)
    assert (back["frame_id"], back["return_kind"]) == ("f-2", "failed")
    said = {"exit": "exit code 7", "signal": "signal SIGSEGV", "realtime": f"signal {signal.SIGRTMIN + 5}"}[how]
    assert back["return_detail"] == f"the worker process ended with {said}"


def test_a_worker_killed_while_idle_is_restarted_and_no_frame_is_charged(make, queue):
    queue.add("f-1")
    with Running(make(detectors.crashing, executor="process")):
        first = results(queue, 1)["f-1"]
        os.kill(first, signal.SIGKILL)
        until(lambda: not alive(first) or is_zombie(first), "the worker has ended")
        queue.add("f-2")
        assert results(queue, 2)["f-2"] not in {first, os.getpid()}
    assert queue.returned() == []


def test_a_batch_that_crashed_its_worker_is_tried_frame_by_frame(make, queue):
    for i in range(4):
        queue.add(f"f-{i}", **({"crash": "exit"} if i == 1 else {}))
    with Running(make(detectors.crashing_batch, executor="process", batch=4, batch_wait=5)):
        assert set(results(queue, 3)) == {"f-0", "f-2", "f-3"}
        [back] = queue.until_returned(1)
    assert (back["frame_id"], back["return_detail"]) == ("f-1", "the worker process ended with exit code 7")


def test_a_handler_that_holds_the_global_lock_does_not_silence_the_heartbeats(make, queue, orchestrator):
    beat = "POST /processors/face-1/heartbeat"
    with Running(make(detectors.holding_the_lock, executor="process", heartbeat_interval=1)):
        queue.add("f-1", hold_us="3000000")
        until(lambda: queue.pending == 1, "the handler is running")
        before = orchestrator.count(beat)
        until(lambda: orchestrator.count(beat) >= before + 2, "heartbeats while the handler is running", within=2.9)
        queue.until_results(1)


def test_sys_exit_in_a_worker_is_a_failed_attempt_and_the_worker_goes_on(make, queue, redis_server):
    redis_server.client.set("frame:f-2", b"12345")
    queue.add("f-1", leave="1")
    queue.add("f-2")
    with Running(make(detectors.leaving, executor="process")):
        assert results(queue, 1) == {"f-2": 5}
        [back] = queue.until_returned(1)
    assert back["return_detail"] == "the handler called sys.exit(4)"


def test_the_model_is_loaded_in_each_worker_before_registration(make, queue):
    queue.add("f-1")
    with Running(make(detectors.with_model, detectors.load_model, executor="process")):
        assert results(queue, 1)["f-1"] not in {None, os.getpid()}


def test_a_worker_that_cannot_load_its_model_fails_the_start(make, orchestrator, monkeypatch):
    monkeypatch.setenv("NO_MODEL", "1")
    with pytest.raises(StartFailed, match="on_start function load_model failed in a worker: OSError: no such file"):
        Running(make(detectors.with_model, detectors.load_model, executor="process")).start()
    assert orchestrator.called == []


def test_a_worker_whose_handler_never_returns_is_killed_when_its_frame_is_taken_away(make, queue, tmp_path, monkeypatch):
    monkeypatch.setenv("BEGUN", str(tmp_path / "begun"))
    with Running(make(detectors.stuck, executor="process")) as running:
        entry = queue.add("f-1")
        until((tmp_path / "begun").exists, "the handler is running")
        queue.client.xack(queue.key, queue.group, entry)
        until(lambda: running.processor.in_progress == 0, "the slot is free")
    assert queue.returned() == []


def test_a_handler_that_cannot_be_pickled_is_refused(make):
    with pytest.raises(StartFailed, match="the handler must be a top-level function of a module"):
        Running(make(lambda _: None, executor="process")).start()


def test_an_async_handler_cannot_run_in_a_process(make):
    async def handler(_):
        return None

    with pytest.raises(ProcessorError, match="executor='process' needs a def handler"):
        Running(make(handler, executor="process")).start()


def is_zombie(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# The class-based API.


def test_a_subclass_processes_frames(redis_server, orchestrator, queue):
    class FaceDetector(ProcessorClient):
        told = None

        def setup(self):
            self.told = "loaded"

        async def process_frame(self, frame):
            return {"who": frame["frame_id"], "told": self.told}

        async def cleanup(self):
            self.told = "closed"

    settings = {"redis_url": redis_server.url, "orchestrator_url": orchestrator.url, "capacity": 20, "result_stream": "faces"}
    detector = FaceDetector("face-1", ["face"], **settings)
    assert (detector.processor_id, detector.capabilities, detector.queue_name) == ("face-1", ["face"], "frames:ready:face-1")
    queue.add("f-1")
    with Running(detector.processor):
        [(_, fields)] = until(lambda: redis_server.client.xrange("faces"), "a result")
    assert json.loads(fields[b"result"]) == {"who": "f-1", "told": "loaded"}
    assert detector.told == "closed"


def test_a_subclass_takes_its_settings_from_the_environment(monkeypatch):
    class FaceDetector(ProcessorClient):
        def process_frame(self, frame):
            return None

    monkeypatch.setenv("PROCESSOR_ID", "face-7")
    monkeypatch.setenv("PROCESSOR_CAPABILITIES", "face_detection")
    monkeypatch.setenv("MAX_CONCURRENT_FRAMES", "30")
    assert (FaceDetector().processor_id, FaceDetector().config.capacity) == ("face-7", 30)


def test_a_subclass_whose_process_frame_has_wrong_parameters_is_refused_at_its_definition():
    with pytest.raises(TypeError, match="must take self and a frame, and nothing else"):

        class _Wrong(ProcessorClient):
            def process_frame(self):
                return None
