"""The test kit for authors."""

import asyncio
import os

import pytest

from detektor.processor import Processor, ProcessorClient, StartFailed, error, reject, retry
from detektor.processor.answers import Answer
from detektor.processor.testing import Outcome, ProcessorTest, TestRedis
from tests import detectors


def _processor(**settings):
    return Processor("face-1", capabilities=["face"], **settings)


def test_a_handler_runs_on_bytes_files_and_arrays(tmp_path):
    cv2 = pytest.importorskip("cv2")
    import numpy

    faces = _processor()

    @faces.handler
    def detect(frame):
        return {"size": [frame.width, frame.height], "blue": frame.image[0, 0, 0], "camera": frame.camera_id}

    picture = numpy.full((2, 3, 3), 7, numpy.uint8)
    file = tmp_path / "picture.png"
    file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    with ProcessorTest(faces) as test:
        expected = Outcome("success", {"size": [3, 2], "blue": 7, "camera": "yard"})
        assert test.send(picture, camera_id="yard") == expected
        assert test.send(file, camera_id="yard") == expected
        assert test.send(file.read_bytes(), camera_id="yard") == expected
        assert test.send(b"no picture").kind == "rejected"
        assert test.send().detail.startswith("the pixels of frame test-")


@pytest.mark.parametrize(
    ("handler", "outcome"),
    [
        (lambda frame: frame.metadata["fps"], Outcome("success", 30)),
        (lambda _: error(["dark"]), Outcome("error", ["dark"])),
        (lambda _: retry("busy", after=2), Outcome("retry", detail="busy", after=2.0)),
        (lambda _: reject("small"), Outcome("rejected", detail="small")),
        (lambda _: 1 / 0, Outcome("failed", detail="ZeroDivisionError: division by zero")),
        (lambda frame: [frame.capability, frame.attempt, frame["x"], frame.priority], Outcome("success", ["face", 3, "y", 5])),
    ],
)
def test_send_returns_the_outcome_of_a_frame(handler, outcome):
    assert ProcessorTest(handler).send(metadata={"fps": 30}, x="y", priority="5", attempt=3, capability="face") == outcome


def test_batches_coroutines_and_classes():
    async def handler(frames):
        return [len(frames)] * len(frames)

    assert [one.result for one in ProcessorTest(handler, batch=True).send_all([b"1", b"2"])] == [2, 2]

    class Detector(ProcessorClient):
        model = None

        def setup(self):
            self.model = "loaded"

        async def process_frame(self, frame):
            return {"model": self.model}

    assert ProcessorTest(Detector("d", ["face"])).send().result == {"model": "loaded"}


def test_a_batch_has_no_more_frames_than_the_processor_takes():
    faces = _processor(batch=4)
    faces.handler(lambda frames: [len(frames)] * len(frames))
    with ProcessorTest(faces) as test:
        assert [one.result for one in test.send_all([b"1"] * 10)] == [4] * 8 + [2] * 2


def test_a_frame_that_a_processor_would_not_handle_is_not_handled():
    with ProcessorTest(lambda _: pytest.fail("the handler was called")) as test:
        expired = test.send(timestamp="2020-01-01T00:00:00Z", ttl_ms="10")
        assert (expired.kind, expired.after) == ("retry", 0.1)
        assert "it was worth processing until 2020-01-01" in expired.detail
        malformed = test.send(priority=99)
        assert malformed.kind == "rejected"
        assert malformed.detail.startswith("cannot be read: priority")
        assert test.send(attempt=0).kind == "rejected"


def test_an_answer_that_cannot_be_written_is_a_failed_attempt():
    assert ProcessorTest(lambda _: Answer()).send().kind == "failed"


def test_an_object_with_an_async_call_is_a_handler():
    class Detector:
        async def __call__(self, frame):
            return frame.attempt

    assert ProcessorTest(Detector()).send().result == 1


def test_a_handler_that_workers_cannot_get_is_refused():
    faces = _processor(executor="process")
    faces.handler(lambda _: None)
    with pytest.raises(StartFailed, match="the handler must be a top-level function of a module"):
        ProcessorTest(faces)
    faces = _processor(executor="process")
    faces.handler(detectors.steady)
    assert ProcessorTest(faces).send(frame_id="f-1").result == {"id": "f-1", "pid": os.getpid()}


def test_a_failed_start_fails_as_in_a_processor():
    faces = _processor()
    faces.handler(lambda _: None)
    faces.on_start(lambda: 1 / 0)
    with pytest.raises(StartFailed, match="failed: ZeroDivisionError"):
        ProcessorTest(faces)


def test_the_kit_works_inside_a_running_event_loop():
    async def handler(frame):
        await asyncio.sleep(0)
        return frame.attempt

    async def scenario():
        with ProcessorTest(handler) as test:
            return test.send().result

    assert asyncio.run(scenario()) == 1


def test_a_test_redis_keeps_its_data_over_a_restart():
    with TestRedis() as server:
        server.client.set("a", "b")
        server.stop()
        server.start()
        assert server.client.get("a") == b"b"
