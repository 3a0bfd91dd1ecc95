"""Finds out why a processor gets no frames: checks service, token, Redis, permissions, clock and key prefix."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
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
    for good, what, found in [*_check_service(config), *asyncio.run(_check_redis(config)), *asyncio.run(_check_pixels(config))]:
        well &= good
        show(f"{'ok  ' if good else 'FAIL'}  {what}: {found}")
    return 0 if well else 1


def _check_service(config: ProcessorConfig) -> Iterator[Finding]:
    api = OrchestratorApi(config.orchestrator_url, config.token, config.ca_file)
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
    """The findings of each partition. On a cluster, their keys are on several nodes, each with its own clock and permissions."""
    address = RedisAddress.parse(config.redis_url, config.ca_file)
    found: list[Finding] = []
    try:
        count = await _count_partitions(address, config, found)
        prefixes = [""] if count is None else [f"{{p{number}}}" for number in range(count)]
        partitions = [Keys(config.key_prefix + prefix) for prefix in prefixes]
        examined: set[str] = set()
        for keys in partitions:
            async with _connected(address, keys.named(config.queue)) as link:
                found += await _check_partition(link, address, config, keys, examined)
        async with _connected(address, partitions[0].capture) as link:
            found.append(await _examined("key prefix", _check_key_prefix(link, config, partitions[0], count)))
    except CONNECTION_ERRORS as e:
        lost = f"connection lost: {error_text(e)}"
        found.append((False, "Redis", lost if found else f"no Redis at {address} ({error_text(e)}); start it, or set REDIS_URL"))
    except redis_link.RedisError as e:
        found.append((False, "Redis", f"{address} refuses: {error_text(e)}"))
    return found


async def _check_pixels(config: ProcessorConfig) -> list[Finding]:
    """The finding about the Redis of the pixels, if they have one of their own."""
    if config.pixels_redis_url is None:
        return []
    address, what = config.pixels_redis, "Redis of the pixels"
    try:
        async with _connected(address, config.key_prefix) as link:
            await rights.check(link, address.user or "default", rights.needs_of_pixels(Keys(config.key_prefix)), optional=True)
    except CONNECTION_ERRORS as e:
        return [(False, what, f"no Redis at {address} ({error_text(e)}); start it, or set PIXELS_REDIS_URL")]
    except redis_link.RedisError as e:
        return [(False, what, f"{address} refuses: {error_text(e)}")]
    return [(True, what, f"answers at {address}")]


@asynccontextmanager
async def _connected(address: RedisAddress, key: str) -> AsyncIterator[Link]:
    link = await Link.open(address, key)
    try:
        yield link
    finally:
        await link.close()


async def _examined(what: str, check: Awaitable[Finding]) -> Finding:
    try:
        return await check
    except ResponseError as e:
        # Only this command needs these permissions; `rights` are those of a processor.
        return True, what, f"not examined: {error_text(e)}"


async def _count_partitions(address: RedisAddress, config: ProcessorConfig, found: list[Finding]) -> int | None:
    key = f"{config.key_prefix}{{p0}}frame-buffer:partitions"
    async with _connected(address, key) as link:
        try:
            count = await link.call("GET", key)
        except ResponseError as e:
            found.append((True, "partitions", f"not counted, so none is assumed: {error_text(e)}"))
            return None
    return None if count is None else int(count)


async def _check_partition(link: Link, address: RedisAddress, config: ProcessorConfig, keys: Keys, examined: set[str]) -> list[Finding]:
    found: list[Finding] = []
    if link.node not in examined:
        examined.add(link.node)
        found.append(await _examined("Redis", _check_version(link, address)))
        found.append(await _examined("clock", _check_clock(link)))
    found.append(await _check_rights(link, address, keys, config))
    found.append(await _examined(_in_partition("frames", config, keys), _check_frames(link, config, keys)))
    return found


async def _check_version(link: Link, address: RedisAddress) -> Finding:
    info = dict(line.split(":", 1) for line in (await link.call("INFO", "server")).decode().splitlines() if ":" in line)
    version = info.get("valkey_version") or info.get("redis_version", "0")
    new_enough = tuple(int(part) for part in version.split(".")[:2]) >= _MIN_VERSION
    return new_enough, "Redis", f"version {version} at {address}" + ("" if new_enough else "; version 7.0 or later is required")


async def _check_rights(link: Link, address: RedisAddress, keys: Keys, config: ProcessorConfig) -> Finding:
    user, what = address.user or "default", _in_partition("rights", config, keys)
    pixels = config.pixels_redis_url is None
    needs = rights.needs_of_processor(keys, keys.named(config.queue), keys.named(config.result_stream), pixels=pixels)
    try:
        await rights.check(link, user, needs, optional=True)
    except ResponseError as e:
        return False, what, error_text(e)
    return True, what, f"the Redis user {user} has all permissions that a processor needs"


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


def _in_partition(what: str, config: ProcessorConfig, keys: Keys) -> str:
    return what if keys.prefix == config.key_prefix else f"{what} of {keys.prefix}"


async def _check_key_prefix(link: Link, config: ProcessorConfig, keys: Keys, partitions: int | None) -> Finding:
    """Whether instances of the service use this Redis and prefix: they register there."""
    instances = await link.call("HLEN", keys.named("frame-buffer:instances"))
    if instances:
        spread = f", with {partitions} partitions" if partitions is not None else ""
        return True, "key prefix", f"{instances} instances of the service use this Redis{spread}"
    return (
        False,
        "key prefix",
        f"no instance of the service uses this Redis with the prefix {config.key_prefix!r}; check REDIS_URL and key_prefix",
    )


async def _check_frames(link: Link, config: ProcessorConfig, keys: Keys) -> Finding:
    queue = keys.named(config.queue)
    entries = await link.call("XREVRANGE", keys.capture, "+", "-", "COUNT", _MAX_ENTRIES)
    ours = sum(_matches(config, entry, fields) for entry, fields in entries)
    length = await link.call("XLEN", queue)
    at = datetime.now(timezone.utc).strftime("%H:%M:%S")
    return (
        True,
        _in_partition("frames", config, keys),
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
