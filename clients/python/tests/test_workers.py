"""Worker processes: how they start, end, and are replaced."""

import contextlib
import errno
import os
import signal
import subprocess
import sys

import pytest

from detektor.processor import Processor, workers
from tests import detectors
from tests.paths import CLIENT
from tests.queue_in_redis import QueueInRedis
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.test_executors import alive, is_zombie, results
from tests.waiting import until

_PYTHONPATH = os.pathsep.join([str(CLIENT), str(CLIENT / "src")])


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


def _raise(raised):
    raise raised


def test_a_worker_is_restarted_although_the_first_try_lacks_file_descriptors(make, queue, monkeypatch):
    with Running(make(detectors.crashing, executor="process")):
        pipe, failures = workers._CONTEXT.Pipe, [OSError(errno.EMFILE, "Too many open files")]
        monkeypatch.setattr(workers._CONTEXT, "Pipe", lambda: _raise(failures.pop()) if failures else pipe(), raising=False)
        queue.add("f-1", crash="exit")
        queue.until_returned(1)
        queue.add("f-2")
        assert set(results(queue, 1)) == {"f-2"}
    assert failures == []


def test_a_worker_runs_coroutines_at_its_start_and_at_its_end(make, queue, tmp_path, monkeypatch):
    monkeypatch.setenv("UNLOADED", str(tmp_path / "unloaded"))
    queue.add("f-1")
    processor = make(detectors.with_model, detectors.load_model_in_a_loop, executor="process")
    processor.on_stop(detectors.unload_model)
    with Running(processor):
        assert results(queue, 1)["f-1"] not in {None, os.getpid()}
    assert (tmp_path / "unloaded").exists()


@pytest.mark.parametrize("how", ["crash", "hang"])
def test_no_frame_is_read_before_a_new_worker_has_loaded_its_model(make, queue, tmp_path, monkeypatch, how):
    monkeypatch.setenv("FOLDER", str(tmp_path))
    with Running(make(detectors.recorded, detectors.load_slowly, executor="process")) as running:
        entry = queue.add("f-1", **{how: "1"})
        if how == "hang":
            until((tmp_path / "f-1").exists, "the handler is running")
            queue.client.xack(queue.key, queue.group, entry)
        until((tmp_path / "again").exists, "the new worker loads its model")
        until(lambda: running.processor.in_progress == 0, "the frame is answered, or given up")
        queue.add("f-2")
        with pytest.raises(AssertionError):
            until(lambda: queue.pending, "the next frame is read", within=0.7)
        (tmp_path / "go").touch()
        assert set(results(queue, 1)) == {"f-2"}
    assert [back["frame_id"] for back in queue.returned()] == (["f-1"] if how == "crash" else [])


def test_a_frame_that_is_taken_away_while_it_waits_for_a_worker_is_not_handled(make, queue, tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDER", str(tmp_path))
    with Running(make(detectors.recorded, detectors.load_slowly, executor="process")) as running:
        queue.add("f-1")
        worker = results(queue, 1)["f-1"]
        os.kill(worker, signal.SIGKILL)
        until(lambda: not alive(worker) or is_zombie(worker), "the worker has ended")
        entry = queue.add("f-2", hang="1")
        until(lambda: queue.pending == 1 and running.processor.in_progress == 1, "the frame waits for the new worker")
        queue.client.xack(queue.key, queue.group, entry)
        until(lambda: running.processor.in_progress == 0, "the frame is given up")
        (tmp_path / "go").touch()
        queue.add("f-3")
        assert set(results(queue, 2)) == {"f-1", "f-3"}
    assert not (tmp_path / "f-2").exists()


_SCRIPT_THAT_ENDS_WITHOUT_A_STOP = """
import asyncio, threading, time
from detektor.processor import Processor
from tests import detectors

if __name__ == "__main__":
    faces = Processor("face-1", capabilities=["face"], executor="process", concurrency=2)
    faces.handler(detectors.steady)
    threading.Thread(target=lambda: asyncio.run(faces.serve()), daemon=True).start()
    while not faces.counts or not faces.counts.processed:
        time.sleep(0.02)
"""


def test_a_program_that_ends_without_a_stop_does_not_wait_for_its_workers(queue, redis_server, orchestrator, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT_THAT_ENDS_WITHOUT_A_STOP)
    given = {**os.environ, "REDIS_URL": redis_server.url, "ORCHESTRATOR_URL": orchestrator.url, "PYTHONPATH": _PYTHONPATH}
    program = subprocess.Popen([sys.executable, str(script)], env=given, start_new_session=True)
    try:
        queue.add("f-1")
        pid = results(queue, 1)["f-1"]["pid"]
        program.wait(10)
        until(lambda: not alive(pid), "the worker has ended")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait(20)


_SCRIPT_WITH_PROCESSES = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
from detektor.processor import Processor

faces = Processor("face-1", capabilities=["face"])

def square(number):
    return [number * number, os.getpid()]

@faces.on_start
def start():
    global executor
    executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(os.environ["START_METHOD"]))

@faces.handler
def detect(frame):
    return executor.submit(square, frame.width).result(timeout=10)

faces.run()
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_that_the_author_spawns_does_not_start_the_processor(queue, redis_server, orchestrator, tmp_path, method):
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT_WITH_PROCESSES)
    given = {**os.environ, "REDIS_URL": redis_server.url, "ORCHESTRATOR_URL": orchestrator.url, "START_METHOD": method}
    program = subprocess.Popen([sys.executable, str(script)], env=given, start_new_session=True)
    try:
        queue.add("f-1", width="3")
        square, pid = results(queue, 1)["f-1"]
        program.terminate()
        assert program.wait(20) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait(20)
    assert square == 9
    assert pid != program.pid
    assert orchestrator.count("POST /processors/register") == 1
