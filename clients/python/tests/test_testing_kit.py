"""The test kit for authors."""

import pytest

from detektor.processor import Processor, ProcessorClient, error, reject, retry
from detektor.processor.testing import Outcome, ProcessorTest, TestRedis


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


def test_a_test_redis_keeps_its_data_over_a_restart():
    with TestRedis() as server:
        server.client.set("a", "b")
        server.stop()
        server.start()
        assert server.client.get("a") == b"b"
