"""Runs the fifteen lines of the README as a program against the real service."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.paths import CLIENT
from tests.waiting import until

EXAMPLE = CLIENT / "examples/fifteen_lines.py"


def _run(service, python):
    given = {**os.environ, "ORCHESTRATOR_URL": service.url, "REDIS_URL": service.redis_url}
    return subprocess.Popen([python, str(EXAMPLE)], env=given, stderr=subprocess.PIPE, text=True)


@pytest.mark.service
def test_the_fifteen_lines_are_a_detector(service, redis_server):
    prove(service, redis_server, sys.executable)


def prove(service, redis_server, python):
    """Runs the example with this Python: it registers, answers all frames and stops gracefully; the ledger accounts for every frame."""
    cv2 = pytest.importorskip("cv2")
    import numpy

    redis = redis_server.client
    picture = cv2.imencode(".jpg", numpy.full((120, 160, 3), 255, numpy.uint8))[1].tobytes()
    detector = _run(service, python)
    try:
        until(lambda: service.processor("face-1"), "the processor is registered")
        for i in range(50):
            redis.set(f"frame:f-{i}", picture, px=60_000)
            redis.xadd("frames:capture", {"frame_id": f"f-{i}", "camera_id": f"cam-{i % 3}", "detection_type": "face_detection"})
        small = {"frame_id": "small", "camera_id": "cam-0", "detection_type": "face_detection", "width": "50"}
        redis.xadd("frames:capture", small)
        total = service.until_accounted_for(51)
        assert (total["done"], total["dead"], total["lost"], total["shed"]) == (50, 1, 0, {})
        [letter] = service.get("/frames/dead-letters")
        assert (letter["reason"], letter["detail"]) == ("rejected", "too small")
        results = [json.loads(fields[b"result"]) for _, fields in redis.xrange("frames:results")]
        assert results == [[{"label": "face", "score": 1.0, "box": [0, 0, 160, 120]}]] * 50
        detector.send_signal(signal.SIGTERM)
        _, said = detector.communicate(timeout=20)
        assert detector.returncode == 0
        assert "face-1 is unregistered" in said
        assert service.processor("face-1") is None
    finally:
        detector.kill()


def test_the_readme_contains_the_fifteen_lines():
    assert EXAMPLE.read_text() in (CLIENT / "README.md").read_text()


def test_the_readme_of_the_project_shows_them_without_the_model():
    shown = (CLIENT / "../../README.md").read_text().split("```python\n")[1].split("```")[0].splitlines()
    lines = iter(EXAMPLE.read_text().splitlines())
    assert [line for line in shown if line not in lines] == []
