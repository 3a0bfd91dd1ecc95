"""A fake orchestrator that records the requests and returns prepared responses."""

import json
import ssl
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RecordingOrchestrator:
    """Responds to a call with its next prepared response, or else with success."""

    def __init__(self, port: int = 0):
        self.called: list[str] = []
        self.bodies: list[dict] = []
        self.headers: list[dict] = []
        self.scripted: dict[str, deque] = {}
        self.always: dict[str, tuple[int, dict]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answers(self, call: str, status: int, body: dict | None = None):
        """Prepares the response to the next such call; ``call`` has the form ``POST /processors/register``."""
        self.scripted.setdefault(call, deque()).append((status, body or {}))

    def count(self, call: str) -> int:
        return self.called.count(call)

    def body_of(self, call: str) -> dict:
        """The body of the last such call."""
        return self.bodies[len(self.called) - 1 - self.called[::-1].index(call)]

    def serve_tls(self, context: ssl.SSLContext):
        """Serves https from the next connection on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, call: str) -> tuple[int, dict]:
        waiting = self.scripted.get(call)
        if waiting:
            return waiting.popleft()
        if call in self.always:
            return self.always[call]
        return {"POST /processors/register": 201}.get(call, 204 if call.startswith("DELETE") else 200), {}

    def _handler(self):
        outer = self

        class Recording(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                call = f"{self.command} {self.path}"
                outer.bodies.append(json.loads(body) if body else {})
                outer.headers.append(dict(self.headers))
                outer.called.append(call)
                status, said = outer._answer(call)
                text = b"" if status == 204 else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = _do

            def log_message(self, *_):
                pass

        return Recording
