"""Serves /health and /metrics, from a thread of its own, so that it answers also while handlers are busy."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import StartFailed
from detektor.processor.metrics import CONTENT_TYPE

log = logging.getLogger("detektor.processor")
# It can do its work, or is about to.
_OK_STATUSES = {"healthy", "degraded", "starting", "registering", "stopping"}


class HealthServer:
    """Answers /health with 200, or 503 when it cannot work; the body says more. And /metrics, for Prometheus."""

    def __init__(self, server: ThreadingHTTPServer, loopback: bool) -> None:
        self._server = server
        host, port = str(server.server_address[0]), int(server.server_address[1])
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        # The orchestrator polls only addresses that it allows; where we listen everywhere, it finds its own way.
        self.endpoint = f"{self.url}/health" if loopback else None
        threading.Thread(target=server.serve_forever, name="detektor-health", daemon=True).start()

    @staticmethod
    def open(config: ProcessorConfig, health: Callable[[], dict[str, Any]], metrics: Callable[[], str]) -> HealthServer | None:
        """Begins to serve, if that is wanted. Raises StartFailed when the port is taken."""
        if config.health_port is None:
            return None
        try:
            server = ThreadingHTTPServer((config.health_host, config.health_port), _handler(health, metrics))
        except OSError as e:
            raise StartFailed(f"cannot serve /health on {config.health_host}:{config.health_port}: {e}") from e
        server.daemon_threads = True
        served = HealthServer(server, config.health_host.startswith("127.") or config.health_host in {"::1", "localhost"})
        log.info("%s: health and metrics at %s", config.processor_id, served.url)
        return served

    def close(self) -> None:
        """Serves no more."""
        self._server.shutdown()
        self._server.server_close()


def _handler(health: Callable[[], dict[str, Any]], metrics: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/health":
                report = health()
                self._answer(200 if report["status"] in _OK_STATUSES else 503, "application/json", json.dumps(report))
            elif path == "/metrics":
                self._answer(200, CONTENT_TYPE, metrics())
            else:
                self._answer(404, "text/plain; charset=utf-8", "there are /health and /metrics\n")

        def _answer(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            log.debug(format, *args)

    return Answering
