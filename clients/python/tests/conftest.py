"""Shared fixtures: a Redis for each test that needs one, and the real service."""

import os
import shutil

import pytest

from detektor.processor.testing import TestRedis
from tests.paths import REPOSITORY
from tests.real_service import RealService


def _needed(present: bool, what: str):
    if not present:
        # In CI a missing program fails the test instead of skipping it.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {what}")


@pytest.fixture(autouse=True)
def _no_settings_of_this_shell(monkeypatch):
    for name in (
        "PROCESSOR_ID",
        "PROCESSOR_CAPABILITIES",
        "MAX_CONCURRENT_FRAMES",
        "ORCHESTRATOR_URL",
        "REDIS_URL",
        "API_TOKEN",
        "CA_FILE",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def redis_server():
    _needed(bool(shutil.which("redis-server") or shutil.which("valkey-server")), "redis-server on PATH")
    with TestRedis() as server:
        yield server


@pytest.fixture
def service(tmp_path, redis_server):
    """The real service, with the Redis of the test."""
    _needed((REPOSITORY / "frame-buffer").exists(), "the service of this repository")
    running = RealService(tmp_path, redis_server.url).start()
    yield running
    running.stop()
