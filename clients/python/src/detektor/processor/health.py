"""Serves /health and /metrics in a separate thread, so that busy handlers do not delay the response."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import StartFailed
from detektor.processor.metrics import CONTENT_TYPE

log = logging.getLogger("detektor.processor")
# The processor works, or is starting or stopping in the normal way.
_OK_STATUSES = {"healthy", "degraded", "starting", "registering", "stopping"}


class HealthServer:
    """GET /health answers 200, or 503 when the processor does not work; its body has details. GET /metrics is for Prometheus."""

    def __init__(self, server: ThreadingHTTPServer, reachable: bool) -> None:
        self._server = server
        host, port = str(server.server_address[0]), int(server.server_address[1])
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        # The URL that is registered for polling; None: the orchestrator could not reach it.
        self.endpoint = f"{self.url}/health" if reachable else None
        threading.Thread(target=server.serve_forever, name="detektor-health", daemon=True).start()

    @staticmethod
    def open(config: ProcessorConfig, health: Callable[[], dict[str, Any]], metrics: Callable[[], str]) -> HealthServer | None:
        """Starts the server if a port is configured. Raises StartFailed when the port is not available."""
        if config.health_port is None:
            return None
        try:
            server = ThreadingHTTPServer((config.health_host, config.health_port), _handler(health, metrics))
        except OSError as e:
            raise StartFailed(f"cannot serve /health on {config.health_host}:{config.health_port}: {e}") from e
        server.daemon_threads = True
        served = HealthServer(server, _is_reachable(config.health_host, urlsplit(config.orchestrator_url).hostname or ""))
        log.info("%s: health and metrics at %s", config.processor_id, served.url)
        return served

    def close(self) -> None:
        """Stops the server."""
        self._server.shutdown()
        self._server.server_close()


def _is_reachable(host: str, orchestrator: str) -> bool:
    """Whether the orchestrator can reach this listen address.

    A loopback address is that of the orchestrator's own machine, and 0.0.0.0 is no address of any machine.
    """
    if host in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        return False
    return _is_loopback(orchestrator) or not _is_loopback(host)


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in {"::1", "localhost"}


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
                self._answer(404, "text/plain; charset=utf-8", "try /health or /metrics\n")

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
