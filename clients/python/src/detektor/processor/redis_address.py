"""The address and credentials of a Redis."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

_ENTRY = r"(?:(?P<user>[^:]*?)(?::(?P<password>.*))?@)?"
_HOST = r"\[[0-9a-fA-F:.]+\]|[^\[\]:,/@?#\s]+"
_SCHEMES = "a Redis URL must begin with redis://, redis+sentinel:// or redis+cluster://; with rediss instead of redis for TLS"
_DIRECT = re.compile(rf"{_ENTRY}(?P<host>{_HOST})(?::(?P<port>[0-9]{{0,5}}))?(?:/(?P<database>[0-9]{{0,5}}))?")
_SENTINEL = re.compile(rf"{_ENTRY}(?P<places>[^/@]+)/(?P<master>[A-Za-z0-9._-]+)(?:/(?P<database>[0-9]{{0,5}}))?")
_CLUSTER = re.compile(rf"{_ENTRY}(?P<places>[^/@]+)/?")
_PLACE = re.compile(rf"(?P<host>{_HOST})(?::(?P<port>[0-9]{{0,5}}))?")


@dataclass(frozen=True)
class RedisAddress:
    """One Redis, the sentinels that know its address, or some nodes of a cluster.

    ``mode``: direct, sentinel or cluster. ``places``: host and port of the Redis, the sentinels or the nodes. ``ca_file``: PEM file
    with authorities that TLS trusts besides those of the machine. User and password never appear in texts.
    """

    mode: str
    places: tuple[tuple[str, int], ...]
    tls: bool = False
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    database: int = 0
    master: str = ""
    ca_file: str | None = None

    @staticmethod
    def parse(url: str, ca_file: str | None = None) -> RedisAddress:
        """Parses a URL of one of these forms; ``rediss`` instead of ``redis`` means TLS; user and password may be percent-encoded::

            redis://[user:password@]host[:port][/database]
            redis+sentinel://[user:password@]host[:port][,host[:port]…]/master-name[/database]
            redis+cluster://[user:password@]host[:port][,host[:port]…]

        Raises ValueError for other texts; the message never contains a password.
        """
        scheme, there, rest = url.partition("://")
        if not there:
            scheme, rest = "redis", url
        plain, _, mode = scheme.lower().partition("+")
        if plain not in {"redis", "rediss"} or mode not in {"", "sentinel", "cluster"}:
            raise ValueError(_SCHEMES)
        tls = plain == "rediss"
        return replace(_READERS[mode](rest, tls), ca_file=ca_file)

    def __str__(self) -> str:
        """The URL without user and password."""
        scheme = ("rediss" if self.tls else "redis") + ("" if self.mode == "direct" else f"+{self.mode}")
        places = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.places)
        master = f"/{self.master}" if self.master else ""
        return f"{scheme}://{places}{master}" + (f"/{self.database}" if self.database else "")


def _direct(rest: str, tls: bool) -> RedisAddress:
    found = _DIRECT.fullmatch(rest)
    if found is None:
        raise ValueError("invalid Redis URL; write redis://host:port")
    place = (found["host"].strip("[]"), _port(found["port"], 6379))
    return RedisAddress("direct", (place,), tls, *_login(found), _number(found["database"], 0))


def _sentinel(rest: str, tls: bool) -> RedisAddress:
    found = _SENTINEL.fullmatch(rest)
    if found is None:
        raise ValueError("invalid Redis URL; write redis+sentinel://host:port,host:port/master-name")
    places = _places(found["places"], "sentinel", 26379)
    return RedisAddress("sentinel", places, tls, *_login(found), _number(found["database"], 0), found["master"])


def _cluster(rest: str, tls: bool) -> RedisAddress:
    found = _CLUSTER.fullmatch(rest)
    if found is None:
        raise ValueError("invalid Redis URL; write redis+cluster://host:port,host:port")
    return RedisAddress("cluster", _places(found["places"], "node", 6379), tls, *_login(found))


_READERS = {"": _direct, "sentinel": _sentinel, "cluster": _cluster}


def _login(found: re.Match[str]) -> tuple[str | None, str | None]:
    return _decoded(found["user"]), _decoded(found["password"])


def _decoded(part: str | None) -> str | None:
    if not part:
        return None
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        # The original message would contain the password.
        raise ValueError("write a % in user or password of a Redis URL as %25") from None


def _places(text: str, what: str, otherwise: int) -> tuple[tuple[str, int], ...]:
    places = []
    for one in text.split(","):
        found = _PLACE.fullmatch(one)
        if found is None:
            raise ValueError(f"write each {what} of a Redis URL as host:port")
        places.append((found["host"].strip("[]"), _port(found["port"], otherwise)))
    return tuple(places)


def _port(digits: str | None, otherwise: int) -> int:
    port = _number(digits, otherwise)
    if not 1 <= port <= 65_535:
        raise ValueError("the port of a Redis URL must be 1 to 65535")
    return port


def _number(digits: str | None, otherwise: int) -> int:
    return int(digits) if digits else otherwise
