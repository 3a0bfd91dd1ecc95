"""A real Redis for tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import redis

_START_WITHIN = 20.0


class TestRedis:
    """A separate ``redis-server`` (or ``valkey-server``) on a free loopback port, with its data in a temporary folder::

        with TestRedis() as server:
            server.client.set("frame:1", picture)

    Raises FileNotFoundError when neither program is on PATH.
    """

    __test__ = False  # otherwise pytest collects the class as a test

    def __init__(self, *options: str, port: int | None = None) -> None:
        """``options``: more command-line options of redis-server. ``port``: default: any free port."""
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if found is None:
            raise FileNotFoundError("TestRedis needs redis-server or valkey-server on PATH")
        self._program = found
        self._options = options
        self._folder = tempfile.mkdtemp(prefix="detektor-redis-")
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.client: Any = redis.Redis(port=self.port, protocol=2, socket_timeout=10.0)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> TestRedis:
        """Starts the server with its earlier data, if there is any, and waits until it answers."""
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder]
        command += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", *self._options]
        with Path(self._folder, "redis.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + _START_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.client.ping()
                return self
            except redis.RedisError:
                time.sleep(0.02)
        raise RuntimeError(f"the test's Redis did not start: {Path(self._folder, 'redis.log').read_text()[-2_000:]}")

    def stop(self) -> None:
        """Stops the server gracefully; `start` starts it again with its data."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kills the server; `start` starts it again with the data that it had written."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Suspends the server until `resume`."""
        os.kill(self._pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Resumes the server after `suspend`."""
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        assert self._process is not None  # noqa: S101 - only called after start
        return self._process.pid

    def _end(self, how: int) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(how)
            process.wait(20)
        self.client.connection_pool.disconnect()

    def close(self) -> None:
        """Ends the server and removes its data."""
        self._end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> TestRedis:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def free_port() -> int:
    """A loopback port on which no process is listening now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
