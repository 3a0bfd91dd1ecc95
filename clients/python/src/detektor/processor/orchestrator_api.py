"""The calls of the orchestrator's REST API that a processor needs (docs/protocol.md 3.7)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import urllib3

from detektor.processor import strict_json

_TIMEOUT = 5.0
_MAX_DETAIL = 500


@dataclass(frozen=True)
class Accepted:
    """It was done. ``prefixes``: what keys begin with in each partition in which the processor reads; none: no partitions."""

    draining: bool = False
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """It was not done, and trying again is of no use."""

    status: int
    detail: str


@dataclass(frozen=True)
class Unavailable:
    """Nobody could do it; later somebody may."""

    reason: str


Reply = Accepted | Refused | Unavailable


class OrchestratorApi:
    """For any thread; each call takes at most some seconds."""

    def __init__(self, url: str, token: str | None) -> None:
        self._base = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._http = urllib3.PoolManager(maxsize=4)

    def __str__(self) -> str:
        """Where it is."""
        return self._base

    def register(self, registration: dict[str, Any]) -> Reply:
        """Registers, or updates the registration of an earlier life of the same processor."""
        reply = self.request("POST", "/processors/register", registration)
        if isinstance(reply, Refused) and reply.status == 409 and "already registered" in reply.detail:
            return self.request("PUT", f"/processors/{registration['id']}", registration)
        return reply

    def heartbeat(self, report: dict[str, Any]) -> Reply:
        """Says that a processor lives; refused with 404 when it is not known (any more)."""
        return self.request("POST", f"/processors/{report['processor_id']}/heartbeat", report)

    def unregister(self, processor_id: str) -> Reply:
        """Unregisters; what waits in its queue goes elsewhere."""
        return self.request("DELETE", f"/processors/{processor_id}", None)

    def request(self, method: str, path: str, body: dict[str, Any] | None) -> Reply:
        """Any call."""
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
        detail = _one_line(str(reply.get("detail") or reply.get("title") or "no reason given"))
        if status >= 500 or status in {408, 429}:
            return Unavailable(f"the orchestrator at {self._base} answers {status}: {detail}")
        return Refused(status, detail)

    def close(self) -> None:
        """Ends its connections."""
        self._http.clear()


def refusal_text(refused: Refused) -> str:
    """Why it was refused, and what to do."""
    return f"{refused.detail} ({refused.status})" + _HINTS.get(refused.status, "")


_HINTS = {
    401: "; set its API token: API_TOKEN, or token=…",
    403: "; set its API token: API_TOKEN, or token=…",
    404: "; set the URL of an orchestrator: ORCHESTRATOR_URL, or orchestrator_url=…",
    405: "; set the URL of an orchestrator: ORCHESTRATOR_URL, or orchestrator_url=…",
    409: "; choose another id or queue, or remove the processor that has it",
}


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DETAIL else line[:_MAX_DETAIL] + "…"
