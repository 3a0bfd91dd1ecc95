"""Encodes commands in the Redis protocol (RESP).

Encoding by hand is faster than the library's: an answer has about forty parts, most of which are constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Part = bytes | str | int


def command(parts: Sequence[Part]) -> bytes:
    """One command."""
    return b"*%d\r\n%b" % (len(parts), strings(parts))


def strings(parts: Iterable[Part]) -> bytes:
    """The encoded parts of a command."""
    return b"".join([b"$%d\r\n%b\r\n" % (len(one), one) for one in map(_bytes, parts)])


def _bytes(part: Part) -> bytes:
    if isinstance(part, bytes):
        return part
    return part.encode(errors="replace") if isinstance(part, str) else b"%d" % part
