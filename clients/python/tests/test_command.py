"""The command ``detektor-processor``."""

import json
import os
import signal
import subprocess
import sys

import pytest

from detektor.processor.cli import main
from tests.paths import CLIENT, REPOSITORY
from tests.waiting import until

MODULE = """
from detektor.processor import Processor, reject

faces = Processor("face-1", capabilities=["face"])

@faces.handler
def detect(frame):
    return {{"version": {version}, "bytes": len(frame.bytes), "x": frame.get("x")}} if frame.bytes else reject("empty")

faces.run()
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "my_detector.py").write_text(MODULE.format(version=1))
    yield tmp_path
    sys.modules.pop("my_detector", None)


def test_a_dry_run_prints_the_answer(here, capsys):
    (here / "picture.jpg").write_bytes(b"12345")
    assert main(["run", "my_detector:faces", "--dry-run", "picture.jpg", "--field", "x=y"]) == 0
    assert json.loads(capsys.readouterr().out) == {"answer": "success", "result": {"version": 1, "bytes": 5, "x": "y"}}
    (here / "picture.jpg").write_bytes(b"")
    assert main(["run", "my_detector:faces", "--dry-run", "picture.jpg"]) == 1
    assert json.loads(capsys.readouterr().out) == {"answer": "rejected", "detail": "empty"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "my_detector"], "name the processor as MODULE:PROCESSOR"),
        (["run", "no_such:faces"], "no module 'no_such' in the current folder"),
        (["run", "my_detector:cars"], "my_detector has no processor 'cars'; it has faces"),
        (["run", "my_detector:faces", "--dry-run", "none.jpg"], "no file none.jpg"),
        (["doctor"], "a processor needs an id: pass processor_id, or set PROCESSOR_ID"),
    ],
)
def test_a_usage_error_is_reported_in_one_line(here, capsys, arguments, said):
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def _command(*arguments, cwd, **environment):
    given = {**os.environ, **environment}
    return subprocess.Popen([sys.executable, "-m", "detektor.processor.cli", *arguments], cwd=cwd, env=given)


@pytest.mark.service
def test_run_with_reload_restarts_the_processor_after_a_change(here, service, redis_server):
    running = _command("run", "my_detector:faces", "--reload", cwd=here, ORCHESTRATOR_URL=service.url, REDIS_URL=service.redis_url)
    client = redis_server.client

    def versions():
        return {json.loads(fields[b"result"])["version"] for _, fields in client.xrange("frames:results")}

    def publish():
        client.xadd("frames:capture", {"frame_id": "f", "camera_id": "c", "detection_type": "face", "data": "123"})

    try:
        until(lambda: service.processor("face-1"), "the processor is registered")
        publish()
        until(lambda: versions() == {1}, "the first version answers")
        (here / "my_detector.py").write_text(MODULE.format(version=2))
        until(lambda: publish() or 2 in versions(), "the second version answers", within=30)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
        assert service.processor("face-1") is None
    finally:
        running.kill()


@pytest.mark.service
def test_the_doctor_finds_problems(here, service, redis_server, monkeypatch, capsys):
    for name, value in (("PROCESSOR_ID", "face-1"), ("PROCESSOR_CAPABILITIES", "face"), ("REDIS_URL", service.redis_url)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ORCHESTRATOR_URL", service.url)
    redis_server.client.xadd("frames:capture", {"frame_id": "f", "camera_id": "c", "detection_type": "face"})
    # The doctor is not content while the service connects its loops.
    until(lambda: main(["doctor"]) == 0, "the doctor is content")
    said = capsys.readouterr().out
    for line in (
        "ok    service: healthy at",
        "ok    registration: face-1 is not registered; it registers when it starts",
        "ok    frames for face: ",
        "ok    Redis: version ",
        "ok    rights: the Redis user default has all permissions that a processor needs",
        "ok    clock: 0.",
        "ok    key prefix: 1 instances of the service use this Redis",
        "this processor could process 1 of the newest 1 frames in frames:capture",
    ):
        assert line in said, said
    monkeypatch.setenv("ORCHESTRATOR_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    assert main(["doctor", "my_detector:faces"]) == 1
    said = capsys.readouterr().out
    assert "FAIL  service: no orchestrator at http://127.0.0.1:1" in said
    assert "FAIL  Redis: no Redis at redis://127.0.0.1:1" in said


def test_each_package_file_is_short():
    for file in (CLIENT / "src").rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 400, file.relative_to(REPOSITORY)
    for file in (CLIENT / "tests").rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 500, file.relative_to(REPOSITORY)
