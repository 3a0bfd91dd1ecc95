"""Connections to Redis: a `Link` for one asyncio task, and thread-safe clients."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import redis
import redis.cluster
import redis.sentinel
from redis.asyncio.cluster import ClusterNode as AsyncClusterNode
from redis.asyncio.cluster import RedisCluster as AsyncRedisCluster
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ClusterError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from detektor.processor import resp
from detektor.processor.errors import ProcessorError
from detektor.processor.redis_address import RedisAddress
from detektor.processor.script import Script

Command = Sequence[Any]
TIMEOUT = 5.0
# Errors of the connection: a retry on a new connection may work. RedisClusterException means that no node of the cluster answers; it
# is no RedisError.
CONNECTION_ERRORS = (
    RedisConnectionError,
    RedisTimeoutError,
    RedisClusterException,
    OSError,
    asyncio.TimeoutError,
    asyncio.IncompleteReadError,
)


class Link:
    """A connection that one task owns. A call that gets no reply closes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._expired = False
        self._ending: asyncio.Future[None] | None = None

    @staticmethod
    async def open(address: RedisAddress, key: str, timeout: float = TIMEOUT) -> Link:
        """Connects to the Redis that holds this key: the node of a cluster, or the master that the sentinels name.

        ``timeout`` is in seconds. Raises one of CONNECTION_ERRORS, or RedisError when Redis refuses the connection.
        """
        return await asyncio.wait_for(_open(address, key), timeout)

    @property
    def node(self) -> str:
        """Host and port of the Redis."""
        return f"{self._connection.host}:{self._connection.port}"

    async def call(self, *command: Any, wait: float = 0.0) -> Any:
        """Sends one command and returns its reply. The reply may take ``wait`` seconds longer than the timeout of 5 s.

        Raises ResponseError when Redis refuses the command, and one of CONNECTION_ERRORS when there is no reply.
        """
        [reply] = await self._exchange(resp.command(command), 1, wait)
        if isinstance(reply, ResponseError):
            raise reply
        return reply

    async def call_all(self, commands: Sequence[Command]) -> list[Any]:
        """Sends several commands together. Returns the reply to each, or the ResponseError with which Redis refused it."""
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
                # Late replies would be mistaken for the replies to the next command.
                await self.close()

    def _expire(self) -> None:
        """The reply did not come in time: closing the connection ends the wait."""
        self._expired = True
        self._ending = asyncio.ensure_future(self.close())

    async def run(self, script: Script, keys: Sequence[Any], arguments: Sequence[Any]) -> Any:
        """Runs a script. Raises ResponseError when the script returns an error."""
        [reply] = await self.run_packed(script, [resp.command((b"EVALSHA", script.digest, len(keys), *keys, *arguments))])
        if isinstance(reply, ResponseError):
            raise reply
        return reply

    async def run_packed(self, script: Script, calls: Sequence[bytes]) -> list[Any]:
        """Sends encoded EVALSHA calls of one script together; loads the script if Redis does not know it. Replies like `call_all`."""
        replies = await self._exchange(b"".join(calls), len(calls), 0.0)
        unknown = [at for at, reply in enumerate(replies) if is_code(reply, "NOSCRIPT")]
        if unknown:
            await self.call("SCRIPT", "LOAD", script.source)
            again = await self._exchange(b"".join([calls[at] for at in unknown]), len(unknown), 0.0)
            for at, reply in zip(unknown, again, strict=True):
                replies[at] = reply
        return replies

    async def close(self) -> None:
        """Closes the connection at once; may be called more than once."""
        # redis-py only closes the writer. That waits until unsent data is sent, which a vanished host never lets happen.
        writer = getattr(self._connection, "_writer", None)
        if writer is not None:
            writer.transport.abort()
        await self._connection.disconnect(nowait=True)


def is_code(reply: object, code: str) -> bool:
    """Whether a reply is an error with this code. redis-py turns some codes into exception classes, without the code in the text."""
    if not isinstance(reply, ResponseError):
        return False
    return str(reply).startswith(code) or type(reply).__name__ == _CLASSES.get(code)


_CLASSES = {"NOSCRIPT": "NoScriptError", "NOPERM": "NoPermissionError"}
# Errors of a Redis that is the wrong one, or not ready: a new connection may reach the right one. Newer versions of redis-py remove the
# code from the text of these errors, so that only the class tells. Version 5.0 keeps the code, and uses some classes on clusters only.
# AskError includes MovedError; ClusterDownError includes MasterDownError.
_RECONNECT = (RedisConnectionError, AskError, ClusterDownError, TryAgainError, ReadOnlyError)
_RECONNECT_CODES = ("MOVED ", "ASK ", "CLUSTERDOWN ", "MASTERDOWN ", "TRYAGAIN ", "READONLY ", "LOADING ", "NOAUTH ")
# Errors of a thread-safe client while Redis is unavailable. ClusterError means that the nodes redirected it too often.
UNAVAILABLE = (*CONNECTION_ERRORS, *_RECONNECT, ClusterError)


def needs_reconnect(reply: object) -> bool:
    """Whether a reply means that only a new connection can help."""
    return isinstance(reply, _RECONNECT) or (isinstance(reply, ResponseError) and str(reply).startswith(_RECONNECT_CODES))


async def _open(address: RedisAddress, key: str) -> Link:
    host, port = await _locate(address, key)
    kind: Any = partial(SSLConnection, ssl_check_hostname=True, ssl_ca_certs=address.ca_file) if address.tls else Connection
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
        cluster = AsyncRedisCluster(startup_nodes=nodes, **_tls(address), **_login(address))
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
    # Try without the password first: it belongs to Redis, and sentinels may have none.
    for login in ({}, _login(address)) if address.password else ({},):
        sentinel = AsyncSentinel(list(address.places), sentinel_kwargs={**_sentinel_options(address), **login})
        try:
            host, port = await sentinel.discover_master(address.master)
            return str(host), int(port)
        except redis.sentinel.MasterNotFoundError as e:
            missing = e
        finally:
            for node in sentinel.sentinels:
                await node.aclose()
    raise missing


class LazyClient:
    """A thread-safe client that is made at first use: on a cluster, redis-py connects to a node when it makes the client."""

    def __init__(self, address: RedisAddress) -> None:
        """Raises ProcessorError when redis-py cannot check the host names of a cluster with TLS."""
        _require_checked_host_names(address)
        self._address = address
        self._lock = threading.Lock()
        self._client: Any = None

    def get(self) -> Any:
        """The client. Raises one of UNAVAILABLE when no node of the cluster answers."""
        if self._client is None:
            # Not under the lock: threads must not wait for each other while the nodes do not answer.
            made = client(self._address)
            with self._lock:
                if self._client is None:
                    self._client = made
            if self._client is not made:
                made.close()
        return self._client

    def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            self._client.close()


class _Sentinels(redis.sentinel.Sentinel):
    """Asks the sentinels without the password first, and then with it, like `_master`."""

    def __init__(self, address: RedisAddress) -> None:
        # One try for each sentinel: the first try fails where the password is needed, and another sentinel may answer.
        options = {**_sentinel_options(address), "retry": Retry(NoBackoff(), 0)}
        without: Any = super()
        without.__init__(list(address.places), sentinel_kwargs=options)
        self._without: Any = without
        self._logged_in: Any = None
        if address.password:
            self._logged_in = redis.sentinel.Sentinel(list(address.places), sentinel_kwargs={**options, **_login(address)})

    def discover_master(self, service_name: str) -> Any:
        try:
            return self._without.discover_master(service_name)
        except redis.sentinel.MasterNotFoundError:
            if self._logged_in is None:
                raise
            return self._logged_in.discover_master(service_name)


def client(address: RedisAddress, timeout: float = TIMEOUT) -> Any:
    """A thread-safe client. ``timeout`` is in seconds. Replies are bytes. On a cluster, raises one of UNAVAILABLE when no node answers."""
    options: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "socket_keepalive": True}
    options.update(**_tls(address), **_login(address))
    # No retries here: the caller retries.
    once = Retry(NoBackoff(), 0)
    if address.mode == "sentinel":
        sentinel: Any = _Sentinels(address)
        return sentinel.master_for(address.master, db=address.database, retry=once, **options)
    if address.mode == "cluster":
        node: Any = redis.cluster.ClusterNode
        nodes = [node(host, port) for host, port in address.places]
        return redis.cluster.RedisCluster(startup_nodes=nodes, **options)
    host, port = address.places[0]
    return redis.Redis(host=host, port=port, db=address.database, protocol=2, retry=once, **options)


def _login(address: RedisAddress) -> dict[str, Any]:
    return {"username": address.user, "password": address.password}


def _sentinel_options(address: RedisAddress) -> dict[str, Any]:
    return {**_tls(address), "socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}


def _tls(address: RedisAddress) -> dict[str, Any]:
    # Before version 6, redis-py accepts a trusted certificate of any host by default.
    return {"ssl": True, "ssl_check_hostname": True, "ssl_ca_certs": address.ca_file} if address.tls else {}


def _require_checked_host_names(address: RedisAddress) -> None:
    """Before version 6, the cluster client of redis-py drops ``ssl_check_hostname``. Raises ProcessorError there."""
    by_default = inspect.signature(redis.SSLConnection).parameters["ssl_check_hostname"].default
    if address.tls and address.mode == "cluster" and not by_default:
        raise ProcessorError(
            f"rediss+cluster:// needs redis-py 6 or newer, not {redis.__version__}, which does not check the host name of a certificate"
        )


def error_text(error: BaseException) -> str:
    """The error in one line; the class name if the error has no message."""
    return " ".join(str(error).split()) or type(error).__name__


__all__ = [
    "CONNECTION_ERRORS",
    "UNAVAILABLE",
    "LazyClient",
    "Link",
    "RedisError",
    "ResponseError",
    "client",
    "error_text",
    "is_code",
    "needs_reconnect",
]
