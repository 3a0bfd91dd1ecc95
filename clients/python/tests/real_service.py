"""Runs the real service with the command that users run."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.paths import REPOSITORY
from tests.waiting import until

_READY = re.compile(r"ready: page and REST at (\S+), Redis at ")


class RealService:
    """``./frame-buffer serve`` on a free port, with the given Redis or an embedded one."""

    def __init__(self, folder: Path, redis_url: str | None = None, *options: str, **environment: str):
        self._log = Path(folder, "service.log")
        self._data = folder / "redis"
        self._given = redis_url
        self._command = [str(REPOSITORY / "frame-buffer"), "serve", "--port", "0", "--data-dir", str(self._data)]
        self._command += (["--redis-url", redis_url] if redis_url else []) + list(options)
        self._environment = {**os.environ, **environment}
        self._process = None
        self.url = ""
        self.redis_url = ""

    def start(self) -> "RealService":
        written = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)
        found = until(lambda: self._ready(written), "the service is ready", within=300)
        self.url = found[1]
        # The address in the log has no password.
        self.redis_url = self._given or (self._data / "redis.url").read_text().strip()
        if "--port" in self._command:
            # A restart uses the same port.
            at = self._command.index("--port")
            self._command[at + 1] = self.url.rsplit(":", 1)[1]
        return self

    def _ready(self, written):
        said = self._log.read_text()[written:]
        assert self._process.poll() is None, said
        return _READY.search(said)

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)

    def kill(self):
        self._process.kill()
        self._process.wait(30)

    def get(self, path: str):
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)

    def post(self, path: str, body: object = None):
        data = b"" if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data=data, method="POST")
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return json.load(answer)

    def is_healthy(self) -> bool:
        """False for a moment after the start, while its loops connect."""
        try:
            return self.get("/health")["status"] == "healthy"
        except urllib.error.HTTPError:
            return False

    def total(self) -> dict:
        return self.get("/frames/ledger")["total"]

    def processor(self, name: str):
        """The processor as the service knows it; None: not registered."""
        try:
            return self.get(f"/processors/{name}")
        except urllib.error.HTTPError as e:
            if e.code == 404:
                return None
            raise

    def until_accounted_for(self, captured: int, within: float = 60.0) -> dict:
        """Waits until at least ``captured`` frames were captured, none is in flight, and the ledger balances."""

        def ended():
            ledger = self.get("/frames/ledger")
            total = ledger["total"]
            return total if total["captured"] >= captured and total["in_flight"] == 0 and ledger["balanced"] else None

        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            found = ended()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"not accounted for within {within} s: {self.get('/frames/ledger')}\n{self._log.read_text()[-3000:]}")
