"""What a processor is and where it works: checked once, with its defaults."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from detektor.processor import keys
from detektor.processor.redis_address import RedisAddress

EXECUTORS = ("thread", "process")
_MOST_CAPACITY = 1_000_000
_MOST_RESULTS = 100_000_000
_MOST_BATCH = 10_000


@dataclass(frozen=True, kw_only=True)
class ProcessorConfig:
    """Each setting is checked when it is made; ValueError says in one line what is wrong and how it is written.

    processor_id        1 to 128 of A-Z a-z 0-9 . _ : - ; one running process to an id
    capabilities        what it finds in frames: 1 to 128 names of 1 to 128 characters
    orchestrator_url    base URL of the REST API
    redis_url           redis://, rediss://, redis+sentinel:// or redis+cluster://
    token               the API token, if the orchestrator asks for one; never logged
    capacity            most frames in its queue or in progress: 1 to 1 000 000; by default 10, or more where more are handled at once
    concurrency         calls of the handler at once, at least 1
    batch               frames in one call, 1 to 10 000; 1: the handler gets a frame, more: a list of frames
    batch_wait          seconds that the first frame of a batch waits for others, 0 to 60
    executor            where a handler that is no ``async def`` runs: in a ``thread``, or in a ``process`` of its own
    queue               the name of its work queue, below ``frames:ready:``; by default ``frames:ready:{processor_id}``
    result_stream       the name of the stream for its results
    results_kept        about how many results that stream keeps, the newest: 1 to 100 000 000
    key_prefix          what the names of all Redis keys begin with, the same as the orchestrator's
    heartbeat_interval  seconds, 1 to 3600; after two of these in silence its frames go elsewhere
    processing_timeout  seconds, 1 to 3600: a frame that takes longer is a failed attempt; None: as the orchestrator says
    metadata            something to show beside its registration
    grace               seconds that stopping waits for frames in progress, at least 0
    unregister_on_stop  whether stopping unregisters it, so that what waits in its queue goes elsewhere
    start_timeout       seconds that starting may take (a model is loaded), before it is taken for stuck
    health_port         serves /health and /metrics on this port; 0: a free one; None: not at all
    health_host         the address on which it does; loopback unless told otherwise
    """

    processor_id: str
    capabilities: tuple[str, ...]
    orchestrator_url: str = "http://localhost:8002"
    redis_url: str = field(default="redis://localhost:6379", repr=False)
    token: str | None = field(default=None, repr=False)
    capacity: int | None = None
    concurrency: int = 1
    batch: int = 1
    batch_wait: float = 0.05
    executor: str = "thread"
    queue: str = ""
    result_stream: str = "frames:results"
    results_kept: int = 100_000
    key_prefix: str = ""
    heartbeat_interval: float = 5.0
    processing_timeout: float | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    grace: float = 10.0
    unregister_on_stop: bool = True
    start_timeout: float = 600.0
    health_port: int | None = None
    health_host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        _require(keys.is_id(self.processor_id), f"a processor's id {keys.ID_FORM}")
        if not self.queue:
            object.__setattr__(self, "queue", keys.READY + self.processor_id)
        object.__setattr__(self, "capabilities", _capabilities(self.capabilities))
        _require(self.concurrency >= 1, f"a concurrency is at least 1, not {self.concurrency}")
        _require(1 <= self.batch <= _MOST_BATCH, f"a batch is of 1 to {_MOST_BATCH} frames, not {self.batch}")
        if self.capacity is None:
            object.__setattr__(self, "capacity", max(10, self.slots))
        self._check_room()
        self._check_names()
        self._check_times()
        RedisAddress.parse(self.redis_url)
        _check_url(self.orchestrator_url)

    def _check_room(self) -> None:
        capacity = self.capacity or 0
        _require(1 <= capacity <= _MOST_CAPACITY, f"a capacity is from 1 to {_MOST_CAPACITY}, not {capacity}")
        _require(
            self.slots <= capacity,
            f"{self.concurrency} calls of {self.batch} frames at once are more than its capacity of {capacity}; raise capacity",
        )
        _require(1 <= self.results_kept <= _MOST_RESULTS, f"1 to {_MOST_RESULTS} results are kept, not {self.results_kept}")
        _require(self.executor in EXECUTORS, f"an executor is thread or process, not {self.executor!r}")

    def _check_names(self) -> None:
        beyond = self.queue[len(keys.READY) :]
        _require(
            self.queue.startswith(keys.READY) and keys.is_id(beyond),
            f"a queue's name {keys.ID_FORM} and begin with {keys.READY}",
        )
        _require(keys.is_id(self.result_stream), f"the name of a result stream {keys.ID_FORM}")
        printable = self.token is None or all(" " < c < "\x7f" for c in self.token)
        _require(printable, "an API token has neither spaces nor control characters")

    def _check_times(self) -> None:
        _require(1 <= self.heartbeat_interval <= 3_600, f"a heartbeat interval is 1 to 3600 s, not {self.heartbeat_interval}")
        timeout = self.processing_timeout
        _require(timeout is None or 1 <= timeout <= 3_600, f"a processing timeout is 1 to 3600 s, not {timeout}")
        _require(0 <= self.batch_wait <= 60, f"a batch waits 0 to 60 s, not {self.batch_wait}")
        _require(self.grace >= 0, "a grace is not negative")
        _require(self.start_timeout > 0, "a start timeout is more than 0 s")

    @property
    def slots(self) -> int:
        """How many frames are in progress at once."""
        return self.concurrency * self.batch

    def registration(self, health_endpoint: str | None = None) -> dict[str, Any]:
        """The body of its registration (docs/protocol.md 3.1)."""
        body: dict[str, Any] = {
            "id": self.processor_id,
            "capabilities": list(self.capabilities),
            "capacity": self.capacity,
            "queue": self.queue,
            "heartbeat_interval": self.heartbeat_interval,
            "concurrency": self.slots,
            "metadata": dict(self.metadata),
            # It reads its queue in each partition.
            "partition": "all",
        }
        if health_endpoint is not None:
            body["health_endpoint"] = health_endpoint
        if self.processing_timeout is not None:
            body["processing_timeout"] = self.processing_timeout
        return body

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **given: Any) -> ProcessorConfig:
        """What is given, else what the environment says, else the default. Given values that are None are as good as absent.

        Read are PROCESSOR_ID, PROCESSOR_CAPABILITIES (with commas between), MAX_CONCURRENT_FRAMES (the capacity),
        ORCHESTRATOR_URL, REDIS_URL and API_TOKEN. Raises ValueError that names the variable at fault.
        """
        variables = os.environ if environment is None else environment
        known = {one.name for one in fields(cls)}
        unknown = set(given) - known
        if unknown:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")
        settings = {name: value for name, value in given.items() if value is not None}
        for variable, (name, read) in _VARIABLES.items():
            text = variables.get(variable, "").strip()
            if text and name not in settings:
                try:
                    settings[name] = read(text)
                except ValueError as e:
                    raise ValueError(f"{variable}: {e}") from None
        if "processor_id" not in settings:
            raise ValueError("a processor needs an id: give it one, or set PROCESSOR_ID")
        if not settings.get("capabilities"):
            raise ValueError(
                f"processor {settings['processor_id']} has no capability: name one with capabilities=[…], or set PROCESSOR_CAPABILITIES"
            )
        return cls(**settings)


def redis_url_of(given: str | None) -> str:
    """The URL given, else that of REDIS_URL, else that of a Redis on this machine."""
    return given or os.environ.get("REDIS_URL") or "redis://localhost:6379"


def _comma_separated(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _url_of_redis(text: str) -> str:
    RedisAddress.parse(text)
    return text


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number") from None


_VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "PROCESSOR_ID": ("processor_id", str),
    "PROCESSOR_CAPABILITIES": ("capabilities", _comma_separated),
    "MAX_CONCURRENT_FRAMES": ("capacity", _whole),
    "ORCHESTRATOR_URL": ("orchestrator_url", str),
    "REDIS_URL": ("redis_url", _url_of_redis),
    "API_TOKEN": ("token", str),
}


def _capabilities(names: Any) -> tuple[str, ...]:
    once = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    _require(1 <= len(once) <= 128, f"a processor has 1 to 128 capabilities, not {len(once)}")
    for name in once:
        _require(
            isinstance(name, str) and keys.is_capability(name),
            "a capability has 1 to 128 characters, none of them a control character or surrounding space",
        )
    return once


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    # Its text may hold a password, and is not repeated.
    _require(good, "an orchestrator's URL is http://host:port, or https, without user or password")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
