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
        (["run", "my_detector"], "name a processor as MODULE:PROCESSOR"),
        (["run", "no_such:faces"], "there is no module 'no_such'"),
        (["run", "my_detector:cars"], "my_detector has no processor 'cars'; it has faces"),
        (["run", "my_detector:faces", "--dry-run", "none.jpg"], "there is no file none.jpg"),
        (["doctor"], "a processor needs an id: give it one, or set PROCESSOR_ID"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(here, capsys, arguments, said):
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def _command(*arguments, cwd, **environment):
    given = {**os.environ, **environment}
    return subprocess.Popen([sys.executable, "-m", "detektor.processor.cli", *arguments], cwd=cwd, env=given)


@pytest.mark.service
def test_run_runs_it_and_reload_starts_it_anew_after_a_change(here, service, redis_server):
    running = _command("run", "my_detector:faces", "--reload", cwd=here, ORCHESTRATOR_URL=service.url, REDIS_URL=service.redis_url)
    client = redis_server.client

    def versions():
        return {json.loads(fields[b"result"])["version"] for _, fields in client.xrange("frames:results")}

    def publish():
        client.xadd("frames:capture", {"frame_id": "f", "camera_id": "c", "detection_type": "face", "data": "123"})

    try:
        until(lambda: service.processor("face-1"), "it is registered")
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
def test_the_doctor_finds_what_is_wrong(here, service, redis_server, monkeypatch, capsys):
    for name, value in (("PROCESSOR_ID", "face-1"), ("PROCESSOR_CAPABILITIES", "face"), ("REDIS_URL", service.redis_url)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ORCHESTRATOR_URL", service.url)
    redis_server.client.xadd("frames:capture", {"frame_id": "f", "camera_id": "c", "detection_type": "face"})
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for line in (
        "ok    service: healthy at",
        "ok    registration: face-1 is not registered; it registers when it starts",
        "ok    frames for face: ",
        "ok    Redis: version ",
        "ok    rights: the Redis user default may do what a processor does",
        "ok    clock: 0.",
        "ok    key prefix: 1 instances of the service work with this Redis",
        "1 could come here",
    ):
        assert line in said, said
    monkeypatch.setenv("ORCHESTRATOR_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    assert main(["doctor", "my_detector:faces"]) == 1
    said = capsys.readouterr().out
    assert "FAIL  service: no orchestrator at http://127.0.0.1:1" in said
    assert "FAIL  Redis: nobody at redis://127.0.0.1:1" in said


def test_each_package_file_is_short():
    for file in (CLIENT / "src").rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 400, file.relative_to(REPOSITORY)
    for file in (CLIENT / "tests").rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 500, file.relative_to(REPOSITORY)
