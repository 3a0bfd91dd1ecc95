"""Connections to Redis: one that asyncio code owns alone, and clients for any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import redis
import redis.cluster
import redis.sentinel
from redis.asyncio.cluster import ClusterNode as AsyncClusterNode
from redis.asyncio.cluster import RedisCluster as AsyncRedisCluster
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from detektor.processor import resp
from detektor.processor.redis_address import RedisAddress
from detektor.processor.script import Script

Command = Sequence[Any]
TIMEOUT = 5.0
CLUSTER = redis.cluster.RedisCluster
# What says that Redis is away or was changed under the connection, and that another try on a new one may work.
CONNECTION_ERRORS = (RedisConnectionError, RedisTimeoutError, OSError, asyncio.TimeoutError, asyncio.IncompleteReadError)


class Link:
    """A connection that one task owns. A call that fails for want of a reply leaves it closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._expired = False
        self._ending: asyncio.Future[None] | None = None

    @staticmethod
    async def open(address: RedisAddress, key: str, timeout: float = TIMEOUT) -> Link:
        """Connects to the Redis that holds this key: of a cluster its node, by sentinels their master.

        Raises one of CONNECTION_ERRORS, or RedisError when it does not let us in.
        """
        return await asyncio.wait_for(_open(address, key), timeout)

    async def call(self, *command: Any, wait: float = 0.0) -> Any:
        """Gives one command and waits for its reply, for as long as ``wait`` seconds beyond the timeout.

        Raises ResponseError when Redis refuses it.
        """
        [reply] = await self._exchange(resp.command(command), 1, wait)
        if isinstance(reply, ResponseError):
            raise reply
        return reply

    async def call_all(self, commands: Sequence[Command]) -> list[Any]:
        """Gives several commands at once; of each its reply, or the ResponseError that it was refused with."""
        return await self._exchange(b"".join([resp.command(one) for one in commands]), len(commands), 0.0)

    async def _exchange(self, commands: bytes, count: int, wait: float) -> list[Any]:
        connection = self._connection
        if not connection.is_connected:
            raise RedisConnectionError("the connection is closed")
        expiry = asyncio.get_running_loop().call_later(TIMEOUT + wait, self._expire)
        replies: list[Any] = []
        try:
            await connection.send_packed_command(commands, check_health=False)
            for _ in range(count):
                try:
                    replies.append(await connection.read_response(disable_decoding=True))
                except ResponseError as refused:
                    replies.append(refused)
            return replies
        except RedisConnectionError:
            if self._expired:
                raise RedisTimeoutError(f"no reply within {TIMEOUT + wait:g} s") from None
            raise
        finally:
            expiry.cancel()
            if len(replies) < count:
                # Replies that nobody waits for would be taken for those of the next command.
                await connection.disconnect(nowait=True)

    def _expire(self) -> None:
        """Nothing came in time: whoever waits for it is told by the end of the connection."""
        self._expired = True
        self._ending = asyncio.ensure_future(self._connection.disconnect(nowait=True))

    async def run(self, script: Script, keys: Sequence[Any], arguments: Sequence[Any]) -> Any:
        """Runs a script; raises ResponseError when it answers with an error."""
        [reply] = await self.run_packed(script, [resp.command((b"EVALSHA", script.digest, len(keys), *keys, *arguments))])
        if isinstance(reply, ResponseError):
            raise reply
        return reply

    async def run_packed(self, script: Script, calls: Sequence[bytes]) -> list[Any]:
        """Gives these calls of a script by its digest, as Redis reads them, all at once; replies like `call_all`."""
        replies = await self._exchange(b"".join(calls), len(calls), 0.0)
        unknown = [at for at, reply in enumerate(replies) if is_code(reply, "NOSCRIPT")]
        if unknown:
            await self.call("SCRIPT", "LOAD", script.source)
            again = await self._exchange(b"".join([calls[at] for at in unknown]), len(unknown), 0.0)
            for at, reply in zip(unknown, again, strict=True):
                replies[at] = reply
        return replies

    async def close(self) -> None:
        """Ends it; more than once is fine."""
        await self._connection.disconnect(nowait=True)


def is_code(reply: object, code: str) -> bool:
    """Whether a reply is an error with this code. redis-py takes off some codes and makes classes of them."""
    if not isinstance(reply, ResponseError):
        return False
    return str(reply).startswith(code) or type(reply).__name__ == _CLASSES.get(code)


_CLASSES = {"NOSCRIPT": "NoScriptError", "NOPERM": "NoPermissionError", "READONLY": "ReadOnlyError"}
# The connection leads to the wrong place, or to one that cannot answer yet: another may lead to the right one.
_RECONNECT_CODES = ("MOVED", "ASK", "READONLY", "LOADING", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "NOAUTH")


def needs_reconnect(reply: object) -> bool:
    """Whether a refusal says that this connection is of no use and another may be."""
    return isinstance(reply, redis.exceptions.ConnectionError) or any(is_code(reply, code) for code in _RECONNECT_CODES)


async def _open(address: RedisAddress, key: str) -> Link:
    host, port = await _locate(address, key)
    kind = SSLConnection if address.tls else Connection
    connection = kind(
        host=host,
        port=port,
        db=address.database,
        username=address.user,
        password=address.password,
        socket_timeout=None,
        socket_connect_timeout=TIMEOUT,
        socket_keepalive=True,
        protocol=2,
    )
    try:
        await connection.connect()
    except BaseException:
        await connection.disconnect(nowait=True)
        raise
    return Link(connection)


async def _locate(address: RedisAddress, key: str) -> tuple[str, int]:
    if address.mode == "sentinel":
        return await _master(address)
    if address.mode == "cluster":
        nodes = [AsyncClusterNode(host, port) for host, port in address.places]
        cluster = AsyncRedisCluster(startup_nodes=nodes, ssl=address.tls, **_login(address))
        try:
            await cluster.initialize()
            node = cluster.get_node_from_key(key)
            if node is None:
                raise RedisConnectionError("no node of the cluster holds the key")
            return str(node.host), int(node.port)
        finally:
            await cluster.aclose()
    return address.places[0]


async def _master(address: RedisAddress) -> tuple[str, int]:
    # A sentinel is shown the password, which is Redis's, only if it does not answer without.
    for login in ({}, _login(address)) if address.password else ({},):
        sentinel = AsyncSentinel(list(address.places), sentinel_kwargs={**_sentinel_options(address), **login})
        try:
            host, port = await sentinel.discover_master(address.master)
            return str(host), int(port)
        except redis.sentinel.MasterNotFoundError as e:
            missing = e
        finally:
            for asked in sentinel.sentinels:
                await asked.aclose()
    raise missing


def client(address: RedisAddress, timeout: float = TIMEOUT) -> Any:
    """A client for any thread; connects when first used. Its replies are bytes."""
    options: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "socket_keepalive": True}
    # Whoever asks tries again as it needs to.
    once = Retry(NoBackoff(), 0)
    if address.mode == "sentinel":
        sentinel: Any = redis.sentinel.Sentinel(list(address.places), sentinel_kwargs=_sentinel_options(address))
        return sentinel.master_for(address.master, ssl=address.tls, db=address.database, retry=once, **_login(address), **options)
    if address.mode == "cluster":
        node: Any = redis.cluster.ClusterNode
        nodes = [node(host, port) for host, port in address.places]
        return redis.cluster.RedisCluster(startup_nodes=nodes, ssl=address.tls, **_login(address), **options)
    host, port = address.places[0]
    return redis.Redis(host=host, port=port, db=address.database, ssl=address.tls, protocol=2, retry=once, **_login(address), **options)


def _login(address: RedisAddress) -> dict[str, Any]:
    return {"username": address.user, "password": address.password}


def _sentinel_options(address: RedisAddress) -> dict[str, Any]:
    return {"ssl": address.tls, "socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}


def error_text(error: BaseException) -> str:
    """What went wrong, in one line; errors of timeouts have no words of their own."""
    return " ".join(str(error).split()) or type(error).__name__


__all__ = ["CONNECTION_ERRORS", "Link", "RedisError", "ResponseError", "client", "error_text", "is_code", "needs_reconnect"]
