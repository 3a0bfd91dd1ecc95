"""What tests share: a Redis for each test that asks for one, and the real service."""

import os
import shutil

import pytest

from detektor.processor.testing import TestRedis
from tests.paths import REPOSITORY
from tests.real_service import RealService


def _needed(present: bool, what: str):
    if not present:
        # In CI nothing is skipped: what is absent fails.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {what}")


@pytest.fixture(autouse=True)
def _no_settings_of_this_shell(monkeypatch):
    for name in ("PROCESSOR_ID", "PROCESSOR_CAPABILITIES", "MAX_CONCURRENT_FRAMES", "ORCHESTRATOR_URL", "REDIS_URL", "API_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def redis_server():
    _needed(bool(shutil.which("redis-server") or shutil.which("valkey-server")), "redis-server on PATH")
    with TestRedis() as server:
        yield server


@pytest.fixture
def service(tmp_path, redis_server):
    """The real service, on the test's Redis."""
    _needed((REPOSITORY / "frame-buffer").exists(), "the service of this repository")
    running = RealService(tmp_path, redis_server.url).start()
    yield running
    running.stop()
