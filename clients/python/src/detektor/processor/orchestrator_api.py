"""The REST calls of a processor (docs/protocol.md 3.7)."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import Any

import urllib3

from detektor.processor import strict_json

_TIMEOUT = 5.0
_MAX_DETAIL = 500


@dataclass(frozen=True)
class Accepted:
    """The call succeeded. ``prefixes``: the key prefix of each partition to read; empty: the service has no partitions."""

    draining: bool = False
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The call failed, and a retry would fail too."""

    status: int
    detail: str


@dataclass(frozen=True)
class Unavailable:
    """The orchestrator could not answer; a later retry may succeed."""

    reason: str


Reply = Accepted | Refused | Unavailable


class OrchestratorApi:
    """Thread-safe. Each call takes at most 5 s."""

    def __init__(self, url: str, token: str | None, ca_file: str | None = None) -> None:
        # ``ca_file``: authorities that are trusted besides those of the machine.
        self._base = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        trust = ssl.create_default_context()
        if ca_file is not None:
            trust.load_verify_locations(ca_file)
        self._http = urllib3.PoolManager(maxsize=4, ssl_context=trust)

    def __str__(self) -> str:
        """The base URL."""
        return self._base

    def register(self, registration: dict[str, Any]) -> Reply:
        """Registers the processor, or updates the registration of its earlier run."""
        reply = self.request("POST", "/processors/register", registration)
        if isinstance(reply, Refused) and reply.status == 409 and "already registered" in reply.detail:
            return self.request("PUT", f"/processors/{registration['id']}", registration)
        return reply

    def heartbeat(self, report: dict[str, Any]) -> Reply:
        """Sends a heartbeat. Refused with 404 when the processor is not registered (any more)."""
        return self.request("POST", f"/processors/{report['processor_id']}/heartbeat", report)

    def unregister(self, processor_id: str) -> Reply:
        """Unregisters the processor; the frames in its work queue go to other processors."""
        return self.request("DELETE", f"/processors/{processor_id}", None)

    def request(self, method: str, path: str, body: dict[str, Any] | None) -> Reply:
        """Sends any request."""
        try:
            response = self._http.request(
                method,
                self._base + path,
                body=None if body is None else json.dumps(body).encode(),
                headers=self._headers,
                timeout=urllib3.Timeout(total=_TIMEOUT),
                retries=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as e:
            return Unavailable(f"no orchestrator at {self._base} ({type(e).__name__}: {_one_line(str(e))})")
        return self._reply(response.status, response.data)

    def _reply(self, status: int, body: bytes) -> Reply:
        reply = strict_json.read_object(body) or {}
        if 200 <= status < 300:
            prefixes = reply.get("key_prefixes")
            return Accepted(reply.get("draining") is True, tuple(map(str, prefixes)) if isinstance(prefixes, list) else ())
        detail = _one_line(str(reply.get("detail") or reply.get("title") or _failing_checks(reply) or "no reason given"))
        if status >= 500 or status in {408, 429}:
            return Unavailable(f"the orchestrator at {self._base} answers {status}: {detail}")
        return Refused(status, detail)

    def close(self) -> None:
        """Closes the connections."""
        self._http.clear()


def _failing_checks(health: dict[str, Any]) -> str:
    """The checks that fail in the reply of /health; empty: there are none."""
    checks = health.get("checks")
    if not isinstance(checks, list):
        return ""
    failing = [check for check in checks if isinstance(check, dict) and check.get("status") == "unhealthy"]
    return "; ".join(f"{check.get('name')}: {check.get('detail')}" for check in failing)


def refusal_text(refused: Refused) -> str:
    """The reason of the refusal, and what to do about it."""
    return f"{refused.detail} ({refused.status})" + _HINTS.get(refused.status, "")


_HINTS = {
    401: "; set the API token with API_TOKEN or token=…",
    403: "; set the API token with API_TOKEN or token=…",
    404: "; set the orchestrator's URL with ORCHESTRATOR_URL or orchestrator_url=…",
    405: "; set the orchestrator's URL with ORCHESTRATOR_URL or orchestrator_url=…",
    409: "; choose another id or queue, or unregister the processor that uses it",
}


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DETAIL else line[:_MAX_DETAIL] + "…"
