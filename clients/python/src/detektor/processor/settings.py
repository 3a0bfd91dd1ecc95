"""The settings as keyword arguments, for type checkers: the types of `ProcessorConfig`, each optional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class CommonSettings(TypedDict, total=False):
    """The settings that every way to make a processor takes by keyword. None counts as missing."""

    redis_url: str | None
    pixels_redis_url: str | None
    token: str | None
    ca_file: str | None
    capacity: int | None
    concurrency: int | None
    batch: int | None
    batch_wait: float | None
    executor: str | None
    queue: str | None
    result_stream: str | None
    results_kept: int | None
    key_prefix: str | None
    heartbeat_interval: float | None
    processing_timeout: float | None
    metadata: Mapping[str, Any] | None
    grace: float | None
    unregister_on_stop: bool | None
    start_timeout: float | None
    health_port: int | None
    health_host: str | None


class ConfigSettings(CommonSettings, total=False):
    """The settings of `ProcessorConfig.from_env`."""

    processor_id: str | None
    capabilities: Sequence[str] | None
    orchestrator_url: str | None


class ClientSettings(CommonSettings, total=False):
    """The settings of `ProcessorClient`, besides its named parameters."""

    tracing: Any


class ProcessorSettings(ClientSettings, total=False):
    """The settings of `Processor`, besides its id."""

    capabilities: Sequence[str] | None
    orchestrator_url: str | None
