"""The examples on the demo's clip: in memory, and as programs against the real service."""

import json
import os
import signal
import subprocess
import sys

import pytest

from detektor.processor import FrameProducer
from detektor.processor.cli import _load_processor
from detektor.processor.testing import ProcessorTest
from tests.paths import CLIENT, REPOSITORY
from tests.waiting import until

EXAMPLES = CLIENT / "examples"
CLIP = REPOSITORY / "vision/src/main/resources/framebuffer/vision/pedestrians.mp4"
cv2 = pytest.importorskip("cv2")


@pytest.fixture(scope="module")
def pictures():
    """Pictures of the demo's clip: people in a street."""
    clip = cv2.VideoCapture(str(CLIP))
    found = []
    while len(found) < 12:
        read, picture = clip.read()
        assert read, CLIP
        found.append(picture)
        for _ in range(4):
            clip.grab()
    return found


@pytest.fixture
def example(monkeypatch):
    """Loads the processor of an example into the test kit."""
    monkeypatch.chdir(EXAMPLES)

    def load(target):
        monkeypatch.delitem(sys.modules, target.partition(":")[0], raising=False)
        return ProcessorTest(_load_processor(target))

    return load


def test_motion_is_found(example, pictures):
    test = example("motion:motion")
    outcomes = [test.send(picture, camera_id="street") for picture in pictures]
    assert outcomes[0].result == {"objects": []}
    assert any(outcome.result["objects"] for outcome in outcomes[1:])
    assert test.send(pictures[0][:100], camera_id="street").kind == "rejected"


def test_people_are_found(example, pictures):
    assert any(example("people:people").send(picture).result["objects"] for picture in pictures[:6])


def test_batches_are_scored(example, pictures):
    outcomes = example("batches:faces").send_all([*pictures[:3], b"no picture"])
    assert [outcome.kind for outcome in outcomes] == ["success"] * 3 + ["rejected"]
    assert all(0 < outcome.result["score"] < 1 for outcome in outcomes[:3])


@pytest.mark.service
@pytest.mark.parametrize(
    ("program", "capability"), [("motion", "motion_detection"), ("people", "person_detection"), ("batches", "face_detection")]
)
def test_an_example_is_a_program(service, redis_server, pictures, program, capability):
    given = {**os.environ, "ORCHESTRATOR_URL": service.url, "REDIS_URL": service.redis_url}
    running = subprocess.Popen([sys.executable, str(EXAMPLES / f"{program}.py")], env=given)
    try:
        until(lambda: service.get("/processors"), "the processor is registered", within=60)
        with FrameProducer(service.redis_url) as producer:
            for picture in pictures:
                producer.publish("street", picture, capabilities=[capability])
        total = service.until_accounted_for(len(pictures))
        assert total["done"] == len(pictures)
        results = [json.loads(fields[b"result"]) for _, fields in redis_server.client.xrange("frames:results")]
        assert any(result.get("objects") or result.get("score") for result in results)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    finally:
        running.kill()
