"""The settings of a processor, with defaults and checks."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from detektor.processor import keys
from detektor.processor.redis_address import RedisAddress
from detektor.processor.settings import ConfigSettings

if sys.version_info >= (3, 11):
    from typing import Unpack
elif TYPE_CHECKING:
    from typing_extensions import Unpack


EXECUTORS = ("thread", "process")
_MOST_CAPACITY = 1_000_000
_MOST_RESULTS = 100_000_000
_MOST_BATCH = 10_000


@dataclass(frozen=True, kw_only=True)
class ProcessorConfig:
    """Checks each setting when created; the ValueError names the setting and its valid form in one line.

    processor_id        1 to 128 of the characters A-Z a-z 0-9 . _ : - ; only one running process may use an id
    capabilities        what the detector finds in frames: 1 to 128 names of 1 to 128 characters
    orchestrator_url    base URL of the REST API
    redis_url           redis://, rediss://, redis+sentinel:// or redis+cluster://
    pixels_redis_url    Redis for the pixels, if they have one of their own, in the same forms except a cluster; None: redis_url
    token               API token, if the orchestrator requires one; never logged
    ca_file             PEM file with authorities that https:// and rediss:// trust besides those of the machine; None: only those
    capacity            most frames in the work queue or in progress, 1 to 1 000 000; default 10, or concurrency x batch if that is more
    concurrency         parallel calls of the handler, at least 1
    batch               frames in one call, 1 to 10 000; with 1 the handler gets a frame, with more a list of frames
    batch_wait          seconds that the first frame of a batch waits for others, 0 to 60
    executor            where a ``def`` handler runs: ``thread``, or ``process`` for worker processes
    queue               name of the work queue; begins with ``frames:ready:``; default ``frames:ready:{processor_id}``
    result_stream       name of the stream for results
    results_kept        approximate number of newest results in that stream, 1 to 100 000 000
    key_prefix          prefix of all Redis keys; must be the orchestrator's
    heartbeat_interval  seconds, 1 to 3600; after two silent intervals the frames go to other processors
    processing_timeout  seconds, 1 to 3600: a frame that takes longer is a failed attempt; None: the orchestrator's default
    metadata            values that the service shows with the registration
    grace               seconds that a stop waits for frames in progress, at least 0
    unregister_on_stop  whether a stop unregisters the processor, so that queued frames go to other processors
    start_timeout       seconds that the start may take (loading a model), more than 0; after that it fails
    health_port         port of /health and /metrics; 0: any free port; None: no server
    health_host         address of /health and /metrics, which the orchestrator polls; default: loopback, polled if both are on one machine
    """

    processor_id: str
    capabilities: tuple[str, ...]
    orchestrator_url: str = "http://localhost:8002"
    redis_url: str = field(default="redis://localhost:6379", repr=False)
    pixels_redis_url: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    ca_file: str | None = None
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
        _require(keys.is_id(self.processor_id), f"processor_id {keys.ID_FORM}")
        if not self.queue:
            object.__setattr__(self, "queue", keys.READY + self.processor_id)
        object.__setattr__(self, "capabilities", _capabilities(self.capabilities))
        _require(self.concurrency >= 1, f"concurrency must be at least 1, not {self.concurrency}")
        _require(1 <= self.batch <= _MOST_BATCH, f"batch must be 1 to {_MOST_BATCH}, not {self.batch}")
        if self.capacity is None:
            object.__setattr__(self, "capacity", max(10, self.slots))
        self._check_room()
        self._check_names()
        self._check_times()
        RedisAddress.parse(self.redis_url)
        if self.pixels_redis_url is not None:
            pixels_address(self.pixels_redis_url)
        _check_url(self.orchestrator_url)
        check_ca_file(self.ca_file)

    def _check_room(self) -> None:
        capacity = self.capacity or 0
        _require(1 <= capacity <= _MOST_CAPACITY, f"capacity must be 1 to {_MOST_CAPACITY}, not {capacity}")
        _require(
            self.slots <= capacity,
            f"concurrency {self.concurrency} x batch {self.batch} exceeds the capacity of {capacity}; raise capacity",
        )
        _require(1 <= self.results_kept <= _MOST_RESULTS, f"results_kept must be 1 to {_MOST_RESULTS}, not {self.results_kept}")
        _require(self.executor in EXECUTORS, f"executor must be 'thread' or 'process', not {self.executor!r}")

    def _check_names(self) -> None:
        beyond = self.queue[len(keys.READY) :]
        _require(
            self.queue.startswith(keys.READY) and keys.is_id(beyond),
            f"queue {keys.ID_FORM}, and begin with {keys.READY}",
        )
        _require(keys.is_id(self.result_stream), f"result_stream {keys.ID_FORM}")
        printable = self.token is None or all(" " < c < "\x7f" for c in self.token)
        _require(printable, "token must not contain spaces or control characters")

    def _check_times(self) -> None:
        _require(1 <= self.heartbeat_interval <= 3_600, f"heartbeat_interval must be 1 to 3600 s, not {self.heartbeat_interval}")
        timeout = self.processing_timeout
        _require(timeout is None or 1 <= timeout <= 3_600, f"processing_timeout must be 1 to 3600 s, not {timeout}")
        _require(0 <= self.batch_wait <= 60, f"batch_wait must be 0 to 60 s, not {self.batch_wait}")
        _require(self.grace >= 0, f"grace must be at least 0 s, not {self.grace}")
        _require(self.start_timeout > 0, f"start_timeout must be more than 0 s, not {self.start_timeout}")

    @property
    def slots(self) -> int:
        """The largest number of frames in progress at the same time."""
        return self.concurrency * self.batch

    @property
    def pixels_redis(self) -> RedisAddress:
        """The Redis of the pixels."""
        return RedisAddress.parse(self.redis_url if self.pixels_redis_url is None else self.pixels_redis_url, self.ca_file)

    def registration(self, health_endpoint: str | None = None) -> dict[str, Any]:
        """The body of the registration request (docs/protocol.md 3.1)."""
        body: dict[str, Any] = {
            "id": self.processor_id,
            "capabilities": list(self.capabilities),
            "capacity": self.capacity,
            "queue": self.queue,
            "heartbeat_interval": self.heartbeat_interval,
            "concurrency": self.slots,
            "metadata": dict(self.metadata),
            # The processor reads its work queue in every partition.
            "partition": "all",
        }
        if health_endpoint is not None:
            body["health_endpoint"] = health_endpoint
        if self.processing_timeout is not None:
            body["processing_timeout"] = self.processing_timeout
        return body

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **given: Unpack[ConfigSettings]) -> ProcessorConfig:
        """Takes each setting from the arguments, else from the environment, else its default. An argument of None counts as missing.

        Variables: PROCESSOR_ID, PROCESSOR_CAPABILITIES (separated by commas), MAX_CONCURRENT_FRAMES (the capacity),
        ORCHESTRATOR_URL, REDIS_URL, PIXELS_REDIS_URL, API_TOKEN and CA_FILE. Raises ValueError that names an invalid variable,
        and TypeError for an unknown argument.
        """
        variables = os.environ if environment is None else environment
        known = {one.name for one in fields(cls)}
        unknown = set(given) - known
        if unknown:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}; known settings: {', '.join(sorted(known))}")
        settings: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        for variable, (name, read) in _VARIABLES.items():
            text = variables.get(variable, "").strip()
            if text and name not in settings:
                try:
                    settings[name] = read(text)
                except ValueError as e:
                    raise ValueError(f"{variable}: {e}") from None
        if "processor_id" not in settings:
            raise ValueError("a processor needs an id: pass processor_id, or set PROCESSOR_ID")
        if not settings.get("capabilities"):
            raise ValueError(
                f"processor {settings['processor_id']} has no capabilities: pass capabilities=[…], or set PROCESSOR_CAPABILITIES"
            )
        return cls(**settings)


def check_ca_file(path: str | None) -> None:
    """Raises ValueError when there is a path, but no certificates in PEM form there."""
    if path is None:
        return
    try:
        ssl.create_default_context(cafile=path)
    except OSError as e:
        raise ValueError(f"ca_file {path}: no certificates in PEM form ({e.strerror or e})") from None


def pixels_address(url: str, ca_file: str | None = None) -> RedisAddress:
    """The address of a Redis for pixels. Raises ValueError for a cluster: one connection must reach all pixels."""
    address = RedisAddress.parse(url, ca_file)
    _require(address.mode != "cluster", "pixels_redis_url must name one server, or sentinels, not a cluster")
    return address


def redis_url_of(given: str | None) -> str:
    """The given URL, else the variable REDIS_URL, else a Redis on this machine."""
    return given or os.environ.get("REDIS_URL") or "redis://localhost:6379"


def _comma_separated(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _url_of_redis(text: str) -> str:
    RedisAddress.parse(text)
    return text


def _url_of_pixels_redis(text: str) -> str:
    pixels_address(text)
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
    "PIXELS_REDIS_URL": ("pixels_redis_url", _url_of_pixels_redis),
    "API_TOKEN": ("token", str),
    "CA_FILE": ("ca_file", str),
}


def _capabilities(names: Any) -> tuple[str, ...]:
    once = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    _require(1 <= len(once) <= 128, f"capabilities must have 1 to 128 names, not {len(once)}")
    for name in once:
        _require(
            isinstance(name, str) and keys.is_capability(name),
            "a capability must have 1 to 128 characters, without control characters, and without a space at either end",
        )
    return once


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    # The message does not repeat the URL, which may contain a password.
    _require(good, "orchestrator_url must be http://host:port or https://host:port, without user or password")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
