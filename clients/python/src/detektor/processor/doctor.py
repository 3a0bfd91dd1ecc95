"""Finds out why a processor gets no frames: checks service, token, Redis, permissions, clock and key prefix."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from detektor.processor import redis_link, rights, wire
from detektor.processor.config import ProcessorConfig
from detektor.processor.keys import Keys
from detektor.processor.orchestrator_api import Accepted, OrchestratorApi, Refused, Unavailable, refusal_text
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_link import CONNECTION_ERRORS, Link, ResponseError, error_text

_MAX_CLOCK_SKEW = 1.0
_MAX_ENTRIES = 200
_MIN_VERSION = (7, 0)

# Whether the check passed, its name, and its finding.
Finding = tuple[bool, str, str]


def examine(config: ProcessorConfig | None, show: Callable[[str], Any] = print) -> int:
    """Prints one line for each check. Returns 0 when all checks pass, else 1. Changes nothing.

    Raises ValueError when there is no config and the environment does not have the settings.
    """
    config = config or ProcessorConfig.from_env()
    well = True
    for good, what, found in [*_check_service(config), *asyncio.run(_check_redis(config))]:
        well &= good
        show(f"{'ok  ' if good else 'FAIL'}  {what}: {found}")
    return 0 if well else 1


def _check_service(config: ProcessorConfig) -> Iterator[Finding]:
    api = OrchestratorApi(config.orchestrator_url, config.token)
    health = api.request("GET", "/health", None)
    if isinstance(health, Unavailable) and "answers 503" not in health.reason:
        yield False, "service", f"{health.reason}; start it, or set ORCHESTRATOR_URL"
        return
    yield isinstance(health, Accepted), "service", _describe_reply(health, f"healthy at {api}")
    registration = api.request("GET", f"/processors/{config.processor_id}", None)
    if isinstance(registration, Refused) and registration.status == 404:
        yield True, "registration", f"{config.processor_id} is not registered; it registers when it starts"
    else:
        yield isinstance(registration, Accepted), "registration", _describe_reply(registration, f"{config.processor_id} is registered")
    for capability in config.capabilities:
        yield True, f"frames for {capability}", _routing_result(api, capability)
    api.close()


def _routing_result(api: OrchestratorApi, capability: str) -> str:
    frame = {"frame_id": "doctor", "camera_id": "doctor", "detection_type": capability}
    reply = api.request("POST", "/frames/route", {"frame": frame, "dry_run": True})
    if isinstance(reply, Accepted):
        return "a registered processor would get such a frame"
    return reply.detail if isinstance(reply, Refused) else reply.reason


def _describe_reply(reply: Accepted | Refused | Unavailable, well: str) -> str:
    if isinstance(reply, Accepted):
        return well
    return refusal_text(reply) if isinstance(reply, Refused) else reply.reason


async def _check_redis(config: ProcessorConfig) -> list[Finding]:
    address = RedisAddress.parse(config.redis_url)
    keys = Keys(config.key_prefix)
    queue = keys.named(config.queue)
    found: list[Finding] = []
    try:
        link = await Link.open(address, queue)
    except CONNECTION_ERRORS as e:
        return [(False, "Redis", f"no Redis at {address} ({error_text(e)}); start it, or set REDIS_URL")]
    except redis_link.RedisError as e:
        return [(False, "Redis", f"{address} refuses: {error_text(e)}")]
    try:
        found.append(await _check_version(link, address))
        found.append(await _check_rights(link, address, keys, queue, config))
        found.append(await _check_clock(link))
        found.append(await _check_key_prefix(link, config, keys))
        found.append(await _check_frames(link, config, keys, queue))
    except ResponseError as e:
        found.append((False, "Redis", error_text(e)))
    except CONNECTION_ERRORS as e:
        found.append((False, "Redis", f"connection lost: {error_text(e)}"))
    finally:
        await link.close()
    return found


async def _check_version(link: Link, address: RedisAddress) -> Finding:
    info = dict(line.split(":", 1) for line in (await link.call("INFO", "server")).decode().splitlines() if ":" in line)
    version = info.get("valkey_version") or info.get("redis_version", "0")
    new_enough = tuple(int(part) for part in version.split(".")[:2]) >= _MIN_VERSION
    return new_enough, "Redis", f"version {version} at {address}" + ("" if new_enough else "; version 7.0 or later is required")


async def _check_rights(link: Link, address: RedisAddress, keys: Keys, queue: str, config: ProcessorConfig) -> Finding:
    user = address.user or "default"
    try:
        await rights.check(link, user, rights.needs_of_processor(keys, queue, keys.named(config.result_stream)))
    except ResponseError as e:
        return False, "rights", error_text(e)
    return True, "rights", f"the Redis user {user} has all permissions that a processor needs"


async def _check_clock(link: Link) -> Finding:
    before = time.time()
    seconds, micros = await link.call("TIME")
    here = (before + time.time()) / 2
    apart = here - int(seconds) - int(micros) / 1e6
    well = abs(apart) <= _MAX_CLOCK_SKEW
    return (
        well,
        "clock",
        f"{abs(apart):.3f} s away from the clock of Redis" + ("" if well else "; frames expire too early or too late"),
    )


async def _check_key_prefix(link: Link, config: ProcessorConfig, keys: Keys) -> Finding:
    """Whether instances of the service use this Redis and prefix: they register there."""
    partitions = await link.call("GET", f"{config.key_prefix}{{p0}}frame-buffer:partitions")
    here = Keys(f"{config.key_prefix}{{p0}}") if partitions is not None else keys
    instances = await link.call("HLEN", here.named("frame-buffer:instances"))
    if instances:
        spread = f", with {int(partitions)} partitions" if partitions is not None else ""
        return True, "key prefix", f"{instances} instances of the service use this Redis{spread}"
    return (
        False,
        "key prefix",
        f"no instance of the service uses this Redis with the prefix {config.key_prefix!r}; check REDIS_URL and key_prefix",
    )


async def _check_frames(link: Link, config: ProcessorConfig, keys: Keys, queue: str) -> Finding:
    entries = await link.call("XREVRANGE", keys.capture, "+", "-", "COUNT", _MAX_ENTRIES)
    ours = sum(_matches(config, entry, fields) for entry, fields in entries)
    length = await link.call("XLEN", queue)
    at = datetime.now(timezone.utc).strftime("%H:%M:%S")
    return (
        True,
        "frames",
        (
            f"at {at} UTC {queue} has {length} frames; "
            f"this processor could process {ours} of the newest {len(entries)} frames in {keys.capture}"
        ),
    )


def _matches(config: ProcessorConfig, entry: bytes, fields: list[bytes]) -> bool:
    try:
        wanted = wire.decode_event(entry.decode(), fields).capabilities
    except wire.Malformed:
        return False
    return not wanted or not set(wanted).isdisjoint(config.capabilities)
