"""Failures: the real service accounts for every frame."""

import os
import signal
import subprocess
import sys
import time

import pytest

from detektor.processor import Processor
from tests.paths import CLIENT
from tests.running import Running
from tests.waiting import until

pytestmark = pytest.mark.service


@pytest.fixture
def detector(service):
    """Starts detectors as separate processes."""
    started = []

    def start(name="face-1", **environment):
        given = {k: str(v) for k, v in environment.items()}
        given = {**os.environ, "ORCHESTRATOR_URL": service.url, "REDIS_URL": service.redis_url, **given}
        process = subprocess.Popen([sys.executable, "-m", "tests.detectors", name], cwd=CLIENT, env=given)
        started.append(process)
        until(lambda: service.processor(name), f"{name} is registered")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(20)


@pytest.fixture
def publish(redis_server):
    """Publishes frames on the capture stream."""
    published = 0

    def publishing(count, **fields):
        nonlocal published
        pipeline = redis_server.client.pipeline(transaction=False)
        for _ in range(count):
            published += 1
            frame = {"frame_id": f"f-{published}", "camera_id": f"cam-{published % 4}", "detection_type": "face"}
            pipeline.xadd("frames:capture", {**frame, **fields})
        pipeline.execute()

    return publishing


def _done(total, frames):
    assert (total["captured"], total["done"], total["lost"]) == (frames, frames, 0), total


def _results(redis_server):
    return [fields[b"frame_id"].decode() for _, fields in redis_server.client.xrange("frames:results")]


def test_a_killed_processor_is_restarted(service, detector, publish, redis_server):
    first = detector(TAKES=0.02)
    publish(200)
    until(lambda: len(_results(redis_server)) > 20, "some frames are done")
    first.kill()
    first.wait(20)
    detector(TAKES=0)
    _done(service.until_accounted_for(200), 200)


def test_frames_of_a_killed_processor_go_to_another(service, detector, publish, redis_server):
    first = detector("face-1", TAKES=0.02)
    detector("face-2", TAKES=0.02)
    publish(200)
    until(lambda: len(_results(redis_server)) > 20, "some frames are done")
    first.kill()
    _done(service.until_accounted_for(200), 200)


def test_a_suspended_processor_loses_its_frames_and_no_frame_is_answered_twice(service, detector, publish, redis_server):
    first = detector("face-1", TAKES=0.02)
    detector("face-2", TAKES=0.02)
    publish(200)
    until(lambda: len(_results(redis_server)) > 20, "some frames are done")
    first.send_signal(signal.SIGSTOP)
    _done(service.until_accounted_for(200), 200)
    first.send_signal(signal.SIGCONT)
    publish(50)
    _done(service.until_accounted_for(250), 250)
    assert sorted(_results(redis_server)) == sorted(f"f-{i}" for i in range(1, 251))


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_redis_is_restarted(service, detector, publish, redis_server, how):
    detector(TAKES=0.01)
    publish(200)
    until(lambda: len(_results(redis_server)) > 20, "some frames are done")
    # A killed Redis loses its unwritten data. With "always" it writes all data before it replies.
    redis_server.client.config_set("appendfsync", "always")
    getattr(redis_server, how)()
    redis_server.start()
    total = service.until_accounted_for(200)
    assert (total["captured"], total["lost"]) == (200, 0), total
    assert total["done"] == 200


def test_redis_is_emptied(service, detector, publish, redis_server):
    detector(TAKES=0)
    publish(50)
    _done(service.until_accounted_for(50), 50)
    redis_server.client.flushall()
    # Service and processor start again from nothing; the processor registers again after its next heartbeat gets 404.
    until(lambda: service.processor("face-1"), "the processor is registered again")
    publish(50)
    until(lambda: len(_results(redis_server)) >= 50, "frames become results again", within=60)


def test_a_drained_processor_finishes_its_frames_and_ends(service, detector, publish, redis_server):
    process = detector(TAKES=0.05)
    publish(10)
    until(lambda: len(_results(redis_server)) >= 1, "one frame is done")
    service.post("/processors/face-1/drain")
    assert process.wait(30) == 0
    assert service.processor("face-1") is None
    # Frames that the drained processor did not get wait for another.
    detector("face-2")
    _done(service.until_accounted_for(10), 10)


def test_the_service_is_down_for_some_time(service, detector, publish, redis_server):
    detector(TAKES=0.01)
    publish(100)
    until(lambda: len(_results(redis_server)) > 10, "some frames are done")
    service.kill()
    publish(50)
    time.sleep(1.5)
    service.start()
    _done(service.until_accounted_for(150), 150)


def test_a_processor_waits_for_a_service_that_starts_later(service, publish, redis_server):
    service.stop()
    processor = Processor("face-1", capabilities=["face"], orchestrator_url=service.url, redis_url=service.redis_url)
    processor.handler(lambda frame: frame.frame_id)
    running = Running(processor).start(working=False)
    publish(20)
    service.start()
    _done(service.until_accounted_for(20), 20)
    running.end()


def test_two_processes_with_one_id_lose_no_frame(service, detector, publish, redis_server):
    first = detector(TAKES=0.01)
    publish(200)
    until(lambda: len(_results(redis_server)) > 10, "some frames are done")
    detector(TAKES=0.01)
    publish(100)
    total = service.until_accounted_for(300)
    # The second process took the pending frames of the first for its own: they are charged, but not lost, and answered once.
    assert (total["captured"], total["done"], total["lost"]) == (300, 300, 0), total
    assert sorted(_results(redis_server)) == sorted(f"f-{i}" for i in range(1, 301))
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0


def test_a_backlog_of_a_thousand_frames_at_start(service, detector, publish, redis_server):
    publish(1_000)
    detector(CAPACITY=64, CONCURRENCY=32)
    _done(service.until_accounted_for(1_000), 1_000)
    assert len(set(_results(redis_server))) == 1_000


def test_sigterm_finishes_the_frames_in_progress_and_leaves_the_rest(service, detector, publish, redis_server):
    process = detector(TAKES=0.3)
    publish(20)
    until(lambda: len(_results(redis_server)) >= 2, "some frames are done")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert service.processor("face-1") is None
    total = service.total()
    assert total["in_flight"] == 20 - total["done"]
    detector("face-2")
    _done(service.until_accounted_for(20), 20)
    # No attempt was charged: frames in progress were finished, and waiting frames had not started.
    journeys = [service.get(f"/frames/f-{i}") for i in range(1, 21)]
    assert {journey["attempt"] for journey in journeys} == {1}


def test_a_frame_that_always_fails_is_not_lost_and_does_not_block_others(service, redis_server):
    processor = Processor("face-1", capabilities=["face"], orchestrator_url=service.url, redis_url=service.redis_url)
    processor.handler(lambda frame: 1 / 0 if "poison" in frame else frame.frame_id)
    with Running(processor):
        redis_server.client.xadd("frames:capture", {"frame_id": "poison", "camera_id": "c", "detection_type": "face", "poison": "1"})
        for i in range(20):
            redis_server.client.xadd("frames:capture", {"frame_id": f"f-{i}", "camera_id": "c", "detection_type": "face"})
        until(lambda: len(_results(redis_server)) == 20, "all other frames are done")
    # The circuit breaker delays further attempts. The frame waits or becomes a dead letter; it is not lost.
    total = service.total()
    assert (total["done"], total["lost"]) == (20, 0)
